//! `_summary` and `_elements`: part of each resource.

use serde_json::{Value, json};

use crate::common::Server;
use crate::population::population;

const TAG: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

/// The names of the members of a resource, sorted; checks that it says whether it is whole.
#[track_caller]
fn members(resource: &Value, whole: bool) -> Vec<&str> {
    let tagged = resource["meta"]["tag"] == json!([{ "system": TAG, "code": "SUBSETTED" }]);
    assert_eq!(tagged, !whole, "{resource}");
    let mut names: Vec<&str> = resource.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_search_can_ask_for_elements() {
    let server = population();
    let answer = server
        .get("Observation?_id=w1&_elements=subject,valueQuantity&_include=Observation:subject")
        .expect(200);
    let bundle = answer.json();
    let (found, included) = (&bundle["entry"][0]["resource"], &bundle["entry"][1]["resource"]);
    let expected = ["code", "id", "meta", "resourceType", "status", "subject", "valueQuantity"];
    assert_eq!(members(found, false), expected);
    assert!(answer.body.contains("\"value\":70.0"), "digits are kept: {}", answer.body);
    assert!(members(included, true).contains(&"gender"), "the list is about matches only");

    let deep = server.get("Patient?_id=ada&_elements=name.family,birthDate").expect(200).json();
    assert_eq!(deep["entry"][0]["resource"]["name"], json!([{ "family": "Okafor" }]));
    let unknown = server.get("Patient?_elements=id,shoeSize").expect(400);
    assert!(unknown.body.contains("shoeSize") && unknown.body.contains("birthDate"), "{}", unknown.body);
}

#[test]
fn a_search_can_ask_for_a_summary() {
    let server = population();
    let summary =
        server.get("Observation?_id=w1&_summary=true&_include=Observation:subject").expect(200).json();
    for (position, absent) in [(0, "note"), (1, "text")] {
        assert!(!members(&summary["entry"][position]["resource"], false).contains(&absent));
    }
    let text = server.get("Observation?_id=w1&_summary=text").expect(200).json();
    assert_eq!(
        members(&text["entry"][0]["resource"], false),
        ["code", "id", "meta", "resourceType", "status"]
    );
    let data = server.get("Patient?_id=ada&_summary=data").expect(200).json();
    assert!(members(&data["entry"][0]["resource"], false).contains(&"gender"));
    let all = server.get("Patient?_id=ada&_summary=false").expect(200).json();
    members(&all["entry"][0]["resource"], true);
    server.get("Observation?_summary=text&_include=Observation:subject").expect(400);
    server.get("Observation?_summary=true&_elements=code").expect(400);
    server.get("Observation?_summary=some").expect(400);
}

#[test]
fn reads_and_histories_can_be_of_a_part() {
    let server = population();
    for read in ["Patient/ada?_elements=birthDate", "Patient/ada/_history/1?_elements=birthDate"] {
        let answer = server.get(read).expect(200);
        assert_eq!(members(&answer.json(), false), ["birthDate", "id", "meta", "resourceType"], "{read}");
        assert_eq!(answer.header("etag"), "W/\"1\"");
    }
    for history in ["Patient/ada/_history", "Patient/_history", "_history"] {
        let bundle = server.get(&format!("{history}?_summary=text&_count=1")).expect(200).json();
        members(&bundle["entry"][0]["resource"], false);
    }
    members(&server.get("Patient/ada").expect(200).json(), true);
    server.get("Patient/ada?_summary=count").expect(400);
    server.get("Patient/ada?_elements=shoeSize").expect(400);
}

#[test]
fn entries_of_a_batch_can_ask_for_a_part() {
    let server: Server = population();
    let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [
        { "request": { "method": "GET", "url": "Patient/ada?_elements=gender" } },
        { "request": { "method": "GET", "url": "Patient?_id=ada&_elements=gender" } }
    ] });
    let answer = server.post("", &batch.to_string()).expect(200).json();
    let (read, search) = (&answer["entry"][0]["resource"], &answer["entry"][1]["resource"]);
    assert_eq!(members(read, false), ["gender", "id", "meta", "resourceType"]);
    assert_eq!(&search["entry"][0]["resource"], read);
}
