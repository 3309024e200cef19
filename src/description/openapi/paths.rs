//! The paths: one for each row of the interactions, where types differ one for each type, and those of the operations.

use fhir_search::parameters::Parameter;
use fhir_search::parse::{result_parameters, special_parameters};
use serde_json::{Map, Value, json};

use super::{Scope, operations, shared};
use crate::description::interactions::{EXCHANGES, Exchange, FAILURES};

/// The `paths` of the document.
pub(super) fn paths(scope: Scope<'_>) -> Value {
    let mut paths = Paths::default();
    for exchange in EXCHANGES {
        match exchange.path {
            "/{type}" => scope.kinds.iter().for_each(|kind| of_type(scope, &mut paths, exchange, kind)),
            path if path.starts_with("/{owner}") => {
                for compartment in scope.context.registry.compartments() {
                    let owner = &*compartment.code;
                    if scope.kinds.contains(owner) {
                        let method = operation(exchange, Some(owner), exchange.body.map(str::to_owned));
                        paths.add(&path.replace("{owner}", owner), exchange.method, method);
                    }
                }
            }
            path => {
                let method = operation(exchange, None, exchange.body.map(str::to_owned));
                paths.add(path, exchange.method, method);
            }
        }
    }
    operations::add(scope, &mut paths);
    paths.items.into()
}

/// Path items, each with the parameters of its placeholders.
#[derive(Default)]
pub(super) struct Paths {
    items: Map<String, Value>,
}

impl Paths {
    pub(super) fn add(&mut self, path: &str, method: &str, operation: Value) {
        let item = self.items.entry(path).or_insert_with(|| json!({ "parameters": placeholders(path) }));
        if let Some(item) = item.as_object_mut() {
            item.insert(method.to_ascii_lowercase(), operation);
        }
    }
}

/// The parameters within a path.
fn placeholders(path: &str) -> Vec<Value> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let name = |name| match name {
        "id" => "resourceId",
        other => other,
    };
    names.map(|placeholder| shared("parameters", name(placeholder))).collect()
}

/// What the address of a type has: a search, and writes of what a search finds.
fn of_type(scope: Scope<'_>, paths: &mut Paths, exchange: &Exchange, kind: &str) {
    let body = exchange.body.map(|body| if body == "Resource" { kind.to_owned() } else { body.to_owned() });
    let path = format!("/{kind}");
    paths.add(&path, exchange.method, operation(exchange, Some(kind), body));
    // The parameters of the search are those of all methods here but POST, which ignores them.
    if exchange.method == "GET"
        && let Some(item) = paths.items.get_mut(&path).and_then(Value::as_object_mut)
    {
        item.insert("parameters".into(), search_parameters(scope, kind).into());
    }
}

fn search_parameters(scope: Scope<'_>, kind: &str) -> Vec<Value> {
    let shared_ones = result_parameters().map(|(name, _)| name).chain(special_parameters());
    let shared_ones = shared_ones.filter(|name| !matches!(*name, "_format" | "_pretty" | "_has"));
    let includes = ["_include", "_revinclude"].into_iter();
    let shared_ones =
        shared_ones.chain(includes).map(|name| shared("parameters", name.trim_start_matches('_')));
    let own = scope.parameters.of_type(kind).iter().filter(|own| !own.code.starts_with('_')).map(parameter);
    shared_ones.chain(own).collect()
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = shared("schemas", &format!("search-{}", parameter.value.kind.code()));
    json!({ "name": parameter.code, "in": "query", "schema": schema })
}

/// One method of a path.
fn operation(exchange: &Exchange, kind: Option<&str>, body: Option<String>) -> Value {
    let of = kind.map(|kind| format!("-{kind}")).unwrap_or_default();
    let by_form = if exchange.body == Some("Form") { "-form" } else { "" };
    let mut operation = json!({
        "operationId": format!("{}{of}{by_form}", exchange.code),
        "summary": exchange.summary,
        "tags": [kind.unwrap_or(if exchange.path.contains("{type}") { "any type" } else { "system" })],
        "parameters": exchange.parameters.iter().map(|name| shared("parameters", name)).collect::<Vec<_>>(),
        "responses": responses(exchange.success, exchange.failures, "Failure"),
    });
    if let (Some(body), Some(object)) = (body, operation.as_object_mut()) {
        object.insert("requestBody".into(), request_body(&body));
    }
    operation
}

/// A shared body; one of a resource type has the schema of that type.
pub(super) fn request_body(name: &str) -> Value {
    match name {
        "Form" | "Patch" | "Resource" | "Bundle" | "Call" => shared("requestBodies", name),
        kind => json!({
            "required": true,
            "content": {
                "application/fhir+json": { "schema": shared("schemas", kind) },
                "application/fhir+xml": { "schema": shared("schemas", "xml") },
            },
        }),
    }
}

/// The responses by status, in order; `failure` is the one of all that fails.
pub(super) fn responses(success: &[(u16, &str)], failures: &[u16], failure: &str) -> Value {
    let mut all: Vec<(u16, &str)> = success.to_vec();
    all.extend(FAILURES.iter().chain(failures).map(|status| (*status, failure)));
    all.sort_unstable();
    let named = all.into_iter().map(|(status, name)| (status.to_string(), shared("responses", name)));
    named.collect::<Map<_, _>>().into()
}
