//! The clock part that `dateTime`, `instant` and `time` share.

use std::fmt;

use super::date_time::Precision;
use super::scanner::Scanner;

pub(super) const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
const ATTOS_PER_MICRO: i128 = 1_000_000_000_000;
/// More digits of a second than this are refused: 18 fit a `u64`.
const MAX_FRACTION_DIGITS: u8 = 18;

/// Hour, minute, second and the fraction as it was written. Fields below the precision are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Clock {
    pub(super) hour: u8,
    pub(super) minute: u8,
    /// 0 to 60: FHIR admits leap seconds.
    pub(super) second: u8,
    /// How many digits the fraction has.
    pub(super) fraction_digits: u8,
    /// The digits of the fraction as a number.
    pub(super) fraction: u64,
}

impl Clock {
    /// Reads `hh[:mm[:ss[.f+]]]`; the error says what was expected.
    pub(super) fn scan(scanner: &mut Scanner<'_>) -> Result<(Self, Precision), &'static str> {
        const HOUR: &str = "an hour from 00 to 23";
        const MINUTE: &str = "a minute from 00 to 59";
        const SECOND: &str = "a second from 00 to 59, or the leap second 60";
        let hour = scanner.two_digits().filter(|hour| *hour < 24).ok_or(HOUR)?;
        let mut clock = Self { hour, ..Self::default() };
        if !scanner.eat(b':') {
            return Ok((clock, Precision::Hour));
        }
        clock.minute = scanner.two_digits().filter(|minute| *minute < 60).ok_or(MINUTE)?;
        if !scanner.eat(b':') {
            return Ok((clock, Precision::Minute));
        }
        clock.second = scanner.two_digits().filter(|second| *second <= 60).ok_or(SECOND)?;
        if !scanner.eat(b'.') {
            return Ok((clock, Precision::Second));
        }
        while let Some(digit) = scanner.digit() {
            if clock.fraction_digits == MAX_FRACTION_DIGITS {
                return Err("at most 18 digits of a second");
            }
            clock.fraction = clock.fraction * 10 + u64::from(digit);
            clock.fraction_digits += 1;
        }
        if clock.fraction_digits == 0 {
            Err("a digit after the decimal point")
        } else {
            Ok((clock, Precision::Fraction))
        }
    }

    /// Whole seconds since midnight.
    fn seconds(self) -> i64 {
        i64::from(self.hour) * 3_600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }

    /// The fraction in units of 10^-18 second.
    fn attos(self) -> u64 {
        self.fraction * 10_u64.pow(u32::from(MAX_FRACTION_DIGITS.saturating_sub(self.fraction_digits)))
    }

    /// Microseconds since midnight, cut off.
    pub(super) fn micros(self) -> i64 {
        self.seconds() * MICROS_PER_SECOND + (i128::from(self.attos()) / ATTOS_PER_MICRO) as i64
    }

    /// How many microseconds a value of this precision covers, at least 1.
    pub(super) fn width_micros(self, precision: Precision) -> i64 {
        match precision {
            Precision::Year | Precision::Month | Precision::Day => SECONDS_PER_DAY * MICROS_PER_SECOND,
            Precision::Hour => 3_600 * MICROS_PER_SECOND,
            Precision::Minute => 60 * MICROS_PER_SECOND,
            Precision::Second => MICROS_PER_SECOND,
            Precision::Fraction => 10_i64.pow(6_u32.saturating_sub(u32::from(self.fraction_digits))),
        }
    }

    /// The clock so many microseconds after midnight, less than a day, to the millisecond or, where needed, the microsecond.
    pub(super) fn from_micros(of_day: i64) -> Self {
        let (seconds, micros) = (of_day / MICROS_PER_SECOND, of_day % MICROS_PER_SECOND);
        let (fraction_digits, fraction) = if micros % 1_000 == 0 { (3, micros / 1_000) } else { (6, micros) };
        Self {
            hour: (seconds / 3_600) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            fraction_digits,
            fraction: fraction as u64,
        }
    }

    /// Writes the parts that the precision has.
    pub(super) fn format(self, precision: Precision, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.hour)?;
        if precision >= Precision::Minute {
            write!(f, ":{:02}", self.minute)?;
        }
        if precision >= Precision::Second {
            write!(f, ":{:02}", self.second)?;
        }
        if self.fraction_digits > 0 {
            write!(f, ".{:0width$}", self.fraction, width = usize::from(self.fraction_digits))?;
        }
        Ok(())
    }
}
