//! One row of the table of operations as an OperationDefinition.

use fhir_model::Node;
use fhir_model::write::write;
use serde_json::{Value, json};

use super::last_segment;
use crate::interactions::operations::{Level, Operation, Parameter};

/// The id under which this server tells what it takes: `westway-Patient-everything`. That of R4's own definition stays free for it.
pub(super) fn id(operation: &Operation) -> String {
    format!("westway-{}", last_segment(operation.definition))
}

/// What this server takes and gives. `official` is the definition of R4, which it then names as its base.
pub(super) fn of(operation: &Operation, official: Option<Node<'_>>) -> String {
    let at = |levels: &[Level]| operation.levels.iter().any(|level| levels.contains(level));
    let types = if operation.types.is_empty() { &["Resource"][..] } else { operation.types };
    let url = format!("https://westway.example/OperationDefinition/{}", last_segment(operation.definition));
    let mut parameters: Vec<Value> = operation.parameters.iter().map(input).collect();
    parameters.extend(official.into_iter().flat_map(outputs));
    if official.is_none() {
        parameters.extend(operation.returns.map(|kind| parameter("return", "out", 1, "1", kind)));
    }
    let mut definition = json!({
        "resourceType": "OperationDefinition",
        "url": url,
        "version": env!("CARGO_PKG_VERSION"),
        "name": name(operation),
        "title": format!("${} as this server performs it", operation.name),
        "status": "active",
        "kind": "operation",
        "publisher": "Westway",
        "affectsState": operation.changes_data,
        "code": operation.name,
        "resource": types,
        "system": at(&[Level::System]),
        "type": at(&[Level::Type]),
        "instance": at(&[Level::Instance, Level::Version]),
        "parameter": parameters,
    });
    if let Some(object) = definition.as_object_mut() {
        if official.is_some() {
            object.insert("base".into(), operation.definition.into());
        }
        if operation.takes_search {
            let text = "The search parameters of the type may be given, too.";
            object.insert("comment".into(), text.into());
        }
        if operation.parameters.is_empty() && official.is_none() && operation.returns.is_none() {
            object.shift_remove("parameter");
        }
    }
    definition.to_string()
}

/// A name that can be one of a program: `PatientEverything`.
fn name(operation: &Operation) -> String {
    let words = last_segment(operation.definition).split('-');
    let capitalised = words.map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    capitalised.collect()
}

fn input(input: &Parameter) -> Value {
    parameter(input.name, "in", 0, if input.repeats { "*" } else { "1" }, input.kind)
}

fn parameter(name: &str, usage: &str, min: u32, max: &str, kind: &str) -> Value {
    json!({ "name": name, "use": usage, "min": min, "max": max, "type": kind })
}

/// What comes out, as R4 says it.
fn outputs(official: Node<'_>) -> impl Iterator<Item = Value> {
    let parameters = official.get("parameter").into_iter().flat_map(Node::items);
    let outputs = parameters.filter(|parameter| parameter.get_str("use") == Some("out"));
    outputs.filter_map(|output| {
        let mut text = Vec::new();
        write(output, None, &mut text);
        serde_json::from_slice(&text).ok()
    })
}
