//! The least and greatest value that a date or time can stand for: `lowBoundary()` and `highBoundary()`.

use fhir_model::primitive::calendar::days_in_month;

use super::{Moment, Precision};

/// The offsets at which a local time is earliest and latest.
const EARLIEST_OFFSET: i16 = 14 * 60;
const LATEST_OFFSET: i16 = -12 * 60;

impl Moment {
    /// The earliest value of this at so many digits of precision (`4` year, `6` month, `8` day, `10` hour,
    /// `12` minute, `14` second, `17` millisecond). `is_date` is for dates, which end at the day.
    pub(crate) fn low_boundary(self, digits: i32, is_date: bool) -> Option<Self> {
        self.at_digits(digits, is_date, EARLIEST_OFFSET)
    }

    /// The latest value of this at so many digits of precision.
    pub(crate) fn high_boundary(self, digits: i32, is_date: bool) -> Option<Self> {
        // FHIR has no hour without minutes: such a value stands for its first minute.
        let known = if self.precision == Precision::Hour {
            Self { precision: Precision::Minute, ..self }
        } else {
            self
        };
        known.last().at_digits(digits, is_date, LATEST_OFFSET)
    }

    /// The earliest or latest time of day at so many digits (`2` hour, `4` minute, `6` second, `9` millisecond).
    pub(crate) fn time_boundary(self, digits: i32, high: bool) -> Option<Self> {
        let bounded = if high { self.last() } else { self };
        Some(bounded.cut(time_precision(digits)?))
    }

    fn at_digits(self, digits: i32, is_date: bool, offset: i16) -> Option<Self> {
        let precision = match digits {
            4 => Precision::Year,
            6 => Precision::Month,
            8 => Precision::Day,
            _ if is_date => return None,
            _ => time_precision(digits - 8)?,
        };
        let offset = (precision > Precision::Day).then(|| self.offset.unwrap_or(offset));
        Some(Self { offset, ..self.cut(precision) })
    }

    /// The same value at a precision, with nothing below it.
    fn cut(self, precision: Precision) -> Self {
        let millis = if precision > Precision::Second { self.nanos / 1_000_000 * 1_000_000 } else { 0 };
        let keep = |from: Precision, value: u8, least: u8| if precision >= from { value } else { least };
        let month = keep(Precision::Month, self.month, 1);
        Self {
            month,
            day: keep(Precision::Day, self.day, 1).min(days_in_month(i64::from(self.year), month)),
            hour: keep(Precision::Hour, self.hour, 0),
            minute: keep(Precision::Minute, self.minute, 0),
            second: keep(Precision::Second, self.second, 0),
            nanos: millis,
            precision,
            ..self
        }
    }

    /// How many digits the value is written in, the offset aside: what `precision()` gives.
    pub(crate) fn digits(self) -> i32 {
        match self.precision {
            Precision::Year => 4,
            Precision::Month => 6,
            Precision::Day => 8,
            Precision::Hour => 10,
            Precision::Minute => 12,
            Precision::Second => 14,
            Precision::Fraction(digits) => 14 + i32::from(digits),
        }
    }
}

fn time_precision(digits: i32) -> Option<Precision> {
    match digits {
        2 => Some(Precision::Hour),
        4 => Some(Precision::Minute),
        6 => Some(Precision::Second),
        9 => Some(Precision::Fraction(3)),
        _ => None,
    }
}
