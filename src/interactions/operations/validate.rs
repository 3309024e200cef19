//! `$validate` of the system, a type or a resource (R4 Resource operation validate).
//!
//! The resource comes as the body, or as the parameter `resource` of a Parameters body; at a stored resource, without one, that
//! resource is meant. The answer is always 200 with an OperationOutcome: what it says of the resource is the result, not a failure
//! of the operation.

use fhir_model::path::locate;
use fhir_model::{Document, Issue, IssueType, Node, OperationOutcome};

use super::definition::{Call, Level, Operation, Parameter, Target};
use crate::interactions::update::check_id;
use crate::interactions::{Context, Error, Response, prepare, read};

pub(super) static VALIDATE: Operation = Operation {
    name: "validate",
    definition: "http://hl7.org/fhir/OperationDefinition/Resource-validate",
    levels: &[Level::System, Level::Type, Level::Instance],
    types: &[],
    by_get: true,
    changes_data: false,
    parameters: &[
        Parameter::once("resource", "Resource"),
        Parameter::once("mode", "code"),
        Parameter::many("profile", "uri"),
    ],
    takes_search: false,
    returns: Some("OperationOutcome"),
    perform: validate,
};

/// For which action the resource is checked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Create,
    Update,
    Delete,
}

/// Checks a resource, and stores nothing.
fn validate(call: &Call<'_>) -> Result<Response, Error> {
    let mode = call.inputs.text("mode")?.map(parse_mode).transpose()?;
    if let Some(resource) = call.inputs.resource("resource") {
        return check(call, resource, mode);
    }
    match call.target {
        Target::Instance { kind, id } if mode == Some(Mode::Delete) => {
            answer(deletion(call.context, kind, id)?)
        }
        Target::Instance { kind, id } => {
            let stored = Document::parse_bytes(read::current(call.context, kind, id)?.body)?;
            check(call, stored.root(), mode)
        }
        target => Err(Error::NoBody(target.kind().unwrap_or("any").to_owned())),
    }
}

fn check(call: &Call<'_>, resource: Node<'_>, mode: Option<Mode>) -> Result<Response, Error> {
    let kind = call.target.kind();
    match resource.resource_type() {
        Some(found) if kind.is_none_or(|kind| kind == found) => {}
        found => {
            let (expected, found) =
                (kind.unwrap_or("any").to_owned(), found.unwrap_or("value without resourceType").to_owned());
            return Err(Error::WrongType { expected, found });
        }
    }
    let mut issues = Vec::new();
    if let (Some(Mode::Update), Target::Instance { id, .. }) = (mode, call.target)
        && let Err(error) = check_id(resource, id)
    {
        issues.extend(error.outcome().issues);
    }
    issues.extend(call.context.validation.issues(resource, &call.inputs.texts("profile")?));
    if mode.is_some_and(|mode| mode != Mode::Delete) {
        issues.extend(prepare::dangling(call.context, resource)?);
    }
    for issue in &mut issues {
        if let Some(expression) = issue.expression.first() {
            issue.position = Some(resource.document().position(locate(resource, expression).index()));
        }
    }
    answer(issues)
}

fn answer(issues: Vec<Issue>) -> Result<Response, Error> {
    Ok(Response::resource(OperationOutcome { issues }.to_json()))
}

/// Whether a resource could be deleted now.
fn deletion(context: &Context, kind: &str, id: &str) -> Result<Vec<Issue>, Error> {
    let there = context.store.read(kind, id)?.is_some_and(|version| !version.is_deleted());
    let text = if there { "the resource is here" } else { "there is nothing to delete" };
    Ok(vec![Issue::information(IssueType::Informational, text)])
}

fn parse_mode(value: &str) -> Result<Mode, Error> {
    match value {
        "create" => Ok(Mode::Create),
        "update" => Ok(Mode::Update),
        "delete" => Ok(Mode::Delete),
        _ => Err(Error::bad_parameter("mode", value, "create, update or delete")),
    }
}
