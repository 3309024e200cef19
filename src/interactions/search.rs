//! search of a type, a compartment and the whole system, by GET or POST (R4 HTTP 3.1.0.9, Search).

use fhir_search::parse::{Handling, Scope};
use fhir_search::query::Query;

use super::bare_ids;
use super::contained;
use super::context::now_micros;
use super::links::{self, PAGE_PARAMETER};
use super::own_definitions;
use super::projection::Projector;
use super::search_bundle::{Page, SearchBundle};
use super::{Context, Error, Request, Response};
use crate::store::{Cursor, SearchPage};

/// Searches where `scope` says.
pub(super) fn search(context: &Context, request: &Request, scope: Scope<'_>) -> Result<Response, Error> {
    let (page, pairs): (Vec<_>, Vec<_>) =
        request.query.iter().cloned().partition(|(name, _)| name == PAGE_PARAMETER);
    let query = parse_any(context, scope, &pairs, request.prefer.lenient)?;
    let projector = Projector::of_search(context, &query)?;
    let path = path(scope);
    let name = links::address("", &path, &query.applied, None);
    let this_page = match page.as_slice() {
        [] => None,
        [(_, token)] => Some(token.clone()),
        _ => return Err(Error::BadParameter("_page was given more than once".into())),
    };
    let open = |token: &String| links::open(context.store.secret(), &name, token).map(Cursor);
    let cursor = this_page.as_ref().map(open).transpose()?;
    let mut from_replica = false;
    let mut result = match scope {
        Scope::Type(own_definitions::KIND) => own_definitions::search(context, &query, cursor.as_ref())?,
        // Only a first page may be older: one that a link leads to must not be older than the one before.
        _ if request.may_be_older && cursor.is_none() => {
            let read = context.store.search_perhaps_older(&query)?;
            from_replica = read.from_replica;
            read.found
        }
        _ => context.store.search(&query, cursor.as_ref())?,
    };
    result.matches.iter_mut().try_for_each(contained::cut_out)?;
    project(&projector, &query, &mut result)?;
    let seal = |cursor: &Option<Cursor>| -> Result<Option<Page>, Error> {
        let token = cursor.as_ref().map(|cursor| links::seal(context.store.secret(), &name, &cursor.0));
        Ok(token.transpose()?.map(Page::At))
    };
    let bundle = SearchBundle {
        base: &request.base,
        path: &path,
        query: &query,
        links: [
            ("self", Some(this_page.map_or(Page::First, Page::At))),
            ("first", (!query.only_count).then_some(Page::First)),
            ("previous", seal(&result.previous)?),
            ("next", seal(&result.next)?),
            ("last", seal(&result.last)?),
        ],
        result: &result,
    };
    Ok(Response { from_replica, ..Response::resource(bundle.to_json()) })
}

/// The typed query of search parameters, or why there is none; it finds whole resources.
pub(super) fn parse(
    context: &Context,
    scope: Scope<'_>,
    pairs: &[(String, String)],
    lenient: bool,
) -> Result<Query, Error> {
    let query = parse_any(context, scope, pairs, lenient)?;
    contained::refuse(query.contained)?;
    Ok(query)
}

/// The typed query of search parameters, which may find contained resources.
fn parse_any(
    context: &Context,
    scope: Scope<'_>,
    pairs: &[(String, String)],
    lenient: bool,
) -> Result<Query, Error> {
    let handling = if lenient { Handling::Lenient } else { Handling::Strict };
    let query = context.search_state().parser.parse(scope, pairs, handling, now_micros());
    let query = query.map_err(|error| Error::BadRequest(error.issues))?;
    bare_ids::check(context, &query)?;
    Ok(query)
}

/// The path of a scope, below the base.
fn path(scope: Scope<'_>) -> String {
    match scope {
        Scope::Type(kind) => kind.to_owned(),
        Scope::System => String::new(),
        Scope::Compartment { owner, id, member } => format!("{owner}/{id}/{}", member.unwrap_or("*")),
    }
}

/// Leaves of the resources what the query asks for. `_elements` is about matches only (R4 search, 3.1.1.5.9).
fn project(projector: &Option<Projector<'_>>, query: &Query, result: &mut SearchPage) -> Result<(), Error> {
    let Some(projector) = projector else { return Ok(()) };
    let included = result.included.iter_mut().filter(|_| query.elements.is_empty());
    result.matches.iter_mut().chain(included).try_for_each(|version| projector.project(version))
}
