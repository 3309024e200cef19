//! `:in` and `:not-in` with ValueSets that are resources of this server.

use serde_json::{Value, json};

use crate::common::Server;
use crate::population::{encoded, population};

fn value_set(id: &str, version: &str, include: &Value) -> Value {
    json!({ "resourceType": "ValueSet", "id": id, "url": "http://example.org/vs/inpatient", "version": version, "status": "active",
        "compose": { "include": [include] } })
}

fn found(server: &Server, search: &str) -> Vec<String> {
    let mut ids = server.get(&encoded(search)).expect(200).matches();
    ids.sort();
    ids
}

const ACT_CODES: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

#[test]
fn value_sets_of_this_server_are_found_by_url_and_by_reference() {
    let server = population();
    let codes = |codes: &[&str]| {
        let concepts: Vec<Value> = codes.iter().map(|code| json!({ "code": code })).collect();
        json!({ "system": ACT_CODES, "concept": concepts })
    };
    let put = |id: &str, version: &str, include: &Value| {
        server.put(&format!("ValueSet/{id}"), &value_set(id, version, include).to_string())
    };
    server.get("Encounter?class:in=http://example.org/vs/inpatient").expect(400);
    server.get("Encounter?class:in=ValueSet/one").expect(400);
    put("one", "1.0", &codes(&["IMP"])).expect(201);
    assert_eq!(found(&server, "Encounter?class:in=http://example.org/vs/inpatient"), ["e2"]);
    assert_eq!(found(&server, "Encounter?class:not-in=http://example.org/vs/inpatient"), ["e1", "e3"]);
    // The latest version is that with the greatest number, whenever it was written.
    put("two", "1.10", &codes(&["IMP", "EMER"])).expect(201);
    put("other", "1.9", &codes(&["AMB"])).expect(201);
    for (name, expected) in [
        ("http://example.org/vs/inpatient", &["e2", "e3"][..]),
        ("http://example.org/vs/inpatient|1.0", &["e2"]),
        ("http://example.org/vs/inpatient|1.9", &["e1"]),
        ("ValueSet/one", &["e2"]),
        ("ValueSet/two", &["e2", "e3"]),
        ("ValueSet/one,ValueSet/other", &["e1", "e2"]),
    ] {
        assert_eq!(found(&server, &format!("Encounter?class:in={name}")), expected, "{name}");
        if !name.contains(',') {
            assert_eq!(found(&server, &format!("Encounter?_filter=class in {name}")), expected, "{name}");
        }
    }
    assert_eq!(found(&server, "Patient?_has:Encounter:patient:class:in=ValueSet/two"), ["ada", "zoe"]);
    // What is written counts at once.
    put("one", "1.0", &codes(&["AMB"])).expect(200);
    assert_eq!(found(&server, "Encounter?class:in=ValueSet/one"), ["e1"]);
    server.delete("ValueSet/one").expect(204);
    server.get("Encounter?class:in=ValueSet/one").expect(400);
}

#[test]
fn a_value_set_whose_codes_cannot_be_listed_is_refused_with_the_reason() {
    let server = population();
    for (id, include, words) in [
        ("unknown", json!({ "system": "http://example.org/never-heard-of" }), "never-heard-of"),
        ("import", json!({ "valueSet": ["http://example.org/vs/elsewhere"] }), "vs/elsewhere"),
    ] {
        server.put(&format!("ValueSet/{id}"), &value_set(id, "1", &include).to_string()).expect(201);
        let refused = server.get(&format!("Encounter?class:in=ValueSet/{id}")).expect(400);
        assert!(refused.body.contains(words) && refused.body.contains("not-supported"), "{}", refused.body);
    }
    let whole = json!({ "system": "http://hl7.org/fhir/administrative-gender" });
    server.put("ValueSet/genders", &value_set("genders", "1", &whole).to_string()).expect(201);
    assert_eq!(found(&server, "Patient?gender:in=ValueSet/genders"), ["ada", "bob", "zoe"]);
}
