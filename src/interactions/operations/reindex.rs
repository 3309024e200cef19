//! `$reindex` of the system or a type: computes the index keys of all resources anew, in the background.
//!
//! The index follows changes of SearchParameters by itself. The operation is for what it cannot see: a new version of this program, or
//! new packages, with other expressions for the same parameters. `type`, once or more, in the query or as parameters of a
//! Parameters body, limits it to types. The answer is 202 with the address of the job.

use fhir_model::{Document, Node};

use crate::interactions::request::Verb;
use crate::interactions::{Context, Error, Request, Response, jobs};

/// Opens a job for the types asked for.
pub(super) fn reindex(
    context: &Context,
    request: &Request,
    kind: Option<&str>,
    id: Option<&str>,
) -> Result<Response, Error> {
    if request.verb != Verb::Post || id.is_some() {
        return Err(Error::MethodNotAllowed { verb: request.verb.name(), path: request.path.join("/") });
    }
    let mut types = asked(request)?;
    types.extend(kind.map(Box::from));
    if let Some(unknown) = types.iter().find(|kind| !context.is_resource_type(kind)) {
        return Err(Error::UnknownType(unknown.to_string()));
    }
    if types.is_empty() {
        types = context.registry.resource_types().to_vec();
    }
    types.sort();
    types.dedup();
    let job = context.search_parameters.reindex(types)?;
    Ok(jobs::accepted(&job))
}

/// The types named in the query and in the body.
fn asked(request: &Request) -> Result<Vec<Box<str>>, Error> {
    let mut types = Vec::new();
    let mut take = |name: &str, value: Option<&str>| match (name, value) {
        ("type", Some(value)) => {
            types.push(value.into());
            Ok(())
        }
        ("_format" | "_pretty", _) => Ok(()),
        _ => {
            Err(Error::BadParameter(format!("$reindex does not know the parameter '{name}'; it knows type")))
        }
    };
    for (name, value) in &request.query {
        take(name, Some(value))?;
    }
    if request.body.is_empty() {
        return Ok(types);
    }
    let document = Document::parse_bytes(request.body.clone())?;
    let root = document.root();
    if root.resource_type() != Some("Parameters") {
        let found = root.resource_type().unwrap_or("JSON value without resourceType").to_owned();
        return Err(Error::WrongType { expected: "Parameters".to_owned(), found });
    }
    for parameter in root.get("parameter").into_iter().flat_map(Node::items) {
        let mut members = parameter.members();
        let value = members.find(|(name, _)| name.starts_with("value")).and_then(|(_, value)| value.as_str());
        take(parameter.get_str("name").unwrap_or_default(), value)?;
    }
    Ok(types)
}
