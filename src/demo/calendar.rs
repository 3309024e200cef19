//! Dates without a clock: day arithmetic in the Gregorian calendar and London's offset from UTC.

use std::fmt;

/// A calendar day, counted in days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Date(i32);

impl Date {
    /// The day of a year, month (1 to 12) and day of month.
    ///
    /// Counts years from March, so that the leap day is the last of its year (Howard Hinnant's `days_from_civil`).
    pub(super) fn new(year: i32, month: u32, day: u32) -> Self {
        let (month, day) = (month.cast_signed(), day.cast_signed());
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month and day of month; the inverse of [`Date::new`].
    pub(super) fn parts(self) -> (i32, i32, i32) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        (year, month, day)
    }

    /// The day `days` later, or earlier where negative.
    pub(super) fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Days from `earlier` to this day.
    pub(super) fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// This day, or the Monday after it where it falls on a weekend.
    pub(super) fn on_weekday(self) -> Self {
        match self.weekday() {
            5 => self.plus(2),
            6 => self.plus(1),
            _ => self,
        }
    }

    /// A `dateTime` at London local time; `minute` counts from this day's midnight and may run into the next day.
    pub(super) fn at(self, minute: i32) -> String {
        let day = self.plus(minute.div_euclid(24 * 60));
        let minute = minute.rem_euclid(24 * 60);
        let offset = if day.is_summer_time() { "+01:00" } else { "+00:00" };
        format!("{day}T{:02}:{:02}:00{offset}", minute / 60, minute % 60)
    }

    /// 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday.
    fn weekday(self) -> i32 {
        (self.0 + 3).rem_euclid(7)
    }

    /// Whether London keeps British Summer Time on this day: from the last Sunday of March to that of October.
    fn is_summer_time(self) -> bool {
        let (year, _, _) = self.parts();
        let last_sunday = |month| {
            let end = Self::new(year, month, 31);
            end.plus(-((end.weekday() + 1) % 7))
        };
        last_sunday(3) <= self && self < last_sunday(10)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn days_and_parts_agree_over_four_centuries() {
        for day in -70_000..80_000 {
            let date = Date(day);
            let (year, month, of_month) = date.parts();
            assert_eq!(Date::new(year, month.unsigned_abs(), of_month.unsigned_abs()), date);
        }
        assert_eq!(Date::new(1970, 1, 1), Date(0));
        assert_eq!(Date::new(2024, 2, 29).plus(1).to_string(), "2024-03-01");
    }

    #[test]
    fn london_is_an_hour_ahead_in_summer() {
        assert_eq!(Date::new(2026, 3, 28).at(9 * 60 + 5), "2026-03-28T09:05:00+00:00");
        assert_eq!(Date::new(2026, 3, 29).at(540), "2026-03-29T09:00:00+01:00");
        assert_eq!(Date::new(2026, 10, 24).at(540), "2026-10-24T09:00:00+01:00");
        assert_eq!(Date::new(2026, 10, 25).at(540), "2026-10-25T09:00:00+00:00");
        assert_eq!(Date::new(2026, 12, 31).at(24 * 60 + 1), "2027-01-01T00:01:00+00:00");
    }

    #[test]
    fn weekends_move_to_monday() {
        assert_eq!(Date::new(2026, 11, 21).on_weekday(), Date::new(2026, 11, 23));
        assert_eq!(Date::new(2026, 11, 24).on_weekday(), Date::new(2026, 11, 24));
    }
}
