//! `=` and `~`, and membership by `=` (sections 6.1 and 6.4).

use std::cmp::Ordering;

use fhir_model::{Kind, Node};

use super::comparison::{number, quantity};
use crate::error::EvaluateError;
use crate::evaluate::Evaluator;
use crate::item::{Item, decimal};
use crate::quantity::decimals_equivalent;

/// How alike two values have to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// `=`: the same value.
    Equal,
    /// `~`: the same but for order, case, white space, and digits that one of them does not have.
    Equivalent,
}

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
            match self.items_alike(left, right, Likeness::Equal)? {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => known = None,
            }
        }
        Ok(known)
    }

    /// Whether two collections hold equivalent items in any order.
    pub(super) fn equivalent(&self, left: &[Item<'a>], right: &[Item<'a>]) -> Result<bool, EvaluateError> {
        match_in_any_order(left, right, |left, right| {
            Ok(self.items_alike(left, right, Likeness::Equivalent)? == Some(true))
        })
    }

    /// Whether an item equals one of a collection.
    pub(crate) fn contains(&self, items: &[Item<'a>], item: &Item<'a>) -> Result<bool, EvaluateError> {
        for other in items {
            if self.items_alike(other, item, Likeness::Equal)? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Elements with children are alike when their content is, everything else when its value is.
    fn items_alike(
        &self,
        left: &Item<'a>,
        right: &Item<'a>,
        likeness: Likeness,
    ) -> Result<Option<bool>, EvaluateError> {
        self.spend(1)?;
        if let (Item::Element(left), Item::Element(right)) = (left, right) {
            if left.is_same(right) {
                return Ok(Some(true));
            }
            let are_primitive = left.class.is_primitive() || right.class.is_primitive();
            if let (false, Some(left), Some(right)) = (are_primitive, left.node, right.node)
                && self.nodes_alike(left, right, likeness)?
            {
                return Ok(Some(true));
            }
        }
        let alike =
            left.value().zip(right.value()).map(|(left, right)| values_alike(&left, &right, likeness));
        Ok(alike.unwrap_or(Some(false)))
    }

    fn nodes_alike(
        &self,
        left: Node<'a>,
        right: Node<'a>,
        likeness: Likeness,
    ) -> Result<bool, EvaluateError> {
        self.spend(1)?;
        if left.kind() != right.kind() || left.len() != right.len() {
            return Ok(false);
        }
        match left.kind() {
            Kind::Object => {
                for (key, value) in left.members() {
                    let Some(other) = right.get(key) else { return Ok(false) };
                    if !self.nodes_alike(value, other, likeness)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Kind::Array if likeness == Likeness::Equivalent => {
                let (left, right): (Vec<_>, Vec<_>) = (left.items().collect(), right.items().collect());
                match_in_any_order(&left, &right, |left, right| self.nodes_alike(*left, *right, likeness))
            }
            Kind::Array => {
                for (left, right) in left.items().zip(right.items()) {
                    if !self.nodes_alike(left, right, likeness)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Kind::Number => {
                let numbers = left.as_number().and_then(decimal).zip(right.as_number().and_then(decimal));
                Ok(numbers.is_some_and(|(left, right)| likeness.of_decimals(left, right)))
            }
            Kind::String | Kind::Boolean | Kind::Null => {
                let texts =
                    (left.primitive_text().unwrap_or_default(), right.primitive_text().unwrap_or_default());
                Ok(likeness.of_texts(texts.0, texts.1))
            }
        }
    }
}

impl Likeness {
    fn of_texts(self, left: &str, right: &str) -> bool {
        left == right || (self == Self::Equivalent && texts_equivalent(left, right))
    }

    fn of_decimals(self, left: rust_decimal::Decimal, right: rust_decimal::Decimal) -> bool {
        left == right || (self == Self::Equivalent && decimals_equivalent(left, right))
    }
}

/// `None` when a precision or unit leaves equality open; equivalence is always decided.
fn values_alike(left: &Item<'_>, right: &Item<'_>, likeness: Likeness) -> Option<bool> {
    match (left, right) {
        (Item::String(left), Item::String(right)) => Some(likeness.of_texts(left, right)),
        (Item::Boolean(left), Item::Boolean(right)) => Some(left == right),
        (Item::Date(left) | Item::DateTime(left), Item::Date(right) | Item::DateTime(right))
        | (Item::Time(left), Item::Time(right)) => {
            let equal = left.compare(*right).map(Ordering::is_eq);
            if likeness == Likeness::Equivalent { Some(equal == Some(true)) } else { equal }
        }
        (Item::Type { namespace, name }, Item::Type { namespace: other_namespace, name: other }) => {
            Some(namespace == other_namespace && name == other)
        }
        _ => {
            if let (Some(left), Some(right)) = (number(left), number(right)) {
                return Some(likeness.of_decimals(left, right));
            }
            match (quantity(left), quantity(right)) {
                (Some(left), Some(right)) if likeness == Likeness::Equivalent => {
                    Some(left.is_equivalent(&right))
                }
                (Some(left), Some(right)) => left.compare(&right).map(Ordering::is_eq),
                _ => Some(false),
            }
        }
    }
}

/// Whether every item of one list has a partner of its own in the other.
fn match_in_any_order<T>(
    left: &[T],
    right: &[T],
    mut alike: impl FnMut(&T, &T) -> Result<bool, EvaluateError>,
) -> Result<bool, EvaluateError> {
    if left.len() != right.len() {
        return Ok(false);
    }
    let mut unmatched: Vec<&T> = right.iter().collect();
    for item in left {
        let mut found = None;
        for (at, other) in unmatched.iter().enumerate() {
            if alike(item, other)? {
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

/// Equality of texts but for case and the amount of white space.
fn texts_equivalent(left: &str, right: &str) -> bool {
    let left = left.split_whitespace().map(str::to_lowercase);
    left.eq(right.split_whitespace().map(str::to_lowercase))
}
