//! `date`, `dateTime` and `instant` (R4 data types, section 2.24.0.1) and the date literals of FHIRPath, as one type
//! that knows how precise it is. To compare and compute by the rules of FHIRPath is for `fhirpath`.

mod parse;

use std::fmt;

use super::calendar::{civil_from_days, days_from_civil};
use super::clock::{Clock, MICROS_PER_SECOND};

const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// The smallest part that a date or time names, coarse to fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// `2015`
    Year,
    /// `2015-02`
    Month,
    /// `2015-02-04`
    Day,
    /// `2015-02-04T14`: FHIRPath only.
    Hour,
    /// `2015-02-04T14:34`: FHIRPath and search only.
    Minute,
    /// `2015-02-04T14:34:28Z`
    Second,
    /// `2015-02-04T14:34:28.123Z`
    Fraction,
}

/// The difference from UTC as it was written: `Z`, `+00:00` and `-00:00` stay apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Offset {
    /// `Z`
    Utc,
    /// `+hh:mm`, in minutes, 0 to 840.
    Ahead(u16),
    /// `-hh:mm`, in minutes, 0 to 840.
    Behind(u16),
}

/// A date with or without a time, of the precision it was written in. `Display` gives the text back.
///
/// `==` compares what was written; [`DateTime::range_micros`] tells the times that are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    /// 1 to 9999.
    year: u16,
    /// 1 to 12; 1 when not given.
    month: u8,
    /// 1 to 31; 1 when not given.
    day: u8,
    clock: Clock,
    precision: Precision,
    offset: Option<Offset>,
}

impl Offset {
    /// The farthest that a clock may be from UTC, either way, in minutes.
    pub const MAX_MINUTES: i16 = 14 * 60;

    /// Minutes ahead of UTC; negative behind it.
    pub fn minutes(self) -> i16 {
        match self {
            Self::Utc => 0,
            Self::Ahead(minutes) => minutes as i16,
            Self::Behind(minutes) => -(minutes as i16),
        }
    }

    /// The offset of that many minutes ahead of UTC: `Z` for 0.
    pub fn from_minutes(minutes: i16) -> Self {
        match minutes {
            0 => Self::Utc,
            1.. => Self::Ahead(minutes.unsigned_abs()),
            _ => Self::Behind(minutes.unsigned_abs()),
        }
    }
}

impl DateTime {
    /// The smallest part that is given.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The year, 1 to 9999.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// The month, 1 to 12, if given.
    pub fn month(&self) -> Option<u8> {
        (self.precision >= Precision::Month).then_some(self.month)
    }

    /// The day of the month, if given.
    pub fn day(&self) -> Option<u8> {
        (self.precision >= Precision::Day).then_some(self.day)
    }

    /// The time of day as written, without the offset, if given.
    pub fn time(&self) -> Option<super::Time> {
        super::Time::from_clock(self.clock, self.precision)
    }

    /// The difference from UTC, if given.
    pub fn offset(&self) -> Option<Offset> {
        self.offset
    }

    /// The microseconds since 1970 UTC that this value covers, the upper end excluded: a day covers 24 hours,
    /// `10:00:00.5` a tenth of a second. `default_offset_minutes` ahead of UTC is taken where no offset is given.
    /// The leap second counts as the second after it.
    pub fn range_micros(&self, default_offset_minutes: i16) -> (i64, i64) {
        let low = self.start_micros(default_offset_minutes);
        let (year, month) = (i64::from(self.year), self.month);
        let first_day = days_from_civil(year, month, self.day);
        let width = match self.precision {
            Precision::Year => (days_from_civil(year + 1, 1, 1) - first_day) * MICROS_PER_DAY,
            Precision::Month if month == 12 => 31 * MICROS_PER_DAY,
            Precision::Month => (days_from_civil(year, month + 1, 1) - first_day) * MICROS_PER_DAY,
            finer => self.clock.width_micros(finer),
        };
        (low, low + width)
    }

    /// The start of [`DateTime::range_micros`].
    fn start_micros(&self, default_offset_minutes: i16) -> i64 {
        let days = days_from_civil(i64::from(self.year), self.month, self.day);
        let offset = self.offset.map_or(default_offset_minutes, Offset::minutes);
        days * MICROS_PER_DAY + self.clock.micros() - i64::from(offset) * 60 * MICROS_PER_SECOND
    }

    /// The moment `micros` microseconds after 1970 UTC, on a clock `offset_minutes` ahead of UTC, to the millisecond
    /// or, where needed, to the microsecond. `None` outside of the years 1 to 9999.
    pub fn from_micros(micros: i64, offset_minutes: i16) -> Option<Self> {
        let local = micros.checked_add(i64::from(offset_minutes) * 60 * MICROS_PER_SECOND)?;
        let (year, month, day) = civil_from_days(local.div_euclid(MICROS_PER_DAY));
        let of_day = local.rem_euclid(MICROS_PER_DAY);
        let (clock, precision) = (Clock::from_micros(of_day), Precision::Fraction);
        let year = u16::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
        Some(Self { year, month, day, clock, precision, offset: Some(Offset::from_minutes(offset_minutes)) })
    }
}

/// A FHIR instant in UTC, to the millisecond, of `micros` microseconds since 1970: `2026-01-02T03:04:05.678Z`.
pub fn instant_text(micros: i64) -> String {
    let (days, of_day) = (micros.div_euclid(MICROS_PER_DAY), micros.rem_euclid(MICROS_PER_DAY));
    let (year, month, day) = civil_from_days(days);
    let (millis, seconds) = (of_day / 1_000 % 1_000, of_day / MICROS_PER_SECOND);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utc => f.write_str("Z"),
            Self::Ahead(minutes) => write!(f, "+{:02}:{:02}", minutes / 60, minutes % 60),
            Self::Behind(minutes) => write!(f, "-{:02}:{:02}", minutes / 60, minutes % 60),
        }
    }
}

impl fmt::Display for DateTime {
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
            self.clock.format(self.precision, f)?;
        }
        match self.offset {
            Some(offset) => write!(f, "{offset}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_the_precision() {
        let range = |text: &str| DateTime::parse_fhirpath(text).unwrap().range_micros(0);
        assert_eq!(range("1970"), (0, 365 * MICROS_PER_DAY));
        assert_eq!(range("1970-12"), (334 * MICROS_PER_DAY, 365 * MICROS_PER_DAY));
        assert_eq!(range("2024-02").1 - range("2024-02").0, 29 * MICROS_PER_DAY);
        assert_eq!(range("1970-01-01T01:00:00+01:00"), (0, MICROS_PER_SECOND));
        assert_eq!(range("1970-01-01T00:00:00.50Z"), (500_000, 510_000));
        assert_eq!(range("1970-01-01T00:00:00.1234567Z"), (123_456, 123_457));
        assert_eq!(range("1969-12-31T23:59:60Z"), (0, MICROS_PER_SECOND));
        assert_eq!(range("9999").1, range("9999-12-31").1);
        assert_eq!(
            DateTime::parse_date("1970-01-01").unwrap().range_micros(60).0,
            -3_600 * MICROS_PER_SECOND
        );
    }

    #[test]
    fn moments_become_text() {
        assert_eq!(instant_text(1_767_323_045_678_999), "2026-01-02T03:04:05.678Z");
        assert_eq!(instant_text(-1), "1969-12-31T23:59:59.999Z");
        let text = |micros, offset| DateTime::from_micros(micros, offset).unwrap().to_string();
        assert_eq!(text(1_767_323_045_678_000, 0), "2026-01-02T03:04:05.678Z");
        assert_eq!(text(1_767_323_045_678_901, -330), "2026-01-01T21:34:05.678901-05:30");
        assert_eq!(DateTime::from_micros(i64::MAX, 0), None);
    }
}
