//! `<`, `<=`, `>`, `>=` (section 6.2).

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::ast::Operator;
use crate::error::EvaluateError;
use crate::evaluate::{Evaluator, Scope};
use crate::item::Item;
use crate::op::Op;
use crate::quantity::Quantity;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn ordered(
        &self,
        operator: Operator,
        left: &'a Op,
        right: &'a Op,
        scope: Scope<'_, 'a>,
    ) -> Result<Option<bool>, EvaluateError> {
        let Some((left, right)) = self.operands(left, right, scope, operator.symbol())? else {
            return Ok(None);
        };
        let order = self.compare(&left, &right, operator.symbol())?;
        Ok(order.map(|order| match operator {
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
            Operator::Greater => order.is_gt(),
            _ => order.is_ge(),
        }))
    }

    /// How two items relate: `None` when units or precisions leave it open, an error for types that have
    /// no order or none between them.
    pub(crate) fn compare(
        &self,
        left: &Item<'a>,
        right: &Item<'a>,
        operation: &'static str,
    ) -> Result<Option<Ordering>, EvaluateError> {
        let wrong = || self.wrong_operands(operation, left, right);
        let (left, right) = (left.value().ok_or_else(wrong)?, right.value().ok_or_else(wrong)?);
        Ok(match (&left, &right) {
            (Item::String(left), Item::String(right)) => Some(left.cmp(right)),
            (Item::Date(left) | Item::DateTime(left), Item::Date(right) | Item::DateTime(right))
            | (Item::Time(left), Item::Time(right)) => left.compare(*right),
            _ => match (number(&left), number(&right)) {
                (Some(left), Some(right)) => Some(left.cmp(&right)),
                _ => {
                    let pair = (quantity(&left).ok_or_else(wrong)?, quantity(&right).ok_or_else(wrong)?);
                    pair.0.compare(&pair.1)
                }
            },
        })
    }
}

/// An integer or decimal as a decimal.
pub(super) fn number(item: &Item<'_>) -> Option<Decimal> {
    match item {
        Item::Integer(value) => Some(Decimal::from(*value)),
        Item::Decimal(value) => Some(*value),
        _ => None,
    }
}

/// A quantity, or a number as one.
pub(super) fn quantity<'a>(item: &Item<'a>) -> Option<Quantity<'a>> {
    match item {
        Item::Quantity(quantity) => Some((**quantity).clone()),
        other => number(other).map(Quantity::unitless),
    }
}
