//! Types that a profile narrows, and profiles on types.

use super::support::{NOTHING, found};

#[test]
fn a_narrowed_choice_refuses_other_types() {
    let json = r#"{"resourceType":"Observation","status":"final","code":{"text":"c"},"valueString":"x"}"#;
    assert_eq!(found("bounds", json), ["error type-not-allowed Observation.value"]);
}

#[test]
fn one_of_several_profiles_is_enough() {
    let patient = |address: &str| format!(r#"{{"resourceType":"Patient","address":[{address}]}}"#);
    assert_eq!(found("typed", &patient(r#"{"text":"a"}"#)), NOTHING);
    assert_eq!(found("typed", &patient(r#"{"line":["a"]}"#)), NOTHING);
    assert_eq!(found("typed", &patient(r#"{"city":"a"}"#)), ["error type-profile Patient.address[0]"]);
}

#[test]
fn a_profile_of_another_type_is_refused() {
    let issues = found("counted", r#"{"resourceType":"Basic","code":{"text":"c"}}"#);
    assert_eq!(issues, ["error profile-type Basic"]);
}
