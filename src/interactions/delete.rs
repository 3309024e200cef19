//! delete (R4 HTTP 3.1.0.7).

use fhir_model::{Issue, IssueType, OperationOutcome};

use super::request::Returns;
use super::update::expected;
use super::{Context, Error, Request, Response};
use crate::store::{Change, Effect, Write, WriteSet};

/// Deletes a resource; its history stays. Deleting what is not there succeeds and changes nothing.
pub(super) fn delete(context: &Context, request: &Request, kind: &str, id: &str) -> Result<Response, Error> {
    let write = Write {
        kind: kind.into(),
        id: id.into(),
        expected: expected(&request.conditions)?,
        change: Change::Delete,
    };
    let set = WriteSet { checks: Vec::new(), writes: vec![write], enforce_integrity: context.enforces() };
    let written = context.write(set)?;
    let written =
        written.into_iter().next().ok_or_else(|| Error::Internal("a write without result".into()))?;
    Ok(deleted(written.version.version, written.effect, request.prefer.returns))
}

/// The answer to a deletion: 204, or 200 with an OperationOutcome if the client prefers one.
pub(super) fn deleted(version: u64, effect: Effect, returns: Option<Returns>) -> Response {
    let version = (version > 0).then_some(version);
    if returns != Some(Returns::OperationOutcome) {
        return Response { status: 204, version, ..Response::default() };
    }
    let text = if effect == Effect::Deleted { "deleted" } else { "there was nothing to delete" };
    let outcome = OperationOutcome::from(Issue::information(IssueType::Informational, text));
    Response { status: 200, version, body: Some(outcome.to_json()), ..Response::default() }
}
