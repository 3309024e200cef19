//! A small population whose answers can be counted by hand.

use serde_json::{Value, json};

use crate::common::Server;

/// Two trusts, four people, their encounters, referrals and weights.
pub(crate) fn population() -> Server {
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
            "requester": { "reference": "Organization/north" }, "instantiatesUri": ["http://example.org/pathways/crisis"],
            "instantiatesCanonical": ["http://example.org/plan|1.2"], "authoredOn": "2024-02-01" }),
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

pub(crate) fn patient(
    id: &str,
    family: &str,
    given: &str,
    gender: &str,
    born: &str,
    organisation: &str,
) -> Value {
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

/// A search as it is sent: with what may not stand in an address encoded.
pub(crate) fn encoded(search: &str) -> String {
    search
        .replace('|', "%7C")
        .replace('ü', "%C3%BC")
        .replace('^', "%5E")
        .replace('"', "%22")
        .replace(' ', "%20")
        .replace('[', "%5B")
        .replace(']', "%5D")
}
