//! Search over HTTP, on a small population whose answers can be counted by hand.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper fails the test")]

mod common;

use common::Server;
use serde_json::{Value, json};

/// Two trusts, four people, their encounters, referrals and weights.
fn population() -> Server {
    let server = Server::start();
    let resources = [
        json!({ "resourceType": "Organization", "id": "north", "name": "North Trust", "identifier": [{ "system": "urn:ods", "value": "X01" }] }),
        json!({ "resourceType": "Organization", "id": "south", "name": "South Trust", "partOf": { "reference": "Organization/north" } }),
        patient("ada", "Okafor", "Ada", "female", "1980-02-29", "north"),
        patient("bob", "O'Neill", "Bob", "male", "1990", "north"),
        patient("zoe", "Müller", "Zoë", "female", "2001-07", "south"),
        json!({ "resourceType": "Patient", "id": "nn" }),
        encounter("e1", "ada", "AMB", "2024-01-10T09:00:00Z", "2024-01-10T10:00:00Z"),
        encounter("e2", "ada", "IMP", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        encounter("e3", "zoe", "EMER", "2024-02-10T23:30:00+01:00", "2024-02-11T01:00:00+01:00"),
        weight("w1", "ada", "70.0", "kg", "2024-01-10"),
        weight("w2", "bob", "82.5", "kg", "2024-01-11"),
        weight("w3", "zoe", "70000", "g", "2024-02-10"),
        json!({ "resourceType": "RiskAssessment", "id": "r1", "status": "final", "subject": { "reference": "Patient/bob" },
            "prediction": [{ "probabilityDecimal": 0.25 }] }),
        json!({ "resourceType": "ServiceRequest", "id": "s1", "status": "active", "intent": "order", "subject": { "reference": "Patient/zoe" },
            "requester": { "reference": "Organization/north" }, "instantiatesUri": ["http://example.org/pathways/crisis"], "authoredOn": "2024-02-01" }),
    ];
    let entries: Vec<Value> = resources
        .into_iter()
        .map(|resource| {
            let url = format!(
                "{}/{}",
                resource["resourceType"].as_str().unwrap(),
                resource["id"].as_str().unwrap()
            );
            json!({ "resource": resource, "request": { "method": "PUT", "url": url } })
        })
        .collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
    server.post("", &bundle.to_string()).expect(200);
    server
}

fn patient(id: &str, family: &str, given: &str, gender: &str, born: &str, organisation: &str) -> Value {
    json!({ "resourceType": "Patient", "id": id, "active": true, "name": [{ "family": family, "given": [given] }], "gender": gender, "birthDate": born,
        "identifier": [{ "system": "urn:nhs", "value": format!("999{id}") }], "managingOrganization": { "reference": format!("Organization/{organisation}") } })
}

fn encounter(id: &str, patient: &str, class: &str, start: &str, end: &str) -> Value {
    json!({ "resourceType": "Encounter", "id": id, "status": "finished",
        "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": class },
        "subject": { "reference": format!("Patient/{patient}") }, "period": { "start": start, "end": end } })
}

fn weight(id: &str, patient: &str, value: &str, unit: &str, date: &str) -> Value {
    let value: Value = serde_json::from_str(value).unwrap();
    json!({ "resourceType": "Observation", "id": id, "status": "final", "code": { "coding": [{ "system": "http://loinc.org", "code": "29463-7" }] },
        "subject": { "reference": format!("Patient/{patient}") }, "effectiveDateTime": date,
        "valueQuantity": { "value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit } })
}

/// A search and the ids it finds, in any order.
const SEARCHES: [(&str, &[&str]); 67] = [
    ("Patient?gender=female", &["ada", "zoe"]),
    ("Patient?gender=female,male", &["ada", "bob", "zoe"]),
    ("Patient?gender=http://hl7.org/fhir/administrative-gender|female", &["ada", "zoe"]),
    ("Patient?gender=http://example.org|female", &[]),
    ("Patient?active=true", &["ada", "bob", "zoe"]),
    ("Patient?identifier=urn:nhs|999ada", &["ada"]),
    ("Patient?identifier=999ada", &["ada"]),
    ("Patient?identifier=urn:nhs|", &["ada", "bob", "zoe"]),
    ("Patient?identifier=|999ada", &[]),
    ("Patient?family=oka", &["ada"]),
    ("Patient?family=MULLER", &["zoe"]),
    ("Patient?name=zo", &["zoe"]),
    ("Patient?name=o", &["ada", "bob"]),
    ("Patient?family:exact=Müller", &["zoe"]),
    ("Patient?family:exact=Muller", &[]),
    ("Patient?_id=ada,zoe,none", &["ada", "zoe"]),
    ("Patient?_lastUpdated=ge2020", &["ada", "bob", "zoe", "nn"]),
    ("Patient?_lastUpdated=lt2020", &[]),
    ("Patient?birthdate=1980-02-29", &["ada"]),
    ("Patient?birthdate=1980", &["ada"]),
    ("Patient?birthdate=1990-05", &[]),
    ("Patient?birthdate=gt1990", &["zoe"]),
    ("Patient?birthdate=ge1990", &["bob", "zoe"]),
    ("Patient?birthdate=lt1990", &["ada"]),
    ("Patient?birthdate=le1990", &["ada", "bob"]),
    ("Patient?birthdate=ne1990", &["ada", "zoe"]),
    ("Patient?birthdate=sa1990", &["zoe"]),
    ("Patient?birthdate=eb1990", &["ada"]),
    ("Patient?birthdate=ge1985&gender=female", &["zoe"]),
    ("Patient?birthdate=ge1975&birthdate=lt1985", &["ada"]),
    ("Patient?organization=Organization/north", &["ada", "bob"]),
    ("Patient?organization=north,south", &["ada", "bob", "zoe"]),
    ("Patient?organization:Organization=south", &["zoe"]),
    ("Encounter?class=IMP", &["e2"]),
    ("Encounter?date=2024-01-10", &["e1"]),
    ("Encounter?date=2024-02", &["e3"]),
    ("Encounter?date=ge2024-02-10T22:30:00Z", &["e2", "e3"]),
    ("Encounter?date=sa2024-02-05", &["e3"]),
    ("Encounter?date=eb2024-02-01", &["e1"]),
    ("Encounter?patient=ada", &["e1", "e2"]),
    ("Encounter?subject=Patient/ada&class=AMB", &["e1"]),
    ("Encounter?subject:Patient.gender=female", &["e1", "e2", "e3"]),
    ("Encounter?subject.family=muller", &["e3"]),
    ("Encounter?subject:Patient.organization.name=south", &["e3"]),
    ("Encounter?subject:Patient.organization:Organization.partof:Organization.identifier=X01", &["e3"]),
    ("Patient?_has:Encounter:patient:class=IMP", &["ada"]),
    ("Organization?_has:Patient:organization:_has:Encounter:subject:class=EMER", &["south"]),
    ("Observation?code-value-quantity=29463-7$gt75", &["w2", "w3"]),
    (
        "Observation?code-value-quantity=http://loinc.org|29463-7$70.0|http://unitsofmeasure.org|kg",
        &["w1", "w3"],
    ),
    ("Observation?value-quantity=70", &["w1"]),
    ("Observation?value-quantity=gt70|http://unitsofmeasure.org|kg", &["w2"]),
    ("Observation?value-quantity=ap85||kg", &["w2"]),
    ("RiskAssessment?probability=gt0.2", &["r1"]),
    ("RiskAssessment?probability=0.4", &[]),
    ("ServiceRequest?instantiates-uri=http://example.org/pathways/crisis", &["s1"]),
    ("ServiceRequest?requester:Organization.name=North", &["s1"]),
    ("ServiceRequest?instantiates-uri:below=http://example.org/pathways", &["s1"]),
    ("Patient?gender:not=female", &["bob", "nn"]),
    ("Patient?gender:missing=true", &["nn"]),
    ("Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", &["ada", "bob", "zoe"]),
    ("Patient?gender:not-in=http://hl7.org/fhir/ValueSet/administrative-gender", &["nn"]),
    ("Patient?organization:below=north", &["ada", "bob", "zoe"]),
    ("Patient?organization:below=south", &["zoe"]),
    ("Patient?organization:above=south", &["ada", "bob", "zoe"]),
    ("Patient?_filter=gender%20eq%20female%20and%20birthdate%20gt%202000", &["zoe"]),
    ("Patient?_filter=family%20ew%20neill%20or%20family%20eq%20okafor", &["ada", "bob"]),
    ("Patient?_filter=organization.name%20pr%20false", &["nn"]),
];

#[test]
fn each_kind_of_parameter_finds_what_the_specification_says() {
    let server = population();
    for (search, expected) in SEARCHES {
        let answer = server.get(&search.replace('|', "%7C").replace('ü', "%C3%BC"));
        assert_eq!(answer.status, 200, "{search}: {}", answer.body);
        let mut found = answer.matches();
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{search}");
        let count =
            server.get(&format!("{}&_summary=count", search.replace('|', "%7C").replace('ü', "%C3%BC")));
        assert_eq!(count.expect(200).json()["total"], expected.len(), "{search}");
    }
}

#[test]
fn a_search_can_be_posted() {
    let server = population();
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = server.send("POST", "Patient/_search?gender=female", &form, "family=Okafor").expect(200);
    assert_eq!(answer.matches(), ["ada"]);
    assert!(answer.link("self").unwrap().ends_with("Patient?gender=female&family=Okafor"));
}

#[test]
fn results_are_sorted_with_missing_values_last() {
    let server = population();
    let ids = |search: &str| server.get(search).expect(200).matches();
    assert_eq!(ids("Patient?_sort=birthdate"), ["ada", "bob", "zoe", "nn"]);
    assert_eq!(ids("Patient?_sort=-birthdate"), ["zoe", "bob", "ada", "nn"]);
    assert_eq!(ids("Patient?_sort=family"), ["zoe", "bob", "ada", "nn"]);
    assert_eq!(ids("Patient?_sort=gender,-birthdate"), ["zoe", "ada", "bob", "nn"]);
    assert_eq!(ids("Patient?_sort=_id"), ["ada", "bob", "nn", "zoe"]);
    assert_eq!(ids("Encounter?_sort=-date"), ["e3", "e2", "e1"]);
    assert_eq!(ids("Patient?gender=female&_sort=-family"), ["ada", "zoe"]);
    server.get("Patient?_sort=shoesize").expect(400);
}

#[test]
fn pages_hold_every_match_once_also_while_others_write() {
    let server = population();
    for number in 0..25 {
        server.put(&format!("Basic/b{number:02}"), &format!(r#"{{"resourceType":"Basic","id":"b{number:02}","code":{{"text":"x"}},"created":"2024-01-{:02}"}}"#, number + 1)).expect(201);
    }
    for search in [
        "Basic?_count=10",
        "Basic?_count=10&_sort=created",
        "Basic?_count=10&_sort=-created",
        "Basic?_count=10&_sort=-_lastUpdated",
        "Basic?created=ge2000&_count=10",
    ] {
        let mut page = server.get(search).expect(200);
        let (mut seen, mut pages) = (page.matches(), vec![page.matches()]);
        while let Some(next) = page.link("next") {
            // Writes between pages: a new resource, one taken away that was seen.
            server
                .post("Basic", r#"{"resourceType":"Basic","code":{"text":"new"},"created":"2030"}"#)
                .expect(201);
            page = server.get(&next).expect(200);
            seen.extend(page.matches());
            pages.push(page.matches());
        }
        let of_before: Vec<&String> = seen.iter().filter(|id| id.starts_with('b') && id.len() == 3).collect();
        let mut once = of_before.clone();
        once.sort();
        once.dedup();
        assert_eq!((of_before.len(), once.len()), (25, 25), "{search}: {seen:?}");
        let back = server.get(&page.link("previous").unwrap()).expect(200);
        assert_eq!(back.matches(), pages[pages.len() - 2], "{search}");
    }
    let forged = server.get("Basic?_count=10&_page=AAAA").expect(400);
    assert!(forged.body.contains("_page"));
}

#[test]
fn included_resources_come_once_and_are_marked() {
    let server = population();
    let answer = server.get("Encounter?_include=Encounter:subject&_count=10").expect(200);
    assert_eq!(answer.matches().len(), 3);
    let mut included = answer.entries("include");
    included.sort();
    assert_eq!(included, ["ada", "zoe"]);
    let iterated = server.get("Encounter?_id=e3&_include=Encounter:subject&_include:iterate=Patient:organization&_include:iterate=Organization:partof").expect(200);
    let mut included = iterated.entries("include");
    included.sort();
    assert_eq!(included, ["north", "south", "zoe"]);
    let reverse = server
        .get("Patient?_id=ada&_revinclude=Encounter:subject&_revinclude=Observation:subject")
        .expect(200);
    let mut included = reverse.entries("include");
    included.sort();
    assert_eq!(included, ["e1", "e2", "w1"]);
    server.get("Encounter?_include=Encounter:nosuch").expect(400);
}

#[test]
fn totals_are_exact_or_absent() {
    let server = population();
    let total = |search: &str| server.get(search).expect(200).json()["total"].clone();
    assert_eq!(total("Patient?gender=female&_total=accurate&_count=1"), 2);
    assert_eq!(total("Patient?_count=0"), 4);
    assert_eq!(total("Patient?gender=female&_count=1&_total=none"), Value::Null);
    assert_eq!(total("Encounter?subject:Patient.gender=female&_total=accurate&_count=1"), 3);
}

#[test]
fn the_index_follows_updates_and_deletions() {
    let server = population();
    let renamed = patient("bob", "Smith", "Bob", "male", "1990", "south");
    server.put("Patient/bob", &renamed.to_string()).expect(200);
    let ids = |search: &str| server.get(search).expect(200).matches();
    assert_eq!(ids("Patient?family=Smith"), ["bob"]);
    assert!(ids("Patient?family=O'Neill").is_empty());
    assert_eq!(ids("Patient?organization=south").len(), 2);
    server.delete("Patient/bob").expect(409);
    for id in ["Observation/w2", "RiskAssessment/r1", "Patient/bob"] {
        server.delete(id).expect(204);
    }
    assert!(ids("Patient?family=Smith").is_empty());
    assert_eq!(server.get("Patient?_summary=count").expect(200).json()["total"], 3);
}
