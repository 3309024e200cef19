//! `$meta`, `$meta-add` and `$meta-delete`: profiles, tags and security labels (R4 Resource operations).

use std::collections::{BTreeMap, BTreeSet};

use fhir_model::write::{Replacements, to_vec, write, write_string};
use fhir_model::{Document, Node};
use serde_json::{Map, Value};

use super::definition::{Call, Level, Operation, Parameter, Target};
use crate::interactions::conditional::retry_while_changing;
use crate::interactions::update::expected;
use crate::interactions::{Context, Error, Response, patch, read};
use crate::store::{Version, WriteSet};

pub(super) static META: Operation = Operation {
    name: "meta",
    definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta",
    levels: &[Level::System, Level::Type, Level::Instance, Level::Version],
    types: &[],
    by_get: true,
    changes_data: false,
    parameters: &[],
    takes_search: false,
    returns: Some("Parameters"),
    perform: meta,
};

pub(super) static META_ADD: Operation = Operation {
    name: "meta-add",
    definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta-add",
    levels: &[Level::Instance],
    types: &[],
    by_get: false,
    changes_data: true,
    parameters: &[Parameter::once("meta", "Meta")],
    takes_search: false,
    returns: Some("Parameters"),
    perform: |call| change(call, add),
};

pub(super) static META_DELETE: Operation = Operation {
    name: "meta-delete",
    definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete",
    levels: &[Level::Instance],
    types: &[],
    by_get: false,
    changes_data: true,
    parameters: &[Parameter::once("meta", "Meta")],
    takes_search: false,
    returns: Some("Parameters"),
    perform: |call| change(call, delete),
};

/// The elements of Meta that are sets of labels.
const SETS: [&str; 3] = ["profile", "security", "tag"];

/// The search parameters whose keys tell the labels in use.
const OF_SETS: [&str; 3] = ["_profile", "_security", "_tag"];

/// What is labelled: the meta of a version, or all labels in use at a type or the system.
fn meta(call: &Call<'_>) -> Result<Response, Error> {
    match call.target {
        Target::Instance { kind, id } => of_version(read::current(call.context, kind, id)?),
        Target::Version { kind, id, version } => {
            of_version(read::numbered(call.context, kind, id, *version)?)
        }
        Target::Type { kind } => in_use(call.context, &[kind.as_str().into()]),
        Target::System => in_use(call.context, call.context.registry.resource_types()),
    }
}

/// The answer with the meta of a version.
fn of_version(version: Version) -> Result<Response, Error> {
    let document = Document::parse_bytes(version.body)?;
    let meta = document.root().get("meta").map(to_vec);
    Ok(Response {
        version: Some(version.version),
        last_modified: Some(version.last_updated),
        ..returned(meta)
    })
}

/// Parameters with the meta as `return`.
fn returned(meta: Option<Vec<u8>>) -> Response {
    let mut out = b"{\"resourceType\":\"Parameters\"".to_vec();
    if let Some(meta) = meta {
        out.extend_from_slice(b",\"parameter\":[{\"name\":\"return\",\"valueMeta\":");
        out.extend_from_slice(&meta);
        out.extend_from_slice(b"}]");
    }
    out.push(b'}');
    Response::resource(out)
}

/// All labels of the resources of some types, each once, sorted. The index tells one resource for each label: only those are read.
fn in_use(context: &Context, kinds: &[Box<str>]) -> Result<Response, Error> {
    let parameters = &context.search_state().parameters;
    let mut labels: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    for parameter in
        kinds.iter().flat_map(|kind| OF_SETS.iter().filter_map(|code| parameters.get(kind, code)))
    {
        for version in context.store.samples(parameter.id)? {
            let document = Document::parse_bytes(version.body)?;
            for name in SETS {
                for label in document
                    .root()
                    .get("meta")
                    .and_then(|meta| meta.get(name))
                    .into_iter()
                    .flat_map(Node::items)
                {
                    let label = value(label)?;
                    labels.entry(name).or_default().entry(identity(name, &label)).or_insert(label);
                }
            }
        }
    }
    let meta: Map<String, Value> =
        labels.into_iter().map(|(name, set)| (name.to_owned(), set.into_values().collect())).collect();
    let meta = (!meta.is_empty()).then(|| Value::Object(meta).to_string().into_bytes());
    Ok(returned(meta))
}

/// Changes the labels of the resource, as a new version, unless nothing changes.
fn change(call: &Call<'_>, edit: fn(&mut Map<String, Value>, &str, &[Value])) -> Result<Response, Error> {
    let (context, (kind, id)) = (call.context, call.instance()?);
    let given = call.inputs.elements("meta")?;
    let given =
        given.first().ok_or_else(|| Error::BadParameter("the parameter meta is needed".to_owned()))?;
    let given = object(*given)?;
    retry_while_changing(|| {
        let wanted = expected(&call.request.conditions)?;
        let current = read::current_if(context, kind, id, wanted)?;
        let number = current.version;
        let document = Document::parse_bytes(current.body.clone())?;
        let before = document.root().get("meta").map(object).transpose()?.unwrap_or_default();
        let mut meta = before.clone();
        for name in SETS {
            edit(&mut meta, name, given.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice));
        }
        if meta == before {
            return of_version(current);
        }
        let changed = Document::parse_bytes(with_meta(document.root(), meta))?;
        context.validation.check(changed.root())?;
        let write = patch::write(context, changed.root(), kind, id, number, &Replacements::new())?;
        let set =
            WriteSet { writes: vec![write], enforce_integrity: context.enforces(), ..WriteSet::default() };
        of_version(patch::write_over(context, call.request, set, wanted)?.version)
    })
}

/// Adds the labels that are not there.
fn add(meta: &mut Map<String, Value>, name: &str, labels: &[Value]) {
    for label in labels {
        let own = identity(name, label);
        let mut set = items(meta, name);
        if set.iter().any(|other| identity(name, other) == own) {
            continue;
        }
        set.push(label.clone());
        meta.insert(name.to_owned(), Value::Array(set));
        // The extensions of primitives stand at the same places.
        if let Some(Value::Array(siblings)) = meta.get_mut(&format!("_{name}")) {
            siblings.push(Value::Null);
        }
    }
}

/// Removes the labels that are there.
fn delete(meta: &mut Map<String, Value>, name: &str, labels: &[Value]) {
    let unwanted: BTreeSet<String> = labels.iter().map(|label| identity(name, label)).collect();
    let keep: Vec<bool> =
        items(meta, name).iter().map(|label| !unwanted.contains(&identity(name, label))).collect();
    for member in [name.to_owned(), format!("_{name}")] {
        if let Some(Value::Array(items)) = meta.get_mut(&member) {
            let mut kept = keep.iter();
            items.retain(|_| kept.next().copied().unwrap_or(true));
        }
        // JSON of FHIR has no empty arrays.
        if meta.get(&member).and_then(Value::as_array).is_some_and(Vec::is_empty) {
            meta.shift_remove(&member);
        }
    }
}

fn items(meta: &Map<String, Value>, name: &str) -> Vec<Value> {
    meta.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// What makes a label the same as another: the whole url of a profile, system and code of a tag or security label.
fn identity(name: &str, label: &Value) -> String {
    let text = |member: &str| label.get(member).and_then(Value::as_str).unwrap_or_default();
    match name {
        "profile" => label.as_str().unwrap_or_default().to_owned(),
        _ => format!("{}|{}", text("system"), text("code")),
    }
}

fn value(node: Node<'_>) -> Result<Value, Error> {
    serde_json::from_slice(&to_vec(node)).map_err(|error| Error::Internal(error.to_string()))
}

fn object(node: Node<'_>) -> Result<Map<String, Value>, Error> {
    match value(node)? {
        Value::Object(object) => Ok(object),
        _ => Ok(Map::new()),
    }
}

/// The resource with another meta.
fn with_meta(resource: Node<'_>, meta: Map<String, Value>) -> Vec<u8> {
    let mut out = b"{\"resourceType\":".to_vec();
    write_string(resource.resource_type().unwrap_or_default(), &mut out);
    out.extend_from_slice(b",\"meta\":");
    out.extend_from_slice(Value::Object(meta).to_string().as_bytes());
    for (name, member) in resource.members().filter(|(name, _)| !matches!(*name, "resourceType" | "meta")) {
        out.push(b',');
        write_string(name, &mut out);
        out.push(b':');
        write(member, None, &mut out);
    }
    out.push(b'}');
    out
}
