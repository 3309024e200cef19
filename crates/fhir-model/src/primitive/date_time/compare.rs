//! Comparison of dates of different precision (FHIRPath, sections 6.1 and 6.2): an answer only where it is certain.

use std::cmp::Ordering;

use super::{DateTime, Offset, Precision};

impl DateTime {
    /// Which of two moments is earlier; `None` when that depends on what one of them leaves open: the coarser covers the
    /// other, or a time without an offset is within reach of one that has an offset. A date without a time is taken as a
    /// day of the calendar that the other is written in. Seconds and their fractions count as one precision.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let (local, offset) = match (self.offset, other.offset) {
            (Some(offset), None) => (other, offset),
            (None, Some(offset)) => (self, offset),
            _ => return self.compare_in(other, 0),
        };
        if local.precision < Precision::Hour {
            return self.compare_in(other, offset.minutes());
        }
        let earliest = self.compare_in(other, Offset::MAX_MINUTES);
        earliest.filter(|_| earliest == self.compare_in(other, -Offset::MAX_MINUTES))
    }

    /// Like [`DateTime::compare`], given the offset from UTC in minutes of values that have none.
    pub fn compare_in(&self, other: &Self, default_offset_minutes: i16) -> Option<Ordering> {
        if self.precision.min(Precision::Second) == other.precision.min(Precision::Second) {
            let key = |value: &Self| {
                let coarse = value.truncate(Precision::Second);
                (coarse.start_micros(default_offset_minutes), value.clock.attos())
            };
            return Some(key(self).cmp(&key(other)));
        }
        let (low, high) = self.range_micros(default_offset_minutes);
        let (other_low, other_high) = other.range_micros(default_offset_minutes);
        if high <= other_low {
            Some(Ordering::Less)
        } else if other_high <= low {
            Some(Ordering::Greater)
        } else {
            None
        }
    }

    /// Whether two moments are the same; `None` when that depends on what the coarser one leaves open.
    pub fn equals(&self, other: &Self) -> Option<bool> {
        self.compare(other).map(Ordering::is_eq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certain_answers_only() {
        let compare = |a: &str, b: &str| {
            DateTime::parse_fhirpath(a).unwrap().compare(&DateTime::parse_fhirpath(b).unwrap())
        };
        assert_eq!(compare("2012", "2013-01"), Some(Ordering::Less));
        assert_eq!(compare("2012", "2012-01"), None);
        assert_eq!(compare("2012-04-15T15:00:00+02:00", "2012-04-15T16:00:00+03:00"), Some(Ordering::Equal));
        assert_eq!(compare("2012-04-15T15:00:00Z", "2012-04-15T15:00:00.000Z"), Some(Ordering::Equal));
        assert_eq!(compare("2012-04-15T15:00:00.1Z", "2012-04-15T15:00:00Z"), Some(Ordering::Greater));
        assert_eq!(compare("2012-04-15T15:00", "2012-04-15T15:00:30"), None);
        assert_eq!(compare("2012-04-15", "2012-04-15T10:00:00Z"), None);
        assert_eq!(compare("2012-04-15", "2012-04-16T10:00:00Z"), Some(Ordering::Less));
        assert_eq!(compare("2012-04-15", "2012-04-15T23:00:00-10:00"), None);
        assert_eq!(
            compare("2012-04-15T15:00:00.0000000000000001", "2012-04-15T15:00:00"),
            Some(Ordering::Greater)
        );
    }

    #[test]
    fn the_default_offset_decides_for_values_without_one() {
        let (local, utc) = (
            DateTime::parse_fhirpath("2012-04-15T15:00:00").unwrap(),
            DateTime::parse_instant("2012-04-15T14:00:00Z").unwrap(),
        );
        assert_eq!(local.compare_in(&utc, 60), Some(Ordering::Equal));
        assert_eq!(local.compare_in(&utc, 0), Some(Ordering::Greater));
        assert_eq!(local.equals(&utc), None);
        assert_eq!(utc.equals(&local), None);
        assert_eq!(utc.compare(&local.add_micros(16 * 3_600_000_000).unwrap()), Some(Ordering::Less));
    }
}
