//! How often elements occur.

use super::support::{NOTHING, found};

#[test]
fn what_a_profile_requires_is_there() {
    let issues = found("counted", r#"{"resourceType":"Patient","photo":[{"title":"x"}]}"#);
    let expected =
        ["error cardinality-max Patient", "error cardinality-min Patient", "error cardinality-min Patient"];
    assert_eq!(issues, expected);
    let good = r#"{"resourceType":"Patient","birthDate":"2000-01-01","name":[{"family":"a"}]}"#;
    assert_eq!(found("counted", good), NOTHING);
}

#[test]
fn a_primitive_with_only_extensions_is_there() {
    let reason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
    let json = format!(
        r#"{{"resourceType":"Patient","name":[{{"family":"a"}}],
        "_birthDate":{{"extension":[{{"url":"{reason}","valueCode":"unknown"}}]}}}}"#
    );
    assert_eq!(found("counted", &json), NOTHING);
}

#[test]
fn what_a_profile_limits_does_not_occur_more_often() {
    let json = r#"{"resourceType":"Patient","birthDate":"2000","name":[{"family":"a"},{"family":"b"},{"family":"c"}]}"#;
    assert_eq!(found("counted", json), ["error cardinality-max Patient"]);
}
