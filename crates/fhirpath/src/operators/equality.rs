//! `=` and `~`, and membership by `=` (sections 6.1 and 6.3).

use std::cmp::Ordering;

use fhir_model::{Kind, Node};

use super::comparison::{number, quantity};
use crate::error::EvaluateError;
use crate::evaluate::Evaluator;
use crate::item::{Element, Item, decimal};
use crate::quantity::decimals_equivalent;

impl<'a> Evaluator<'_, 'a> {
    /// Whether two collections hold equal items in the same order; `None` when one is empty, or when a
    /// precision or unit leaves it open.
    pub(super) fn equal(&self, left: &[Item<'a>], right: &[Item<'a>]) -> Result<Option<bool>, EvaluateError> {
        if left.is_empty() || right.is_empty() {
            return Ok(None);
        }
        if left.len() != right.len() {
            return Ok(Some(false));
        }
        let mut known = Some(true);
        for (left, right) in left.iter().zip(right) {
            match self.item_equal(left, right)? {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => known = None,
            }
        }
        Ok(known)
    }

    /// Whether an item equals one of a collection.
    pub(crate) fn contains(&self, items: &[Item<'a>], item: &Item<'a>) -> Result<bool, EvaluateError> {
        for other in items {
            if self.item_equal(other, item)? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn item_equal(&self, left: &Item<'a>, right: &Item<'a>) -> Result<Option<bool>, EvaluateError> {
        self.spend(1)?;
        if let (Item::Element(left), Item::Element(right)) = (left, right) {
            if left.is_same(right) {
                return Ok(Some(true));
            }
            if !left.class.is_primitive()
                && !right.class.is_primitive()
                && self.elements_equal(left, right)?
            {
                return Ok(Some(true));
            }
        }
        let (Some(left), Some(right)) = (left.value(), right.value()) else { return Ok(Some(false)) };
        Ok(match (&left, &right) {
            (Item::String(left), Item::String(right)) => Some(left == right),
            (Item::Boolean(left), Item::Boolean(right)) => Some(left == right),
            (Item::Date(left) | Item::DateTime(left), Item::Date(right) | Item::DateTime(right))
            | (Item::Time(left), Item::Time(right)) => left.compare(*right).map(Ordering::is_eq),
            (Item::Type { namespace, name }, Item::Type { namespace: other_namespace, name: other_name }) => {
                Some(namespace == other_namespace && name == other_name)
            }
            _ => match (number(&left), number(&right)) {
                (Some(left), Some(right)) => Some(left == right),
                _ => match (quantity(&left), quantity(&right)) {
                    (Some(left), Some(right)) => left.compare(&right).map(Ordering::is_eq),
                    _ => Some(false),
                },
            },
        })
    }

    /// Whether two elements with children hold the same content.
    fn elements_equal(&self, left: &Element<'a>, right: &Element<'a>) -> Result<bool, EvaluateError> {
        match (left.node, right.node) {
            (Some(left), Some(right)) => self.nodes_equal(left, right),
            _ => Ok(false),
        }
    }

    fn nodes_equal(&self, left: Node<'a>, right: Node<'a>) -> Result<bool, EvaluateError> {
        self.spend(1)?;
        if left.kind() != right.kind() || left.len() != right.len() {
            return Ok(false);
        }
        match left.kind() {
            Kind::Object => {
                for (key, value) in left.members() {
                    let Some(other) = right.get(key) else { return Ok(false) };
                    if !self.nodes_equal(value, other)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Kind::Array => {
                for (left, right) in left.items().zip(right.items()) {
                    if !self.nodes_equal(left, right)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Kind::Number => Ok(left.as_number().and_then(decimal) == right.as_number().and_then(decimal)),
            _ => Ok(left.primitive_text() == right.primitive_text()),
        }
    }

    /// Whether two collections hold equivalent items in any order.
    pub(super) fn equivalent(&self, left: &[Item<'a>], right: &[Item<'a>]) -> Result<bool, EvaluateError> {
        if left.len() != right.len() {
            return Ok(false);
        }
        let mut unmatched: Vec<&Item<'a>> = right.iter().collect();
        for item in left {
            let mut found = None;
            for (at, other) in unmatched.iter().enumerate() {
                if self.item_equivalent(item, other)? {
                    found = Some(at);
                    break;
                }
            }
            match found {
                Some(at) => unmatched.swap_remove(at),
                None => return Ok(false),
            };
        }
        Ok(true)
    }

    fn item_equivalent(&self, left: &Item<'a>, right: &Item<'a>) -> Result<bool, EvaluateError> {
        self.spend(1)?;
        if let (Item::Element(left), Item::Element(right)) = (left, right) {
            if left.is_same(right) {
                return Ok(true);
            }
            if let (false, false, Some(left), Some(right)) =
                (left.class.is_primitive(), right.class.is_primitive(), left.node, right.node)
                && self.nodes_equivalent(left, right)?
            {
                return Ok(true);
            }
        }
        let (Some(left), Some(right)) = (left.value(), right.value()) else { return Ok(false) };
        Ok(match (&left, &right) {
            (Item::String(left), Item::String(right)) => texts_equivalent(left, right),
            (Item::Boolean(left), Item::Boolean(right)) => left == right,
            (Item::Date(left) | Item::DateTime(left), Item::Date(right) | Item::DateTime(right))
            | (Item::Time(left), Item::Time(right)) => left.compare(*right) == Some(Ordering::Equal),
            _ => match (number(&left), number(&right)) {
                (Some(left), Some(right)) => decimals_equivalent(left, right),
                _ => match (quantity(&left), quantity(&right)) {
                    (Some(left), Some(right)) => left.is_equivalent(&right),
                    _ => false,
                },
            },
        })
    }

    fn nodes_equivalent(&self, left: Node<'a>, right: Node<'a>) -> Result<bool, EvaluateError> {
        self.spend(1)?;
        if left.kind() != right.kind() || left.len() != right.len() {
            return Ok(false);
        }
        match left.kind() {
            Kind::Object => {
                for (key, value) in left.members() {
                    let Some(other) = right.get(key) else { return Ok(false) };
                    if !self.nodes_equivalent(value, other)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Kind::Array => {
                let mut unmatched: Vec<Node<'a>> = right.items().collect();
                for item in left.items() {
                    let mut found = None;
                    for (at, other) in unmatched.iter().enumerate() {
                        if self.nodes_equivalent(item, *other)? {
                            found = Some(at);
                            break;
                        }
                    }
                    match found {
                        Some(at) => unmatched.swap_remove(at),
                        None => return Ok(false),
                    };
                }
                Ok(true)
            }
            Kind::Number => {
                Ok(match (left.as_number().and_then(decimal), right.as_number().and_then(decimal)) {
                    (Some(left), Some(right)) => decimals_equivalent(left, right),
                    _ => false,
                })
            }
            Kind::String => {
                Ok(texts_equivalent(left.as_str().unwrap_or_default(), right.as_str().unwrap_or_default()))
            }
            Kind::Null | Kind::Boolean => Ok(left.as_bool() == right.as_bool()),
        }
    }
}

/// Equality of texts but for case and the amount of white space.
fn texts_equivalent(left: &str, right: &str) -> bool {
    let mut left = left.split_whitespace().map(str::to_lowercase);
    let mut right = right.split_whitespace().map(str::to_lowercase);
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(left), Some(right)) if left == right => {}
            _ => return false,
        }
    }
}
