//! create, and create with a condition (R4 HTTP 3.1.0.8, 3.1.0.8.1).

use fhir_model::write::Replacements;
use uuid::Uuid;

use super::conditional::{self, retry_while_changing};
use super::provenance::write_one_with;
use super::request::Returns;
use super::{Context, Error, Request, Response, prepare};
use crate::store::{Change, Effect, Expected, Method, Write, WriteSet};

/// Stores a new resource under an id of the server's. With `If-None-Exist`: only if nothing matches; one match is the answer
/// (200), several are refused (412).
pub(super) fn create(context: &Context, request: &Request, kind: &str) -> Result<Response, Error> {
    let document = prepare::parse(context, request, kind)?;
    let remarks = context.validation.check(document.root())?;
    let id = new_id();
    let prepared = prepare::prepare(context, document.root(), &id, Method::Post, &Replacements::new())?;
    let write = Write {
        kind: kind.into(),
        id: id.into(),
        expected: Expected::New,
        change: Change::Put(Box::new(prepared)),
    };
    retry_while_changing(|| {
        let mut set = WriteSet {
            checks: Vec::new(),
            writes: vec![write.clone()],
            enforce_integrity: context.enforces(),
        };
        if let Some(condition) = &request.conditions.if_none_exist {
            let resolved = conditional::resolve(context, kind, condition)?;
            if let Some(existing) = resolved.existing {
                let version = context.store.read(kind, &existing)?.ok_or(Error::Contention)?;
                return Ok(Response::written(
                    version,
                    Effect::Unchanged,
                    request.prefer,
                    Returns::Representation,
                    &remarks,
                ));
            }
            set.checks.push(resolved.check);
        }
        let written = write_one_with(context, request, set)?;
        Ok(Response::written(
            written.version,
            written.effect,
            request.prefer,
            Returns::Representation,
            &remarks,
        ))
    })
}

/// A new id: a UUIDv7, so that ids grow with time and indexes append.
pub(super) fn new_id() -> String {
    Uuid::now_v7().to_string()
}
