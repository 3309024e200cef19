//! `+`, `-`, `*`, `/`, `div`, `mod` and `&` (section 6.6). Overflow and division by zero give empty.

use std::borrow::Cow;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::comparison::{number, quantity};
use crate::ast::Operator;
use crate::error::EvaluateError;
use crate::evaluate::{Evaluator, Scope, TEXT_PER_STEP};
use crate::item::Item;
use crate::op::Op;
use crate::quantity::Quantity;
use crate::temporal::Moment;

impl<'a> Evaluator<'_, 'a> {
    /// The result of an operator that computes a value.
    pub(crate) fn calculate(
        &self,
        operator: Operator,
        left: &'a Op,
        right: &'a Op,
        scope: Scope<'_, 'a>,
    ) -> Result<Option<Item<'a>>, EvaluateError> {
        if operator == Operator::Concatenate {
            return self.concatenate(left, right, scope).map(Some);
        }
        let symbol = operator.symbol();
        let Some((left, right)) = self.operands(left, right, scope, symbol)? else { return Ok(None) };
        let wrong = || self.wrong_operands(symbol, &left, &right);
        let (left_value, right_value) = (left.value().ok_or_else(wrong)?, right.value().ok_or_else(wrong)?);
        match (&left_value, &right_value) {
            (Item::Integer(left), Item::Integer(right)) => Ok(integers(operator, *left, *right)),
            (Item::String(left), Item::String(right)) if operator == Operator::Add => {
                self.spend((left.len() + right.len()) / TEXT_PER_STEP)?;
                Ok(Some(Item::String(Cow::Owned(format!("{left}{right}")))))
            }
            (Item::Date(moment) | Item::DateTime(moment) | Item::Time(moment), Item::Quantity(duration))
                if matches!(operator, Operator::Add | Operator::Subtract) =>
            {
                let moved = Moved { is_time: matches!(left_value, Item::Time(_)), operator };
                let result = moved.apply(*moment, duration).ok_or_else(wrong)?;
                Ok(result.map(|moment| match left_value {
                    Item::Date(_) => Item::Date(moment),
                    Item::Time(_) => Item::Time(moment),
                    _ => Item::DateTime(moment),
                }))
            }
            _ => match (number(&left_value), number(&right_value)) {
                (Some(left), Some(right)) => Ok(decimals(operator, left, right)),
                _ => {
                    let left = quantity(&left_value).ok_or_else(wrong)?;
                    let right = quantity(&right_value).ok_or_else(wrong)?;
                    let result = quantities(operator, &left, &right).ok_or_else(wrong)?;
                    Ok(result.map(|quantity| Item::Quantity(Box::new(quantity))))
                }
            },
        }
    }

    /// `&`: an empty side counts as an empty string.
    fn concatenate(
        &self,
        left: &'a Op,
        right: &'a Op,
        scope: Scope<'_, 'a>,
    ) -> Result<Item<'a>, EvaluateError> {
        let mut joined = String::new();
        for side in [left, right] {
            let Some(item) = self.single(side, scope, "&")? else { continue };
            let text = item.to_text().ok_or_else(|| EvaluateError::WrongType {
                operation: "&",
                found: item.type_name(self.model()).to_owned(),
            })?;
            self.spend(text.len() / TEXT_PER_STEP)?;
            joined.push_str(&text);
        }
        Ok(Item::String(Cow::Owned(joined)))
    }

    /// Unary minus.
    pub(crate) fn negate(
        &self,
        operand: &'a Op,
        scope: Scope<'_, 'a>,
    ) -> Result<Option<Item<'a>>, EvaluateError> {
        let Some(item) = self.single(operand, scope, "-")? else { return Ok(None) };
        match item.value() {
            Some(Item::Integer(value)) => Ok(value.checked_neg().map(Item::Integer)),
            Some(Item::Decimal(value)) => Ok(Some(Item::Decimal(-value))),
            Some(Item::Quantity(quantity)) => {
                let negated = Quantity { value: -quantity.value, unit: quantity.unit };
                Ok(Some(Item::Quantity(Box::new(negated))))
            }
            _ => Err(EvaluateError::WrongType {
                operation: "-",
                found: item.type_name(self.model()).to_owned(),
            }),
        }
    }
}

fn integers<'a>(operator: Operator, left: i32, right: i32) -> Option<Item<'a>> {
    match operator {
        Operator::Add => left.checked_add(right).map(Item::Integer),
        Operator::Subtract => left.checked_sub(right).map(Item::Integer),
        Operator::Multiply => left.checked_mul(right).map(Item::Integer),
        Operator::Div => left.checked_div(right).map(Item::Integer),
        Operator::Mod => left.checked_rem(right).map(Item::Integer),
        _ => decimals(operator, Decimal::from(left), Decimal::from(right)),
    }
}

fn decimals<'a>(operator: Operator, left: Decimal, right: Decimal) -> Option<Item<'a>> {
    match operator {
        Operator::Add => left.checked_add(right).map(Item::Decimal),
        Operator::Subtract => left.checked_sub(right).map(Item::Decimal),
        Operator::Multiply => left.checked_mul(right).map(Item::Decimal),
        Operator::Div => {
            left.checked_div(right).and_then(|quotient| quotient.trunc().to_i32()).map(Item::Integer)
        }
        Operator::Mod => left.checked_rem(right).map(Item::Decimal),
        _ => left.checked_div(right).map(Item::Decimal),
    }
}

/// `None` for operators and units that do not go together, `Some(None)` for division by zero.
fn quantities<'a>(
    operator: Operator,
    left: &Quantity<'a>,
    right: &Quantity<'a>,
) -> Option<Option<Quantity<'a>>> {
    match operator {
        Operator::Add => left.plus(right, false).map(Some),
        Operator::Subtract => left.plus(right, true).map(Some),
        Operator::Multiply => left.times(right).map(Some),
        Operator::Divide if right.value.is_zero() => Some(None),
        Operator::Divide => left.over(right).map(Some),
        _ => None,
    }
}

/// A date or time that is moved by a duration.
struct Moved {
    is_time: bool,
    operator: Operator,
}

impl Moved {
    /// `None` when the unit does not move dates; `Some(None)` outside the calendar. Fractions of a unit are
    /// dropped (section 6.7.1).
    fn apply(&self, moment: Moment, duration: &Quantity<'_>) -> Option<Option<Moment>> {
        let unit = duration.unit.calendar()?;
        let Some(amount) = duration.value.trunc().to_i64() else { return Some(None) };
        let amount = if self.operator == Operator::Subtract { amount.saturating_neg() } else { amount };
        Some(if self.is_time { moment.time_plus(amount, unit) } else { moment.plus(amount, unit) })
    }
}
