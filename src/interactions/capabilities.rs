//! capabilities: the CapabilityStatement (R4 HTTP 3.1.0.14). Made from the registry, the supported search parameters and the
//! routes, so that it says what the server does and nothing else.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use fhir_model::primitive::instant_text;
use fhir_search::parameters::{Parameter, ParameterKind, Parameters};
use fhir_search::parse::{modifiers, special_parameters};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::context::now_micros;
use super::operations::{ALL, Level, Operation};
use super::read::is_known;
use super::{Context, Error, Request, Response};

/// The interactions that every resource type has, as [`Interaction`](super::Interaction) knows them.
const OF_TYPES: [&str; 9] = [
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "create",
    "search-type",
];

/// The interactions of the whole system.
const OF_SYSTEM: [&str; 4] = ["transaction", "batch", "history-system", "search-system"];

/// What is the same in the statement for all requests as long as the search parameters stay the same.
pub struct Capabilities {
    /// When the server began to offer this: microseconds since 1970.
    since: i64,
    /// Made at the first request.
    rest: OnceLock<Box<RawValue>>,
}

impl Capabilities {
    /// Those of a server that begins to offer them now.
    pub(super) fn new() -> Self {
        Self { since: now_micros(), rest: OnceLock::new() }
    }
}

/// The CapabilityStatement of this server as it runs.
pub(super) fn capabilities(context: &Context, request: &Request) -> Result<Response, Error> {
    let failed = |error: serde_json::Error| Error::Internal(error.to_string());
    let state = context.search_state();
    let Capabilities { since, rest: made } = &state.capabilities;
    // What is offered changes with the program and the search parameters: then there are other Capabilities.
    let version = u64::try_from(*since).unwrap_or_default();
    let told =
        Response { status: 200, version: Some(version), last_modified: Some(*since), ..Response::default() };
    if is_known(version, *since, &request.conditions) {
        return Ok(Response { status: 304, ..told });
    }
    let rest = match made.get() {
        Some(rest) => rest,
        None => {
            let rest = serde_json::value::to_raw_value(&rest(context, &state.parameters)).map_err(failed)?;
            made.get_or_init(|| rest)
        }
    };
    let head = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant_text(*since),
        "kind": "instance",
        "software": { "name": "Westway", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Westway FHIR R4 server", "url": request.base },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/fhir+xml", "application/fhir+ndjson", "json", "xml"],
        "patchFormat": ["application/json-patch+json", "application/xml-patch+xml", "application/fhir+json", "application/fhir+xml"],
    });
    let mut statement = serde_json::to_vec(&head).map_err(failed)?;
    statement.pop();
    statement.extend_from_slice(b",\"rest\":");
    statement.extend_from_slice(rest.get().as_bytes());
    statement.push(b'}');
    Ok(Response { body: Some(statement), ..told })
}

fn rest(context: &Context, parameters: &Parameters) -> Value {
    let rev_includes = rev_includes(parameters);
    let types = context.registry.resource_types().iter();
    let resources: Vec<Value> =
        types.map(|kind| resource(context, parameters, kind, rev_includes.get(&**kind))).collect();
    json!([{
        "mode": "server",
        "resource": resources,
        "interaction": OF_SYSTEM.map(|code| json!({ "code": code })),
        "searchParam": special_parameters().map(|name| special(context, "Patient", name)).collect::<Vec<_>>(),
        "operation": operations(|operation| operation.levels.contains(&Level::System)),
        "compartment": context.registry.compartments().map(|compartment| &compartment.url).collect::<Vec<_>>(),
    }])
}

/// The operations that `offered` chooses.
fn operations(offered: impl Fn(&Operation) -> bool) -> Value {
    let offered = ALL.iter().filter(|operation| offered(operation));
    offered.map(|operation| json!({ "name": operation.name, "definition": operation.definition })).collect()
}

/// Whether an operation can be invoked on a type or on resources of it.
fn is_of_type(operation: &Operation, kind: &str) -> bool {
    operation.is_for(kind) && operation.levels.iter().any(|level| *level != Level::System)
}

/// For each type the reference parameters that can point to it.
fn rev_includes(parameters: &Parameters) -> BTreeMap<&str, Vec<String>> {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for kind in parameters.resource_types() {
        for parameter in parameters.references(kind) {
            for target in &parameter.value.targets {
                found.entry(target).or_default().push(include_name(parameter));
            }
        }
    }
    found
}

fn include_name(parameter: &Parameter) -> String {
    format!("{}:{}", parameter.resource_type, parameter.code)
}

fn resource(
    context: &Context,
    parameters: &Parameters,
    kind: &str,
    rev_includes: Option<&Vec<String>>,
) -> Value {
    let own = parameters.of_type(kind).iter().map(parameter);
    let search: Vec<Value> =
        special_parameters().map(|name| special(context, kind, name)).chain(own).collect();
    let mut resource = json!({
        "type": kind,
        "profile": format!("http://hl7.org/fhir/StructureDefinition/{kind}"),
        "interaction": OF_TYPES.map(|code| json!({ "code": code })),
        "versioning": "versioned-update",
        "readHistory": true,
        "updateCreate": true,
        "conditionalCreate": true,
        "conditionalRead": "full-support",
        "conditionalUpdate": true,
        "conditionalDelete": if context.limits.conditional_delete > 1 { "multiple" } else { "single" },
        "referencePolicy": if context.enforces() { vec!["literal", "local", "enforced"] } else { vec!["literal"] },
        "searchParam": search,
        "operation": operations(|operation| is_of_type(operation, kind)),
    });
    let mut includes: Vec<String> = parameters.references(kind).map(include_name).collect();
    if let Some(object) = resource.as_object_mut() {
        let profiles = context.registry.supported_profiles(kind);
        if !profiles.is_empty() {
            object.insert("supportedProfile".into(), json!(profiles));
        }
        if !includes.is_empty() {
            includes.insert(0, "*".into());
            object.insert("searchInclude".into(), includes.into());
        }
        let all = std::iter::once("*".to_owned());
        let rev_includes: Vec<String> = all.chain(rev_includes.into_iter().flatten().cloned()).collect();
        object.insert("searchRevInclude".into(), rev_includes.into());
    }
    resource
}

/// A parameter of every type, such as `_id`. Those that R4 has no definition of are special.
fn special(context: &Context, kind: &str, name: &str) -> Value {
    match context.registry.search_parameter(kind, name) {
        Some(definition) => {
            json!({ "name": name, "definition": definition.url, "type": definition.kind.as_str() })
        }
        None => json!({ "name": name, "type": "special" }),
    }
}

/// A parameter of a type, with the modifiers that it takes.
fn parameter(parameter: &Parameter) -> Value {
    let kind = parameter.value.kind;
    let mut modifiers: Vec<&str> = modifiers(parameter).collect();
    if kind == ParameterKind::Reference {
        modifiers.push("[type]");
    }
    let mut value = json!({ "name": parameter.code, "definition": parameter.url, "type": kind.code() });
    if let Some(object) = value.as_object_mut().filter(|_| !modifiers.is_empty()) {
        object.insert("documentation".into(), format!("Modifiers: {}", modifiers.join(", ")).into());
    }
    value
}
