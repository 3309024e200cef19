//! Number parameters (R4 search, section 3.1.1.5.2), and what all numbers of a query have in common.

use fhir_model::Node;
use fhir_model::primitive::decimal;

use super::{ValueError, prefix};
use crate::extract::element::{DataType, Element};
use crate::parameters::ParameterKind;
use crate::query::{Comparison, QuantityTest};

/// Least and greatest value; open ends are infinite.
pub(crate) type Span = (f64, f64);

/// The values an element covers.
pub(crate) fn span(element: Element<'_>) -> Option<Span> {
    match element.data_type {
        DataType::Number => value(element.node).map(|value| (value, value)),
        DataType::Range => range(element.node),
        _ => None,
    }
}

/// A JSON number.
pub(crate) fn value(node: Node<'_>) -> Option<f64> {
    node.as_number()?.parse().ok().filter(|value: &f64| value.is_finite())
}

/// A Range, whose ends are quantities and may be open.
pub(crate) fn range(node: Node<'_>) -> Option<Span> {
    let end_of = |name| node.get(name).and_then(|end| end.get("value")).and_then(value);
    match (end_of("low"), end_of("high")) {
        (None, None) => None,
        (low, high) => Some((low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY))),
    }
}

/// What a query value tests.
pub(crate) fn parse(value: &str) -> Result<QuantityTest, ValueError> {
    const EXPECTED: &str =
        "an optional prefix (eq, ne, gt, lt, ge, le, sa, eb, ap) and a number such as 100, 5.40 or 1e2";
    let (comparison, text) = prefix::split(value);
    test(comparison, text, 0).ok_or_else(|| ValueError::new(ParameterKind::Number, value, EXPECTED))
}

/// The test of a number: the digits imply a range (`5.40` is 5.395 to 5.405), which `ap` widens to a tenth of the
/// value on both sides.
pub(crate) fn test(comparison: Comparison, number: &str, unit: i64) -> Option<QuantityTest> {
    let (mut low, mut high) = decimal::implicit_range_f64(number).ok()?;
    let value: f64 = number.parse().ok().filter(|value: &f64| value.is_finite())?;
    if comparison == Comparison::Approximately {
        let tenth = value.abs() * 0.1;
        low = low.min(value - tenth);
        // The upper end is excluded, but a value just a tenth greater is meant to be included.
        high = high.max((value + tenth).next_up());
    }
    Some(QuantityTest { comparison, unit, value, low, high })
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;

    fn read(data_type: DataType, json: &str) -> Option<Span> {
        let document = Document::parse(json).unwrap();
        span(Element { node: document.root(), data_type })
    }

    #[test]
    fn elements_cover_spans() {
        assert_eq!(read(DataType::Number, "0.80"), Some((0.8, 0.8)));
        assert_eq!(read(DataType::Number, "1e400"), None);
        assert_eq!(read(DataType::Number, r#""1""#), None);
        assert_eq!(read(DataType::Range, r#"{"low":{"value":1},"high":{"value":2.5}}"#), Some((1.0, 2.5)));
        assert_eq!(read(DataType::Range, r#"{"low":{"value":1}}"#), Some((1.0, f64::INFINITY)));
        assert_eq!(read(DataType::Range, "{}"), None);
    }

    #[test]
    fn the_examples_of_the_specification() {
        for (value, low, high) in
            [("100", 99.5, 100.5), ("100.00", 99.995, 100.005), ("1e2", 95.0, 105.0), ("-5.4", -5.45, -5.35)]
        {
            let test = parse(value).unwrap();
            assert_eq!((test.comparison, test.low, test.high), (Comparison::Equal, low, high), "{value}");
        }
        let test = parse("lt100").unwrap();
        assert_eq!((test.comparison, test.value), (Comparison::Less, 100.0));
    }

    #[test]
    fn approximately_is_a_tenth_and_never_narrower_than_the_digits() {
        let wide = parse("ap100").unwrap();
        assert!(wide.low <= 90.0 && wide.high > 110.0 && wide.high < 110.001);
        let narrow = parse("ap1").unwrap();
        assert_eq!((narrow.low, narrow.high), (0.5, 1.5));
    }

    #[test]
    fn other_texts_are_refused() {
        for value in ["", "x", "gt", "1,5", "0x10", "NaN", "inf", "1e999", "+5", "5.4|mg"] {
            assert!(parse(value).is_err(), "{value}");
        }
    }
}
