//! Sets the shape of JSON members right by the types: what may repeat is an array and nothing else is, and
//! numbers and booleans are no strings. Definitions that were converted from XML without a look at the
//! types have such faults.

use fhir_model::types::{ElementType, TypeModel};
use serde_json::{Number, Value};

/// Repairs a value of the named type.
pub(super) fn repair(value: Value, type_name: &str, types: &TypeModel) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    let repaired = repair_member(&name, value, type_name, types);
                    (name, repaired)
                })
                .collect(),
        ),
        Value::String(text) => repair_text(text, type_name),
        value => value,
    }
}

fn repair_member(name: &str, value: Value, type_name: &str, types: &TypeModel) -> Value {
    let Some((element, ElementType { type_id, .. })) =
        types.by_name(type_name).and_then(|info| info.element_by_json_name(name))
    else {
        return value;
    };
    let repair_item = |item| repair(item, types.name(*type_id), types);
    match value {
        Value::Array(items) if element.is_array() => {
            Value::Array(items.into_iter().map(repair_item).collect())
        }
        Value::Array(items) if items.len() == 1 => items.into_iter().next().map_or(Value::Null, repair_item),
        value if element.is_array() => Value::Array(vec![repair_item(value)]),
        value => repair_item(value),
    }
}

fn repair_text(text: String, type_name: &str) -> Value {
    let repaired = match type_name {
        "integer" | "unsignedInt" | "positiveInt" | "decimal" => {
            text.parse::<Number>().ok().map(Value::Number)
        }
        "boolean" => text.parse().ok().map(Value::Bool),
        _ => None,
    };
    repaired.unwrap_or(Value::String(text))
}
