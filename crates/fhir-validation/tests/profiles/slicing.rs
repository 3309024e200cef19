//! Slices by value, pattern, type and existence; closed, ordered, open at the end; slices of slices.

use super::support::{NOTHING, found};

fn patient(rest: &str) -> Vec<String> {
    found(
        "slices",
        &format!(r#"{{"resourceType":"Patient","identifier":[{{"system":"urn:nhs","value":"1"}}],{rest}}}"#),
    )
}

#[test]
fn a_slice_has_its_own_cardinality_and_rules() {
    let identifiers =
        |list: &str| found("slices", &format!(r#"{{"resourceType":"Patient","identifier":[{list}]}}"#));
    assert_eq!(identifiers(r#"{"system":"urn:other"}"#), ["error slicing-min Patient"]);
    assert_eq!(
        identifiers(r#"{"value":"7"},{"system":"urn:nhs"}"#),
        ["error cardinality-min Patient.identifier[1]"]
    );
    let twice = r#"{"system":"urn:nhs","value":"1"},{"system":"urn:nhs","value":"2"}"#;
    assert_eq!(identifiers(twice), ["error slicing-max Patient"]);
}

#[test]
fn closed_and_ordered_slicings_are_kept() {
    let phone = r#"{"system":"phone","value":"1"}"#;
    let email = r#"{"system":"email","value":"a"}"#;
    assert_eq!(patient(&format!(r#""telecom":[{phone},{email}]"#)), NOTHING);
    assert_eq!(
        patient(&format!(r#""telecom":[{email},{phone}]"#)),
        ["error slicing-order Patient.telecom[1]"]
    );
    let fax = r#"{"system":"fax","value":"1"}"#;
    assert_eq!(
        patient(&format!(r#""telecom":[{phone},{fax}]"#)),
        ["error slicing-closed Patient.telecom[1]"]
    );
}

#[test]
fn what_is_in_no_slice_comes_last_if_it_must() {
    let (dated, other) = (r#"{"period":{"start":"2020"}}"#, r#"{"text":"a"}"#);
    assert_eq!(patient(&format!(r#""address":[{dated},{other}]"#)), NOTHING);
    let issues = patient(&format!(r#""address":[{other},{dated}]"#));
    assert_eq!(issues, ["error slicing-open-at-end Patient.address[0]"]);
}

#[test]
fn patterns_tell_slices() {
    let contact = |relationship: &str| {
        patient(&format!(
            r#""contact":[{{"relationship":[{relationship}],"gender":"female","telecom":[{{"system":"url","value":"u"}}]}}]"#
        ))
    };
    let issues = contact(r#"{"coding":[{"code":"MTH","display":"mother"}]}"#);
    assert!(issues.contains(&"error cardinality-min Patient.contact[0]".to_owned()), "{issues:?}");
    let issues = contact(r#"{"coding":[{"code":"FTH"}]}"#);
    assert!(!issues.iter().any(|issue| issue.contains("cardinality")), "{issues:?}");
}

#[test]
fn types_of_targets_tell_slices() {
    let organisation = r#"{"reference":"Organization/1"}"#;
    assert_eq!(
        patient(&format!(r#""generalPractitioner":[{organisation},{{"reference":"Practitioner/1"}}]"#)),
        NOTHING
    );
    let issues = patient(&format!(r#""generalPractitioner":[{organisation},{organisation}]"#));
    assert_eq!(issues, ["error slicing-max Patient"]);
}

#[test]
fn choices_are_sliced_by_type_and_values_through_repeating_elements() {
    let observation = |rest: &str| {
        found(
            "choice",
            &format!(r#"{{"resourceType":"Observation","status":"final","code":{{"text":"c"}},{rest}}}"#),
        )
    };
    let category =
        r#""category":[{"coding":[{"system":"urn:x"}]},{"coding":[{"system":"urn:cat"}],"text":"t"}]"#;
    let quantity = r#""valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"kg"}"#;
    assert_eq!(observation(&format!("{category},{quantity}")), NOTHING);
    let issues = observation(&format!(r#"{category},"valueQuantity":{{"value":1}}"#));
    assert_eq!(issues, ["error cardinality-min Observation.value"]);
    let issues = observation(&format!(r#"{category},"valueString":"x""#));
    assert_eq!(issues, ["error slicing-closed Observation.value", "error slicing-min Observation"]);
    let textless = r#""category":[{"coding":[{"system":"urn:cat"}]}]"#;
    let issues = observation(&format!("{textless},{quantity}"));
    assert_eq!(issues, ["error cardinality-min Observation.category[0]"]);
}

#[test]
fn slices_are_sliced_again() {
    let identifiers =
        |list: &str| found("reslices", &format!(r#"{{"resourceType":"Patient","identifier":[{list}]}}"#));
    assert_eq!(identifiers(r#"{"system":"urn:a","use":"old"}"#), NOTHING);
    let issues = identifiers(r#"{"system":"urn:a","use":"official"}"#);
    assert_eq!(issues, ["error cardinality-min Patient.identifier[0]"]);
    assert_eq!(identifiers(r#"{"system":"urn:b","use":"official"}"#), NOTHING);
}

#[test]
fn the_default_slice_takes_the_rest() {
    let json = r#"{"resourceType":"Patient","identifier":[{"system":"urn:a"},{"system":"urn:b"}]}"#;
    assert_eq!(found("defaults", json), ["error cardinality-min Patient.identifier[1]"]);
}

#[test]
fn slices_that_nobody_can_tell_apart_are_not_checked() {
    assert_eq!(found("twins", r#"{"resourceType":"Patient","identifier":[{"system":"urn:a"}]}"#), NOTHING);
}
