//! The texts of `date`, `dateTime`, `instant`, and of date literals in FHIRPath and search.

use super::{DateTime, Offset, Precision};
use crate::primitive::PrimitiveError;
use crate::primitive::calendar::days_in_month;
use crate::primitive::clock::Clock;
use crate::primitive::scanner::Scanner;

impl DateTime {
    /// A FHIR `date`: `2015`, `2015-02` or `2015-02-04`.
    pub fn parse_date(text: &str) -> Result<Self, PrimitiveError> {
        parse(text, "date", |date| match date.precision {
            Precision::Year | Precision::Month | Precision::Day => Ok(()),
            _ => Err("YYYY, YYYY-MM or YYYY-MM-DD, without a time"),
        })
    }

    /// A FHIR `dateTime`: a date, or a date with a time to the second and an offset.
    pub fn parse_date_time(text: &str) -> Result<Self, PrimitiveError> {
        parse(text, "dateTime", |date| {
            if date.precision <= Precision::Day { Ok(()) } else { date.require_whole_time() }
        })
    }

    /// A FHIR `instant`: date, time to the second or finer, and an offset.
    pub fn parse_instant(text: &str) -> Result<Self, PrimitiveError> {
        parse(text, "instant", Self::require_whole_time)
    }

    /// A date or time of any precision, as FHIRPath (without the `@`) and search parameters write it: `2015-02-04T14:34`,
    /// `2015-02T`; the offset may be left out.
    pub fn parse_fhirpath(text: &str) -> Result<Self, PrimitiveError> {
        let text_without_empty_time = text.strip_suffix('T').unwrap_or(text);
        parse(text_without_empty_time, "dateTime", |_| Ok(()))
    }

    fn require_whole_time(&self) -> Result<(), &'static str> {
        if self.precision < Precision::Second {
            Err("YYYY-MM-DDThh:mm:ss with an offset")
        } else if self.offset.is_none() {
            Err("an offset (Z, +hh:mm or -hh:mm) after the time")
        } else {
            Ok(())
        }
    }
}

fn parse(
    text: &str,
    type_name: &'static str,
    check: impl FnOnce(&DateTime) -> Result<(), &'static str>,
) -> Result<DateTime, PrimitiveError> {
    let mut scanner = Scanner::new(text);
    scan(&mut scanner)
        .and_then(|date| check(&date).map(|()| date))
        .map_err(|expected| PrimitiveError::new(type_name, text, expected))
}

fn scan(scanner: &mut Scanner<'_>) -> Result<DateTime, &'static str> {
    let mut date = scan_date(scanner)?;
    if scanner.is_at_end() {
        return Ok(date);
    }
    if date.precision < Precision::Day || !scanner.eat(b'T') {
        return Err("YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with an offset");
    }
    (date.clock, date.precision) = Clock::scan(scanner)?;
    date.offset = scan_offset(scanner)?;
    if scanner.is_at_end() { Ok(date) } else { Err("nothing after the time and its offset") }
}

fn scan_date(scanner: &mut Scanner<'_>) -> Result<DateTime, &'static str> {
    const YEAR: &str = "a year of four digits from 0001 to 9999";
    let (century, rest) = (scanner.two_digits().ok_or(YEAR)?, scanner.two_digits().ok_or(YEAR)?);
    let year = u16::from(century) * 100 + u16::from(rest);
    if year == 0 {
        return Err(YEAR);
    }
    let (clock, offset) = (Clock::default(), None);
    let mut date = DateTime { year, month: 1, day: 1, clock, precision: Precision::Year, offset };
    if scanner.eat(b'-') {
        let month = scanner.two_digits().filter(|month| (1..=12).contains(month));
        date.month = month.ok_or("a month from 01 to 12")?;
        date.precision = Precision::Month;
        if scanner.eat(b'-') {
            let last = days_in_month(i64::from(year), date.month);
            let day = scanner.two_digits().filter(|day| (1..=last).contains(day));
            date.day = day.ok_or("a day of two digits that the month has")?;
            date.precision = Precision::Day;
        }
    }
    Ok(date)
}

fn scan_offset(scanner: &mut Scanner<'_>) -> Result<Option<Offset>, &'static str> {
    const EXPECTED: &str = "an offset: Z, or +hh:mm or -hh:mm up to 14:00";
    if scanner.eat(b'Z') {
        return Ok(Some(Offset::Utc));
    }
    let direction = match scanner.peek() {
        Some(b'+') => Offset::Ahead,
        Some(b'-') => Offset::Behind,
        _ => return Ok(None),
    };
    let _sign = scanner.eat(b'+') || scanner.eat(b'-');
    let hours = u16::from(scanner.two_digits().ok_or(EXPECTED)?);
    if !scanner.eat(b':') {
        return Err(EXPECTED);
    }
    let minutes = u16::from(scanner.two_digits().filter(|minutes| *minutes < 60).ok_or(EXPECTED)?);
    let total = hours * 60 + minutes;
    if total <= Offset::MAX_MINUTES.unsigned_abs() { Ok(Some(direction(total))) } else { Err(EXPECTED) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_specification_allows_is_read_and_written_back() {
        let texts = [
            "0001",
            "9999",
            "1905-08",
            "2016-02-29",
            "2000-02-29",
            "2015-02-07T13:28:17Z",
            "2015-02-07T13:28:17.239+02:00",
            "2015-02-07T13:28:17.2390-14:00",
            "2015-02-07T13:28:17+14:00",
            "2016-12-31T23:59:60Z",
            "2015-02-07T00:00:00-00:00",
            "2015-02-07T13:28:17.000000000000000001+00:00",
        ];
        for text in texts {
            assert_eq!(DateTime::parse_date_time(text).unwrap().to_string(), text);
        }
        for text in [
            "2015-02-04T14",
            "2015-02-04T14:34",
            "2015-02-04T14:34Z",
            "2015-02-04T14:34:28",
            "2015-02-04T14:34:28.1",
        ] {
            assert_eq!(DateTime::parse_fhirpath(text).unwrap().to_string(), text);
            assert!(DateTime::parse_date_time(text).is_err());
        }
        assert_eq!(DateTime::parse_fhirpath("2015T").unwrap().to_string(), "2015");
        assert_eq!(DateTime::parse_fhirpath("2015-02-04T").unwrap().precision(), Precision::Day);
    }

    #[test]
    fn what_the_specification_excludes_is_refused() {
        let texts = [
            "",
            "0000",
            "201",
            "20155",
            "2015-",
            "2015-2",
            "2015-00",
            "2015-13",
            "2015-02-29",
            "1900-02-29",
            "2015-04-31",
            "2015-02-00",
            "2015-02-07T24:00:00Z",
            "2015-02-07T13:60:00Z",
            "2015-02-07T13:28:61Z",
            "2015-02-07T13:28:17.Z",
            "2015-02-07T13:28:17+14:01",
            "2015-02-07T13:28:17+15:00",
            "2015-02-07T13:28:17+0200",
            "2015-02-07t13:28:17Z",
            "2015-02-07 13:28:17Z",
            "2015-02-07T13:28:17",
            "2015-02-07T",
            "2015T",
            " 2015",
            "2015 ",
            "2015-02-07Z",
            "-2015",
            "2015-02-07T13:28:17ZZ",
            "２０１５",
            "2015-02-07T13:28:17.0000000000000000001Z",
        ];
        for text in texts {
            assert!(DateTime::parse_date_time(text).is_err(), "{text} was accepted");
        }
        assert!(DateTime::parse_date("2015-02-07T13:28:17Z").is_err());
        assert!(DateTime::parse_instant("2015-02-07").is_err());
        assert!(DateTime::parse_fhirpath("2015-02-04T24:00").is_err());
    }

    #[test]
    fn errors_say_what_was_expected() {
        let error = DateTime::parse_date("2015-02-30").unwrap_err();
        assert_eq!(
            error.to_string(),
            "'2015-02-30' is not a valid date: expected a day of two digits that the month has"
        );
    }
}
