//! Dates as the text that was written, with numbers that can be compared and subtracted.

use fhir_model::primitive::{DateTime, Precision};

use super::element::Reader;

const MICROS_PER_MINUTE: i64 = 60_000_000;

/// A `date`, `dateTime` or `instant`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// As it was written.
    pub(super) text: String,
    /// The first microsecond since 1970 UTC that it covers.
    pub(super) low: i64,
    /// The first microsecond after what it covers; for a time of day the same as `low`.
    high: i64,
    has_time: bool,
}

/// A period, each end of which may be open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) started: Option<String>,
    pub(super) ended: Option<String>,
    /// Microseconds since 1970 UTC.
    pub(super) started_us: Option<i64>,
    /// Microseconds since 1970 UTC; where the end is a day, the end of that day.
    pub(super) ended_us: Option<i64>,
    /// From start to end, if both tell the time of day.
    pub(super) minutes: Option<i64>,
}

impl Moment {
    /// Reads a date or time; one that is not valid is left out. A time without an offset is taken as UTC.
    pub(super) fn read(parent: Reader<'_>, name: &str) -> Option<Self> {
        let text = parent.text(name)?;
        let time = DateTime::parse_date_time(&text).ok()?;
        let (low, end) = time.range_micros(0);
        let has_time = time.precision() > Precision::Day;
        Some(Self { text, low, high: if has_time { low } else { end }, has_time })
    }
}

impl Period {
    /// Reads a Period.
    pub(super) fn read(parent: Reader<'_>, name: &str) -> Self {
        let period = parent.child(name);
        let moment = |name| period.and_then(|period| Moment::read(period, name));
        Self::new(moment("start"), moment("end"))
    }

    /// Reads a choice of a Period and a dateTime, which is then the start.
    pub(super) fn read_choice(parent: Reader<'_>, period: &str, date_time: &str) -> Self {
        match Moment::read(parent, date_time) {
            Some(moment) => Self::new(Some(moment), None),
            None => Self::read(parent, period),
        }
    }

    fn new(start: Option<Moment>, end: Option<Moment>) -> Self {
        let minutes = match (&start, &end) {
            (Some(start), Some(end)) if start.has_time && end.has_time => {
                Some((end.high - start.low) / MICROS_PER_MINUTE)
            }
            _ => None,
        };
        Self {
            started_us: start.as_ref().map(|start| start.low),
            ended_us: end.as_ref().map(|end| end.high),
            started: start.map(|start| start.text),
            ended: end.map(|end| end.text),
            minutes,
        }
    }
}
