//! delete, of a resource or of those that a search finds (R4 HTTP 3.1.0.7, 3.1.0.7.1).

use fhir_model::{Issue, IssueType, OperationOutcome};

use super::conditional::{self, retry_while_changing};
use super::request::Returns;
use super::update::expected;
use super::{Context, Error, Request, Response};
use crate::store::{Change, Effect, Write, WriteSet};

/// Deletes a resource; its history stays. Deleting what is not there succeeds and changes nothing.
pub(super) fn delete(context: &Context, request: &Request, kind: &str, id: &str) -> Result<Response, Error> {
    let writes = vec![write(request, kind, id)?];
    let set = WriteSet { writes, enforce_integrity: context.enforces(), ..WriteSet::default() };
    let written = context.write_one(set)?;
    Ok(deleted(written.version.version, written.effect, request.prefer.returns))
}

/// Deletes what the search in the address finds: one resource, or as many as the operator allows; more are refused (412).
pub(super) fn conditional_delete(
    context: &Context,
    request: &Request,
    kind: &str,
) -> Result<Response, Error> {
    retry_while_changing(|| {
        let most = context.limits.conditional_delete;
        let found = conditional::resolve_several(context, kind, &request.query, most)?;
        let writes = found.check.matches.iter().map(|id| write(request, kind, id));
        let set = WriteSet {
            writes: writes.collect::<Result<_, _>>()?,
            checks: vec![found.check],
            enforce_integrity: context.enforces(),
        };
        let written = context.write(set)?;
        match written.as_slice() {
            [] => Ok(deleted(0, Effect::Unchanged, request.prefer.returns)),
            [only] => Ok(deleted(only.version.version, only.effect, request.prefer.returns)),
            several => {
                Ok(answer(None, &format!("{} resources were deleted", several.len()), request.prefer.returns))
            }
        }
    })
}

fn write(request: &Request, kind: &str, id: &str) -> Result<Write, Error> {
    let expected = expected(&request.conditions)?;
    Ok(Write { kind: kind.into(), id: id.into(), expected, change: Change::Delete })
}

/// The answer to a deletion.
pub(super) fn deleted(version: u64, effect: Effect, returns: Option<Returns>) -> Response {
    let text = if effect == Effect::Deleted { "deleted" } else { "there was nothing to delete" };
    answer((version > 0).then_some(version), text, returns)
}

/// 204, or 200 with an OperationOutcome if the client prefers one.
pub(super) fn answer(version: Option<u64>, text: &str, returns: Option<Returns>) -> Response {
    if returns != Some(Returns::OperationOutcome) {
        return Response { status: 204, version, ..Response::default() };
    }
    let outcome = OperationOutcome::from(Issue::information(IssueType::Informational, text));
    Response { status: 200, version, body: Some(outcome.to_json()), ..Response::default() }
}
