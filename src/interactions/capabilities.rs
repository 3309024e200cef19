//! capabilities: the CapabilityStatement (R4 HTTP 3.1.0.14). Made from the registry, the supported search parameters and the
//! routes, so that it says what the server does and nothing else.

use fhir_search::parameters::{Parameter, ParameterKind};
use serde_json::{Value, json};

use super::{Context, Request, Response};

/// The interactions that every resource type has, as [`Interaction`](super::Interaction) knows them.
const OF_TYPES: [&str; 8] =
    ["read", "vread", "update", "delete", "history-instance", "history-type", "create", "search-type"];

/// The interactions of the whole system.
const OF_SYSTEM: [&str; 3] = ["transaction", "batch", "history-system"];

/// The CapabilityStatement of this server as it runs.
pub(super) fn capabilities(context: &Context, request: &Request) -> Response {
    let resources: Vec<Value> =
        context.registry.resource_types().iter().map(|kind| resource(context, kind)).collect();
    let statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": env!("WESTWAY_BUILD_DATE"),
        "kind": "instance",
        "software": { "name": "Westway", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Westway FHIR R4 server", "url": request.base },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [{
            "mode": "server",
            "resource": resources,
            "interaction": OF_SYSTEM.map(|code| json!({ "code": code })),
        }],
    });
    Response::resource(statement.to_string().into_bytes())
}

fn resource(context: &Context, kind: &str) -> Value {
    let parameters = context.parameters.of_type(kind);
    let name = |parameter: &Parameter| format!("{}:{}", parameter.resource_type, parameter.code);
    let mut includes: Vec<String> = context.parameters.references(kind).map(name).collect();
    let rev_includes: Vec<String> = context.parameters.pointing_to(kind).map(name).collect();
    let mut search: Vec<Value> = vec![
        json!({ "name": "_id", "type": "token" }),
        json!({ "name": "_lastUpdated", "type": "date" }),
    ];
    search.extend(parameters.iter().map(search_parameter));
    search.push(json!({ "name": "_has", "type": "special" }));
    let mut resource = json!({
        "type": kind,
        "profile": format!("http://hl7.org/fhir/StructureDefinition/{kind}"),
        "interaction": OF_TYPES.map(|code| json!({ "code": code })),
        "versioning": "versioned-update",
        "readHistory": true,
        "updateCreate": true,
        "conditionalCreate": true,
        "conditionalRead": "not-supported",
        "conditionalUpdate": false,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "local", if context.enforces() { "enforced" } else { "resolves" }],
        "searchParam": search,
    });
    if let Some(object) = resource.as_object_mut() {
        if !includes.is_empty() {
            includes.push("*".into());
            object.insert("searchInclude".into(), includes.into());
        }
        if !rev_includes.is_empty() {
            object.insert("searchRevInclude".into(), rev_includes.into());
        }
    }
    resource
}

fn search_parameter(parameter: &Parameter) -> Value {
    json!({ "name": parameter.code, "definition": parameter.url, "type": parameter.value.kind.code() })
}
