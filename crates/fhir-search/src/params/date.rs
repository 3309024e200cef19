//! Date parameters (R4 search, section 3.1.1.5.3): every value is the period it covers.

use fhir_model::Node;
use fhir_model::primitive::{DateTime, Precision};

use super::{ValueError, prefix};
use crate::extract::element::{DataType, Element};
use crate::parameters::ParameterKind;
use crate::query::{Comparison, DateTest};

/// Microseconds since 1970 UTC: the first of a period, and the first after it. Open ends are the ends of `i64`.
pub(crate) type Micros = (i64, i64);

/// The period an element covers; `None` when it names no time, or a text that is no date.
/// `offset` is the distance from UTC in minutes of dates that do not tell it.
pub(crate) fn period(element: Element<'_>, offset: i16) -> Option<Micros> {
    match element.data_type {
        DataType::Date => moment(element.node, offset),
        DataType::Period => bounds(element.node, offset),
        DataType::Timing => timing(element.node, offset),
        _ => None,
    }
}

fn moment(node: Node<'_>, offset: i16) -> Option<Micros> {
    text(node.as_str()?, offset)
}

/// The period of a date as text.
pub(crate) fn text(date: &str, offset: i16) -> Option<Micros> {
    DateTime::parse_fhirpath(date).ok().map(|date| date.range_micros(offset))
}

/// A Period: from the start of `start` to the end of `end`.
fn bounds(node: Node<'_>, offset: i16) -> Option<Micros> {
    let end_of = |name| node.get(name).and_then(|end| moment(end, offset));
    match (end_of("start"), end_of("end")) {
        (None, None) => None,
        (start, end) => Some((start.map_or(i64::MIN, |s| s.0), end.map_or(i64::MAX, |e| e.1))),
    }
}

/// A Timing: only its outer limits matter, whatever the schedule between them.
fn timing(node: Node<'_>, offset: i16) -> Option<Micros> {
    let events = node.get("event").into_iter().flat_map(Node::each);
    let limits = node.get("repeat").and_then(|repeat| repeat.get("boundsPeriod"));
    events
        .filter_map(|event| moment(event, offset))
        .chain(limits.and_then(|limits| bounds(limits, offset)))
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// What a query value tests. `now` (microseconds) is what `ap` measures distance from: it widens each end of the
/// period by a tenth of its distance from now.
pub(crate) fn parse(value: &str, offset: i16, now: i64) -> Result<DateTest, ValueError> {
    const EXPECTED: &str = "an optional prefix (eq, ne, gt, lt, ge, le, sa, eb, ap) and a date such as 2013, 2013-01, \
        2013-01-14, 2013-01-14T10:00 or 2013-01-14T10:00:00+01:00 (with '+' written as %2B)";
    let (comparison, text) = prefix::split(value);
    let date = DateTime::parse_fhirpath(text)
        .ok()
        // FHIRPath also writes hours without minutes, and dates that end in T.
        .filter(|date| date.precision() != Precision::Hour && !text.ends_with('T'))
        .ok_or_else(|| ValueError::new(ParameterKind::Date, value, EXPECTED))?;
    let (mut low, mut high) = date.range_micros(offset);
    if comparison == Comparison::Approximately {
        low = low.saturating_sub(distance(now, low) / 10);
        high = high.saturating_add(distance(now, high) / 10);
    }
    Ok(DateTest { comparison, low, high })
}

fn distance(a: i64, b: i64) -> i64 {
    a.saturating_sub(b).saturating_abs()
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;

    const DAY: i64 = 86_400_000_000;

    fn read(data_type: DataType, json: &str) -> Option<Micros> {
        let document = Document::parse(json).unwrap();
        period(Element { node: document.root(), data_type }, 0)
    }

    #[test]
    fn elements_cover_periods() {
        assert_eq!(read(DataType::Date, r#""1970-01-02""#), Some((DAY, 2 * DAY)));
        assert_eq!(read(DataType::Date, r#""1970-01-01T00:00:00Z""#), Some((0, 1_000_000)));
        assert_eq!(read(DataType::Date, r#""yesterday""#), None);
        assert_eq!(
            read(DataType::Period, r#"{"start":"1970-01-01","end":"1970-01-02"}"#),
            Some((0, 2 * DAY))
        );
        assert_eq!(read(DataType::Period, r#"{"start":"1970-01-02"}"#), Some((DAY, i64::MAX)));
        assert_eq!(read(DataType::Period, r#"{"end":"1970-01-02"}"#), Some((i64::MIN, 2 * DAY)));
        assert_eq!(read(DataType::Period, "{}"), None);
    }

    #[test]
    fn a_timing_counts_by_its_outer_limits() {
        assert_eq!(read(DataType::Timing, r#"{"event":["1970-01-03","1970-01-01"]}"#), Some((0, 3 * DAY)));
        assert_eq!(
            read(DataType::Timing, r#"{"repeat":{"boundsPeriod":{"start":"1970-01-02"},"frequency":2}}"#),
            Some((DAY, i64::MAX))
        );
        assert_eq!(read(DataType::Timing, r#"{"repeat":{"frequency":2}}"#), None);
    }

    #[test]
    fn queries_have_prefixes_precision_and_zones() {
        let test = |value| parse(value, 0, 0).unwrap();
        assert_eq!(test("1970-01-02"), DateTest { comparison: Comparison::Equal, low: DAY, high: 2 * DAY });
        assert_eq!(test("ge1970-01-02").comparison, Comparison::GreaterOrEqual);
        assert_eq!(test("lt1970-01-01T00:01").high, 120_000_000);
        assert_eq!(test("eb1970-01-01T01:00:00+01:00").low, 0);
        assert_eq!(parse("1970-01-01", 60, 0).unwrap().low, -3_600_000_000);
        let about = parse("ap1970-01-11", 0, 0).unwrap();
        assert_eq!((about.low, about.high), (9 * DAY, 11 * DAY + 11 * DAY / 10));
    }

    #[test]
    fn other_texts_are_refused() {
        for value in
            ["", "x", "gt", "20130114", "2013-13-01", "2013-02-30", "2013-01-14T10", "2013-01T", "GE2013"]
        {
            assert!(parse(value, 0, 0).is_err(), "{value}");
        }
        assert!(parse("2013-01-14T10:00:00 01:00", 0, 0).unwrap_err().to_string().contains("%2B"));
    }
}
