//! No JSON makes validation panic, and resources that are nearly right are the hardest.

use proptest::prelude::*;

/// Names that lead deep into the definitions, and some that do not.
const NAMES: &[&str] = &[
    "resourceType",
    "id",
    "contained",
    "name",
    "given",
    "_given",
    "extension",
    "url",
    "valueString",
    "valuePeriod",
    "_valueString",
    "deceasedBoolean",
    "_deceasedBoolean",
    "entry",
    "resource",
    "response",
    "outcome",
    "parameter",
    "part",
    "meta",
    "tag",
    "birthDate",
    "_birthDate",
    "gender",
    "text",
    "div",
    "",
    "_",
    "a.b",
    "~/",
];

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?",
        prop::sample::select(&["Patient", "Bundle", "Parameters", "Basic", "Nothing"][..])
            .prop_map(|name| format!("\"{name}\"")),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let member = (prop::sample::select(NAMES), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..6).prop_map(|members| object(&members)),
        ]
    })
}

/// An object without names twice.
fn object(members: &[(&str, String)]) -> String {
    let mut seen = std::collections::HashSet::new();
    let members = members.iter().filter(|(name, _)| seen.insert(*name));
    let members: Vec<String> = members.map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

proptest! {
    #[test]
    fn validation_never_panics(
        kind in prop::sample::select(&["Patient", "Bundle", "Parameters", "OperationOutcome"][..]),
        members in prop::collection::vec((prop::sample::select(NAMES), json()), 0..8),
    ) {
        let mut members = members;
        members.insert(0, ("resourceType", format!("\"{kind}\"")));
        let issues = super::support::validate(&object(&members));
        prop_assert!(issues.iter().all(|issue| !issue.diagnostics.is_empty()));
        prop_assert!(issues.len() <= 51);
    }

    #[test]
    fn anything_at_the_root_is_refused_or_a_resource(json in json()) {
        super::support::validate(&json);
    }
}
