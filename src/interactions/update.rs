//! update, also as create with an id of the client's (R4 HTTP 3.1.0.5).

use fhir_model::write::Replacements;

use super::request::{Conditions, Returns};
use super::{Context, Error, Request, Response, prepare};
use crate::store::{Change, Expected, Method, Write, WriteSet};

/// Stores a new version under the id in the address.
pub(super) fn update(context: &Context, request: &Request, kind: &str, id: &str) -> Result<Response, Error> {
    let document = prepare::parse(context, request, kind)?;
    check_id(document.root(), id)?;
    let remarks = context.validation.check(document.root())?;
    let prepared = prepare::prepare(context, document.root(), id, Method::Put, &Replacements::new())?;
    let write = Write {
        kind: kind.into(),
        id: id.into(),
        expected: expected(&request.conditions)?,
        change: Change::Put(Box::new(prepared)),
    };
    let set = WriteSet { checks: Vec::new(), writes: vec![write], enforce_integrity: context.enforces() };
    let written = context.write(set)?;
    let written =
        written.into_iter().next().ok_or_else(|| Error::Internal("a write without result".into()))?;
    Ok(Response::written(written.version, written.effect, request.prefer, Returns::Representation, &remarks))
}

/// The body of an update must carry the id of the address.
pub(super) fn check_id(resource: fhir_model::Node<'_>, id: &str) -> Result<(), Error> {
    match resource.get_str("id") {
        Some(found) if found == id => Ok(()),
        Some(found) => Err(Error::WrongId { expected: id.to_owned(), found: format!("'{found}'") }),
        None => Err(Error::WrongId { expected: id.to_owned(), found: "missing".into() }),
    }
}

/// What `If-Match` asks of the current version.
pub(super) fn expected(conditions: &Conditions) -> Result<Expected, Error> {
    let Some(etag) = &conditions.if_match else { return Ok(Expected::Any) };
    let version = etag.trim().trim_start_matches("W/").trim_matches('"').parse();
    version
        .map(Expected::Version)
        .map_err(|_| Error::bad_parameter("If-Match", etag, "an ETag of this server such as W/\"3\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_takes_weak_and_strong_etags() {
        let expect =
            |etag: &str| expected(&Conditions { if_match: Some(etag.to_owned()), ..Conditions::default() });
        assert_eq!(expect("W/\"3\"").unwrap(), Expected::Version(3));
        assert_eq!(expect("\"12\"").unwrap(), Expected::Version(12));
        assert!(expect("W/\"abc\"").is_err());
        assert_eq!(expected(&Conditions::default()).unwrap(), Expected::Any);
    }
}
