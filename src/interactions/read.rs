//! read and vread (R4 HTTP 3.1.0.3, 3.1.0.4).

use super::{Context, Error, Response};
use crate::store::Version;

/// The current version; 404 if it never existed, 410 if it was deleted.
pub(super) fn read(context: &Context, kind: &str, id: &str) -> Result<Response, Error> {
    match context.store.read(kind, id)? {
        Some(version) => served(version),
        None => Err(Error::NotFound { kind: kind.to_owned(), id: id.to_owned() }),
    }
}

/// One version; 410 if that version is a deletion.
pub(super) fn version_read(context: &Context, kind: &str, id: &str, number: u64) -> Result<Response, Error> {
    match context.store.version(kind, id, number)? {
        Some(version) => served(version),
        None => Err(Error::NoSuchVersion {
            kind: kind.to_owned(),
            id: id.to_owned(),
            version: number.to_string(),
        }),
    }
}

fn served(version: Version) -> Result<Response, Error> {
    if version.is_deleted() {
        return Err(Error::Gone {
            kind: version.kind.into(),
            id: version.id.into(),
            version: version.version,
        });
    }
    Ok(Response::version(version))
}
