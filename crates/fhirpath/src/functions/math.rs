//! Mathematics (section 5.7). What has no result in the numbers at hand gives empty.

use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Call, Function};
use crate::error::EvaluateError;
use crate::item::{Collection, Item};
use crate::quantity::Quantity;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("abs", (0, 0), abs),
    Function::computed("ceiling", (0, 0), |call, out| whole(call, out, |value| value.ceil())),
    Function::computed("floor", (0, 0), |call, out| whole(call, out, |value| value.floor())),
    Function::computed("truncate", (0, 0), |call, out| whole(call, out, |value| value.trunc())),
    Function::computed("round", (0, 1), round),
    Function::computed("exp", (0, 0), |call, out| approximate(call, out, |value, _| value.exp())),
    Function::computed("ln", (0, 0), |call, out| approximate(call, out, |value, _| value.ln())),
    Function::computed("log", (1, 1), |call, out| approximate(call, out, f64::log)),
    Function::computed("sqrt", (0, 0), |call, out| approximate(call, out, |value, _| value.sqrt())),
    Function::computed("power", (1, 1), power),
];

/// The number that the function is called on.
fn input_number(call: &Call<'_, '_>) -> Result<Option<Decimal>, EvaluateError> {
    call.value()?.map(|item| number(call, &item)).transpose()
}

fn argument_number(call: &Call<'_, '_>) -> Result<Option<Decimal>, EvaluateError> {
    call.argument_value(0)?.map(|item| number(call, &item)).transpose()
}

fn number(call: &Call<'_, '_>, item: &Item<'_>) -> Result<Decimal, EvaluateError> {
    match item {
        Item::Integer(value) => Ok(Decimal::from(*value)),
        Item::Decimal(value) => Ok(*value),
        other => Err(call.wrong(other)),
    }
}

fn abs<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    match call.value()? {
        Some(Item::Integer(value)) => out.extend(value.checked_abs().map(Item::Integer)),
        Some(Item::Decimal(value)) => out.push(Item::Decimal(value.abs())),
        Some(Item::Quantity(quantity)) => {
            let absolute = Quantity { value: quantity.value.abs(), unit: quantity.unit };
            out.push(Item::Quantity(Box::new(absolute)));
        }
        Some(other) => return Err(call.wrong(&other)),
        None => {}
    }
    Ok(())
}

fn whole<'a>(
    call: &Call<'_, 'a>,
    out: &mut Collection<'a>,
    change: fn(&Decimal) -> Decimal,
) -> Result<(), EvaluateError> {
    out.extend(input_number(call)?.and_then(|value| change(&value).to_i32()).map(Item::Integer));
    Ok(())
}

fn round<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let Some(value) = input_number(call)? else { return Ok(()) };
    let places = match call.argument_integer(0)? {
        Some(places) => u32::try_from(places).map_err(|_| call.wrong(&Item::Integer(places)))?,
        None => 0,
    };
    let rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    out.push(Item::Decimal(rounded));
    Ok(())
}

/// A function of real numbers, in binary floating point: its results are irrational as a rule.
fn approximate<'a>(
    call: &Call<'_, 'a>,
    out: &mut Collection<'a>,
    function: fn(f64, f64) -> f64,
) -> Result<(), EvaluateError> {
    let Some(value) = input_number(call)?.and_then(|value| value.to_f64()) else { return Ok(()) };
    let argument = match (call.arguments.is_empty(), argument_number(call)?) {
        (true, _) => 0.0,
        (false, Some(argument)) => argument.to_f64().unwrap_or(f64::NAN),
        (false, None) => return Ok(()),
    };
    out.extend(real(function(value, argument)));
    Ok(())
}

/// `None` for infinity, not-a-number, and what is beyond 28 digits.
fn real<'a>(value: f64) -> Option<Item<'a>> {
    Decimal::from_f64(value).map(Item::Decimal)
}

/// Exact for small whole exponents.
fn power<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    const EXACT: u32 = 128;
    let Some(value) = call.value()? else { return Ok(()) };
    let (base, Some(exponent)) = (number(call, &value)?, argument_number(call)?) else { return Ok(()) };
    let exact =
        if exponent.is_integer() { exponent.to_u32().filter(|exponent| *exponent <= EXACT) } else { None };
    match exact {
        Some(exponent) => {
            let mut result = Some(Decimal::ONE);
            for _ in 0..exponent {
                result = result.and_then(|result| result.checked_mul(base));
            }
            match (value, result) {
                (Item::Integer(_), Some(result)) => out.extend(result.to_i32().map(Item::Integer)),
                (_, result) => out.extend(result.map(Item::Decimal)),
            }
        }
        None => {
            let (base, exponent) = (base.to_f64().unwrap_or(f64::NAN), exponent.to_f64().unwrap_or(f64::NAN));
            out.extend(real(base.powf(exponent)));
        }
    }
    Ok(())
}
