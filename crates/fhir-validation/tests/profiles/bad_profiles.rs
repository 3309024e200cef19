//! Profiles that cannot be used, in whole or in part, are told of and stop nothing.

use fhir_model::Document;
use fhir_validation::Detached;

use super::support::{found, issues, validator};

#[test]
fn a_profile_that_cannot_be_used_is_told_of_when_it_is_loaded() {
    let problems = |name: &str| {
        let issues = validator().check_profile(&format!("http://example.org/{name}"));
        issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert!(problems("dangling").contains("http://example.org/nowhere"));
    assert!(problems("circle-a").contains("comes back to it"));
    let broken = problems("broken");
    assert!(broken.contains("http://example.org/broken|1, Patient: the constraint bad-1"), "{broken}");
    assert!(broken.contains("Patient.nonsense"), "{broken}");
    assert!(problems("twins").contains("cannot be told"));
    assert_eq!(problems("counted"), "");
    assert!(problems("none").contains("no definition"));
}

#[test]
fn a_profile_that_cannot_be_used_is_not_silently_skipped() {
    let patient = r#"{"resourceType":"Patient"}"#;
    for name in ["dangling", "circle-b", "none"] {
        assert_eq!(found(name, patient), ["error profile-unknown Patient"], "{name}");
    }
    let rules: Vec<_> = issues("broken", patient).into_iter().filter_map(|issue| issue.rule).collect();
    assert!(rules.contains(&"profile-defect".into()), "{rules:?}");
}

#[test]
fn a_claimed_profile_that_is_not_known_is_a_warning() {
    let json = r#"{"resourceType":"Patient","meta":{"profile":["http://example.org/none","http://example.org/counted"]}}"#;
    let document = Document::parse(json).unwrap();
    let issues = validator().validate(document.root(), &[], &Detached);
    let shown: Vec<String> =
        issues.iter().map(|issue| format!("{} {:?}", issue.severity.code(), issue.rule)).collect();
    assert!(shown.contains(&"warning Some(\"profile-unknown\")".to_owned()), "{shown:?}");
    assert!(shown.contains(&"error Some(\"cardinality-min\")".to_owned()), "{shown:?}");
}
