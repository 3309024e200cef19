//! Constraints of profiles and of R4 itself.

use super::support::{NOTHING, found};

#[test]
fn constraints_count_by_their_severity() {
    let issues = found("ruled", r#"{"resourceType":"Patient","gender":"male"}"#);
    assert_eq!(issues, ["error tst-1 Patient", "warning tst-2 Patient"]);
    let good = r#"{"resourceType":"Patient","active":true,"name":[{"family":"a"}]}"#;
    assert_eq!(found("ruled", good), NOTHING);
}

#[test]
fn constraints_of_types_hold_everywhere() {
    let json = r#"{"resourceType":"Patient","active":true,"name":[{"family":"a","period":{"start":"2020","end":"2019"}}],
        "contact":[{"gender":"male"}]}"#;
    assert_eq!(
        found("ruled", json),
        ["error pat-1 Patient.contact[0]", "error per-1 Patient.name[0].period"]
    );
}

#[test]
fn what_is_neither_true_nor_false_is_a_warning() {
    let json = r#"{"resourceType":"Patient","active":true,"name":[{"family":"a","period":{"start":"2026-01","end":"2026-01-15"}}]}"#;
    assert_eq!(found("ruled", json), ["warning per-1 Patient.name[0].period"]);
}

#[test]
fn targets_that_nobody_has_seen_do_not_exist() {
    let json = r#"{"resourceType":"Patient","active":true,"name":[{"family":"a"}],
        "link":[{"type":"seealso","other":{"reference":"Patient/1"}}]}"#;
    assert_eq!(found("ruled", json), ["error tst-3 Patient.link[0]"]);
}
