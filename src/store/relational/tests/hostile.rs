//! Whatever the JSON, reading it does not fail and its rows can be written.

use proptest::prelude::*;

use super::*;

/// Names that the readers know, so that they meet values they do not expect.
const NAMES: [&str; 38] = [
    "extension",
    "url",
    "valueCodeableConcept",
    "valueBoolean",
    "identifier",
    "system",
    "value",
    "use",
    "name",
    "given",
    "family",
    "telecom",
    "rank",
    "birthDate",
    "deceasedDateTime",
    "address",
    "line",
    "communication",
    "language",
    "coding",
    "code",
    "text",
    "status",
    "class",
    "type",
    "subject",
    "reference",
    "basedOn",
    "participant",
    "individual",
    "period",
    "start",
    "end",
    "location",
    "reasonCode",
    "activity",
    "detail",
    "hospitalization",
];

const URLS: [&str; 4] = [
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-LegalStatus",
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory",
    "https://westway.example.org/fhir/Patient/1",
    "https://fhir.nhs.uk/Id/nhs-number",
];

fn value() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        Just("2026-02-29".to_owned()),
        Just("9999-12-31".to_owned()),
        Just("0001-01-01T00:00:00+14:00".to_owned()),
        Just("Patient/1".to_owned()),
        prop::sample::select(&URLS[..]).prop_map(str::to_owned),
        "[a-z\u{e9}\u{1f600}/#?:]{0,6}",
    ];
    let leaf = prop_oneof![
        4 => text.prop_map(|text| format!("\"{text}\"")),
        1 => prop::sample::select(vec!["null", "true", "1", "-7.5e300", "1e999", "99999999999999999999"])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 60, 5, |inner| {
        let object = prop::collection::btree_map(prop::sample::select(&NAMES[..]), inner.clone(), 0..6);
        prop_oneof![
            object.prop_map(object_text),
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(",")))
        ]
    })
}

fn object_text(members: std::collections::BTreeMap<&str, String>) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn resource() -> impl Strategy<Value = String> {
    let kind = prop::sample::select(vec!["Patient", "Encounter", "ServiceRequest", "CarePlan", "Basic"]);
    let members = prop::collection::btree_map(prop::sample::select(&NAMES[..]), value(), 0..12);
    (kind, members).prop_map(|(kind, mut members)| {
        members.insert("resourceType", format!("\"{kind}\""));
        members.insert("id", "\"1\"".to_owned());
        object_text(members)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn anything_can_be_written(resources in prop::collection::vec(resource(), 40)) {
        let fixture = Fixture::new();
        for resource in &resources {
            fixture.put(&[resource]);
        }
        prop_assert_eq!(fixture.query("SELECT * FROM pragma_foreign_key_check"), Vec::<String>::new());
    }
}
