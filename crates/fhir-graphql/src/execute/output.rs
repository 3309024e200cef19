//! The objects of an answer as they grow.

use serde_json::map::Entry;
use serde_json::{Map, Value};

use crate::error::GraphQlError;
use crate::plan::Selected;

/// An object of the answer.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) members: Map<String, Value>,
}

impl Output {
    /// Adds the value of a field under a name. `listed` values of one name become a list; others are the same value, seen by way of
    /// another fragment, and what was selected of it there is added.
    pub(super) fn put(
        &mut self,
        field: &Selected,
        name: String,
        value: Value,
        listed: bool,
    ) -> Result<(), GraphQlError> {
        if field.shape.singleton {
            return self.put_single(field, name, value, listed);
        }
        match self.members.entry(name) {
            Entry::Vacant(vacant) => {
                let is_list = value.is_array();
                vacant.insert(if listed && !is_list { Value::Array(vec![value]) } else { value });
            }
            Entry::Occupied(mut occupied) if listed => {
                if let Value::Array(items) = occupied.get_mut() {
                    match value {
                        Value::Array(more) => items.extend(more),
                        single => items.push(single),
                    }
                }
            }
            Entry::Occupied(mut occupied) => merge(occupied.get_mut(), value),
        }
        Ok(())
    }

    /// `@singleton`: a value that is alone.
    fn put_single(
        &mut self,
        field: &Selected,
        name: String,
        value: Value,
        listed: bool,
    ) -> Result<(), GraphQlError> {
        let several = |count: usize| {
            let text = format!(
                "'{name}' has {count} values or more, so it cannot be a @singleton; @first takes one of them"
            );
            GraphQlError::unfit(field.place, text)
        };
        let single = match value {
            Value::Array(mut items) => {
                let single = items.pop();
                if !items.is_empty() {
                    return Err(several(items.len() + 1));
                }
                single
            }
            single => Some(single),
        };
        let Some(single) = single else { return Ok(()) };
        if listed && self.members.contains_key(&name) {
            return Err(several(2));
        }
        self.members.insert(name, single);
        Ok(())
    }
}

/// Adds what another fragment selected of the same value.
fn merge(known: &mut Value, other: Value) {
    match (known, other) {
        (Value::Object(known), Value::Object(other)) => {
            for (name, value) in other {
                match known.entry(name) {
                    Entry::Vacant(vacant) => {
                        vacant.insert(value);
                    }
                    Entry::Occupied(mut occupied) => merge(occupied.get_mut(), value),
                }
            }
        }
        (Value::Array(known), Value::Array(other)) => {
            known.iter_mut().zip(other).for_each(|(known, other)| merge(known, other));
        }
        _ => {}
    }
}
