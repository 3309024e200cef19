//! Fields of one resource: selection, lists, directives. The expected answers are those of the examples on the R4 page.

mod common;

use common::{patient, patient_refused, system};
use serde_json::json;

#[test]
fn fields_stand_in_the_answer_as_in_the_resource() {
    assert_eq!(
        patient(
            "{ resourceType id __typename active birthDate name { text given family __typename } contact { name { family } } }"
        ),
        json!({ "resourceType": "Patient", "id": "example", "__typename": "Patient", "active": true, "birthDate": "1974-12-25",
            "name": [
                { "given": ["Peter", "James"], "family": "Chalmers", "__typename": "HumanName" },
                { "given": ["Jim"], "__typename": "HumanName" },
                { "given": ["Peter", "James"], "family": "Windsor", "__typename": "HumanName" }],
            "contact": [{ "name": { "family": "du Marché" } }] })
    );
    assert_eq!(
        patient("{ birthDate _birthDate { extension { valueDateTime } } }"),
        json!({ "birthDate": "1974-12-25", "_birthDate": { "extension": [{ "valueDateTime": "1974-12-25T14:35:45-05:00" }] } })
    );
    // Numbers keep their digits.
    let text = system("{ Observation(id: o1) { valueQuantity { value unit } valueString } }").to_string();
    assert_eq!(text, r#"{"Observation":{"valueQuantity":{"value":1.0,"unit":"kg"}}}"#);
}

#[test]
fn lists_are_filtered() {
    let family = |arguments: &str| patient(&format!("{{ name({arguments}) {{ family use }} }}"));
    let official = json!({ "name": [{ "family": "Chalmers", "use": "official" }] });
    for arguments in [
        "use: official",
        "use: \"official\"",
        "fhirpath: \"use = 'official'\"",
        "fhirpath: \"$index = 0\"",
        "_count: 1",
        "given: Peter, _count: 1",
        "fhirpath: \"given.count() > 1\", use: official",
    ] {
        assert_eq!(family(arguments), official, "{arguments}");
    }
    assert_eq!(
        family("fhirpath: \"family.exists()\", _offset: 1"),
        json!({ "name": [{ "family": "Windsor", "use": "maiden" }] })
    );
    assert_eq!(family("_offset: 9"), json!({}));
    assert_eq!(patient("{ usual: name(use: usual) { given } }"), json!({ "usual": [{ "given": ["Jim"] }] }));
}

#[test]
fn the_answer_is_flattened() {
    assert_eq!(
        patient("{ identifier @flatten { system value } active name @flatten { text given family } }"),
        json!({ "system": ["urn:oid:1.2.36.146.595.217.0.1"], "value": ["12345"], "active": true,
            "given": ["Peter", "James", "Jim", "Peter", "James"], "family": ["Chalmers", "Windsor"] })
    );
    assert_eq!(
        patient("{ name @flatten { text given @first family } }"),
        json!({ "given": ["Peter", "Jim", "Peter"], "family": ["Chalmers", "Windsor"] })
    );
    assert_eq!(
        patient(
            "{ identifier @flatten { system @singleton value @singleton } active name @flatten @first { text given family @singleton } }"
        ),
        json!({ "system": "urn:oid:1.2.36.146.595.217.0.1", "value": "12345", "active": true,
            "given": ["Peter", "James"], "family": "Chalmers" })
    );
    assert_eq!(
        patient("{ name @flatten @slice(path: \"use\") { given family @singleton } }"),
        json!({ "given.official": ["Peter", "James"], "family.official": "Chalmers", "given.usual": ["Jim"],
            "given.maiden": ["Peter", "James"], "family.maiden": "Windsor" })
    );
    assert_eq!(
        patient("{ name @flatten @slice(path: \"$index\") { given family @singleton } }"),
        json!({ "given.0": ["Peter", "James"], "family.0": "Chalmers", "given.1": ["Jim"],
            "given.2": ["Peter", "James"], "family.2": "Windsor" })
    );
    assert_eq!(
        patient("{ name @slice(path: \"use\") { family } }"),
        json!({ "name.official": [{ "family": "Chalmers" }], "name.usual": [{}], "name.maiden": [{ "family": "Windsor" }] })
    );
    assert_eq!(
        patient("{ managingOrganization @flatten { resource @flatten { name } } }"),
        json!({ "name": "The Trust" })
    );
    let error = patient_refused("{ name @flatten { family @singleton } }");
    assert!(error.status == 422 && error.message.contains("@first"), "{error}");
    let error = patient_refused("{ name @flatten { use } identifier @flatten { use: period { start } } }");
    assert!(error.status == 400 && error.message.contains("code and Period"), "{error}");
}

#[test]
fn fragments_variables_and_conditions() {
    assert_eq!(
        patient(
            "{ ...Names ... on Patient { active } ... on DomainResource { id } ... { birthDate } } fragment Names on Patient { name(_count: 1) { ...Family given } } fragment Family on HumanName { family }"
        ),
        json!({ "name": [{ "family": "Chalmers", "given": ["Peter", "James"] }], "active": true, "id": "example", "birthDate": "1974-12-25" })
    );
    assert_eq!(
        patient(
            "{ id @skip(if: true) active @include(if: false) ... @include(if: true) { birthDate @skip(if: false) } }"
        ),
        json!({ "birthDate": "1974-12-25" })
    );
    // One field from two places is one field.
    assert_eq!(
        patient("{ name(_count: 1) { family } name(_count: 1) { given } }"),
        json!({ "name": [{ "family": "Chalmers", "given": ["Peter", "James"] }] })
    );
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (query, line, column, told) in [
        ("{\n  nam { family } }", 2, 3, "'nam' is no field of Patient; id, meta,"),
        ("{ name { familie } }", 1, 10, "HumanName; id, extension, use, text, family"),
        ("{ name }", 1, 3, "name { ... }"),
        ("{ active { x } }", 1, 3, "no fields"),
        ("{ birthDate(x: 1) }", 1, 13, "no arguments"),
        ("{ name(user: official) { family } }", 1, 8, "'user'"),
        ("{ name(period: x) { family } }", 1, 8, "primitive"),
        ("{ name(_count: -1) { family } }", 1, 8, "whole number"),
        ("{ name(fhirpath: \"use =\") { family } }", 1, 8, "FHIRPath"),
        ("{ name(fhirpath: \"nothing\") { family } }", 1, 8, "nothing"),
        ("{ name @slice(path: \"((\") { family } }", 1, 15, "FHIRPath"),
        ("{ name @slice { family } }", 1, 8, "'path'"),
        ("{ name @twice { family } }", 1, 8, "@twice"),
        ("{ active @flatten }", 1, 3, "@flatten"),
        ("{ id @include(if: 1) }", 1, 15, "true or false"),
        ("{ ... on Observation { id } }", 1, 3, "never applies"),
        ("{ ...A }", 1, 3, "no fragment"),
        ("{ ...A } fragment A on Patient { ...A }", 1, 34, "contains itself"),
        ("{ a: id a: active }", 1, 9, "alias"),
        ("{ name(use: $use) { family } }", 1, 8, "$use is not declared"),
        ("query A($x: Patient) { id }", 1, 9, "'Patient'"),
        ("query A($x: ID!) { id }", 1, 9, "must be given"),
        ("{ Patient(id: example) { id } }", 1, 3, "no field of Patient"),
    ] {
        let error = patient_refused(query);
        assert!(error.message.contains(told), "{query}: {error}");
        let place = error.place.unwrap();
        assert_eq!((place.line, place.column, error.status), (line, column, 400), "{query}: {error}");
    }
}
