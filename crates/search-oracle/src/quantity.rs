//! Quantities (R4 search, 3.1.1.5.7).

use fhir_model::Node;
use rust_decimal::Decimal;

use crate::escape;
use crate::number::{self, End, Span};
use crate::refusal::Refusal;
use crate::select::Datum;
use crate::ucum;

/// A quantity of a resource.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measured<'a> {
    pub(crate) span: Span,
    system: Option<&'a str>,
    code: Option<&'a str>,
    unit: Option<&'a str>,
}

/// A quantity as a query gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    number: number::Wanted,
    unit: Unit,
}

/// The unit asked for.
#[derive(Clone, Debug, PartialEq)]
enum Unit {
    Any,
    /// The code, or the unit as written.
    Named(String),
    Coded {
        system: String,
        code: String,
    },
}

/// The quantity of an element.
pub(crate) fn read<'a>(datum: &Datum<'a>) -> Option<Measured<'a>> {
    let node = datum.node?;
    let with_unit = |span, quantity: Option<Node<'a>>| {
        let text = |name| quantity.and_then(|quantity| quantity.get_str(name));
        Measured { span, system: text("system"), code: text("code"), unit: text("unit") }
    };
    match datum.type_name {
        "Quantity" => Some(with_unit(compared(node)?, Some(node))),
        "Range" => Some(with_unit(number::range(node)?, node.get("low").or_else(|| node.get("high")))),
        "SampledData" => Some(with_unit(samples(node)?, node.get("origin"))),
        "Money" => {
            let value = number::decimal(node.get("value")?)?;
            let currency = node.get_str("currency");
            let money = with_unit(Span::point(value), None);
            Some(Measured { system: Some("urn:iso:std:iso:4217"), code: currency, ..money })
        }
        "integer" | "decimal" => Some(with_unit(Span::point(number::decimal(node)?), None)),
        _ => None,
    }
}

/// A value with a comparator is everything on one side.
fn compared(node: Node<'_>) -> Option<Span> {
    let value = number::decimal(node.get("value")?)?;
    let (low, high) = match node.get_str("comparator") {
        Some("<") => (End::Infinite, End::Open(value)),
        Some("<=") => (End::Infinite, End::Closed(value)),
        Some(">") => (End::Open(value), End::Infinite),
        Some(">=") => (End::Closed(value), End::Infinite),
        _ => (End::Closed(value), End::Closed(value)),
    };
    Some(Span { low, high })
}

/// From the least to the greatest sample; those without a number are left out.
fn samples(node: Node<'_>) -> Option<Span> {
    let origin = node.get("origin")?.get("value").and_then(number::decimal).unwrap_or_default();
    let factor = node.get("factor").and_then(number::decimal).unwrap_or(Decimal::ONE);
    let data = node.get_str("data")?.split_whitespace().filter_map(|sample| sample.parse::<Decimal>().ok());
    let values: Vec<Decimal> = data.map(|sample| origin + sample * factor).collect();
    let (low, high) = (values.iter().min()?, values.iter().max()?);
    Some(Span { low: End::Closed(*low), high: End::Closed(*high) })
}

impl Wanted {
    pub(crate) fn parse(value: &str) -> Result<Self, Refusal> {
        let parts = escape::split(value, '|');
        let unit = match parts.as_slice() {
            [_] => Unit::Any,
            [_, system, code] if system.is_empty() && code.is_empty() => Unit::Any,
            [_, system, code] if system.is_empty() => Unit::Named(escape::plain(code)?),
            [_, system, code] if !code.is_empty() => {
                Unit::Coded { system: escape::plain(system)?, code: escape::plain(code)? }
            }
            _ => return Refusal::invalid(format!("'{value}' is not a quantity")),
        };
        let number = number::Wanted::parse(parts.first().map_or("", |number| number))?;
        Ok(Self { number, unit })
    }

    /// Whether a quantity passes. Units of UCUM are converted.
    pub(crate) fn fits(&self, measured: Measured<'_>) -> bool {
        match &self.unit {
            Unit::Any => self.number.fits(measured.span),
            Unit::Named(name) => {
                let named = [measured.code, measured.unit].contains(&Some(name));
                named && self.number.fits(measured.span)
            }
            Unit::Coded { system, code } => {
                let same = measured.system == Some(system) && measured.code == Some(code);
                same && self.number.fits(measured.span)
                    || !same && self.fits_converted(system, code, measured) == Some(true)
            }
        }
    }

    fn fits_converted(&self, system: &str, code: &str, measured: Measured<'_>) -> Option<bool> {
        if system != ucum::SYSTEM || measured.system != Some(ucum::SYSTEM) {
            return None;
        }
        let (measures, size) = ucum::unit(code)?;
        let (also_measures, also_size) = ucum::unit(measured.code?)?;
        let alike = measures == also_measures;
        Some(alike && self.number.times(size)?.fits(measured.span.times(also_size)?))
    }
}
