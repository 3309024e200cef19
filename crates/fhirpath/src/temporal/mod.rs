//! Dates, times and their combination with the precision they were written in.
//!
//! FHIRPath compares and computes to the precision that is known: `@2018-03 < @2018-03-01` is neither true
//! nor false. The hour alone is a precision here, which FHIR's own dateTime does not have.

mod arithmetic;
mod boundary;
mod compare;
mod text;

use fhir_model::primitive::calendar::{civil_from_days, days_from_civil};

/// A date, date and time, or time of day. Parts below the precision are at their least value; a time of
/// day has the first day of year 1 as its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
    pub(crate) nanos: u32,
    pub(crate) precision: Precision,
    /// Minutes east of UTC.
    pub(crate) offset: Option<i16>,
}

/// The smallest part that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Precision {
    /// `2015`
    Year,
    /// `2015-02`
    Month,
    /// `2015-02-04`
    Day,
    /// `2015-02-04T14`
    Hour,
    /// `2015-02-04T14:34`
    Minute,
    /// `2015-02-04T14:34:28`
    Second,
    /// `2015-02-04T14:34:28.123`, with the number of digits after the point.
    Fraction(u8),
}

impl Precision {
    /// Seconds and their fractions are one precision when values are compared (section 6.2).
    fn level(self) -> u8 {
        match self {
            Self::Year => 0,
            Self::Month => 1,
            Self::Day => 2,
            Self::Hour => 3,
            Self::Minute => 4,
            Self::Second | Self::Fraction(_) => 5,
        }
    }
}

const SECONDS_OF_DAY: i64 = 86_400;

impl Moment {
    const FIRST: Self = Self {
        year: 1,
        month: 1,
        day: 1,
        hour: 0,
        minute: 0,
        second: 0,
        nanos: 0,
        precision: Precision::Year,
        offset: None,
    };

    /// A moment in UTC, in milliseconds since 1970; what [`crate::Context::now`] takes.
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        let nanos = u32::try_from(millis.rem_euclid(1000) * 1_000_000).ok()?;
        let utc = Self::FIRST.at_seconds(millis.div_euclid(1000))?;
        Some(Self { nanos, precision: Precision::Fraction(3), offset: Some(0), ..utc })
    }

    /// The precision the value is known to.
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// The date alone.
    pub(crate) fn date(self) -> Self {
        let precision = self.precision.min(Precision::Day);
        Self { year: self.year, month: self.month, day: self.day, precision, ..Self::FIRST }
    }

    /// The time of day alone.
    pub(crate) fn time(self) -> Self {
        Self { year: 1, month: 1, day: 1, offset: None, ..self }
    }

    /// Seconds since 1970 of the local time.
    fn seconds(self) -> i64 {
        let days = days_from_civil(i64::from(self.year), self.month, self.day);
        let time = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        days * SECONDS_OF_DAY + time
    }

    /// The same value with another local date and time; nothing outside the years 1 to 9999.
    fn at_seconds(self, seconds: i64) -> Option<Self> {
        let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_OF_DAY));
        let time = seconds.rem_euclid(SECONDS_OF_DAY);
        Some(Self {
            year: u16::try_from(year).ok().filter(|year| (1..=9999).contains(year))?,
            month,
            day,
            hour: u8::try_from(time / 3600).ok()?,
            minute: u8::try_from(time / 60 % 60).ok()?,
            second: u8::try_from(time % 60).ok()?,
            ..self
        })
    }
}
