//! References, searches and connections.

mod common;

use common::{Memory, asked, instance, model, patient, patient_refused, refused, request, system};
use fhir_graphql::{Engine, Limits, Request, Root, error_body};
use serde_json::{Value, json};

#[test]
fn references_are_followed() {
    assert_eq!(
        patient("{ managingOrganization { reference resource { id ... on Organization { name } } } }"),
        json!({ "managingOrganization": { "reference": "Organization/trust", "resource": { "id": "trust", "name": "The Trust" } } })
    );
    // A field that one of the possible types has needs no type.
    assert_eq!(
        system("{ Observation(id: o1) { subject { resource { active birthDate } } } }"),
        json!({ "Observation": { "subject": { "resource": { "active": true, "birthDate": "1974-12-25" } } } })
    );
    assert_eq!(
        system(
            "{ Observation(id: o1) { subject { a: resource(type: Patient) { birthDate } b: resource(type: Group) { quantity } } } }"
        ),
        json!({ "Observation": { "subject": { "a": { "birthDate": "1974-12-25" } } } })
    );
    let practitioners = "generalPractitioner { resource(optional: true) { __typename ... on Organization { name } ... on Practitioner { name { family } } } }";
    assert_eq!(
        patient(&format!("{{ {practitioners} }}")),
        json!({ "generalPractitioner": [
            { "resource": { "__typename": "Organization", "name": "Own practice" } },
            {},
            { "resource": { "__typename": "Organization", "name": "The Trust" } }] })
    );
    let error = patient_refused("{ generalPractitioner { resource { id } } }");
    assert_eq!(error.status, 404);
    assert!(error.message.contains("Practitioner/none"), "{error}");
    let error = patient_refused("{ managingOrganization { resource(type: Patient) { id } } }");
    assert!(error.status == 400 && error.message.contains("Organization"), "{error}");
    let error = patient_refused("{ managingOrganization { resource { birthDate } } }");
    assert!(error.message.contains("'birthDate' is no field of Organization"), "{error}");
    assert_eq!(
        patient("{ contained { resourceType id ... on Organization { name } } }"),
        json!({ "contained": [{ "resourceType": "Organization", "id": "gp", "name": "Own practice" }] })
    );
}

#[test]
fn resources_are_read_and_searched() {
    assert_eq!(
        system(
            "{ Patient(id: example) { id } o: ObservationList(subject: \"Patient/example\") { id valueString } }"
        ),
        json!({ "Patient": { "id": "example" }, "o": [{ "id": "o1" }, { "id": "o2", "valueString": "x" }] })
    );
    assert_eq!(
        system("{ ObservationList(fhirpath: \"value is string\") { id } }"),
        json!({ "ObservationList": [{ "id": "o2" }, { "id": "o3" }] })
    );
    assert_eq!(
        system("{ ObservationList(fhirpath: \"value is string\") @first @flatten { id @singleton } }"),
        json!({ "id": "o2" })
    );
    assert_eq!(
        patient("{ id ObservationList(_reference: subject) { id } }"),
        json!({ "id": "example", "ObservationList": [{ "id": "o1" }, { "id": "o2" }] })
    );
    let variables = json!({ "id": "example", "some": ["a", "b"] });
    let asking = Request {
        query: "query One($id: ID!, $with: Boolean = false, $some: [String]) { Patient(id: $id) { id active @include(if: $with) } ObservationList(code: $some) { id } } query Two { Patient(id: x) { id } }".into(),
        operation: Some("One".into()),
        variables: variables.as_object().unwrap().clone(),
    };
    let answer = asked(&Root::System, &asking, Limits::default()).unwrap();
    assert_eq!(answer, json!({ "Patient": { "id": "example" }, "ObservationList": [] }));
    let error =
        asked(&Root::System, &Request { operation: None, ..asking.clone() }, Limits::default()).unwrap_err();
    assert!(error[0].message.contains("operationName"));
    assert_eq!(refused("{ Patient(id: none) { id } }").status, 404);
}

#[test]
fn connections_have_pages() {
    let first = system(
        "{ ConditionConnection(_count: 12) { count offset pagesize first previous next edges { mode score resource { id } } } }",
    );
    let connection = &first["ConditionConnection"];
    assert_eq!(
        (&connection["count"], &connection["offset"], &connection["pagesize"]),
        (&json!(30), &json!(0), &json!(12))
    );
    assert_eq!(connection["edges"][11], json!({ "mode": "match", "resource": { "id": "c11" } }));
    assert_eq!(connection["edges"].as_array().unwrap().len(), 12);
    let cursor = connection["next"].as_str().unwrap();
    let second = system(&format!(
        "{{ ConditionConnection(cursor: \"{cursor}\") {{ offset edges {{ resource {{ id }} }} }} }}"
    ));
    assert_eq!(second["ConditionConnection"]["edges"][0], json!({ "resource": { "id": "c12" } }));
    assert_eq!(second["ConditionConnection"]["offset"], Value::Null);
    let nested = patient(
        "{ ConditionConnection(_reference: subject, _count: 1) { edges { resource { id subject { resource { __typename } } } } } }",
    );
    assert_eq!(
        nested["ConditionConnection"]["edges"][0]["resource"]["subject"]["resource"],
        json!({ "__typename": "Patient" })
    );
}

#[test]
fn searches_that_cannot_be_are_refused() {
    for (query, told) in [
        ("{ PatientList(_include: \"x\") { id } }", "_include"),
        ("{ PatientList(_reference: x) { id } }", "within a resource"),
        ("{ PatientList(cursor: \"x\") { id } }", "connections"),
        ("{ PatientConnection(cursor: \"x\", name: y) { count } }", "no other arguments"),
        ("{ PatientConnection { total } }", "count, offset"),
        ("{ PatientConnection { edges { node { id } } } }", "mode, score and resource"),
        ("{ PatientList(_count: 5000) { id } }", "at most 1000"),
        ("{ PatientList(name: [[x]]) { id } }", "list of values"),
        ("{ Patient { id } }", "'id'"),
        ("{ Nothing(id: x) { id } }", "[Type]List"),
        ("{ __schema { types { name } } }", "__schema"),
    ] {
        let error = refused(query);
        assert!(error.message.contains(told), "{query}: {error}");
    }
    for (query, told) in [
        ("{ ObservationList { id } }", "_reference is needed"),
        ("{ ObservationList(_reference: subject, _id: x) { id } }", "argument id"),
        ("{ ObservationConnection(_reference: subject, cursor: x) { count } }", "outermost"),
    ] {
        let error = patient_refused(query);
        assert!(error.message.contains(told), "{query}: {error}");
    }
}

#[test]
fn hostile_queries_are_refused() {
    let deep = format!(
        "{{ {} id {} }}",
        "ObservationList(_reference: subject) { subject { resource(type: Patient) {".repeat(8),
        "} } }".repeat(8)
    );
    let bomb: String =
        (0..30).map(|n| format!("fragment F{n} on Patient {{ ...F{m} ...F{m} }} ", m = n + 1)).collect();
    let bomb = format!("{{ ...F0 }} {bomb} fragment F30 on Patient {{ id }}");
    let aliases: String = (0..300).map(|n| format!("a{n}: id ")).collect();
    let fields: String = (0..4000).map(|n| if n % 2 == 0 { "id " } else { "active " }).collect();
    for (query, told) in [
        (deep, "levels"),
        (bomb, "fields"),
        (format!("{{ {aliases} }}"), "aliases"),
        (format!("{{ {fields} }}"), "fields"),
    ] {
        let error = patient_refused(&query);
        assert_eq!(error.status, 422, "{error}");
        assert!(error.message.contains(told), "{error}");
    }
    let limited = |limits: Limits, query: &str| {
        let error = asked(&instance("Patient", "example"), &request(query), limits).unwrap_err().remove(0);
        assert_eq!(error.status, 422, "{error}");
        error.message
    };
    let all = "{ ConditionList(_reference: subject) { id subject { resource(type: Patient) { ConditionList(_reference: subject) { id } } } } }";
    assert!(limited(Limits { requests: 5, ..Limits::default() }, all).contains("reads and searches"));
    assert!(limited(Limits { resources: 100, ..Limits::default() }, all).contains("resources"));
    assert!(limited(Limits { values: 100, ..Limits::default() }, all).contains("values"));
    assert!(limited(Limits { list: 10, ..Limits::default() }, all).contains("ConditionConnection"));
    let paths = "{ ConditionList(_reference: subject, fhirpath: \"id.exists()\") { id } }";
    assert!(limited(Limits { evaluations: 10, ..Limits::default() }, paths).contains("FHIRPath"));
    assert!(limited(Limits { evaluation_steps: 2, ..Limits::default() }, paths).contains("steps"));
}

#[test]
fn a_reference_is_read_once() {
    let memory = Memory::new();
    let query = request("{ ConditionList { subject { resource(type: Patient) { id } } } }");
    Engine::new(model(), Limits { list: 30, ..Limits::default() })
        .answer(&Root::System, &query, &memory)
        .unwrap();
    assert_eq!(memory.requests.get(), 2);
}

#[test]
fn errors_are_told_as_graphql_with_an_outcome() {
    let (status, body) = error_body(&[refused("{ Nothing }")]);
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &body["data"]), (400, &Value::Null));
    let error = &body["errors"][0];
    assert_eq!(error["locations"], json!([{ "line": 1, "column": 3 }]));
    let outcome = &error["extensions"]["resource"];
    assert_eq!(outcome["resourceType"], "OperationOutcome");
    assert_eq!(outcome["issue"][0]["diagnostics"], error["message"]);
}

proptest::proptest! {
    #[test]
    fn any_text_has_an_answer(text in "[{}()@.:$a-z\" ,!\\[\\]]{0,60}") {
        let _ = asked(&instance("Patient", "example"), &request(&format!("{{ {text} }}")), Limits::default());
        let _ = asked(&Root::System, &request(&text), Limits::default());
    }
}
