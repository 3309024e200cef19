//! Conversions between System types (section 5.5): every `toX` has its `convertsToX`.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::{Call, Function};
use crate::error::EvaluateError;
use crate::item::{Collection, Item, decimal};
use crate::quantity::Quantity;
use crate::temporal::Moment;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("toBoolean", (0, 0), |call, out| to(call, out, boolean)),
    Function::computed("convertsToBoolean", (0, 0), |call, out| converts(call, out, boolean)),
    Function::computed("toInteger", (0, 0), |call, out| to(call, out, integer)),
    Function::computed("convertsToInteger", (0, 0), |call, out| converts(call, out, integer)),
    Function::computed("toDecimal", (0, 0), |call, out| to(call, out, to_decimal)),
    Function::computed("convertsToDecimal", (0, 0), |call, out| converts(call, out, to_decimal)),
    Function::computed("toString", (0, 0), |call, out| to(call, out, string)),
    Function::computed("convertsToString", (0, 0), |call, out| converts(call, out, string)),
    Function::computed("toDate", (0, 0), |call, out| to(call, out, date)),
    Function::computed("convertsToDate", (0, 0), |call, out| converts(call, out, date)),
    Function::computed("toDateTime", (0, 0), |call, out| to(call, out, date_time)),
    Function::computed("convertsToDateTime", (0, 0), |call, out| converts(call, out, date_time)),
    Function::computed("toTime", (0, 0), |call, out| to(call, out, time)),
    Function::computed("convertsToTime", (0, 0), |call, out| converts(call, out, time)),
    Function::computed("toQuantity", (0, 1), |call, out| to(call, out, quantity)),
    Function::computed("convertsToQuantity", (0, 1), |call, out| converts(call, out, quantity)),
];

/// A conversion; `None` where the value has no counterpart.
type Convert = for<'v, 'a> fn(&'v Item<'a>) -> Option<Item<'a>>;

fn to<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>, convert: Convert) -> Result<(), EvaluateError> {
    let value = call.single()?.as_ref().and_then(Item::value);
    out.extend(value.as_ref().and_then(convert));
    Ok(())
}

fn converts<'a>(
    call: &Call<'_, 'a>,
    out: &mut Collection<'a>,
    convert: Convert,
) -> Result<(), EvaluateError> {
    if let Some(item) = call.single()? {
        let value = item.value();
        out.push(Item::Boolean(value.as_ref().and_then(convert).is_some()));
    }
    Ok(())
}

fn boolean<'a>(item: &Item<'a>) -> Option<Item<'a>> {
    let value = match item {
        Item::Boolean(value) => *value,
        Item::Integer(1) => true,
        Item::Integer(0) => false,
        Item::Decimal(value) if *value == Decimal::ONE => true,
        Item::Decimal(value) if value.is_zero() => false,
        Item::String(text) => match text.to_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => true,
            "false" | "f" | "no" | "n" | "0" | "0.0" => false,
            _ => return None,
        },
        _ => return None,
    };
    Some(Item::Boolean(value))
}

fn integer<'a>(item: &Item<'a>) -> Option<Item<'a>> {
    match item {
        Item::Integer(value) => Some(Item::Integer(*value)),
        Item::Boolean(value) => Some(Item::Integer(i32::from(*value))),
        Item::String(text) => text.parse().ok().map(Item::Integer),
        _ => None,
    }
}

fn to_decimal<'a>(item: &Item<'a>) -> Option<Item<'a>> {
    match item {
        Item::Decimal(value) => Some(Item::Decimal(*value)),
        Item::Integer(value) => Some(Item::Decimal(Decimal::from(*value))),
        Item::Boolean(value) => Some(Item::Decimal(Decimal::from(u8::from(*value)))),
        Item::String(text) => decimal(text).map(Item::Decimal),
        _ => None,
    }
}

fn string<'a>(item: &Item<'a>) -> Option<Item<'a>> {
    item.to_text().map(Item::String)
}

fn date<'a>(item: &Item<'a>) -> Option<Item<'a>> {
    match item {
        Item::Date(moment) => Some(Item::Date(*moment)),
        Item::DateTime(moment) => Some(Item::Date(moment.date())),
        Item::String(text) => Moment::parse_date_time(text).map(|moment| Item::Date(moment.date())),
        _ => None,
    }
}

fn date_time<'a>(item: &Item<'a>) -> Option<Item<'a>> {
    match item {
        Item::Date(moment) | Item::DateTime(moment) => Some(Item::DateTime(*moment)),
        Item::String(text) => Moment::parse_date_time(text).map(Item::DateTime),
        _ => None,
    }
}

fn time<'a>(item: &Item<'a>) -> Option<Item<'a>> {
    match item {
        Item::Time(moment) => Some(Item::Time(*moment)),
        Item::String(text) => Moment::parse_time(text.strip_prefix('T').unwrap_or(text)).map(Item::Time),
        _ => None,
    }
}

fn quantity<'a>(item: &Item<'a>) -> Option<Item<'a>> {
    let quantity = match item {
        Item::Quantity(quantity) => (**quantity).clone(),
        Item::Integer(value) => Quantity::unitless(Decimal::from(*value)),
        Item::Decimal(value) => Quantity::unitless(*value),
        Item::Boolean(value) => Quantity::unitless(Decimal::from(u8::from(*value))),
        Item::String(Cow::Borrowed(text)) => Quantity::parse(text)?,
        Item::String(Cow::Owned(text)) => Quantity::parse(text)?.into_owned(),
        _ => return None,
    };
    Some(Item::Quantity(Box::new(quantity)))
}
