//! The values of variables, and of arguments that stand for them.

use std::collections::HashMap;

use fhir_model::Position;
use fhir_model::types::{TypeKind, TypeModel};
use serde_json::{Map, Value as Json};

use crate::document::{Argument, Operation, Value, VariableDefinition};
use crate::error::GraphQlError;

/// The variables that an operation declares, with their values.
#[derive(Debug, Default)]
pub(crate) struct Variables {
    values: HashMap<String, Value>,
}

/// Scalars that GraphQL itself has.
const SCALARS: [&str; 5] = ["ID", "String", "Int", "Float", "Boolean"];

impl Variables {
    /// Checks what a client gives against what the operation declares.
    pub(crate) fn new(
        operation: &Operation,
        given: &Map<String, Json>,
        model: &TypeModel,
    ) -> Result<Self, GraphQlError> {
        let mut values = HashMap::new();
        for definition in &operation.variables {
            let value = value_of(definition, given, model)?;
            if values.insert(definition.name.clone(), value).is_some() {
                let text = format!("the variable ${} is declared twice", definition.name);
                return Err(GraphQlError::invalid(definition.place, text));
            }
        }
        Ok(Self { values })
    }

    /// The value of an argument, with variables put in their place.
    pub(crate) fn value_of(&self, argument: &Argument) -> Result<Value, GraphQlError> {
        self.resolved(&argument.value, argument.place)
    }

    fn resolved(&self, value: &Value, place: Position) -> Result<Value, GraphQlError> {
        match value {
            Value::Variable(name) => {
                self.values.get(name).cloned().ok_or_else(|| {
                    GraphQlError::invalid(place, format!("the variable ${name} is not declared"))
                })
            }
            Value::List(items) => {
                let items = items.iter().map(|item| self.resolved(item, place));
                Ok(Value::List(items.collect::<Result<_, _>>()?))
            }
            other => Ok(other.clone()),
        }
    }
}

fn value_of(
    definition: &VariableDefinition,
    given: &Map<String, Json>,
    model: &TypeModel,
) -> Result<Value, GraphQlError> {
    let VariableDefinition { place, name, kind, default } = definition;
    let is_primitive = || model.by_name(&kind.name).is_some_and(|info| info.kind == TypeKind::Primitive);
    if !SCALARS.contains(&kind.name.as_str()) && !is_primitive() {
        let text = format!(
            "${name}: '{}' is not a type that a variable can have; ID, String, Int, Float, Boolean and the primitive types of FHIR are",
            kind.name
        );
        return Err(GraphQlError::invalid(*place, text));
    }
    let value = match (given.get(name), default) {
        (Some(json), _) => from_json(json),
        (None, Some(default)) => Some(default.clone()),
        (None, None) => Some(Value::Null),
    };
    let fits = value.filter(|value: &Value| match value {
        Value::Null => !kind.is_required,
        Value::List(items) => kind.is_list && items.iter().all(|item| is_scalar(item, &kind.name)),
        scalar => is_scalar(scalar, &kind.name),
    });
    fits.ok_or_else(|| {
        let (open, close) = if kind.is_list { ("[", "]") } else { ("", "") };
        let text = format!("the variable ${name} must be {open}{}{close}", kind.name);
        GraphQlError::invalid(
            *place,
            if kind.is_required { format!("{text}, and must be given") } else { text },
        )
    })
}

fn is_scalar(value: &Value, kind: &str) -> bool {
    match (value, kind) {
        (Value::Boolean(_), _) => kind.eq_ignore_ascii_case("Boolean"),
        (Value::Number(text), "Int" | "integer") => text.parse::<i64>().is_ok(),
        (Value::Number(_), _) => !matches!(kind, "Boolean" | "boolean"),
        (Value::Text(_), _) => {
            !matches!(kind, "Int" | "Float" | "Boolean" | "boolean" | "integer" | "decimal")
        }
        _ => false,
    }
}

fn from_json(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => Value::Number(number.to_string()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(from_json).collect::<Option<_>>()?),
        Json::Object(_) => return None,
    })
}
