//! search of a type, by GET or POST (R4 HTTP 3.1.0.9, Search).

use fhir_model::{Issue, IssueType};
use fhir_search::parse::{Handling, Scope};
use fhir_search::query::Query;

use super::context::now_micros;
use super::links::{self, PAGE_PARAMETER};
use super::search_bundle::SearchBundle;
use super::{Context, Error, Request, Response};
use crate::store::Cursor;

/// Searches the resources of a type.
pub(super) fn search(context: &Context, request: &Request, kind: &str) -> Result<Response, Error> {
    let (page, pairs): (Vec<_>, Vec<_>) =
        request.query.iter().cloned().partition(|(name, _)| name == PAGE_PARAMETER);
    let query = parse(context, kind, &pairs, request.prefer.lenient)?;
    let name = links::address("", kind, &query.applied, None);
    let cursor = match page.as_slice() {
        [] => None,
        [(_, token)] => Some(Cursor(links::open(context.store.secret(), &name, token)?)),
        _ => return Err(Error::BadParameter("_page was given more than once".into())),
    };
    let result = context.store.search(&query, cursor.as_ref())?;
    let token = |cursor: &Cursor| links::seal(context.store.secret(), &name, &cursor.0);
    let bundle = SearchBundle {
        base: &request.base,
        kind,
        query: &query,
        this_page: page.first().map(|(_, token)| token.clone()),
        next_page: result.next.as_ref().map(token).transpose()?,
        previous_page: result.previous.as_ref().map(token).transpose()?,
        result: &result,
    };
    Ok(Response::resource(bundle.to_json()))
}

/// The typed query of search parameters, or why there is none.
pub(super) fn parse(
    context: &Context,
    kind: &str,
    pairs: &[(String, String)],
    lenient: bool,
) -> Result<Query, Error> {
    let handling = if lenient { Handling::Lenient } else { Handling::Strict };
    let query = context.search_state().parser.parse(Scope::Type(kind), pairs, handling, now_micros());
    let query = query.map_err(|error| Error::BadRequest(error.issues))?;
    refuse_ambiguous(context, &query)?;
    Ok(query)
}

/// A reference by id alone means one resource, or the search is refused (R4 search, section 3.1.1.4.12).
fn refuse_ambiguous(context: &Context, query: &Query) -> Result<(), Error> {
    for bare in &query.bare_ids {
        let mut found: Vec<String> = Vec::new();
        for kind in &bare.types {
            if context.store.read(kind, &bare.id)?.is_some_and(|version| !version.is_deleted()) {
                found.push(format!("{kind}/{}", bare.id));
            }
        }
        if found.len() > 1 {
            let (name, id, found) = (&bare.name, &bare.id, found.join(", "));
            let text = format!("'{name}': '{id}' is ambiguous; write one of {found}");
            return Err(Error::BadRequest(vec![Issue::error(IssueType::MultipleMatches, text)]));
        }
    }
    Ok(())
}
