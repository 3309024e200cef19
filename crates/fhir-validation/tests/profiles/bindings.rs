//! Codes and the value sets that they come from.

use super::support::{NOTHING, found, issues};

const MARITAL: &str = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus";

fn patient(rest: &str) -> Vec<String> {
    found("bound", &format!(r#"{{"resourceType":"Patient",{rest}}}"#))
}

#[test]
fn a_required_binding_admits_only_its_value_set() {
    let married =
        format!(r#"{{"coding":[{{"system":"urn:local","code":"1"}},{{"system":"{MARITAL}","code":"M"}}]}}"#);
    assert_eq!(patient(&format!(r#""maritalStatus":{married}"#)), NOTHING);
    let local = r#""maritalStatus":{"coding":[{"system":"urn:local","code":"1"}]}"#;
    // R4 itself binds the element too, as extensible.
    let expected =
        ["error binding-required Patient.maritalStatus", "warning binding-extensible Patient.maritalStatus"];
    assert_eq!(patient(local), expected);
    assert_eq!(patient(r#""maritalStatus":{"text":"married"}"#), expected);
}

#[test]
fn weaker_bindings_warn_or_inform() {
    let language = r#""communication":[{"language":{"coding":[{"system":"urn:x","code":"y"}]}}]"#;
    // R4 itself sets a maximum value set here.
    let expected = [
        "error binding-max-value-set Patient.communication[0].language",
        "warning binding-extensible Patient.communication[0].language",
    ];
    assert_eq!(patient(language), expected);
    let contact = r#"{"resourceType":"Patient","contact":[{"name":{"text":"a"},
        "relationship":[{"coding":[{"system":"urn:x","code":"y"}]}]}]}"#;
    let rules: Vec<_> = issues("bound", contact).into_iter().filter_map(|issue| issue.rule).collect();
    assert!(rules.contains(&"binding-preferred".into()), "{rules:?}");
}

#[test]
fn a_code_that_its_system_does_not_have_is_an_error() {
    let coding = format!(r#""maritalStatus":{{"coding":[{{"system":"{MARITAL}","code":"??"}}]}}"#);
    let issues = patient(&coding);
    assert!(
        issues.contains(&"error coding-unknown-code Patient.maritalStatus.coding[0]".to_owned()),
        "{issues:?}"
    );
}
