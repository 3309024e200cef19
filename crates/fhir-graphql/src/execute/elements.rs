//! Elements: which values of a list are wanted, and how they stand in the answer.

use std::collections::HashSet;

use fhir_model::types::TypeKind;
use fhir_model::{Kind, Node};
use fhirpath::{Context, Element, Expression, Item};
use serde_json::Value;

use super::output::Output;
use super::{Executor, Flat, Frame};
use crate::error::GraphQlError;
use crate::plan::{Chosen, ElementField, Selected};

/// A value of a field, with what its name ends in.
struct Sliced<'a> {
    node: Node<'a>,
    suffix: String,
}

impl Executor<'_> {
    /// A field that is an element.
    pub(super) fn element(
        &mut self,
        field: &Selected,
        element: &ElementField,
        frame: Frame<'_>,
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        let Some(value) = frame.node.get(&element.member) else { return Ok(()) };
        if element.is_primitive {
            let first = if field.shape.first { value.each().next() } else { Some(value) };
            return match first {
                Some(first) if element.is_list && !first.is_array() => {
                    self.put(field, Value::Array(vec![json(first)]), out, flat)
                }
                Some(value) => self.put(field, json(value), out, flat),
                None => Ok(()),
            };
        }
        let all: Vec<Node<'_>> = value.each().collect();
        let mut suffixes = self.suffixes(field, frame, &all)?;
        let wanted = self.wanted(field, &element.chosen, frame, &all)?;
        let mut values: Vec<Sliced<'_>> = Vec::new();
        for (position, node) in wanted {
            let suffix = suffixes.get_mut(position).map(std::mem::take).unwrap_or_default();
            values.push(Sliced { node, suffix });
        }
        self.values(field, element, frame, values, out, flat)
    }

    /// The values of a list that are wanted, with their positions in it.
    fn wanted<'a>(
        &mut self,
        field: &Selected,
        chosen: &Chosen,
        frame: Frame<'a>,
        all: &[Node<'a>],
    ) -> Result<Vec<(usize, Node<'a>)>, GraphQlError> {
        let fits = |node: &Node<'_>| chosen.filters.iter().all(|(name, text)| has_value(*node, name, text));
        let by_path: Option<HashSet<u32>> = match &chosen.fhirpath {
            None => None,
            Some(expression) => Some(self.evaluated(field, expression, frame, |items| {
                let nodes = items.iter().filter_map(|item| item.as_element()?.any_node());
                nodes.map(Node::index).collect()
            })?),
        };
        let numbered = all.iter().copied().enumerate();
        let wanted = numbered
            .filter(|(_, node)| fits(node))
            .filter(|(_, node)| by_path.as_ref().is_none_or(|found| found.contains(&node.index())))
            .skip(chosen.offset)
            .take(chosen.count.unwrap_or(usize::MAX))
            .take(if field.shape.first { 1 } else { usize::MAX });
        Ok(wanted.collect())
    }

    /// What the names of the values end in; none without `@slice`.
    fn suffixes(
        &mut self,
        field: &Selected,
        frame: Frame<'_>,
        all: &[Node<'_>],
    ) -> Result<Vec<String>, GraphQlError> {
        let Some(expression) = &field.shape.slice else { return Ok(Vec::new()) };
        let suffixes: Vec<String> = self.evaluated(field, expression, frame, |items| {
            let texts = items.iter().map(|item| item.to_text().unwrap_or_default());
            texts.map(|text| if text.is_empty() { String::new() } else { format!(".{text}") }).collect()
        })?;
        if suffixes.len() != all.len() {
            let text = "the path of @slice must give at most one value for each element";
            return Err(GraphQlError::unfit(field.place, text));
        }
        Ok(suffixes)
    }

    /// Evaluates an expression on an element or resource.
    fn evaluated<T>(
        &mut self,
        field: &Selected,
        expression: &Expression,
        frame: Frame<'_>,
        take: impl FnOnce(&[Item<'_>]) -> T,
    ) -> Result<T, GraphQlError> {
        self.budget.evaluation(self.limits, field.place)?;
        let mut context = Context::new(self.model, frame.resource);
        context.root_resource = frame.root;
        context.max_steps = self.limits.evaluation_steps;
        let is_resource = self.model.get(frame.type_id).is_some_and(|info| info.kind == TypeKind::Resource);
        let element = if is_resource { Element::resource(self.model, frame.node) } else { None };
        let element = element.unwrap_or_else(|| Element::new(self.model, frame.node, None, frame.type_id));
        let items = expression.evaluate_element(&context, element);
        let items = items.map_err(|error| GraphQlError::unfit(field.place, format!("FHIRPath: {error}")))?;
        Ok(take(&items))
    }

    /// Whether an expression is true of a resource: false, empty and many are not.
    pub(super) fn is_true(
        &mut self,
        field: &Selected,
        expression: &Expression,
        frame: Frame<'_>,
    ) -> Result<bool, GraphQlError> {
        self.evaluated(field, expression, frame, |items| match items {
            [item] => item.as_boolean() == Some(true),
            _ => false,
        })
    }

    fn values(
        &mut self,
        field: &Selected,
        element: &ElementField,
        frame: Frame<'_>,
        values: Vec<Sliced<'_>>,
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        let is_resource = self.model.get(element.type_id).is_some_and(|info| info.kind == TypeKind::Resource);
        let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
        for Sliced { node, suffix } in values {
            let below = if is_resource {
                self.frame(node, frame.root)
            } else {
                Frame { node, type_id: element.type_id, ..frame }
            };
            if field.shape.flatten {
                let suffix = format!("{}{suffix}", flat.suffix);
                let flat = Flat { listed: flat.listed || element.is_list, suffix: &suffix };
                self.fields(below, &field.fields, out, flat)?;
                continue;
            }
            // `null` holds the place of a primitive without extensions.
            let value = match node.is_null() {
                true => Value::Null,
                false => Value::Object(self.object(below, &field.fields)?),
            };
            match groups.iter_mut().find(|(other, _)| *other == suffix) {
                Some((_, group)) => group.push(value),
                None => groups.push((suffix, vec![value])),
            }
        }
        for (suffix, mut group) in groups {
            let value =
                if element.is_list { Value::Array(group) } else { group.pop().unwrap_or(Value::Null) };
            let suffix = format!("{}{suffix}", flat.suffix);
            self.put(field, value, out, Flat { listed: flat.listed, suffix: &suffix })?;
        }
        Ok(())
    }
}

/// Whether a primitive part of an element has a value.
fn has_value(node: Node<'_>, name: &str, text: &str) -> bool {
    node.get(name).is_some_and(|value| value.each().any(|one| one.primitive_text() == Some(text)))
}

/// A primitive, or a list of them, as JSON. Numbers keep their digits.
pub(super) fn json(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Array => Value::Array(node.items().map(json).collect()),
        Kind::Boolean => Value::from(node.as_bool()),
        Kind::String => Value::from(node.as_str()),
        Kind::Number => {
            let text = node.as_number().unwrap_or_default();
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
        }
        Kind::Null | Kind::Object => Value::Null,
    }
}
