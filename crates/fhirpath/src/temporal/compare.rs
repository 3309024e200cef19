//! Order and equality of dates and times (FHIRPath 2.0, section 6.2).

use std::cmp::Ordering;

use fhir_model::primitive::calendar::days_in_month;

use super::{Moment, Precision};

/// How far local times can lie from UTC, in seconds: offsets range from -12:00 to +14:00.
const LEAST_OFFSET: i64 = -12 * 3600;
const GREATEST_OFFSET: i64 = 14 * 3600;

impl Moment {
    /// How two values relate, as far as their precisions tell: `None` when one could be before, at or
    /// after the other.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self.offset, other.offset) {
            (None, None) => self.compare_parts(other),
            (Some(_), Some(_)) => self.in_utc().compare_parts(other.in_utc()),
            // One of them is at an unknown offset: only what holds for every offset is known.
            _ => {
                let (from, to) = self.utc_range();
                let (other_from, other_to) = other.utc_range();
                if to < other_from {
                    Some(Ordering::Less)
                } else if from > other_to {
                    Some(Ordering::Greater)
                } else {
                    None
                }
            }
        }
    }

    fn in_utc(self) -> Self {
        let offset = i64::from(self.offset.unwrap_or(0)) * 60;
        self.at_seconds(self.seconds() - offset).unwrap_or(self)
    }

    fn compare_parts(self, other: Self) -> Option<Ordering> {
        let known = self.precision.level().min(other.precision.level());
        for level in 0..=known {
            let order = self.part(level).cmp(&other.part(level));
            if order.is_ne() {
                return Some(order);
            }
        }
        (self.precision.level() == other.precision.level()).then_some(Ordering::Equal)
    }

    fn part(self, level: u8) -> u64 {
        match level {
            0 => u64::from(self.year),
            1 => u64::from(self.month),
            2 => u64::from(self.day),
            3 => u64::from(self.hour),
            4 => u64::from(self.minute),
            _ => u64::from(self.second) * 1_000_000_000 + u64::from(self.nanos),
        }
    }

    /// The first and last second in UTC that this can mean.
    fn utc_range(self) -> (i64, i64) {
        let (first, last) = (self.seconds(), self.last().seconds());
        match self.offset {
            Some(offset) => (first - i64::from(offset) * 60, last - i64::from(offset) * 60),
            None => (first - GREATEST_OFFSET, last - LEAST_OFFSET),
        }
    }

    /// The last moment of the span that this stands for, in the same terms.
    pub(super) fn last(self) -> Self {
        let mut last = self;
        let precision = self.precision;
        if precision < Precision::Month {
            last.month = 12;
        }
        if precision < Precision::Day {
            last.day = days_in_month(i64::from(last.year), last.month);
        }
        if precision < Precision::Hour {
            last.hour = 23;
        }
        if precision < Precision::Minute {
            last.minute = 59;
        }
        if precision < Precision::Second {
            last.second = 59;
        }
        if precision <= Precision::Second {
            last.nanos = 999_999_999;
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(left: &str, right: &str) -> Option<Ordering> {
        Moment::parse_date_time(left).unwrap().compare(Moment::parse_date_time(right).unwrap())
    }

    #[test]
    fn what_the_precision_does_not_tell_is_unknown() {
        assert_eq!(compare("2018-03", "2018-03-01"), None);
        assert_eq!(compare("2018-03", "2018-04-01"), Some(Ordering::Less));
        assert_eq!(compare("2018-03-01T10:30:00", "2018-03-01T10:30:00.0"), Some(Ordering::Equal));
    }

    #[test]
    fn offsets_count_where_they_are_known() {
        assert_eq!(compare("2017-11-05T01:30:00-04:00", "2017-11-05T00:30:00-05:00"), Some(Ordering::Equal));
        assert_eq!(compare("2012-04-15T15:00:00Z", "2012-04-15T10:00:00"), None);
        assert_eq!(compare("2012-04-15T15:00:00Z", "2012-04-18"), Some(Ordering::Less));
    }
}
