//! Fixed values, patterns, bounds and lengths.

use super::support::{NOTHING, found};

#[test]
fn fixed_values_are_met_exactly() {
    let json = r#"{"resourceType":"Practitioner","gender":"male","telecom":[{"system":"phone","value":"1","use":"home"}]}"#;
    let expected = ["error fixed-value Practitioner.gender", "error fixed-value Practitioner.telecom[0].use"];
    assert_eq!(found("fixed", json), expected);
    let good =
        r#"{"resourceType":"Practitioner","gender":"other","telecom":[{"value":"1","system":"phone"}]}"#;
    assert_eq!(found("fixed", good), NOTHING);
}

#[test]
fn patterns_are_contained() {
    let good = r#"{"resourceType":"Practitioner","identifier":[{"value":"1","system":"urn:a",
        "type":{"text":"t","coding":[{"code":"y"},{"code":"x","display":"X"}]}}]}"#;
    let has_pattern_error = |json: &str| {
        found("fixed", json).contains(&"error pattern-value Practitioner.identifier[0]".to_owned())
    };
    assert!(!has_pattern_error(good));
    let bad = r#"{"resourceType":"Practitioner","identifier":[{"system":"urn:a","type":{"text":"t"}}]}"#;
    assert!(has_pattern_error(bad));
}

#[test]
fn values_lie_within_their_bounds() {
    let observation = |rest: &str| {
        format!(r#"{{"resourceType":"Observation","status":"final","code":{{"text":"c"}},{rest}}}"#)
    };
    let issues = |rest: &str| found("bounds", &observation(rest));
    assert_eq!(issues(r#""valueInteger":2"#), ["error min-value Observation.value"]);
    assert_eq!(issues(r#""valueInteger":16"#), ["error max-value Observation.value"]);
    assert_eq!(issues(r#""valueInteger":15"#), NOTHING);
    assert_eq!(issues(r#""issued":"2019-12-31T23:59:59Z""#), ["error min-value Observation.issued"]);
    let kilograms = |value: &str, code: &str| {
        issues(&format!(
            r#""component":[{{"code":{{"text":"c"}},
            "valueQuantity":{{"value":{value},"unit":"u","system":"http://unitsofmeasure.org","code":"{code}"}}}}]"#
        ))
    };
    assert_eq!(kilograms("10.6", "kg"), ["error max-value Observation.component[0].value"]);
    assert_eq!(kilograms("10.50", "kg"), NOTHING);
    assert_eq!(kilograms("11", "g"), NOTHING);
}

#[test]
fn strings_are_no_longer_than_allowed() {
    let json = r#"{"resourceType":"Observation","status":"final","code":{"text":"c"},"identifier":[{"value":"äöüßéx"}]}"#;
    assert_eq!(found("bounds", json), ["error max-length Observation.identifier[0].value"]);
}
