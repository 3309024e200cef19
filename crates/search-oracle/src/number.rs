//! Numbers (R4 search, 3.1.1.5.2), in decimals, never in binary fractions.

use std::str::FromStr;

use fhir_model::Node;
use rust_decimal::Decimal;

use crate::prefix::{self, Prefix};
use crate::refusal::Refusal;
use crate::select::Datum;

/// One end of a span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    /// There is no end.
    Infinite,
    /// The value belongs to the span.
    Closed(Decimal),
    /// It does not.
    Open(Decimal),
}

/// The values that an element covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) low: End,
    pub(crate) high: End,
}

/// A number as a query gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) prefix: Prefix,
    pub(crate) value: Decimal,
    /// Half of the unit of the last digit.
    pub(crate) half: Decimal,
}

impl Span {
    pub(crate) fn point(value: Decimal) -> Self {
        Self { low: End::Closed(value), high: End::Closed(value) }
    }

    /// The same in another unit.
    pub(crate) fn times(self, factor: Decimal) -> Option<Self> {
        let scaled = |end| {
            Some(match end {
                End::Infinite => End::Infinite,
                End::Closed(value) => End::Closed(value.checked_mul(factor)?),
                End::Open(value) => End::Open(value.checked_mul(factor)?),
            })
        };
        Some(Self { low: scaled(self.low)?, high: scaled(self.high)? })
    }

    /// Some of it is greater than the value (or equal).
    fn reaches_above(self, value: Decimal, or_equal: bool) -> bool {
        match self.high {
            End::Infinite => true,
            End::Closed(high) => high > value || or_equal && high == value,
            End::Open(high) => high > value,
        }
    }

    /// Some of it is less than the value (or equal).
    fn reaches_below(self, value: Decimal, or_equal: bool) -> bool {
        match self.low {
            End::Infinite => true,
            End::Closed(low) => low < value || or_equal && low == value,
            End::Open(low) => low < value,
        }
    }
}

/// The values of an element for a number parameter.
pub(crate) fn read(datum: &Datum<'_>) -> Option<Span> {
    match datum.type_name {
        "integer" | "decimal" => decimal(datum.node?).map(Span::point),
        "Range" => range(datum.node?),
        _ => None,
    }
}

/// A JSON number.
pub(crate) fn decimal(node: Node<'_>) -> Option<Decimal> {
    parse(node.as_number()?)
}

/// A Range, of which an end may be missing.
pub(crate) fn range(node: Node<'_>) -> Option<Span> {
    let end = |name| node.get(name).and_then(|end| end.get("value")).and_then(decimal);
    let (low, high) = (end("low"), end("high"));
    (low.is_some() || high.is_some()).then(|| Span {
        low: low.map_or(End::Infinite, End::Closed),
        high: high.map_or(End::Infinite, End::Closed),
    })
}

fn parse(text: &str) -> Option<Decimal> {
    match text.contains(['e', 'E']) {
        true => Decimal::from_scientific(text).ok(),
        false => Decimal::from_str(text).ok(),
    }
}

impl Wanted {
    pub(crate) fn parse(value: &str) -> Result<Self, Refusal> {
        let (prefix, number) = prefix::split(value);
        let wanted = is_decimal(number).then(|| Self::of(prefix, number)).flatten();
        wanted.ok_or_else(|| Refusal::Invalid(format!("'{value}' is not a number")))
    }

    fn of(prefix: Prefix, number: &str) -> Option<Self> {
        let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let places = mantissa.split_once('.').map_or(0, |(_, places)| places.len());
        // R4 reads `1e2` as 95 to 105: with an exponent the mantissa counts as 1.0.
        let places = if mantissa == number { places } else { places.max(1) };
        let last_digit = exponent.parse::<i32>().ok()? - i32::try_from(places).ok()?;
        let half = Decimal::from_scientific(&format!("5e{}", last_digit - 1)).ok()?;
        Some(Self { prefix, value: parse(number)?, half })
    }

    /// The same in another unit.
    pub(crate) fn times(&self, factor: Decimal) -> Option<Self> {
        let (value, half) = (self.value.checked_mul(factor)?, self.half.checked_mul(factor)?);
        Some(Self { prefix: self.prefix, value, half })
    }

    /// Whether values pass: `eq`, `ne` and `ap` by the range that the digits imply, the others by the number as given.
    pub(crate) fn fits(&self, span: Span) -> bool {
        let value = self.value;
        let (low, high) = (value - self.half, value + self.half);
        let within = || {
            let above_low = !span.reaches_below(low, false);
            // The upper end of the implied range is not part of it.
            let below_high = match span.high {
                End::Infinite => false,
                End::Closed(end) => end < high,
                End::Open(end) => end <= high,
            };
            above_low && below_high
        };
        match self.prefix {
            Prefix::Eq => within(),
            Prefix::Ne => !within(),
            Prefix::Gt => span.reaches_above(value, false),
            Prefix::Lt => span.reaches_below(value, false),
            Prefix::Ge => span.reaches_above(value, true),
            Prefix::Le => span.reaches_below(value, true),
            Prefix::Sa => !span.reaches_below(value, true),
            Prefix::Eb => !span.reaches_above(value, true),
            Prefix::Ap => {
                let tenth = value.abs() / Decimal::TEN;
                let overlaps = |low: Decimal, high: Decimal, with_high: bool| {
                    span.reaches_above(low, true) && span.reaches_below(high, with_high)
                };
                // At least the implied range, and a tenth of the value to each side.
                overlaps(low.min(value - tenth), high, false)
                    || overlaps(low.min(value - tenth), value + tenth, true)
            }
        }
    }
}

/// Whether a text is a decimal of FHIR.
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, places) = match mantissa.split_once('.') {
        Some((whole, places)) => (whole, Some(places)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && places.is_none_or(digits)
        && exponent.is_none_or(digits)
}
