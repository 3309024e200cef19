//! `time` (R4 data types, section 2.24.0.1): a time of day without date and offset.

use std::fmt;

use super::clock::Clock;
use super::scanner::Scanner;
use super::{Precision, PrimitiveError};

/// A time of day of the precision it was written in. `Display` gives the text back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    clock: Clock,
    precision: Precision,
}

impl Time {
    /// A FHIR `time`: `hh:mm:ss`, with or without a fraction.
    pub fn parse(text: &str) -> Result<Self, PrimitiveError> {
        let time = Self::parse_fhirpath(text)?;
        if time.precision < Precision::Second {
            return Err(PrimitiveError::new("time", text, "hours, minutes and seconds: hh:mm:ss"));
        }
        Ok(time)
    }

    /// A time literal of FHIRPath (without the `@T`), which may leave out minutes and seconds: `14`, `14:34`.
    pub fn parse_fhirpath(text: &str) -> Result<Self, PrimitiveError> {
        let mut scanner = Scanner::new(text);
        let (clock, precision) =
            Clock::scan(&mut scanner).map_err(|expected| PrimitiveError::new("time", text, expected))?;
        if !scanner.is_at_end() {
            return Err(PrimitiveError::new("time", text, "nothing after hh:mm:ss and a fraction"));
        }
        Ok(Self { clock, precision })
    }

    pub(super) fn from_clock(clock: Clock, precision: Precision) -> Option<Self> {
        (precision >= Precision::Hour).then_some(Self { clock, precision })
    }

    /// The smallest part that is given: `Hour` to `Fraction`.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The microseconds since midnight that this value covers, the upper end excluded.
    pub fn range_micros(&self) -> (i64, i64) {
        let low = self.clock.micros();
        (low, low + self.clock.width_micros(self.precision))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.clock.format(self.precision, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written_back() {
        for text in ["00:00:00", "23:59:60", "14:34:28.120"] {
            assert_eq!(Time::parse(text).unwrap().to_string(), text);
        }
        for text in ["24:00:00", "14", "14:34", "1:00:00", "14:34:28Z", "T14:34:28", ""] {
            assert!(Time::parse(text).is_err(), "{text} was accepted");
        }
        assert_eq!(Time::parse_fhirpath("14:34").unwrap().to_string(), "14:34");
    }
}
