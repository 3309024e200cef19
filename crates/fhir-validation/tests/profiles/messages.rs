//! Profiles that a MessageDefinition asks for.

use fhir_model::Document;
use fhir_validation::Detached;

use super::support::validator;

/// The expressions of the errors of a message with that event and patient, to which the header points once.
fn errors(event: &str, patient: &str) -> Vec<String> {
    errors_of(event, patient, 1)
}

/// As [`errors`], with that many pointers to the patient.
fn errors_of(event: &str, patient: &str, pointers: usize) -> Vec<String> {
    let pointer = r#"{"reference":"urn:uuid:6b1f7a5e-7d0b-4c85-9c0b-2f2a8b6c4d11"}"#;
    let focus = if pointers == 0 {
        String::new()
    } else {
        format!(",\"focus\":[{}]", vec![pointer; pointers].join(","))
    };
    let json = format!(
        r#"{{"resourceType":"Bundle","type":"message","entry":[
        {{"fullUrl":"urn:uuid:5b1f7a5e-7d0b-4c85-9c0b-2f2a8b6c4d11","resource":{{"resourceType":"MessageHeader",
            "eventCoding":{{"system":"http://example.org/events","code":"{event}"}},"source":{{"endpoint":"http://example.org"}}{focus}}}}},
        {{"fullUrl":"urn:uuid:6b1f7a5e-7d0b-4c85-9c0b-2f2a8b6c4d11","resource":{patient}}}]}}"#
    );
    let document = Document::parse(json).unwrap();
    let issues = validator().validate(document.root(), &[], &Detached);
    issues.into_iter().filter(fhir_model::Issue::is_error).flat_map(|issue| issue.expression).collect()
}

#[test]
fn the_focus_of_a_message_meets_the_profile_of_its_definition() {
    let bare = r#"{"resourceType":"Patient"}"#;
    assert_eq!(errors("refer", bare), ["Bundle.entry[1].resource", "Bundle.entry[1].resource"]);
    assert!(errors("other", bare).is_empty());
    let good = r#"{"resourceType":"Patient","birthDate":"2000-01-01","name":[{"family":"a"}]}"#;
    assert!(errors("refer", good).is_empty());
}

#[test]
fn the_header_points_to_as_many_resources_as_its_definition_says() {
    let good = r#"{"resourceType":"Patient","birthDate":"2000-01-01","name":[{"family":"a"}]}"#;
    for pointers in [0, 2] {
        assert_eq!(errors_of("refer", good, pointers), ["Bundle.entry[0].resource"], "{pointers} pointers");
        assert!(errors_of("other", good, pointers).is_empty());
    }
}
