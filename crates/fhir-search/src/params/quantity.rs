//! Quantity parameters (R4 search, section 3.1.1.5.7): `5.4|http://unitsofmeasure.org|mg`.

use fhir_model::Node;

use super::number::{self, Span};
use super::{ValueError, prefix};
use crate::escape;
use crate::extract::element::{DataType, Element};
use crate::hash::KeyHasher;
use crate::parameters::ParameterKind;
use crate::query::QuantityTest;

/// The system of currency codes.
const CURRENCY: &str = "urn:iso:std:iso:4217";

/// A quantity of a resource.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measured<'a> {
    pub(crate) span: Span,
    pub(crate) unit: Unit<'a>,
}

/// The unit as it is written: any part may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Unit<'a> {
    system: Option<&'a str>,
    code: Option<&'a str>,
    text: Option<&'a str>,
}

/// Reads an element.
pub(crate) fn read(element: Element<'_>) -> Option<Measured<'_>> {
    let node = element.node;
    match element.data_type {
        DataType::Quantity => Some(Measured { span: compared(node)?, unit: Unit::of(node) }),
        DataType::Money => {
            let unit = Unit { system: Some(CURRENCY), code: node.get_str("currency"), text: None };
            let value = number::value(node.get("value")?)?;
            Some(Measured { span: (value, value), unit })
        }
        DataType::Range => {
            let unit = node.get("low").or_else(|| node.get("high")).map(Unit::of).unwrap_or_default();
            Some(Measured { span: number::range(node)?, unit })
        }
        DataType::SampledData => {
            let unit = node.get("origin").map(Unit::of).unwrap_or_default();
            Some(Measured { span: samples(node)?, unit })
        }
        DataType::Number => number::span(element).map(|span| Measured { span, unit: Unit::default() }),
        _ => None,
    }
}

/// The span of a Quantity, which a comparator opens to one side: `<5` is everything below 5.
fn compared(node: Node<'_>) -> Option<Span> {
    let value = number::value(node.get("value")?)?;
    Some(match node.get_str("comparator") {
        Some("<") => (f64::NEG_INFINITY, value.next_down()),
        Some("<=") => (f64::NEG_INFINITY, value),
        Some(">") => (value.next_up(), f64::INFINITY),
        Some(">=") => (value, f64::INFINITY),
        _ => (value, value),
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

impl<'a> Unit<'a> {
    fn of(node: Node<'a>) -> Self {
        Self { system: node.get_str("system"), code: node.get_str("code"), text: node.get_str("unit") }
    }

    /// Calls `each` with every unit that a query can ask for: 0 for any, `system|code`, the code, the text.
    pub(crate) fn variants(&self, hasher: &KeyHasher, mut each: impl FnMut(i64)) {
        each(0);
        if let (Some(system), Some(code)) = (self.system, self.code) {
            each(hasher.unit_system_and_code(system, code));
        }
        if let Some(code) = self.code {
            each(hasher.unit(code));
        }
        if let Some(text) = self.text.filter(|text| Some(*text) != self.code) {
            each(hasher.unit(text));
        }
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
            (number, hasher.unit_system_and_code(&system, &code))
        }
        _ => return Err(refused()),
    };
    number::test(comparison, number, unit).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;
    use crate::query::Comparison;

    fn hasher() -> KeyHasher {
        KeyHasher::new([1, 2])
    }

    /// The span and the units of an element.
    fn keys(data_type: DataType, json: &str) -> Option<(Span, Vec<i64>)> {
        let document = Document::parse(json).unwrap();
        let measured = read(Element { node: document.root(), data_type })?;
        let mut units = Vec::new();
        measured.unit.variants(&hasher(), |unit| units.push(unit));
        Some((measured.span, units))
    }

    #[test]
    fn units_are_found_by_code_and_by_text() {
        let json = r#"{"value":5.4,"unit":"milligram","system":"http://unitsofmeasure.org","code":"mg"}"#;
        let (span, units) = keys(DataType::Quantity, json).unwrap();
        assert_eq!(span, (5.4, 5.4));
        let hasher = hasher();
        for query in ["5.4", "5.4|http://unitsofmeasure.org|mg", "5.4||mg", "5.4||milligram", "5.4||"] {
            assert!(units.contains(&parse(query, &hasher).unwrap().unit), "{query}");
        }
        assert!(!units.contains(&parse("5.4||g", &hasher).unwrap().unit));
    }

    #[test]
    fn comparators_ranges_and_samples_are_spans() {
        let span = |data_type, json| keys(data_type, json).unwrap().0;
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
        let (_, units) = keys(DataType::Money, r#"{"value":12.5,"currency":"GBP"}"#).unwrap();
        assert!(units.contains(&parse("12.5|urn:iso:std:iso:4217|GBP", &hasher()).unwrap().unit));
    }

    #[test]
    fn the_examples_of_the_specification() {
        let hasher = hasher();
        let test = parse("5.40|http://unitsofmeasure.org|mg", &hasher).unwrap();
        assert_eq!((test.low, test.high), (5.395, 5.405));
        let test = parse("le5.4|http://unitsofmeasure.org|mg", &hasher).unwrap();
        assert_eq!((test.comparison, test.value), (Comparison::LessOrEqual, 5.4));
        for value in
            ["", "mg", "5.4|mg", "5.4|http://unitsofmeasure.org|", "5.4|a|b|c", "5.4||m\\g", "gt|a|b"]
        {
            assert!(parse(value, &hasher).is_err(), "{value}");
        }
    }
}
