//! `$validate` of the system, a type or a resource (R4 Resource operation validate).
//!
//! The resource comes as the body, or as the parameter `resource` of a Parameters body; at a stored resource without a body that
//! resource is meant. `mode` and `profile` come in the query or as parameters. The answer is always 200 with an OperationOutcome:
//! what it says of the resource is the result, not a failure of the operation.

use fhir_model::path::locate;
use fhir_model::{Document, Issue, IssueType, Node, OperationOutcome};

use crate::interactions::request::Verb;
use crate::interactions::update::check_id;
use crate::interactions::{Context, Error, Request, Response, prepare};

/// For which action the resource is checked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Create,
    Update,
    Delete,
}

/// What a client asks for.
struct Asked {
    /// The document that came, or the one that is stored.
    document: Document,
    mode: Option<Mode>,
    profiles: Vec<String>,
}

/// Checks a resource, and stores nothing.
pub(super) fn validate(
    context: &Context,
    request: &Request,
    kind: Option<&str>,
    id: Option<&str>,
) -> Result<Response, Error> {
    let asked = asked(context, request, kind, id)?;
    let root = asked.document.root();
    let Some(resource) = resource_of(root) else {
        return match (asked.mode, kind, id) {
            (Some(Mode::Delete), Some(kind), Some(id)) => answer(deletion(context, kind, id)?),
            _ => Err(Error::NoBody(kind.unwrap_or("any").to_owned())),
        };
    };
    let mut issues = Vec::new();
    match resource.resource_type() {
        Some(found) if kind.is_none_or(|kind| kind == found) => {}
        found => {
            let (expected, found) =
                (kind.unwrap_or("any").to_owned(), found.unwrap_or("value without resourceType").to_owned());
            return Err(Error::WrongType { expected, found });
        }
    }
    if let (Some(Mode::Update), Some(id)) = (asked.mode, id)
        && let Err(error) = check_id(resource, id)
    {
        issues.extend(error.outcome().issues);
    }
    let profiles: Vec<&str> = asked.profiles.iter().map(String::as_str).collect();
    issues.extend(context.validation.issues(resource, &profiles));
    if asked.mode.is_some_and(|mode| mode != Mode::Delete) {
        issues.extend(prepare::dangling(context, resource)?);
    }
    for issue in &mut issues {
        if let Some(expression) = issue.expression.first() {
            issue.position = Some(asked.document.position(locate(resource, expression).index()));
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

fn asked(context: &Context, request: &Request, kind: Option<&str>, id: Option<&str>) -> Result<Asked, Error> {
    let mut mode = None;
    let mut profiles = Vec::new();
    for (name, value) in &request.query {
        match name.as_str() {
            "mode" => mode = Some(parse_mode(value)?),
            "profile" => profiles.push(value.clone()),
            "_format" | "_pretty" => {}
            _ => {
                let text = format!(
                    "$validate does not know the parameter '{name}'; it knows mode, profile and resource"
                );
                return Err(Error::BadParameter(text));
            }
        }
    }
    let document = match (request.verb, kind, id) {
        (Verb::Post, ..) if !request.body.is_empty() => prepare::parse_any(context, request)?,
        (_, Some(kind), Some(id)) if mode != Some(Mode::Delete) => {
            let version = context.store.read(kind, id)?.filter(|version| !version.is_deleted());
            let version =
                version.ok_or_else(|| Error::NotFound { kind: kind.to_owned(), id: id.to_owned() })?;
            Document::parse_bytes(version.body)?
        }
        _ => Document::parse("{\"resourceType\":\"Parameters\"}")?,
    };
    for parameter in parameters(document.root()) {
        let value = parameter
            .members()
            .find(|(name, _)| name.starts_with("value"))
            .and_then(|(_, value)| value.as_str());
        match (parameter.get_str("name"), value) {
            (Some("mode"), Some(value)) => mode = Some(parse_mode(value)?),
            (Some("profile"), Some(value)) => profiles.push(value.to_owned()),
            _ => {}
        }
    }
    Ok(Asked { document, mode, profiles })
}

fn parse_mode(value: &str) -> Result<Mode, Error> {
    match value {
        "create" => Ok(Mode::Create),
        "update" => Ok(Mode::Update),
        "delete" => Ok(Mode::Delete),
        _ => Err(Error::bad_parameter("mode", value, "create, update or delete")),
    }
}

/// The parameters of a Parameters body of this operation.
fn parameters(root: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let is_parameters = root.resource_type() == Some("Parameters");
    root.get("parameter").filter(|_| is_parameters).into_iter().flat_map(Node::items)
}

/// The resource to check. A Parameters resource is one itself, unless it names what this operation knows.
fn resource_of(root: Node<'_>) -> Option<Node<'_>> {
    let of_operation = |name: &str| matches!(name, "resource" | "mode" | "profile");
    let is_call = root.resource_type() == Some("Parameters")
        && parameters(root).all(|parameter| parameter.get_str("name").is_some_and(of_operation));
    if !is_call {
        return Some(root);
    }
    parameters(root).find(|p| p.get_str("name") == Some("resource")).and_then(|p| p.get("resource"))
}
