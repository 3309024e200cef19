//! What paths share: parameters, bodies, responses, headers.

use fhir_search::parse::{result_parameters, special_parameters};
use serde_json::{Map, Value, json};

use super::{Scope, schemas, shared};

/// The media types of a resource; `schema` is that of its JSON.
fn content(schema: &Value) -> Value {
    json!({
        "application/fhir+json": { "schema": schema },
        "application/fhir+xml": { "schema": shared("schemas", "xml") },
        "application/fhir+ndjson": { "schema": { "type": "string" } },
    })
}

/// The `components` of the document.
pub(super) fn components(scope: Scope<'_>) -> Value {
    json!({
        "parameters": parameters(scope),
        "headers": headers(),
        "requestBodies": bodies(),
        "responses": responses(),
        "schemas": schemas::schemas(scope),
    })
}

fn parameters(scope: Scope<'_>) -> Map<String, Value> {
    let types = || shared("schemas", "ResourceType");
    let id = || shared("schemas", "id");
    let in_path =
        |name: &str, schema: Value| json!({ "name": name, "in": "path", "required": true, "schema": schema });
    let in_query = |name: &str, schema: Value| json!({ "name": name, "in": "query", "schema": schema });
    let in_header = |name: &str, schema: Value, description: &str| json!({ "name": name, "in": "header", "schema": schema, "description": description });
    let text = || json!({ "type": "string", "minLength": 1 });
    let etag = || json!({ "type": "string", "pattern": "^W/\"[0-9]{1,9}\"$" });
    let members = scope.context.registry.resource_types().iter().map(|kind| &**kind).chain(["*"]);
    let mut all = vec![
        ("type", in_path("type", json!({ "enum": scope.kinds }))),
        ("resourceId", in_path("id", id())),
        ("version", in_path("version", json!({ "type": "integer", "minimum": 1 }))),
        ("job", in_path("job", id())),
        ("member", in_path("member", json!({ "enum": members.collect::<Vec<_>>() }))),
        ("searchTypes", in_query("_type", types())),
        ("since", in_query("_since", shared("schemas", "instant"))),
        ("at", in_query("_at", shared("schemas", "dateTime"))),
        (
            "prefer",
            in_header(
                "Prefer",
                json!({ "enum": ["return=minimal", "return=representation", "return=OperationOutcome", "handling=strict", "handling=lenient"] }),
                "what a write answers with; whether a search ignores what it does not know",
            ),
        ),
        ("ifMatch", in_header("If-Match", etag(), "only if this is the current version")),
        ("ifNoneMatch", in_header("If-None-Match", etag(), "304 if this is the version")),
        (
            "ifNoneMatchAny",
            in_header("If-None-Match", json!({ "const": "*" }), "only if there is no such resource"),
        ),
        (
            "ifModifiedSince",
            in_header("If-Modified-Since", text(), "304 if nothing has changed since; a date of HTTP"),
        ),
        ("ifNoneExist", in_header("If-None-Exist", text(), "only if this search finds nothing")),
        ("include", in_query("_include", json!({ "type": "array", "items": text() }))),
        ("revinclude", in_query("_revinclude", json!({ "type": "array", "items": text() }))),
    ];
    all.extend(special_parameters().filter(|name| *name != "_has").map(|name| {
        let schema = if name == "_lastUpdated" { shared("schemas", "search-date") } else { text() };
        (name.trim_start_matches('_'), in_query(name, schema))
    }));
    all.extend(result_parameters().map(|(name, values)| {
        let mut parameter = in_query(name, result_schema(name));
        if let Some(object) = parameter.as_object_mut() {
            object.insert("description".into(), values.into());
        }
        (name.trim_start_matches('_'), parameter)
    }));
    all.into_iter().map(|(name, parameter)| (name.to_owned(), parameter)).collect()
}

fn result_schema(name: &str) -> Value {
    match name {
        "_count" => json!({ "type": "integer", "minimum": 0 }),
        "_total" => json!({ "enum": ["none", "estimate", "accurate"] }),
        "_summary" => json!({ "enum": ["true", "text", "data", "count", "false"] }),
        "_format" => {
            json!({ "enum": ["json", "xml", "ndjson", "application/fhir+json", "application/fhir+xml", "application/fhir+ndjson"] })
        }
        "_pretty" => json!({ "type": "boolean" }),
        "_contained" => json!({ "enum": ["false", "true", "both"] }),
        "_containedType" => json!({ "enum": ["container", "contained"] }),
        _ => json!({ "type": "string", "minLength": 1 }),
    }
}

fn headers() -> Value {
    let header = |description: &str, schema: Value| json!({ "description": description, "schema": schema });
    let text = || json!({ "type": "string" });
    json!({
        "ETag": header("the version of the resource", json!({ "type": "string", "pattern": "^W/\"[0-9]+\"$" })),
        "LastModified": header("when this version was written", text()),
        "Location": header("the address of the version written", text()),
        "ContentLocation": header("where it is told how far the job is", text()),
        "XProgress": header("how far the job is", text()),
        "XRequestId": header("under which the log has this request", text()),
    })
}

fn bodies() -> Value {
    let of = |kind: &str| {
        json!({ "required": true, "content": {
        "application/fhir+json": { "schema": shared("schemas", kind) },
        "application/fhir+xml": { "schema": shared("schemas", "xml") },
    } })
    };
    let operation = json!({ "type": "object", "required": ["op", "path"], "properties": {
        "op": { "enum": ["add", "remove", "replace", "move", "copy", "test"] },
        "path": { "type": "string" }, "from": { "type": "string" }, "value": {},
    } });
    let form = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    json!({
        "Resource": of("Resource"),
        "Bundle": of("Bundle"),
        "Call": { "description": "Parameters, or the one resource that goes in", "content": {
            "application/fhir+json": { "schema": shared("schemas", "Resource") },
            "application/fhir+xml": { "schema": shared("schemas", "xml") },
        } },
        "Patch": { "required": true, "content": {
            "application/json-patch+json": { "schema": { "type": "array", "items": operation } },
            "application/xml-patch+xml": { "schema": shared("schemas", "xml") },
            "application/fhir+json": { "schema": shared("schemas", "Parameters") },
            "application/fhir+xml": { "schema": shared("schemas", "xml") },
        } },
        "Form": { "content": { "application/x-www-form-urlencoded": { "schema": form } } },
    })
}

fn responses() -> Value {
    let response = |description: &str, schema: Option<&str>, names: &[(&str, &str)]| {
        let always = [("X-Request-Id", "XRequestId")];
        let headers =
            names.iter().chain(&always).map(|(name, part)| ((*name).to_owned(), shared("headers", part)));
        let mut response = json!({ "description": description, "headers": headers.collect::<Map<_, _>>() });
        if let (Some(schema), Some(object)) = (schema, response.as_object_mut()) {
            object.insert("content".into(), content(&shared("schemas", schema)));
        }
        response
    };
    let version = [("ETag", "ETag"), ("Last-Modified", "LastModified")];
    let written = [("ETag", "ETag"), ("Last-Modified", "LastModified"), ("Location", "Location")];
    let job = [("Content-Location", "ContentLocation"), ("X-Progress", "XProgress")];
    // Errors of GraphQL are its own, those of HTTP around it are OperationOutcomes.
    let graphql = json!({ "schema": { "type": "object" } });
    let mut graphql_failure = content(&shared("schemas", "OperationOutcome"));
    if let Some(object) = graphql_failure.as_object_mut() {
        object.insert("application/json".into(), graphql.clone());
    }
    json!({
        "GraphQl": { "description": "the data asked for", "content": { "application/json": graphql } },
        "GraphQlFailure": { "description": "not done; the errors say why", "content": graphql_failure },
        "Version": response("the resource", Some("Resource"), &version),
        "Resource": response("the resource", Some("Resource"), &[]),
        "NotModified": response("the client has this version already", None, &version),
        "Written": response("stored, or stored already; the body is what Prefer asks for", Some("Resource"), &written),
        "Created": response("a new resource was stored; the body is what Prefer asks for", Some("Resource"), &written),
        "Deleted": response("deleted, or not there; an OperationOutcome, where Prefer asks for it", Some("OperationOutcome"), &[]),
        "NoContent": response("deleted, or not there", None, &[("ETag", "ETag")]),
        "Bundle": response("a Bundle", Some("Bundle"), &[]),
        "Parameters": response("Parameters", Some("Parameters"), &[]),
        "Capabilities": response("the CapabilityStatement", Some("CapabilityStatement"), &version),
        "Accepted": response("the job goes on", None, &job),
        "Failure": response("not done; the OperationOutcome says why", Some("OperationOutcome"), &[]),
    })
}
