//! Where a search looks: a type, the whole system, a compartment; by GET and by POST.

use serde_json::json;

use crate::common::{Answer, Server};
use crate::population::{encoded, population};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn sorted(answer: Answer) -> Vec<String> {
    let mut ids = answer.expect(200).matches();
    ids.sort();
    ids
}

#[test]
fn a_search_can_be_posted() {
    let server = population();
    let posted = |path: &str, form: &str| server.send("POST", path, &[FORM], form).expect(200);
    let answer = posted("Patient/_search?gender=female", "family=Okafor");
    assert_eq!(answer.matches(), ["ada"]);
    assert!(answer.link("self").unwrap().ends_with("/Patient?gender=female&family=Okafor"));
    assert_eq!(sorted(posted("_search", "_type=Patient,Organization&_id=ada,north")), ["ada", "north"]);
    assert_eq!(sorted(posted("Patient/ada/Encounter/_search", "class=AMB,IMP")), ["e1", "e2"]);
    assert_eq!(sorted(posted("Patient/ada/*/_search?_type=Observation", "")), ["w1"]);
    assert_eq!(sorted(server.send("POST", "Patient/_search?gender=male", &[], "")), ["bob"]);
    for content_type in ["application/fhir+json", "text/plain"] {
        let refused =
            server.send("POST", "Patient/_search", &[("Content-Type", content_type)], "{}").expect(415);
        assert!(refused.body.contains("application/x-www-form-urlencoded"), "{}", refused.body);
    }
}

#[test]
fn the_whole_system_can_be_searched() {
    let server = population();
    assert_eq!(
        sorted(server.get("?_type=Organization,Patient")),
        ["ada", "bob", "nn", "north", "south", "zoe"]
    );
    assert_eq!(sorted(server.get("?_id=ada,e1,w1")), ["ada", "e1", "w1"]);
    assert_eq!(server.get("?_summary=count").expect(200).json()["total"], 14);
    assert_eq!(server.get("?_type=Patient&_summary=count").expect(200).json()["total"], 4);
    let everything = server.get("").expect(200);
    assert_eq!(everything.matches().len(), 14);
    assert_eq!(everything.link("self"), Some(server.base.clone()));

    let page = server.get("?_type=Encounter,Observation&_count=4&_sort=-_lastUpdated").expect(200);
    let next = server.get(&page.link("next").unwrap()).expect(200);
    let mut both = [page.matches(), next.matches()].concat();
    both.sort();
    assert_eq!(both, ["e1", "e2", "e3", "w1", "w2", "w3"]);
    let unknown = server.get("?_type=Patient,Pazient").expect(400);
    assert!(unknown.body.contains("Pazient"), "{}", unknown.body);
    // What only some of the types know is refused, not left out for the others.
    server.get("?_type=Patient,Organization&birthdate=1980").expect(400);
}

#[test]
fn several_types_are_sorted_by_what_they_share() {
    let server = population();
    let in_order = |search: &str| server.get(search).expect(200).matches();
    assert_eq!(in_order("?_type=Encounter,Observation&_sort=date"), ["w1", "e1", "w2", "e2", "w3", "e3"]);
    assert_eq!(in_order("?_type=Encounter,Observation&_sort=-date,_id").first().unwrap(), "e3");
    assert_eq!(
        in_order("?_type=Encounter,Observation,RiskAssessment&_sort=subject,_id"),
        ["e1", "e2", "w1", "r1", "w2", "e3", "w3"]
    );
    // Page by page, with those that have no value at the end.
    let mut seen = Vec::new();
    let mut next = Some("?_type=Patient,Organization&_sort=-identifier&_count=2".to_owned());
    while let Some(address) = next {
        let page = server.get(&address).expect(200);
        seen.extend(page.matches());
        next = page.link("next");
    }
    assert_eq!(seen.len(), 6);
    assert_eq!(seen[..4], ["north", "zoe", "bob", "ada"]);
    let refused = server.get("?_type=Patient,Organization&_sort=birthdate").expect(400);
    assert!(refused.body.contains("birthdate") && refused.body.contains("identifier"), "{}", refused.body);
    assert_eq!(in_order("?_type=Patient,Organization&_sort=name,_id")[..4], ["ada", "bob", "zoe", "north"]);
}

#[test]
fn the_capability_statement_says_where_and_by_what_one_can_search() {
    let statement = Server::start().get("metadata").expect(200).json();
    let rest = &statement["rest"][0];
    assert!(rest["interaction"].as_array().unwrap().contains(&json!({ "code": "search-system" })));
    let compartments = rest["compartment"].as_array().unwrap();
    assert_eq!(compartments.len(), 5);
    assert!(compartments.contains(&json!("http://hl7.org/fhir/CompartmentDefinition/patient")));
    let observation =
        rest["resource"].as_array().unwrap().iter().find(|r| r["type"] == "Observation").unwrap();
    let parameter = |name: &str| {
        let parameters = observation["searchParam"].as_array().unwrap();
        parameters.iter().find(|parameter| parameter["name"] == name).unwrap().clone()
    };
    let said = |name: &str| parameter(name)["documentation"].as_str().unwrap_or_default().to_owned();
    assert_eq!(said("subject"), "Modifiers: missing, text, above, below, identifier, [type]");
    assert!(said("identifier").contains("of-type") && !said("status").contains("of-type"));
    assert_eq!(parameter("_lastUpdated")["type"], "date");
    for (member, name) in
        [("searchInclude", "Observation:subject"), ("searchRevInclude", "DiagnosticReport:result")]
    {
        let names = observation[member].as_array().unwrap();
        assert!(names.contains(&json!("*")) && names.contains(&json!(name)), "{member}: {names:?}");
    }
}

/// Compartments of each kind, on top of the population.
fn with_compartments() -> Server {
    let server = population();
    let observation = |id: &str, key: &str, value: serde_json::Value| {
        let mut resource = json!({ "resourceType": "Observation", "id": id, "status": "final",
            "code": { "coding": [{ "system": "http://loinc.org", "code": "1" }] }, "subject": { "reference": "Patient/bob" } });
        resource[key] = value;
        resource
    };
    let performer = |reference: &str| json!([{ "reference": reference }]);
    for resource in [
        json!({ "resourceType": "Practitioner", "id": "dr", "name": [{ "family": "Wu" }] }),
        json!({ "resourceType": "RelatedPerson", "id": "sister", "patient": { "reference": "Patient/bob" } }),
        json!({ "resourceType": "Device", "id": "scales", "patient": { "reference": "Patient/bob" } }),
        observation("by-doctor", "performer", performer("Practitioner/dr")),
        observation("by-sister", "performer", performer("RelatedPerson/sister")),
        observation("by-device", "device", json!({ "reference": "Device/scales" })),
        observation("at-encounter", "encounter", json!({ "reference": "Encounter/e1" })),
    ] {
        let address =
            format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
        server.put(&address, &resource.to_string()).expect(201);
    }
    server
}

#[test]
fn compartments_can_be_searched() {
    let server = with_compartments();
    for (search, expected) in [
        ("Patient/ada/Encounter", &["e1", "e2"][..]),
        ("Patient/ada/Encounter?class=IMP", &["e2"]),
        ("Patient/ada/Observation?code=http://loinc.org|29463-7", &["w1"]),
        ("Patient/ada/Observation?code=nothing", &[]),
        ("Patient/ada/*", &["ada", "e1", "e2", "w1"]),
        ("Patient/ada/*?_type=Encounter,Observation", &["e1", "e2", "w1"]),
        ("Patient/ada/Patient", &["ada"]),
        ("Patient/bob/RiskAssessment", &["r1"]),
        ("Patient/nn/Encounter", &[]),
        ("Patient/never/Encounter", &[]),
        ("Patient/never/*", &[]),
        ("Practitioner/dr/Observation", &["by-doctor"]),
        ("RelatedPerson/sister/Observation", &["by-sister"]),
        ("Device/scales/Observation", &["by-device"]),
        ("Encounter/e1/Observation", &["at-encounter"]),
        ("Encounter/e2/Observation", &[]),
    ] {
        assert_eq!(sorted(server.get(&encoded(search))), expected, "{search}");
    }
    let page = server.get("Patient/ada/Encounter?_count=1").expect(200);
    let next = page.link("next").unwrap();
    assert!(next.starts_with(&format!("{}/Patient/ada/Encounter?_count=1&_page=", server.base)), "{next}");
    assert_eq!(server.get(&next).expect(200).matches().len(), 1);
    // The link of one compartment is none of another.
    server.get(&next.replace("/ada/", "/bob/")).expect(400);
}

#[test]
fn what_is_no_compartment_is_refused_and_never_everything() {
    let server = population();
    for (search, status, words) in [
        ("Organization/north/Patient", 404, ["Organization", "Patient, Practitioner, RelatedPerson"]),
        ("Patient/ada/Pazient", 404, ["Pazient", "resource type"]),
        ("Patient/ada/Location", 400, ["Location", "compartment of Patient"]),
        ("Patient/ada/*?_type=Location", 400, ["Location", "Observation"]),
        ("Patient/ada/Encounter?shoesize=1", 400, ["shoesize", "class"]),
    ] {
        let refused = server.get(search);
        assert_eq!(refused.status, status, "{search}: {}", refused.body);
        for word in words {
            assert!(refused.body.contains(word), "{search}: no {word} in {}", refused.body);
        }
    }
    server.send("PUT", "Patient/ada/Encounter", &[crate::common::FHIR_JSON], "{}").expect(405);
}
