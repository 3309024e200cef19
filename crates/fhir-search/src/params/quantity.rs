//! Quantity parameters (R4 search, section 3.1.1.5.7): `5.4|http://unitsofmeasure.org|mg`.

use std::sync::Arc;

use fhir_model::Node;

use super::number::{self, Span};
use super::ucum::{self, Canonical};
use super::{ValueError, prefix};
use crate::escape;
use crate::extract::element::{DataType, Element};
use crate::hash::KeyHasher;
use crate::parameters::ParameterKind;
use crate::query::{Comparison, QuantityTest};

/// The system of currency codes.
const CURRENCY: &str = "urn:iso:std:iso:4217";

/// A quantity of a resource: the values it covers, in the unit as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measured<'a> {
    amount: Amount,
    unit: Unit<'a>,
}

/// The values that a quantity covers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Amount {
    /// From the least to the greatest, both included.
    Span(Span),
    /// Everything below a value.
    Below(f64),
    /// Everything above a value.
    Above(f64),
}

/// The unit as it is written: any part may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Unit<'a> {
    system: Option<&'a str>,
    code: Option<&'a str>,
    text: Option<&'a str>,
}

/// Reads an element.
pub(crate) fn read(element: Element<'_>) -> Option<Measured<'_>> {
    let node = element.node;
    let (amount, unit) = match element.data_type {
        DataType::Quantity => (compared(node)?, Unit::of(node)),
        DataType::Money => {
            let unit = Unit { system: Some(CURRENCY), code: node.get_str("currency"), text: None };
            let value = number::value(node.get("value")?)?;
            (Amount::Span((value, value)), unit)
        }
        DataType::Range => {
            let unit = node.get("low").or_else(|| node.get("high")).map(Unit::of).unwrap_or_default();
            (Amount::Span(number::range(node)?), unit)
        }
        DataType::SampledData => {
            let unit = node.get("origin").map(Unit::of).unwrap_or_default();
            (Amount::Span(samples(node)?), unit)
        }
        DataType::Number => (Amount::Span(number::span(element)?), Unit::default()),
        _ => return None,
    };
    Some(Measured { amount, unit })
}

/// The values of a Quantity, which a comparator opens to one side: `<5` is everything below 5.
fn compared(node: Node<'_>) -> Option<Amount> {
    let value = number::value(node.get("value")?)?;
    Some(match node.get_str("comparator") {
        Some("<") => Amount::Below(value),
        Some("<=") => Amount::Span((f64::NEG_INFINITY, value)),
        Some(">") => Amount::Above(value),
        Some(">=") => Amount::Span((value, f64::INFINITY)),
        _ => Amount::Span((value, value)),
    })
}

/// The least and greatest of the samples; `E`, `L` and `U` (no value, below, above the limits) are left out.
fn samples(node: Node<'_>) -> Option<Span> {
    let origin = node.get("origin").and_then(|origin| origin.get("value")).and_then(number::value);
    let factor = node.get("factor").and_then(number::value).unwrap_or(1.0);
    node.get_str("data")?
        .split_ascii_whitespace()
        .filter_map(|sample| sample.parse::<f64>().ok())
        .map(|sample| origin.unwrap_or(0.0) + sample * factor)
        .filter(|value| value.is_finite())
        .map(|value| (value, value))
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

impl Amount {
    /// The values in another unit, given how a value becomes one of it.
    fn span(self, convert: impl Fn(f64) -> f64) -> Span {
        match self {
            Self::Span((low, high)) => (convert(low), convert(high)),
            // Beside the value as converted: to convert what is beside it may round to the value itself.
            Self::Below(value) => (f64::NEG_INFINITY, convert(value).next_down()),
            Self::Above(value) => (convert(value).next_up(), f64::INFINITY),
        }
    }
}

impl<'a> Measured<'a> {
    /// Calls `each` with every unit that a query can ask for and the values in it: 0 for any, `system|code`, the code,
    /// the text, and for a unit of UCUM its canonical form.
    pub(crate) fn variants(&self, hasher: &KeyHasher, mut each: impl FnMut(i64, Span)) {
        let Unit { system, code, text } = self.unit;
        let written = self.amount.span(|value| value);
        each(0, written);
        if let (Some(system), Some(code)) = (system, code) {
            each(hasher.unit_system_and_code(system, code), written);
        }
        if let Some(code) = code {
            each(hasher.unit(code), written);
        }
        if let Some(text) = text.filter(|text| Some(*text) != code) {
            each(hasher.unit(text), written);
        }
        if let Some(canonical) = self.unit.canonical() {
            let span = self.amount.span(|value| canonical.to_base(value));
            each(hasher.unit_canonical(&canonical.unit), span);
        }
    }
}

impl<'a> Unit<'a> {
    fn of(node: Node<'a>) -> Self {
        Self { system: node.get_str("system"), code: node.get_str("code"), text: node.get_str("unit") }
    }

    fn canonical(&self) -> Option<Arc<Canonical>> {
        self.code.filter(|_| self.system == Some(ucum::SYSTEM)).and_then(ucum::canonical)
    }
}

/// What a query value tests: `[prefix][number]`, `[prefix][number]|[system]|[code]` or `[prefix][number]||[code]`.
pub(crate) fn parse(value: &str, hasher: &KeyHasher) -> Result<QuantityTest, ValueError> {
    const EXPECTED: &str = "an optional prefix (eq, ne, gt, lt, ge, le, sa, eb, ap) and number, number|system|code or \
        number||code, such as 5.4|http://unitsofmeasure.org|mg";
    let refused = || ValueError::new(ParameterKind::Quantity, value, EXPECTED);
    let (comparison, rest) = prefix::split(value);
    let parts = escape::split(rest, '|');
    let (number, unit) = match parts.as_slice() {
        [number] | [number, "", ""] => (number, 0),
        [number, "", code] => (number, hasher.unit(&escape::unescape(code).ok_or_else(refused)?)),
        [number, system, code] if !code.is_empty() => {
            let system = escape::unescape(system).ok_or_else(refused)?;
            let code = escape::unescape(code).ok_or_else(refused)?;
            let canonical = if system == ucum::SYSTEM { ucum::canonical(&code) } else { None };
            if let Some(canonical) = canonical {
                let unit = hasher.unit_canonical(&canonical.unit);
                let written = number::test(comparison, number, unit).ok_or_else(refused)?;
                return Ok(in_base(written, &canonical));
            }
            (number, hasher.unit_system_and_code(&system, &code))
        }
        _ => return Err(refused()),
    };
    number::test(comparison, number, unit).ok_or_else(refused)
}

/// The test in base units of one in a unit that has them.
fn in_base(written: QuantityTest, unit: &Canonical) -> QuantityTest {
    let high = unit.to_base(written.high);
    // The conversion rounds away that the upper end of `ap` is included.
    let high = if written.comparison == Comparison::Approximately { high.next_up() } else { high };
    QuantityTest { value: unit.to_base(written.value), low: unit.to_base(written.low), high, ..written }
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;

    fn hasher() -> KeyHasher {
        KeyHasher::new([1, 2])
    }

    /// The units of an element and its span in each; the first is that of any unit.
    fn keys(data_type: DataType, json: &str) -> Option<Vec<(i64, Span)>> {
        let document = Document::parse(json).unwrap();
        let measured = read(Element { node: document.root(), data_type })?;
        let mut keys = Vec::new();
        measured.variants(&hasher(), |unit, span| keys.push((unit, span)));
        Some(keys)
    }

    fn has_unit(keys: &[(i64, Span)], query: &str) -> bool {
        let unit = parse(query, &hasher()).unwrap().unit;
        keys.iter().any(|(known, _)| *known == unit)
    }

    #[test]
    fn units_are_found_by_code_and_by_text() {
        let json = r#"{"value":5.4,"unit":"milligram","system":"http://unitsofmeasure.org","code":"mg"}"#;
        let keys = keys(DataType::Quantity, json).unwrap();
        assert_eq!(keys.first().map(|(_, span)| *span), Some((5.4, 5.4)));
        for query in ["5.4", "5.4|http://unitsofmeasure.org|mg", "5.4||mg", "5.4||milligram", "5.4||"] {
            assert!(has_unit(&keys, query), "{query}");
        }
        assert!(!has_unit(&keys, "5.4||g"));
    }

    #[test]
    fn comparators_ranges_and_samples_are_spans() {
        let span = |data_type, json| keys(data_type, json).unwrap()[0].1;
        let (low, high) = span(DataType::Quantity, r#"{"value":5,"comparator":"<"}"#);
        assert!(low == f64::NEG_INFINITY && high < 5.0);
        assert_eq!(span(DataType::Quantity, r#"{"value":5,"comparator":">="}"#), (5.0, f64::INFINITY));
        assert_eq!(span(DataType::Range, r#"{"high":{"value":7}}"#), (f64::NEG_INFINITY, 7.0));
        let samples = r#"{"origin":{"value":10},"factor":2,"data":"1 E -3 U 2.5"}"#;
        assert_eq!(span(DataType::SampledData, samples), (4.0, 15.0));
        assert_eq!(keys(DataType::Quantity, r#"{"unit":"mg"}"#), None);
    }

    #[test]
    fn money_has_its_currency_as_unit() {
        let keys = keys(DataType::Money, r#"{"value":12.5,"currency":"GBP"}"#).unwrap();
        assert!(has_unit(&keys, "12.5|urn:iso:std:iso:4217|GBP"));
    }

    #[test]
    fn units_of_ucum_are_also_found_in_base_units() {
        let base = |data_type, json: &str, unit| {
            let unit = hasher().unit_canonical(unit);
            let keys = keys(data_type, json).unwrap();
            keys.into_iter().find(|(known, _)| *known == unit).map(|(_, span)| span)
        };
        let mg = r#""system":"http://unitsofmeasure.org","code":"mg""#;
        let quantity = |rest: &str| base(DataType::Quantity, &format!("{{{rest},{mg}}}"), "g");
        assert_eq!(quantity(r#""value":5.4"#), Some((0.0054, 0.0054)));
        let (low, high) = quantity(r#""value":5.4,"comparator":"<""#).unwrap();
        assert!(low == f64::NEG_INFINITY && high < 0.0054);
        assert_eq!(quantity(r#""value":5.4,"comparator":">=""#), Some((0.0054, f64::INFINITY)));
        let range = format!(r#"{{"low":{{"value":1,{mg}}},"high":{{"value":2,{mg}}}}}"#);
        assert_eq!(base(DataType::Range, &range, "g"), Some((0.001, 0.002)));
        let samples = format!(r#"{{"origin":{{"value":0,{mg}}},"data":"1 2"}}"#);
        assert_eq!(base(DataType::SampledData, &samples, "g"), Some((0.001, 0.002)));
        assert_eq!(base(DataType::Quantity, r#"{"value":1,"system":"urn:x","code":"mg"}"#, "g"), None);
    }

    #[test]
    fn the_examples_of_the_specification() {
        let hasher = hasher();
        let test = parse("5.40||mg", &hasher).unwrap();
        assert_eq!((test.low, test.high), (5.395, 5.405));
        let test = parse("le5.4||mg", &hasher).unwrap();
        assert_eq!((test.comparison, test.value), (Comparison::LessOrEqual, 5.4));
        for value in
            ["", "mg", "5.4|mg", "5.4|http://unitsofmeasure.org|", "5.4|a|b|c", "5.4||m\\g", "gt|a|b"]
        {
            assert!(parse(value, &hasher).is_err(), "{value}");
        }
    }

    #[test]
    fn units_of_ucum_are_converted() {
        let hasher = hasher();
        let in_milligrams = parse("5.40|http://unitsofmeasure.org|mg", &hasher).unwrap();
        assert_eq!(in_milligrams, parse("5.40e-3|http://unitsofmeasure.org|g", &hasher).unwrap());
        assert_eq!(
            (in_milligrams.low, in_milligrams.value, in_milligrams.high),
            (0.005_395, 0.005_4, 0.005_405)
        );
        let about = parse("ap100|http://unitsofmeasure.org|mg", &hasher).unwrap();
        assert!(about.matches(0.11, 0.11) && about.matches(0.09, 0.09) && !about.matches(0.111, 0.111));
        // What is no unit is compared as it is written, and so is a unit of another system.
        for query in ["5|http://unitsofmeasure.org|dragons", "5|http://other.org|mg"] {
            let parts: Vec<&str> = query.split('|').collect();
            let unit = hasher.unit_system_and_code(parts[1], parts[2]);
            assert_eq!(parse(query, &hasher).unwrap().unit, unit);
        }
    }

    #[test]
    fn amounts_are_found_in_every_unit_that_compares() {
        let finds = |query: &str, value: &str, code: &str| {
            let ucum = "http://unitsofmeasure.org";
            let json = format!(r#"{{"value":{value},"system":"{ucum}","code":"{code}"}}"#);
            let test = parse(&query.replace('@', ucum), &hasher()).unwrap();
            let found = keys(DataType::Quantity, &json).unwrap();
            found.iter().any(|(unit, (low, high))| *unit == test.unit && test.matches(*low, *high))
        };
        for (query, value, code, expected) in [
            ("5.4|@|mg", "0.0054", "g", true),
            ("5.4|@|mg", "0.0056", "g", false),
            ("gt5.4|@|mg", "0.0054", "g", false),
            ("ge5.4|@|mg", "5400", "ug", true),
            ("lt100|@|[degF]", "37", "Cel", true),
            ("gt100|@|[degF]", "38", "Cel", true),
            ("ap100|@|g", "0.11", "kg", true),
            ("ap100|@|g", "0.12", "kg", false),
            ("5.4|@|mg", "5.4", "mL", false),
            ("7.4|@|[pH]", "7.4", "[pH]", true),
            ("5.4||mg", "0.0054", "g", false),
        ] {
            assert_eq!(finds(query, value, code), expected, "{query} {value} {code}");
        }
    }
}
