//! Removing for good, where the operator allows it: a whole resource (the operation `$purge`), its earlier versions, or one of them
//! (`DELETE [type]/[id]/_history` and `DELETE [type]/[id]/_history/[vid]`, as later releases of FHIR define them).

use super::{Context, Error, Request, Response, delete, read};
use crate::store::{Change, Erased, Erasure, Expected, HistoryQuery, HistoryScope, Write, WriteSet};

/// Removes all versions of a resource but the current one.
pub(super) fn history(context: &Context, request: &Request, kind: &str, id: &str) -> Result<Response, Error> {
    check_allowed(context)?;
    let before = versions(context, kind, id)?;
    erase(context, kind, id, Erased::Earlier, false)?;
    let removed = before.saturating_sub(1);
    Ok(delete::answer(None, &told(kind, removed), request.prefer.returns))
}

/// Removes one version of a resource, which must not be the current one.
pub(super) fn version(
    context: &Context,
    request: &Request,
    kind: &str,
    id: &str,
    number: u64,
) -> Result<Response, Error> {
    check_allowed(context)?;
    let current = context.store.read(kind, id)?;
    if current.is_some_and(|current| current.version == number) {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        return Err(Error::CurrentVersion { kind, id, version: number });
    }
    if context.store.version(kind, id, number)?.is_none() {
        let (kind, id, version) = (kind.to_owned(), id.to_owned(), number.to_string());
        return Err(Error::NoSuchVersion { kind, id, version });
    }
    erase(context, kind, id, Erased::Version(number), false)?;
    Ok(delete::answer(None, &told(kind, 1), request.prefer.returns))
}

/// Removes a resource with all its versions, and returns what was done. With `force` also if others refer to it.
pub(super) fn everything(context: &Context, kind: &str, id: &str, force: bool) -> Result<String, Error> {
    check_allowed(context)?;
    let removed = versions(context, kind, id)?;
    // A search parameter is in effect as long as its resource is there.
    if kind == "SearchParameter" && read::current(context, kind, id).is_ok() {
        let (change, expected) = (Change::Delete, Expected::Any);
        let writes = vec![Write { kind: kind.into(), id: id.into(), expected, change }];
        context.write_one(WriteSet { writes, ..WriteSet::default() })?;
    }
    erase(context, kind, id, Erased::Everything, context.enforces() && !force)?;
    Ok(told(kind, removed))
}

fn erase(context: &Context, kind: &str, id: &str, what: Erased, enforce: bool) -> Result<(), Error> {
    let erasure = Erasure { kind: kind.into(), id: id.into(), what, enforce_integrity: enforce };
    Ok(context.store.erase(erasure)?)
}

fn check_allowed(context: &Context) -> Result<(), Error> {
    if context.limits.erasure { Ok(()) } else { Err(Error::ErasureOff) }
}

/// How many versions a resource has; 404 if it never was there.
fn versions(context: &Context, kind: &str, id: &str) -> Result<u64, Error> {
    let scope = HistoryScope::Instance(kind.into(), id.into());
    let query =
        HistoryQuery { scope, count: 1, since: None, at: None, listed: None, ascending: false, after: None };
    match context.store.history(&query)?.total {
        0 => Err(Error::NotFound { kind: kind.to_owned(), id: id.to_owned() }),
        total => Ok(total),
    }
}

/// Says in the log what was removed, without naming anybody, and returns it.
fn told(kind: &str, removed: u64) -> String {
    let text = format!("{removed} versions of a {kind} were removed for good");
    log::warn!("{text}");
    text
}
