//! The operations: one path for each address at which one can be invoked.

use serde_json::{Value, json};

use super::Scope;
use super::paths::{Paths, request_body, responses};
use super::shared;
use crate::interactions::operations::{ALL, Level, Operation, Parameter};

/// Adds the paths of all operations.
pub(super) fn add(scope: Scope<'_>, paths: &mut Paths) {
    for operation in ALL {
        for level in operation.levels {
            let of_all = operation.types.is_empty() || *level == Level::System;
            let kinds = if of_all { &["{type}"][..] } else { operation.types };
            for kind in kinds.iter().filter(|kind| of_all || scope.kinds.contains(*kind)) {
                let path = format!("/{}", level.address(kind, operation.name));
                if operation.by_get {
                    paths.add(&path, "GET", by_get(operation, *level, kind));
                }
                paths.add(&path, "POST", by_post(operation, *level, kind));
            }
        }
    }
}

fn by_get(operation: &Operation, level: Level, kind: &str) -> Value {
    let inputs = operation
        .parameters
        .iter()
        .filter(|input| input.is_primitive())
        .map(|input| json!({ "name": input.name, "in": "query", "schema": schema(input) }));
    let parameters = inputs.chain(["format", "pretty"].map(|name| shared("parameters", name)));
    described(operation, level, kind, "GET", parameters.collect())
}

fn by_post(operation: &Operation, level: Level, kind: &str) -> Value {
    let parameters = ["format", "pretty"].map(|name| shared("parameters", name)).to_vec();
    let mut described = described(operation, level, kind, "POST", parameters);
    if let Some(object) = described.as_object_mut() {
        object.insert("requestBody".into(), request_body("Call"));
    }
    described
}

fn schema(input: &Parameter) -> Value {
    let one = shared("schemas", input.kind);
    if input.repeats { json!({ "type": "array", "items": one }) } else { one }
}

fn described(operation: &Operation, level: Level, kind: &str, method: &str, parameters: Vec<Value>) -> Value {
    let mut success: Vec<(u16, &str)> = match operation.returns {
        Some("Bundle") => vec![(200, "Bundle")],
        Some("Parameters") => vec![(200, "Parameters")],
        Some("Binary") => vec![(200, "GraphQl")],
        Some(_) => vec![(200, "Resource")],
        None => vec![(202, "Accepted")],
    };
    let mut failures = vec![405, 410, 413, 415, 422];
    if operation.changes_data {
        success.push((201, "Created"));
        // 403 where the operator must allow it.
        failures.extend([403, 409, 412]);
    }
    let failure = if operation.returns == Some("Binary") { "GraphQlFailure" } else { "Failure" };
    let name = operation.definition.rsplit('/').next().unwrap_or(operation.name);
    let place = if kind.starts_with('{') { String::new() } else { format!("-{kind}") };
    json!({
        "operationId": format!("{name}-{level:?}{place}-{}", method.to_ascii_lowercase()),
        "summary": format!("${}", operation.name),
        "description": format!("OperationDefinition/westway-{name} says what goes in and comes out."),
        "tags": ["operations"],
        "parameters": parameters,
        "responses": responses(&success, &failures, failure),
    })
}
