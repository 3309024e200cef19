//! update, also as create with an id of the client's, and of the resource that a search finds (R4 HTTP 3.1.0.5, 3.1.0.5.1).

use fhir_model::{Issue, Node, write::Replacements};

use super::conditional::{self, retry_while_changing};
use super::create::new_id;
use super::provenance::write_one_with;
use super::request::{Conditions, Returns};
use super::{Context, Error, Request, Response, prepare};
use crate::store::{Change, Expected, Method, Write, WriteSet};

/// Stores a new version under the id in the address.
pub(super) fn update(context: &Context, request: &Request, kind: &str, id: &str) -> Result<Response, Error> {
    let document = prepare::parse(context, request, kind)?;
    check_id(document.root(), id)?;
    let remarks = context.validation.check(document.root())?;
    retry_while_changing(|| {
        let write = write(context, document.root(), kind, id, expected(&request.conditions)?)?;
        store(context, request, WriteSet { writes: vec![write], ..WriteSet::default() }, &remarks)
    })
}

/// Stores a new version of the one resource that the search in the address finds. If it finds none, creates one: under the id
/// in the body, if there is one. Several are refused (412).
pub(super) fn conditional_update(
    context: &Context,
    request: &Request,
    kind: &str,
) -> Result<Response, Error> {
    let document = prepare::parse(context, request, kind)?;
    let remarks = context.validation.check(document.root())?;
    retry_while_changing(|| {
        let resolved = conditional::resolve_pairs(context, kind, &request.query)?;
        let (id, expected) =
            target(document.root(), resolved.existing.as_deref(), expected(&request.conditions)?)?;
        let write = write(context, document.root(), kind, &id, expected)?;
        let set = WriteSet { checks: vec![resolved.check], writes: vec![write], ..WriteSet::default() };
        store(context, request, set, &remarks).map_err(|error| taken(error, expected))
    })
}

/// An id that is in use by a resource which the condition did not find is a conflict (R4 HTTP 3.1.0.5.1).
pub(super) fn taken(error: Error, expected: Expected) -> Error {
    match error {
        Error::VersionConflict { kind, id, .. } if expected == Expected::Absent => {
            Error::IdTaken { kind, id }
        }
        other => other,
    }
}

/// Which resource a conditional update is about, given what its condition found, and what must be true of it.
pub(super) fn target(
    resource: Node<'_>,
    existing: Option<&str>,
    expected: Expected,
) -> Result<(String, Expected), Error> {
    let given = resource.get_str("id");
    match (existing, given) {
        (Some(id), None) => Ok((id.to_owned(), expected)),
        (Some(id), Some(given)) if id == given => Ok((id.to_owned(), expected)),
        (Some(id), Some(given)) => {
            Err(Error::WrongId { expected: id.to_owned(), found: format!("'{given}'") })
        }
        (None, _) if matches!(expected, Expected::Version(_)) => Err(Error::NoVersion),
        // What has this id does not fulfil the condition: it is another resource, which is not to be lost.
        (None, Some(given)) => Ok((super::route::checked_id(given)?, Expected::Absent)),
        (None, None) => Ok((new_id(), Expected::New)),
    }
}

fn write(
    context: &Context,
    resource: Node<'_>,
    kind: &str,
    id: &str,
    expected: Expected,
) -> Result<Write, Error> {
    let prepared = prepare::prepare(context, resource, id, Method::Put, &Replacements::new())?;
    Ok(Write { kind: kind.into(), id: id.into(), expected, change: Change::Put(Box::new(prepared)) })
}

fn store(
    context: &Context,
    request: &Request,
    mut set: WriteSet,
    remarks: &[Issue],
) -> Result<Response, Error> {
    set.enforce_integrity = context.enforces();
    let written = write_one_with(context, request, set)?;
    Ok(Response::written(written.version, written.effect, request.prefer, Returns::Representation, remarks))
}

/// The body of an update must carry the id of the address.
pub(super) fn check_id(resource: Node<'_>, id: &str) -> Result<(), Error> {
    match resource.get_str("id") {
        Some(found) if found == id => Ok(()),
        Some(found) => Err(Error::WrongId { expected: id.to_owned(), found: format!("'{found}'") }),
        None => Err(Error::WrongId { expected: id.to_owned(), found: "missing".into() }),
    }
}

/// What `If-Match` or `If-None-Match` ask of the current version.
pub(super) fn expected(conditions: &Conditions) -> Result<Expected, Error> {
    match (&conditions.if_match, &conditions.if_none_match) {
        (None, None) => Ok(Expected::Any),
        (None, Some(any)) if any.trim() == "*" => Ok(Expected::Absent),
        (None, Some(etag)) => Err(Error::bad_parameter("If-None-Match", etag, "for a write '*'")),
        (Some(_), Some(_)) => {
            Err(Error::BadParameter("If-Match and If-None-Match cannot both hold of a write".into()))
        }
        (Some(etag), None) => {
            let version = etag.trim().trim_start_matches("W/").trim_matches('"').parse();
            version
                .map(Expected::Version)
                .map_err(|_| Error::bad_parameter("If-Match", etag, "an ETag of this server such as W/\"3\""))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(if_match: Option<&str>, if_none_match: Option<&str>) -> Conditions {
        Conditions {
            if_match: if_match.map(str::to_owned),
            if_none_match: if_none_match.map(str::to_owned),
            ..Conditions::default()
        }
    }

    #[test]
    fn if_match_takes_weak_and_strong_etags() {
        let expect = |etag: &str| expected(&conditions(Some(etag), None));
        assert_eq!(expect("W/\"3\"").unwrap(), Expected::Version(3));
        assert_eq!(expect("\"12\"").unwrap(), Expected::Version(12));
        assert!(expect("W/\"abc\"").is_err());
        assert_eq!(expected(&Conditions::default()).unwrap(), Expected::Any);
    }

    #[test]
    fn if_none_match_of_a_write_is_a_star() {
        assert_eq!(expected(&conditions(None, Some("*"))).unwrap(), Expected::Absent);
        assert!(expected(&conditions(None, Some("W/\"1\""))).is_err());
        assert!(expected(&conditions(Some("W/\"1\""), Some("*"))).is_err());
    }
}
