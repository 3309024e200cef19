//! Any text is a date or refused; dates are written back as they were, and their ranges are not empty.
#![no_main]

use fhir_model::primitive::DateTime;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(date) = DateTime::parse_date_time(text) {
        assert_eq!(date.to_string(), text);
    }
    let Ok(date) = DateTime::parse_fhirpath(text) else { return };
    let (low, high) = date.range_micros(0);
    assert!(low < high);
});
