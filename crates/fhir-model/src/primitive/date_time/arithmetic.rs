//! Adding calendar durations to dates (FHIRPath, section 6.7): what is finer than the precision of the date is cut off,
//! and a day that the month does not have becomes its last day.

use super::{DateTime, MICROS_PER_DAY, Precision};
use crate::primitive::calendar::{civil_from_days, days_from_civil, days_in_month};

impl DateTime {
    /// `months` later (earlier if negative). `None` outside of the years 1 to 9999.
    pub fn add_months(&self, months: i64) -> Option<Self> {
        let months = if self.precision == Precision::Year { months / 12 * 12 } else { months };
        let total = (i64::from(self.year) * 12 + i64::from(self.month) - 1).checked_add(months)?;
        self.on_day(total.div_euclid(12), (total.rem_euclid(12) + 1) as u8, self.day)
    }

    /// `days` later. To a year or month only whole years of 365 and months of 30 days are added.
    pub fn add_days(&self, days: i64) -> Option<Self> {
        match self.precision {
            Precision::Year => self.add_months(days / 365 * 12),
            Precision::Month => self.add_months(days / 30),
            _ => {
                let today = days_from_civil(i64::from(self.year), self.month, self.day);
                let within_reach = Some(days).filter(|days| days.abs() < 10_000 * 366)?;
                let (year, month, day) = civil_from_days(today + within_reach);
                self.on_day(year, month, day)
            }
        }
    }

    /// `micros` microseconds later. To a value without a time only whole days are added, to one without seconds whole
    /// minutes, and so on.
    pub fn add_micros(&self, micros: i64) -> Option<Self> {
        if self.precision < Precision::Hour {
            return self.add_days(micros / MICROS_PER_DAY);
        }
        let (clock, precision, days) = self.clock.add_micros(micros, self.precision);
        let later = self.add_days(days)?;
        Some(Self { clock, precision, ..later })
    }

    fn on_day(&self, year: i64, month: u8, day: u8) -> Option<Self> {
        let day = day.min(days_in_month(year, month));
        let year = u16::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
        Some(Self { year, month, day, ..*self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> DateTime {
        DateTime::parse_fhirpath(text).unwrap()
    }

    #[test]
    fn months_keep_to_the_days_of_the_month() {
        assert_eq!(date("2016-02-29").add_months(12), Some(date("2017-02-28")));
        assert_eq!(date("2015-01-31T10:00:00Z").add_months(1), Some(date("2015-02-28T10:00:00Z")));
        assert_eq!(date("2015-03-31").add_months(-13), Some(date("2014-02-28")));
        assert_eq!(date("2014").add_months(24), Some(date("2016")));
        assert_eq!(date("2014").add_months(-11), Some(date("2014")));
        assert_eq!(date("0001-01").add_months(-1), None);
        assert_eq!(date("2014").add_months(i64::MAX), None);
    }

    #[test]
    fn days_and_clock_times_carry_over() {
        assert_eq!(date("2016-02-28").add_days(2), Some(date("2016-03-01")));
        assert_eq!(date("2016-03").add_days(65), Some(date("2016-05")));
        assert_eq!(date("2016-03").add_days(i64::MIN), None);
        assert_eq!(
            date("2016-12-31T23:59:59.5Z").add_micros(750_000),
            Some(date("2017-01-01T00:00:00.250Z"))
        );
        assert_eq!(date("2016-01-01T00:00:00").add_micros(-1), Some(date("2015-12-31T23:59:59.999999")));
        assert_eq!(date("2016-01-01T10").add_micros(90 * 60_000_000), Some(date("2016-01-01T11")));
        assert_eq!(date("2016-01-01").add_micros(-25 * 3_600_000_000), Some(date("2015-12-31")));
    }
}
