//! Dates and times plus durations (FHIRPath 2.0, section 6.7).

use fhir_model::primitive::calendar::days_in_month;

use super::{Moment, Precision};
use crate::units::CalendarUnit;

impl Moment {
    /// This many whole units later (earlier when negative). Units finer than the precision count in whole
    /// units of the precision; a day that the month does not have becomes its last. `None` outside the
    /// years 1 to 9999.
    pub(crate) fn plus(self, amount: i64, unit: CalendarUnit) -> Option<Self> {
        match (self.precision, unit) {
            (_, CalendarUnit::Year) => self.plus_months(amount.checked_mul(12)?),
            (Precision::Year, CalendarUnit::Month) => self.plus_months(amount / 12 * 12),
            (_, CalendarUnit::Month) => self.plus_months(amount),
            (Precision::Year, _) => {
                self.plus_months(whole(amount, unit, 365 * super::SECONDS_OF_DAY)?.checked_mul(12)?)
            }
            (Precision::Month, _) => self.plus_months(whole(amount, unit, 30 * super::SECONDS_OF_DAY)?),
            (Precision::Day, _) => {
                self.plus_seconds(whole(amount, unit, super::SECONDS_OF_DAY)?, super::SECONDS_OF_DAY)
            }
            (Precision::Hour, _) => self.plus_seconds(whole(amount, unit, 3600)?, 3600),
            (Precision::Minute, _) => self.plus_seconds(whole(amount, unit, 60)?, 60),
            (Precision::Second | Precision::Fraction(_), CalendarUnit::Millisecond) => {
                self.plus_millis(amount)
            }
            (Precision::Second | Precision::Fraction(_), _) => self.plus_seconds(whole(amount, unit, 1)?, 1),
        }
    }

    /// The same on a time of day, which wraps around midnight.
    pub(crate) fn time_plus(self, amount: i64, unit: CalendarUnit) -> Option<Self> {
        // A leap year far from both ends of the calendar, so that wrapping never leaves it.
        let dated = Self { year: 4000, ..self };
        let wrapped = amount % (i64::from(u32::MAX) / 1000);
        dated.plus(wrapped, unit).map(Self::time)
    }

    fn plus_months(self, months: i64) -> Option<Self> {
        let total = (i64::from(self.year) * 12 + i64::from(self.month) - 1).checked_add(months)?;
        let year = u16::try_from(total.div_euclid(12)).ok().filter(|year| (1..=9999).contains(year))?;
        let month = u8::try_from(total.rem_euclid(12) + 1).ok()?;
        Some(Self { year, month, day: self.day.min(days_in_month(i64::from(year), month)), ..self })
    }

    fn plus_seconds(self, amount: i64, seconds_each: i64) -> Option<Self> {
        self.at_seconds(self.seconds().checked_add(amount.checked_mul(seconds_each)?)?)
    }

    fn plus_millis(self, millis: i64) -> Option<Self> {
        let total = (i64::from(self.nanos) / 1_000_000).checked_add(millis)?;
        let below = i64::from(self.nanos) % 1_000_000;
        let moved = self.plus_seconds(total.div_euclid(1000), 1)?;
        let nanos = u32::try_from(total.rem_euclid(1000) * 1_000_000 + below).ok()?;
        let precision = match self.precision {
            // A second with no fraction stays one: what is below its precision is not known.
            Precision::Second => return Some(moved),
            other => other,
        };
        Some(Self { nanos, precision, ..moved })
    }
}

/// An amount of a unit of definite length in whole multiples of so many seconds.
fn whole(amount: i64, unit: CalendarUnit, seconds: i64) -> Option<i64> {
    let millis = amount.checked_mul(unit.millis())?;
    Some(millis / (seconds * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plus(text: &str, amount: i64, unit: CalendarUnit) -> String {
        Moment::parse_date_time(text).unwrap().plus(amount, unit).unwrap().to_string()
    }

    #[test]
    fn amounts_count_in_the_precision() {
        assert_eq!(plus("2014", 24, CalendarUnit::Month), "2016");
        assert_eq!(plus("2014", 23, CalendarUnit::Month), "2015");
        assert_eq!(plus("2016-02-29", -1, CalendarUnit::Year), "2015-02-28");
        assert_eq!(plus("2016-01-31", 1, CalendarUnit::Month), "2016-02-29");
        assert_eq!(plus("2016-12-31", 24, CalendarUnit::Hour), "2017-01-01");
        assert_eq!(
            plus("2016-12-31T23:59:59.990Z", 15, CalendarUnit::Millisecond),
            "2017-01-01T00:00:00.005Z"
        );
    }

    #[test]
    fn times_wrap_and_the_calendar_ends() {
        let time = Moment::parse_time("23:30").unwrap();
        assert_eq!(time.time_plus(90, CalendarUnit::Minute).unwrap().time_text(), "01:00");
        assert_eq!(Moment::parse_date("9999-12-31").unwrap().plus(1, CalendarUnit::Day), None);
        assert_eq!(Moment::parse_date("2000").unwrap().plus(i64::MAX, CalendarUnit::Week), None);
    }
}
