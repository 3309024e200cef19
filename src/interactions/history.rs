//! history of an instance, a type and the system (R4 HTTP 3.1.0.12).

use fhir_model::primitive::date_time::{DateTime, instant_text};
use fhir_model::write::write_string;
use fhir_search::parse::Scope;

use super::history_list;
use super::links::{self, PAGE_PARAMETER};
use super::own_definitions;
use super::projection::Projector;
use super::search_bundle::resource_members;
use super::{Context, Error, Request, Response, response};
use crate::store::{HistoryPage, HistoryQuery, HistoryScope, Method, PerhapsOlder, Version};

/// The versions of one resource; 404 if there never was one.
pub(super) fn instance(
    context: &Context,
    request: &Request,
    kind: &str,
    id: &str,
) -> Result<Response, Error> {
    if own_definitions::find(context, kind, id)?.is_none() && context.store.read(kind, id)?.is_none() {
        return Err(Error::NotFound { kind: kind.to_owned(), id: id.to_owned() });
    }
    history(
        context,
        request,
        HistoryScope::Instance(kind.into(), id.into()),
        &format!("{kind}/{id}/_history"),
    )
}

/// The versions of all resources of a type.
pub(super) fn of_type(context: &Context, request: &Request, kind: &str) -> Result<Response, Error> {
    history(context, request, HistoryScope::Type(kind.into()), &format!("{kind}/_history"))
}

/// The versions of all resources.
pub(super) fn system(context: &Context, request: &Request) -> Result<Response, Error> {
    history(context, request, HistoryScope::System, "_history")
}

fn history(context: &Context, request: &Request, scope: HistoryScope, path: &str) -> Result<Response, Error> {
    let (page, pairs): (Vec<_>, Vec<_>) =
        request.query.iter().cloned().partition(|(name, _)| name == PAGE_PARAMETER);
    let projector = Projector::of_request(context, request, searched(&scope))?;
    let mut query = parse(context, scope, &pairs)?;
    let name = links::address("", path, &pairs, None);
    if let Some((_, token)) = page.first() {
        let cursor = links::open(context.store.secret(), &name, token)?;
        let bytes = cursor
            .try_into()
            .map_err(|_| Error::BadParameter("the page link is not one of history".into()))?;
        query.after = Some(i64::from_be_bytes(bytes));
    }
    let PerhapsOlder { found: mut result, from_replica } = versions(context, request, &query)?;
    if let Some(projector) = projector {
        result.versions.iter_mut().try_for_each(|version| projector.project(version))?;
    }
    let next = result.next.map(|after| links::seal(context.store.secret(), &name, &after.to_be_bytes()));
    let links = [
        (
            "self",
            Some(links::address(&request.base, path, &pairs, page.first().map(|(_, token)| token.as_str()))),
        ),
        ("next", next.transpose()?.map(|token| links::address(&request.base, path, &pairs, Some(&token)))),
    ];
    Ok(Response { from_replica, ..Response::resource(bundle(&request.base, &result, &links)) })
}

/// What is stored, or the one version of what is the server's own.
fn versions(
    context: &Context,
    request: &Request,
    query: &HistoryQuery,
) -> Result<PerhapsOlder<HistoryPage>, Error> {
    let own = match &query.scope {
        HistoryScope::Instance(kind, id) => own_definitions::find(context, kind, id)?,
        HistoryScope::Type(_) | HistoryScope::System => None,
    };
    let newest = |found| PerhapsOlder { found, from_replica: false };
    let Some(own) = own else {
        // As with searches, only a first page. Of one resource it was looked up that it exists, so the standby must know it too.
        let may_be_older = !matches!(query.scope, HistoryScope::Instance(..)) && query.after.is_none();
        return Ok(match request.may_be_older && may_be_older {
            true => context.store.history_perhaps_older(query)?,
            false => newest(context.store.history(query)?),
        });
    };
    let since = query.since.is_none_or(|since| own.last_updated >= since);
    let at = query.at.is_none_or(|(_, end)| own.last_updated < end);
    let versions: Vec<Version> = (since && at && query.listed.is_none()).then_some(own).into_iter().collect();
    Ok(newest(HistoryPage { total: versions.len() as u64, versions, next: None }))
}

/// The search whose types are those of a history.
fn searched(scope: &HistoryScope) -> Scope<'_> {
    match scope {
        HistoryScope::Instance(kind, _) | HistoryScope::Type(kind) => Scope::Type(kind),
        HistoryScope::System => Scope::System,
    }
}

/// The parameters of a history. Those that say how it is written are applied elsewhere.
fn parse(context: &Context, scope: HistoryScope, pairs: &[(String, String)]) -> Result<HistoryQuery, Error> {
    let mut query = HistoryQuery::new(scope, context.limits.default_count);
    for (name, value) in pairs {
        match name.as_str() {
            "_count" => query.count = count(context, value)?,
            "_since" => query.since = Some(since(value)?),
            "_at" => query.at = Some(at(value)?),
            "_sort" => query.ascending = is_ascending(value)?,
            "_list" => query.listed = Some(history_list::items(context, value)?),
            "_format" | "_pretty" | "_summary" | "_elements" => {}
            _ => {
                let text = format!(
                    "history does not know the parameter '{name}'; it knows _at, _count, _elements, _list, _since, _sort and _summary"
                );
                return Err(Error::BadParameter(text));
            }
        }
    }
    Ok(query)
}

fn count(context: &Context, value: &str) -> Result<usize, Error> {
    let count: usize = value.parse().map_err(|_| Error::bad_parameter("_count", value, "a number"))?;
    Ok(count.clamp(1, context.limits.max_count))
}

/// The order of time, the only one that a history has; `none` leaves it to the server.
fn is_ascending(value: &str) -> Result<bool, Error> {
    match value {
        "_lastUpdated" => Ok(true),
        "-_lastUpdated" | "none" => Ok(false),
        _ => Err(Error::bad_parameter("_sort", value, "_lastUpdated, -_lastUpdated or none")),
    }
}

fn since(value: &str) -> Result<i64, Error> {
    let instant = DateTime::parse_instant(value);
    let instant = instant.map_err(|error| Error::bad_parameter("_since", value, &error.to_string()))?;
    Ok(instant.range_micros(0).0)
}

fn at(value: &str) -> Result<(i64, i64), Error> {
    let date = DateTime::parse_date_time(value);
    let date = date.map_err(|error| Error::bad_parameter("_at", value, &error.to_string()))?;
    Ok(date.range_micros(0))
}

fn bundle(base: &str, page: &HistoryPage, links: &[(&str, Option<String>)]) -> Vec<u8> {
    let size = page.versions.iter().map(|version| version.body.len() + 320).sum::<usize>();
    let mut out = Vec::with_capacity(size + 512);
    let head =
        format!("{{\"resourceType\":\"Bundle\",\"type\":\"history\",\"total\":{},\"link\":[", page.total);
    out.extend_from_slice(head.as_bytes());
    for (position, (relation, url)) in
        links.iter().filter_map(|(r, url)| url.as_ref().map(|u| (r, u))).enumerate()
    {
        if position > 0 {
            out.push(b',');
        }
        out.extend_from_slice(format!("{{\"relation\":\"{relation}\",\"url\":").as_bytes());
        write_string(url, &mut out);
        out.push(b'}');
    }
    out.push(b']');
    let mut separator: &[u8] = b",\"entry\":[";
    for version in &page.versions {
        out.extend_from_slice(separator);
        separator = b",";
        entry(base, version, &mut out);
    }
    if separator == b"," {
        out.push(b']');
    }
    out.push(b'}');
    out
}

fn entry(base: &str, version: &Version, out: &mut Vec<u8>) {
    out.push(b'{');
    resource_members(base, version, out);
    let url = match version.method {
        Method::Post => version.kind.to_string(),
        _ => format!("{}/{}", version.kind, version.id),
    };
    let (method, status) = match version.method {
        Method::Post => ("POST", 201),
        Method::Put if version.version == 1 => ("PUT", 201),
        Method::Put => ("PUT", 200),
        Method::Patch => ("PATCH", 200),
        Method::Delete => ("DELETE", 204),
    };
    let tail = format!(
        ",\"request\":{{\"method\":\"{method}\",\"url\":\"{url}\"}},\"response\":{{\"status\":\"{}\",\"etag\":\"W/\\\"{}\\\"\",\"lastModified\":\"{}\"}}}}",
        response::status_line(status),
        version.version,
        instant_text(version.last_updated),
    );
    out.extend_from_slice(tail.as_bytes());
}
