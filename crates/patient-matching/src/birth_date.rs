//! Birth dates, whole or in part, and the errors that are made in typing them.

use crate::level::Level;
use crate::text::is_one_error;

/// A date of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BirthDate {
    /// Four digits.
    pub year: u16,
    /// From 1 to 12, if it is known.
    pub month: Option<u8>,
    /// From 1 to 31, if it is known.
    pub day: Option<u8>,
}

impl BirthDate {
    /// Reads a FHIR date: `1987`, `1987-02`, `1987-02-28`.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
        let mut part =
            || parts.next().map(|part| part.parse::<u8>().ok()).map_or(Some(None), |n| n.map(Some));
        let (month, day) = (part()?, part()?);
        Some(Self { year, month, day })
    }

    /// Month and day, of a whole date.
    fn whole(self) -> Option<(u8, u8)> {
        Some((self.month?, self.day?))
    }

    /// The date as eight digits, of a whole date.
    fn digits(self) -> Option<String> {
        let (month, day) = self.whole()?;
        Some(format!("{:04}{month:02}{day:02}", self.year))
    }

    /// The whole dates that this one may be by a typing error in day, month or the last two digits of the year, as FHIR dates.
    pub(crate) fn slips(self) -> Vec<String> {
        let (Some((month, day)), year) = (self.whole(), self.year) else { return Vec::new() };
        let days = (1..=31).map(|other| (year, month, other));
        let months = (1..=12).map(|other| (year, other, day));
        let century = year / 100 * 100;
        let years = (century..century + 100).map(|other| (other, month, day));
        let all = days.chain(months).chain(years).chain([(year, day, month)]);
        let dates = all.map(|(year, month, day)| Self { year, month: Some(month), day: Some(day) });
        let slips = dates.filter(|other| is_calendar(*other) && level(self, *other) == Level::BirthDateSlip);
        let mut found: Vec<String> = slips.filter_map(Self::text).collect();
        found.sort();
        found.dedup();
        found
    }

    /// As a FHIR date, of a whole date.
    pub(crate) fn text(self) -> Option<String> {
        let (month, day) = self.whole()?;
        Some(format!("{:04}-{month:02}-{day:02}", self.year))
    }
}

/// Whether there is such a day.
fn is_calendar(date: BirthDate) -> bool {
    use fhir_model::primitive::date_time::DateTime;
    date.text().is_some_and(|text| DateTime::parse_date(&text).is_ok())
}

/// How well two dates agree.
pub(crate) fn level(a: BirthDate, b: BirthDate) -> Level {
    if let (Some(of_a), Some(of_b)) = (a.digits(), b.digits()) {
        let is_swapped = a.year == b.year && a.month == b.day && a.day == b.month;
        return match of_a == of_b {
            true => Level::BirthDateSame,
            false if is_swapped || is_one_error(&of_a, &of_b) => Level::BirthDateSlip,
            false => Level::BirthDateDifferent,
        };
    }
    match (a.month, b.month) {
        _ if a.year != b.year => Level::BirthDateDifferent,
        (Some(a), Some(b)) if a != b => Level::BirthDateDifferent,
        (Some(_), Some(_)) => Level::BirthDateMonth,
        _ => Level::BirthDateYear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_of(a: &str, b: &str) -> Level {
        level(BirthDate::read(a).unwrap(), BirthDate::read(b).unwrap())
    }

    #[test]
    fn dates_agree_as_far_as_they_go() {
        for (a, b, expected) in [
            ("1987-03-12", "1987-03-12", Level::BirthDateSame),
            ("1987-03-12", "1987-12-03", Level::BirthDateSlip),
            ("1987-03-12", "1978-03-12", Level::BirthDateSlip),
            ("1987-03-12", "1987-03-21", Level::BirthDateSlip),
            ("1987-03-12", "1987-03-13", Level::BirthDateSlip),
            ("1987-03-12", "1987-04-13", Level::BirthDateDifferent),
            ("1987-03-12", "1987-03", Level::BirthDateMonth),
            ("1987-03-12", "1987", Level::BirthDateYear),
            ("1987-03", "1987-04", Level::BirthDateDifferent),
            ("1987", "1988", Level::BirthDateDifferent),
        ] {
            assert_eq!((level_of(a, b), level_of(b, a)), (expected, expected), "{a} {b}");
        }
        for bad in ["", "87", "1987-x", "1987-02-y"] {
            assert_eq!(BirthDate::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn slips_are_the_dates_one_error_away() {
        let date = BirthDate::read("1987-03-12").unwrap();
        let slips = date.slips();
        assert!(slips.iter().all(|slip| level_of("1987-03-12", slip) == Level::BirthDateSlip));
        for slip in ["1987-12-03", "1978-03-12", "1987-03-21", "1987-03-02", "1997-03-12", "1987-08-12"] {
            assert!(slip == "1987-08-12" || slips.contains(&slip.to_owned()), "{slip}");
        }
        assert!((20..60).contains(&slips.len()), "{}", slips.len());
        assert_eq!(BirthDate::read("1987-03").unwrap().slips(), Vec::<String>::new());
    }
}
