//! Reading and writing of dates and times.

use std::fmt;

use fhir_model::primitive::calendar::days_in_month;

use super::{Moment, Precision};

impl Moment {
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub fn parse_date(text: &str) -> Option<Self> {
        let mut moment = Self::FIRST;
        let mut parts = text.split('-');
        moment.year = parts.next().and_then(|part| number(part, 4))?;
        if moment.year == 0 {
            return None;
        }
        if let Some(month) = parts.next() {
            moment.month = u8::try_from(number(month, 2)?).ok().filter(|m| (1..=12).contains(m))?;
            moment.precision = Precision::Month;
        }
        if let Some(day) = parts.next() {
            let last = days_in_month(i64::from(moment.year), moment.month);
            moment.day = u8::try_from(number(day, 2)?).ok().filter(|d| (1..=last).contains(d))?;
            moment.precision = Precision::Day;
        }
        parts.next().is_none().then_some(moment)
    }

    /// A date, then perhaps `T`, and then perhaps a time with an offset. A leap second reads as the second
    /// before it.
    pub fn parse_date_time(text: &str) -> Option<Self> {
        let Some((date, time)) = text.split_once('T') else { return Self::parse_date(text) };
        let date = Self::parse_date(date)?;
        if time.is_empty() {
            return Some(date);
        }
        if date.precision != Precision::Day {
            return None;
        }
        let (time, offset) = split_offset(time)?;
        let time = Self::parse_time(time)?;
        Some(Self { year: date.year, month: date.month, day: date.day, offset, ..time })
    }

    /// `hh`, `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff`.
    pub fn parse_time(text: &str) -> Option<Self> {
        let (clock, fraction) = match text.split_once('.') {
            Some((clock, fraction)) => (clock, Some(fraction)),
            None => (text, None),
        };
        let mut moment = Self { precision: Precision::Hour, ..Self::FIRST };
        let mut parts = clock.split(':');
        moment.hour = parts.next().and_then(|part| below(part, 24))?;
        if let Some(minute) = parts.next() {
            moment.minute = below(minute, 60)?;
            moment.precision = Precision::Minute;
        }
        if let Some(second) = parts.next() {
            moment.second = below(second, 61)?.min(59);
            moment.precision = Precision::Second;
        }
        if parts.next().is_some() {
            return None;
        }
        if let Some(fraction) = fraction {
            if moment.precision != Precision::Second {
                return None;
            }
            (moment.nanos, moment.precision) = parse_fraction(fraction)?;
        }
        Some(moment)
    }

    fn write_time(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.hour)?;
        if self.precision >= Precision::Minute {
            write!(f, ":{:02}", self.minute)?;
        }
        if self.precision >= Precision::Second {
            write!(f, ":{:02}", self.second)?;
        }
        if let Precision::Fraction(digits) = self.precision {
            let nanos = format!("{:09}", self.nanos);
            write!(f, ".{}", nanos.get(..usize::from(digits)).unwrap_or(&nanos))?;
        }
        Ok(())
    }

    /// The text of a time of day.
    pub(crate) fn time_text(&self) -> String {
        struct Time<'m>(&'m Moment);
        impl fmt::Display for Time<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write_time(f)
            }
        }
        Time(self).to_string()
    }
}

/// The text of a date, or of a date and time.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.precision >= Precision::Month {
            write!(f, "-{:02}", self.month)?;
        }
        if self.precision >= Precision::Day {
            write!(f, "-{:02}", self.day)?;
        }
        if self.precision >= Precision::Hour {
            f.write_str("T")?;
            self.write_time(f)?;
        }
        match self.offset {
            Some(0) => f.write_str("Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
            }
            None => Ok(()),
        }
    }
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<u16> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn below(text: &str, limit: u8) -> Option<u8> {
    u8::try_from(number(text, 2)?).ok().filter(|value| *value < limit)
}

/// Nanoseconds and digits kept; digits after the ninth are dropped.
fn parse_fraction(text: &str) -> Option<(u32, Precision)> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let kept = text.get(..text.len().min(9))?;
    let digits = u8::try_from(kept.len()).ok()?;
    let nanos = kept.parse::<u32>().ok()? * 10u32.pow(9 - u32::from(digits));
    Some((nanos, Precision::Fraction(digits)))
}

/// Splits `Z` or `+hh:mm` from a time.
fn split_offset(time: &str) -> Option<(&str, Option<i16>)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, Some(0)));
    }
    let Some(at) = time.find(['+', '-']) else { return Some((time, None)) };
    let (time, offset) = time.split_at_checked(at)?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let minutes = i16::from(below(hours, 15)?) * 60 + i16::from(below(minutes, 60)?);
    Some((time, Some(sign * minutes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_kept() {
        for text in [
            "2015",
            "2015-02",
            "2015-02-28",
            "2015-02-04T14",
            "2015-02-04T14:34",
            "2015-02-04T14:34:28Z",
            "2015-02-04T14:34:28.010+10:30",
            "2015-02-04T14:34:28.5-05:00",
        ] {
            assert_eq!(Moment::parse_date_time(text).unwrap().to_string(), text);
        }
        assert_eq!(Moment::parse_time("14:34:28.120").unwrap().time_text(), "14:34:28.120");
    }

    #[test]
    fn what_the_calendar_does_not_have_is_refused() {
        for text in [
            "2015-02-29",
            "2015-13",
            "0000",
            "15",
            "2015-2",
            "2015-02T10",
            "2015-02-04T25",
            "2015-02-04T10:60",
        ] {
            assert_eq!(Moment::parse_date_time(text), None, "{text}");
        }
    }
}
