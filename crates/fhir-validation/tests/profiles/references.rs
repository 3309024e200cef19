//! References: types, profiles and places of their targets.

use super::support::{NOTHING, found};

#[test]
fn targets_have_a_type_that_the_element_allows() {
    let json = r#"{"resourceType":"Patient","managingOrganization":{"reference":"Patient/1"},
        "generalPractitioner":[{"reference":"https://example.org/fhir/Organization/1"},{"type":"Patient","display":"x"}]}"#;
    let expected = [
        "error reference-target Patient.generalPractitioner[1]",
        "error reference-target Patient.managingOrganization",
    ];
    assert_eq!(found("reslices", json), expected);
}

fn linked(contained: &str, link: &str) -> Vec<String> {
    let json = format!(
        r##"{{"resourceType":"Patient","gender":"other","contained":[{contained}],
        "link":[{{"type":"seealso","other":{{"reference":"{link}"}}}}]}}"##
    );
    found("linked", &json)
}

#[test]
fn contained_targets_meet_the_profile_of_the_element() {
    assert_eq!(linked(r#"{"resourceType":"Patient","id":"a","gender":"other"}"#, "#a"), NOTHING);
    let issues = linked(r#"{"resourceType":"Patient","id":"a","gender":"male"}"#, "#a");
    assert_eq!(issues, ["error reference-profile Patient.link[0].other"]);
}

#[test]
fn profiles_that_point_at_each_other_come_to_an_end() {
    let circle = r##"{"resourceType":"Patient","id":"a","gender":"other",
        "link":[{"type":"seealso","other":{"reference":"#a"}}]}"##;
    assert_eq!(linked(circle, "#a"), NOTHING);
}

#[test]
fn targets_stand_where_the_element_allows() {
    let contained = r#"{"resourceType":"Patient","id":"a","gender":"other"}"#;
    let issues = linked(contained, "Patient/2");
    assert!(issues.contains(&"error reference-aggregation Patient.link[0].other".to_owned()), "{issues:?}");
}
