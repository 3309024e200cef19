//! read and vread, whole or in part, also with a condition (R4 HTTP 3.1.0.3, 3.1.0.4, 3.1.0.3.1).

use fhir_search::parse::Scope;

use super::own_definitions;
use super::projection::Projector;
use super::request::Conditions;
use super::{Context, Error, Request, Response};
use crate::store::{Expected, Version};

/// The current version; 404 if it never existed, 410 if it was deleted.
pub(super) fn read(context: &Context, request: &Request, kind: &str, id: &str) -> Result<Response, Error> {
    let projector = Projector::of_request(context, request, Scope::Type(kind))?;
    served(current(context, kind, id)?, request, projector)
}

/// The current version of a resource that exists.
pub(super) fn current(context: &Context, kind: &str, id: &str) -> Result<Version, Error> {
    if let Some(own) = own_definitions::find(context, kind, id)? {
        return Ok(own);
    }
    match context.store.read(kind, id)? {
        Some(version) => there(version),
        None => Err(Error::NotFound { kind: kind.to_owned(), id: id.to_owned() }),
    }
}

/// One version; 410 if that version is a deletion.
pub(super) fn version_read(
    context: &Context,
    request: &Request,
    kind: &str,
    id: &str,
    number: u64,
) -> Result<Response, Error> {
    let projector = Projector::of_request(context, request, Scope::Type(kind))?;
    served(numbered(context, kind, id, number)?, request, projector)
}

/// One version of a resource that is no deletion.
pub(super) fn numbered(context: &Context, kind: &str, id: &str, number: u64) -> Result<Version, Error> {
    let own = own_definitions::find(context, kind, id)?.filter(|own| own.version == number);
    match own.map_or_else(|| context.store.version(kind, id, number), |own| Ok(Some(own)))? {
        Some(version) => there(version),
        None => Err(Error::NoSuchVersion {
            kind: kind.to_owned(),
            id: id.to_owned(),
            version: number.to_string(),
        }),
    }
}

/// The current version of a resource that exists, if it is the one that is expected.
pub(super) fn current_if(
    context: &Context,
    kind: &str,
    id: &str,
    wanted: Expected,
) -> Result<Version, Error> {
    let current = current(context, kind, id)?;
    match wanted {
        Expected::Version(number) if number != current.version => {
            let (kind, id) = (current.kind, current.id);
            Err(Error::VersionConflict { kind, id, current: current.version })
        }
        _ => Ok(current),
    }
}

/// A version that is no deletion.
fn there(version: Version) -> Result<Version, Error> {
    if version.is_deleted() {
        let (kind, id) = (version.kind.into(), version.id.into());
        return Err(Error::Gone { kind, id, version: version.version });
    }
    Ok(version)
}

fn served(
    mut version: Version,
    request: &Request,
    projector: Option<Projector<'_>>,
) -> Result<Response, Error> {
    if is_known(version.version, version.last_updated, &request.conditions) {
        return Ok(Response { status: 304, body: None, ..Response::version(version) });
    }
    if let Some(projector) = projector {
        projector.project(&mut version)?;
    }
    Ok(Response::version(version))
}

/// Whether the client has this version already. An ETag decides; the time only where there is none (RFC 9110, 13.2.2).
pub(super) fn is_known(version: u64, last_updated: i64, conditions: &Conditions) -> bool {
    const SECOND: i64 = 1_000_000;
    match (&conditions.if_none_match, conditions.if_modified_since) {
        (Some(etags), _) => {
            let own = version.to_string();
            etags
                .split(',')
                .map(|etag| etag.trim().trim_start_matches("W/").trim_matches('"'))
                .any(|etag| etag == "*" || etag == own)
        }
        // HTTP tells time in whole seconds.
        (None, Some(since)) => last_updated.div_euclid(SECOND) <= since.div_euclid(SECOND),
        (None, None) => false,
    }
}
