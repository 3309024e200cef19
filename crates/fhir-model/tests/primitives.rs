//! Properties of dates, times and decimals.

use fhir_model::primitive::calendar::days_in_month;
use fhir_model::primitive::{DateTime, Time, check, decimal, instant_text};
use proptest::prelude::*;

fn date() -> impl Strategy<Value = String> {
    (1_i64..=9999, 1_u8..=12).prop_flat_map(|(year, month)| {
        let day = 1..=days_in_month(year, month);
        (Just(year), Just(month), day).prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
    })
}

fn clock() -> impl Strategy<Value = String> {
    r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,18})?"
}

fn instant() -> impl Strategy<Value = String> {
    let offset = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)";
    (date(), clock(), offset).prop_map(|(date, clock, offset)| format!("{date}T{clock}{offset}"))
}

proptest! {
    #[test]
    fn instants_are_written_back_as_they_were(text in instant()) {
        let value = DateTime::parse_instant(&text)?;
        prop_assert_eq!(value.to_string(), text.as_str());
        prop_assert_eq!(DateTime::parse_date_time(&text)?, value);
        prop_assert_eq!(DateTime::parse_fhirpath(&text)?, value);
    }

    #[test]
    fn coarser_ranges_contain_finer_ones(text in instant()) {
        let value = DateTime::parse_instant(&text)?;
        let offset = value.offset().map_or(0, |offset| offset.minutes());
        let mut inner = value.range_micros(0);
        // To the second, minute, hour, day, month and year; without the offset, which a date cannot have.
        for length in [19, 16, 13, 10, 7, 4] {
            let coarse = DateTime::parse_fhirpath(text.get(..length).unwrap_or(&text))?;
            let outer = coarse.range_micros(offset);
            prop_assert!(outer.0 <= inner.0 && inner.0 < inner.1 && inner.1 <= outer.1, "{coarse} does not contain {value}");
            inner = outer;
        }
    }

    #[test]
    fn moments_are_written_as_instants(micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
        let text = instant_text(micros);
        let (low, high) = DateTime::parse_instant(&text)?.range_micros(0);
        prop_assert!(low <= micros && micros < high);
        let value = DateTime::from_micros(micros, 0).map(|value| value.range_micros(0).0);
        prop_assert_eq!(value, Some(micros));
    }

    #[test]
    fn times_are_written_back_as_they_were(text in clock()) {
        prop_assert_eq!(Time::parse(&text)?.to_string(), text);
    }

    #[test]
    fn decimals_lie_in_their_intervals(text in r"-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,9})?([eE][+-]?[0-9])?") {
        let value = decimal::parse(&text)?;
        let (low, high) = decimal::implicit_range(&text)?;
        prop_assert!(low < value && value < high);
        let (low_f64, high_f64) = decimal::implicit_range_f64(&text)?;
        prop_assert_eq!((low_f64, high_f64), (decimal::to_f64(low), decimal::to_f64(high)));
        if !text.contains(['e', 'E']) && !value.is_zero() {
            prop_assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn no_text_makes_a_check_panic(text in ".{0,40}", shaped in "[0-9TZ:+.e-]{0,30}") {
        for type_name in [
            "boolean", "integer", "unsignedInt", "positiveInt", "decimal", "date", "dateTime", "instant", "time", "id", "oid",
            "uuid", "uri", "url", "canonical", "code", "string", "markdown", "base64Binary", "xhtml",
        ] {
            let _ = check(type_name, &text);
            let _ = check(type_name, &shaped);
        }
        let _ = (DateTime::parse_fhirpath(&shaped), decimal::implicit_range_f64(&shaped));
    }
}
