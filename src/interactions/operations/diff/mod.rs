//! `$diff`: what changed between two versions, as a FHIRPath Patch that makes the one into the other. Not an operation of R4.
//!
//! At a resource, `version` is the older version, by default the one before the current one. At the system, `from` and `to` are
//! references to two resources of one type, each the current version unless it names one. `meta.versionId`, `meta.lastUpdated` and the
//! id are no differences.

mod changes;
mod value;

use fhir_model::reference::Reference;

use super::definition::{Call, Level, Operation, Parameter, Target};
use super::graph::parsed;
use crate::interactions::{Error, Response, prepare, read};
use crate::store::Version;

pub(super) static DIFF: Operation = Operation {
    name: "diff",
    definition: "https://westway.example/OperationDefinition/diff",
    levels: &[Level::Instance],
    types: &[],
    by_get: true,
    changes_data: false,
    parameters: &[Parameter::once("version", "id")],
    takes_search: false,
    returns: Some("Parameters"),
    perform: of_instance,
};

pub(super) static DIFF_ANY: Operation = Operation {
    name: "diff",
    definition: "https://westway.example/OperationDefinition/diff-any",
    levels: &[Level::System],
    types: &[],
    by_get: true,
    changes_data: false,
    parameters: &[Parameter::once("from", "uri"), Parameter::once("to", "uri")],
    takes_search: false,
    returns: Some("Parameters"),
    perform: of_two,
};

fn of_instance(call: &Call<'_>) -> Result<Response, Error> {
    let (kind, id) = call.instance()?;
    let to = read::current(call.context, kind, id)?;
    let from = match call.inputs.parsed("version", "the number of a version")? {
        Some(version) => version,
        None if to.version > 1 => to.version - 1,
        None => return Err(Error::BadParameter(format!("{kind}/{id} has only one version"))),
    };
    let from = read::numbered(call.context, kind, id, from)?;
    answer(call, &from, &to)
}

fn of_two(call: &Call<'_>) -> Result<Response, Error> {
    let (from, to) = (referred(call, "from")?, referred(call, "to")?);
    if from.kind != to.kind {
        let text = format!("from is a {}, to is a {}: the types must be the same", from.kind, to.kind);
        return Err(Error::BadParameter(text));
    }
    answer(call, &from, &to)
}

/// The version that a parameter refers to.
fn referred(call: &Call<'_>, name: &str) -> Result<Version, Error> {
    let needed = || Error::BadParameter(format!("{} needs the parameter {name}", address(call.target)));
    let text = call.inputs.text(name)?.ok_or_else(needed)?;
    let unusable = || Error::bad_parameter(name, text, "a reference to a resource of this server");
    let (kind, id) = prepare::local_target(call.context, text).ok_or_else(unusable)?;
    match Reference::parse(text) {
        Reference::Relative { version: Some(version), .. }
        | Reference::Absolute { version: Some(version), .. } => {
            let number = version.parse().map_err(|_| unusable())?;
            read::numbered(call.context, kind, id, number)
        }
        _ => read::current(call.context, kind, id),
    }
}

fn address(target: &Target) -> String {
    target.pattern(&DIFF_ANY)
}

fn answer(call: &Call<'_>, from: &Version, to: &Version) -> Result<Response, Error> {
    let (from, to) = (parsed(from)?, parsed(to)?);
    let operations = changes::between(call.context.registry.types(), from.root(), to.root());
    let mut out = b"{\"resourceType\":\"Parameters\"".to_vec();
    let mut separator: &[u8] = b",\"parameter\":[";
    for operation in &operations {
        out.extend_from_slice(separator);
        separator = b",";
        out.extend_from_slice(operation);
    }
    if separator == b"," {
        out.push(b']');
    }
    out.push(b'}');
    Ok(Response::resource(out))
}
