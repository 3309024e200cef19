//! Dates (R4 search, 3.1.1.5.3): every date is the period that it covers.

use fhir_model::Node;

use crate::prefix::{self, Prefix};
use crate::refusal::Refusal;
use crate::select::Datum;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Microseconds since 1970 UTC: the first of a period, and the first after it.
pub(crate) type Period = (i64, i64);

/// A date as a query gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    prefix: Prefix,
    period: Period,
    /// `co` of `_filter`: what is wanted contains the period, whatever the prefix.
    contains: bool,
}

/// The period of an element.
pub(crate) fn read(datum: &Datum<'_>) -> Option<Period> {
    let node = datum.node?;
    match datum.type_name {
        "date" | "dateTime" | "instant" => covered(node.as_str()?),
        "Period" => period(node),
        "Timing" => timing(node),
        _ => None,
    }
}

/// From the beginning of `start` to the end of `end`; forever where one is missing.
fn period(node: Node<'_>) -> Option<Period> {
    let end = |name| node.get_str(name).and_then(covered);
    match (end("start"), end("end")) {
        (None, None) => None,
        (start, end) => Some((start.map_or(i64::MIN, |start| start.0), end.map_or(i64::MAX, |end| end.1))),
    }
}

/// The outer limits: from the first to the last event, and the bounds.
fn timing(node: Node<'_>) -> Option<Period> {
    let events = node.get("event").into_iter().flat_map(Node::each);
    let bounds = node.get("repeat").and_then(|repeat| repeat.get("boundsPeriod")).and_then(period);
    let all: Vec<Period> = events.filter_map(|event| covered(event.as_str()?)).chain(bounds).collect();
    Some((all.iter().map(|period| period.0).min()?, all.iter().map(|period| period.1).max()?))
}

/// The period that the text of a date, dateTime or instant covers; without a zone it is in UTC.
pub(crate) fn covered(text: &str) -> Option<Period> {
    let (date, clock) = match text.split_once('T') {
        Some((date, clock)) => (date, Some(clock)),
        None => (text, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let year = digits(parts.first()?, 4)?;
    let month = parts.get(1).map_or(Some(1), |month| digits(month, 2))?;
    let day = parts.get(2).map_or(Some(1), |day| digits(day, 2))?;
    let exists = year >= 1 && (1..=12).contains(&month) && (1..=length(year, month)).contains(&day);
    if !exists || parts.len() > 3 || clock.is_some() && parts.len() < 3 {
        return None;
    }
    let low = days(year, month, day) * DAY;
    match (clock, parts.len()) {
        (Some(clock), _) => of_day(clock).map(|(begins, lasts)| (low + begins, low + begins + lasts)),
        (None, 1) => Some((low, days(year + 1, 1, 1) * DAY)),
        (None, 2) => Some((low, low + length(year, month) * DAY)),
        (None, _) => Some((low, low + DAY)),
    }
}

/// `hh:mm[:ss[.fraction]][zone]`: microseconds since midnight UTC, and how long it lasts.
fn of_day(text: &str) -> Option<(i64, i64)> {
    let (clock, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at_checked(at)?,
        None => (text, "Z"),
    };
    let offset = match zone.split_at_checked(1)? {
        ("Z", "") => 0,
        (sign, distance) => {
            let (hours, minutes) = distance.split_once(':')?;
            let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
            if hours > 14 || minutes > 59 || hours == 14 && minutes > 0 {
                return None;
            }
            (hours * 60 + minutes) * if sign == "-" { -1 } else { 1 }
        }
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes) = (digits(parts.first()?, 2)?, digits(parts.get(1)?, 2)?);
    let (seconds, fraction) = match parts.get(2) {
        Some(seconds) => {
            let (seconds, fraction) = seconds.split_once('.').map_or((*seconds, None), |(s, f)| (s, Some(f)));
            (digits(seconds, 2)?, fraction)
        }
        None => (0, None),
    };
    if hours > 23 || minutes > 59 || seconds > 59 || parts.len() > 3 {
        return None;
    }
    let (micros, lasts) = match fraction {
        Some(fraction) => {
            let places = fraction.len();
            let unit = 10_i64.checked_pow(u32::try_from(6_usize.checked_sub(places)?).ok()?)?;
            (digits(fraction, places)? * unit, unit)
        }
        None => (0, if parts.len() == 3 { SECOND } else { 60 * SECOND }),
    };
    let minute = hours * 60 + minutes - offset;
    Some(((minute * 60 + seconds) * SECOND + micros, lasts))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let well_formed = text.len() == count && count > 0 && text.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| text.parse().ok()).flatten()
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month.
fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970, counted year by year and month by month.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let of_year = |year| if is_leap(year) { 366 } else { 365 };
    let years: i64 = match year >= 1970 {
        true => (1970..year).map(of_year).sum(),
        false => -(year..1970).map(of_year).sum::<i64>(),
    };
    years + (1..month).map(|month| length(year, month)).sum::<i64>() + day - 1
}

impl Wanted {
    /// `now`: microseconds since 1970, from which `ap` takes its tolerance.
    pub(crate) fn parse(value: &str, now: i64) -> Result<Self, Refusal> {
        let (prefix, text) = prefix::split(value);
        let covered = covered(text).ok_or_else(|| Refusal::Invalid(format!("'{value}' is not a date")))?;
        let tolerance = |at: i64| if prefix == Prefix::Ap { (now - at).abs() / 10 } else { 0 };
        let period = (covered.0 - tolerance(covered.0), covered.1 + tolerance(covered.1));
        Ok(Self { prefix, period, contains: false })
    }

    /// `co` of `_filter`: the period lies within that of the resource.
    pub(crate) fn contained(value: &str) -> Result<Self, Refusal> {
        Ok(Self { contains: true, ..Self::overlapping(value)? })
    }

    /// `po` of `_filter`: the periods overlap.
    pub(crate) fn overlapping(value: &str) -> Result<Self, Refusal> {
        let period = covered(value).ok_or_else(|| Refusal::Invalid(format!("'{value}' is not a date")))?;
        Ok(Self { prefix: Prefix::Ap, period, contains: false })
    }

    /// Whether a period passes: the table of `docs/search.md`, which is that of R4.
    pub(crate) fn fits(&self, (low, high): Period) -> bool {
        let (begins, ends) = self.period;
        if self.contains {
            return low <= begins && ends <= high;
        }
        let within = begins <= low && high <= ends;
        match self.prefix {
            Prefix::Eq => within,
            Prefix::Ne => !within,
            Prefix::Gt => high > ends,
            Prefix::Lt => low < begins,
            Prefix::Ge => high > ends || within,
            Prefix::Le => low < begins || within,
            Prefix::Sa => low >= ends,
            Prefix::Eb => high <= begins,
            Prefix::Ap => low < ends && high > begins,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_by_precision() {
        assert_eq!(covered("1970"), Some((0, 365 * DAY)));
        assert_eq!(covered("1972-02"), Some((761 * DAY, 790 * DAY)));
        assert_eq!(covered("1969-12-31"), Some((-DAY, 0)));
        assert_eq!(covered("1970-01-01T01:00+01:00"), Some((0, 60 * SECOND)));
        assert_eq!(covered("1970-01-01T00:00:00.25Z"), Some((250_000, 260_000)));
        for wrong in ["1970-13", "1970-02-29", "1970-1", "1970-01-01T10", "1970T10:00", "1970-01-01T24:00"] {
            assert_eq!(covered(wrong), None, "{wrong}");
        }
    }
}
