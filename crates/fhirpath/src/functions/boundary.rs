//! `lowBoundary`, `highBoundary` and `precision`: what a value can stand for, given its digits.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{Call, Function};
use crate::error::EvaluateError;
use crate::item::{Collection, Item};
use crate::quantity::Quantity;
use crate::temporal::Moment;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("lowBoundary", (0, 1), |call, out| boundary(call, out, Side::Low)),
    Function::computed("highBoundary", (0, 1), |call, out| boundary(call, out, Side::High)),
    Function::computed("precision", (0, 0), precision),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Low,
    High,
}

/// The precisions used when none is asked for: decimal places, and digits of dates and times.
const DECIMAL_PLACES: i32 = 8;
const DATE_DIGITS: i32 = 8;
const DATE_TIME_DIGITS: i32 = 17;
const TIME_DIGITS: i32 = 9;

fn boundary<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>, side: Side) -> Result<(), EvaluateError> {
    let Some(value) = call.value()? else { return Ok(()) };
    let asked = call.argument_integer(0)?;
    let result = match &value {
        Item::Integer(integer) => {
            decimal_boundary(Decimal::from(*integer), asked.unwrap_or(DECIMAL_PLACES), side)
                .map(Item::Decimal)
        }
        Item::Decimal(value) => {
            decimal_boundary(*value, asked.unwrap_or(DECIMAL_PLACES), side).map(Item::Decimal)
        }
        Item::Quantity(quantity) => decimal_boundary(quantity.value, asked.unwrap_or(DECIMAL_PLACES), side)
            .map(|value| Item::Quantity(Box::new(Quantity { value, unit: quantity.unit.clone() }))),
        Item::Date(moment) => {
            moment_boundary(*moment, asked.unwrap_or(DATE_DIGITS), true, side).map(Item::Date)
        }
        Item::DateTime(moment) => {
            moment_boundary(*moment, asked.unwrap_or(DATE_TIME_DIGITS), false, side).map(Item::DateTime)
        }
        Item::Time(moment) => {
            moment.time_boundary(asked.unwrap_or(TIME_DIGITS), side == Side::High).map(Item::Time)
        }
        other => return Err(call.wrong(other)),
    };
    out.extend(result);
    Ok(())
}

fn moment_boundary(moment: Moment, digits: i32, is_date: bool, side: Side) -> Option<Moment> {
    match side {
        Side::Low => moment.low_boundary(digits, is_date),
        Side::High => moment.high_boundary(digits, is_date),
    }
}

/// Half a unit of the last digit down or up, at so many decimal places; empty when a decimal has not so many.
fn decimal_boundary(value: Decimal, places: i32, side: Side) -> Option<Decimal> {
    let places = u32::try_from(places).ok().filter(|places| *places < Decimal::MAX_SCALE)?;
    let half = Decimal::try_new(5, value.scale() + 1).ok()?;
    let (bound, strategy) = match side {
        Side::Low => (value.checked_sub(half)?, RoundingStrategy::ToNegativeInfinity),
        Side::High => (value.checked_add(half)?, RoundingStrategy::ToPositiveInfinity),
    };
    let mut rounded = bound.round_dp_with_strategy(places, strategy);
    rounded.rescale(places);
    Some(rounded)
}

/// How many digits a value is written in.
fn precision<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let digits = match call.value()? {
        Some(Item::Integer(_)) => 0,
        Some(Item::Decimal(value)) => i32::try_from(value.scale()).unwrap_or(i32::MAX),
        Some(Item::Date(moment) | Item::DateTime(moment)) => moment.digits(),
        // The date that a time does not have counts eight digits.
        Some(Item::Time(moment)) => moment.digits() - DATE_DIGITS,
        Some(other) => return Err(call.wrong(&other)),
        None => return Ok(()),
    };
    out.push(Item::Integer(digits));
    Ok(())
}
