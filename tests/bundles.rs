//! batch and transaction over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a helper fails the test"
)]

mod common;

use common::{Answer, Server};
use serde_json::{Value, json};

fn bundle(kind: &str, entries: Value) -> String {
    json!({ "resourceType": "Bundle", "type": kind, "entry": entries }).to_string()
}

fn statuses(answer: &Answer) -> Vec<String> {
    let bundle = answer.json();
    let entries = bundle["entry"].as_array().unwrap();
    entries.iter().map(|entry| entry["response"]["status"].as_str().unwrap()[..3].to_owned()).collect()
}

fn location(answer: &Answer, entry: usize) -> String {
    let bundle = answer.json();
    let location = bundle["entry"][entry]["response"]["location"].as_str().unwrap();
    location.split("/fhir/").last().unwrap().split("/_history").next().unwrap().to_owned()
}

#[test]
fn references_between_entries_are_rewritten_everywhere() {
    let server = Server::start();
    let urn = "urn:uuid:5f5ad7a0-3b7e-4d5e-9a4e-0d8f1d2c3b4a";
    let oid = "urn:oid:1.2.826.0.1.99";
    let body = bundle(
        "transaction",
        json!([
            { "fullUrl": urn, "resource": { "resourceType": "Patient", "link": [{ "other": { "reference": "http://old.example/fhir/Patient/9" }, "type": "seealso" }] },
              "request": { "method": "POST", "url": "Patient" } },
            { "fullUrl": oid, "resource": { "resourceType": "Organization", "name": "Trust" }, "request": { "method": "POST", "url": "Organization" } },
            { "fullUrl": "http://old.example/fhir/Patient/9", "resource": { "resourceType": "Patient", "managingOrganization": { "reference": oid } },
              "request": { "method": "POST", "url": "Patient" } },
            { "resource": { "resourceType": "Encounter", "status": "finished", "class": { "code": "AMB" }, "subject": { "reference": urn },
                "text": { "status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"{urn}\">who</a></div>") },
                "extension": [{ "url": "http://example.org/e", "valueUri": oid }] },
              "request": { "method": "POST", "url": "Encounter" } },
        ]),
    );
    let answer = server.post("", &body).expect(200);
    assert_eq!(answer.json()["type"], "transaction-response");
    assert_eq!(statuses(&answer), ["201"; 4]);
    let (patient, organisation, other) = (location(&answer, 0), location(&answer, 1), location(&answer, 2));
    let encounter = server.get(&location(&answer, 3)).expect(200).json();
    assert_eq!(encounter["subject"]["reference"], patient);
    assert_eq!(encounter["extension"][0]["valueUri"], organisation);
    assert!(encounter["text"]["div"].as_str().unwrap().contains(&format!("href=\"{patient}\"")));
    assert_eq!(server.get(&patient).expect(200).json()["link"][0]["other"]["reference"], other);
    let found = server.get(&format!("Encounter?subject={patient}")).expect(200);
    assert_eq!(found.matches().len(), 1);
}

#[test]
fn one_bad_entry_refuses_the_whole_transaction_and_is_named() {
    let server = Server::start();
    let good = json!({ "resource": { "resourceType": "Patient" }, "request": { "method": "POST", "url": "Patient" } });
    let bad_entries = [
        (
            json!({ "resource": { "resourceType": "Patient", "gender": "malee" }, "request": { "method": "POST", "url": "Patient" } }),
            400,
        ),
        (
            json!({ "resource": { "resourceType": "Encounter", "status": "planned", "class": { "code": "AMB" }, "subject": { "reference": "Patient/ghost" } },
                 "request": { "method": "POST", "url": "Encounter" } }),
            422,
        ),
        (
            json!({ "resource": { "resourceType": "Encounter", "status": "planned", "class": { "code": "AMB" }, "subject": { "reference": "Patient?identifier=none" } },
                 "request": { "method": "POST", "url": "Encounter" } }),
            412,
        ),
        (
            json!({ "resource": { "resourceType": "Patient", "id": "x" }, "request": { "method": "PUT", "url": "Patient/x", "ifMatch": "W/\"3\"" } }),
            412,
        ),
        (
            json!({ "resource": { "resourceType": "Patient" }, "request": { "method": "POST", "url": "Observation" } }),
            400,
        ),
        (json!({ "request": { "method": "POST", "url": "$export" } }), 400),
    ];
    for (bad, status) in bad_entries {
        let answer = server.post("", &bundle("transaction", json!([good, bad])));
        assert_eq!(answer.status, status, "{bad}: {}", answer.body);
        assert!(answer.body.contains("Bundle.entry[1]"), "{}", answer.body);
    }
    assert_eq!(server.get("_history").expect(200).json()["total"], 0);
}

#[test]
fn writes_are_done_in_the_order_of_the_specification_and_reads_see_them() {
    let server = Server::start();
    server.put("Patient/old", r#"{"resourceType":"Patient","id":"old"}"#).expect(201);
    let body = bundle(
        "transaction",
        json!([
            { "request": { "method": "GET", "url": "Patient/new" } },
            { "request": { "method": "GET", "url": "Patient?_id=new,old" } },
            { "resource": { "resourceType": "Patient", "id": "new" }, "request": { "method": "PUT", "url": "Patient/new" } },
            { "request": { "method": "DELETE", "url": "Patient/old" } },
        ]),
    );
    let answer = server.post("", &body).expect(200);
    assert_eq!(statuses(&answer), ["200", "200", "201", "204"]);
    let entries = answer.json()["entry"].clone();
    assert_eq!(entries[0]["resource"]["id"], "new");
    assert_eq!(entries[1]["resource"]["entry"].as_array().unwrap().len(), 1);
}

#[test]
fn two_entries_about_one_resource_are_refused() {
    let server = Server::start();
    let put = json!({ "resource": { "resourceType": "Patient", "id": "p" }, "request": { "method": "PUT", "url": "Patient/p" } });
    let delete = json!({ "request": { "method": "DELETE", "url": "Patient/p" } });
    for pair in [json!([put, put]), json!([put, delete])] {
        server.post("", &bundle("transaction", pair)).expect(400);
    }
}

#[test]
fn a_condition_in_a_transaction_finds_what_is_there() {
    let server = Server::start();
    let urn = "urn:uuid:0b1f7a5e-7d0b-4c85-9c0b-2f2a8b6c4d11";
    let body = bundle(
        "transaction",
        json!([
            { "fullUrl": urn, "resource": { "resourceType": "Organization", "name": "Trust", "identifier": [{ "system": "urn:x", "value": "1" }] },
              "request": { "method": "POST", "url": "Organization", "ifNoneExist": "identifier=urn:x|1" } },
            { "resource": { "resourceType": "Patient", "managingOrganization": { "reference": urn } }, "request": { "method": "POST", "url": "Patient" } },
        ]),
    );
    let first = server.post("", &body).expect(200);
    let second = server.post("", &body).expect(200);
    assert_eq!(
        (statuses(&first), statuses(&second)),
        (vec!["201".into(); 2], vec!["200".to_owned(), "201".into()])
    );
    assert_eq!(location(&first, 0), location(&second, 0));
    let patient = server.get(&location(&second, 1)).expect(200).json();
    assert_eq!(patient["managingOrganization"]["reference"], location(&first, 0));
    let conditional = bundle(
        "transaction",
        json!([
            { "resource": { "resourceType": "Patient", "managingOrganization": { "reference": "Organization?identifier=urn:x|1" } },
              "request": { "method": "POST", "url": "Patient" } },
        ]),
    );
    let third = server.post("", &conditional).expect(200);
    assert_eq!(
        server.get(&location(&third, 0)).json()["managingOrganization"]["reference"],
        location(&first, 0)
    );
}

#[test]
fn the_entries_of_a_batch_stand_for_themselves() {
    let server = Server::start();
    let body = bundle(
        "batch",
        json!([
            { "resource": { "resourceType": "Patient", "id": "p" }, "request": { "method": "PUT", "url": "Patient/p" } },
            { "resource": { "resourceType": "Patient", "gender": "malee" }, "request": { "method": "POST", "url": "Patient" } },
            { "request": { "method": "GET", "url": "Patient/p" } },
            { "request": { "method": "GET", "url": "Patient/none" } },
            { "request": { "method": "GET", "url": "metadata" } },
            { "request": { "method": "DELETE", "url": "Patient/p" } },
        ]),
    );
    let answer = server.post("", &body).expect(200);
    assert_eq!(answer.json()["type"], "batch-response");
    assert_eq!(statuses(&answer), ["201", "400", "200", "404", "200", "204"]);
    assert_eq!(answer.json()["entry"][1]["response"]["outcome"]["resourceType"], "OperationOutcome");
}

#[test]
fn two_thousand_entries_are_stored_or_none() {
    const ENTRIES: usize = 2000;
    let server = Server::start_with(&["--profiles", "base"]);
    let patient = "urn:uuid:5f5ad7a0-3b7e-4d5e-9a4e-0d8f1d2c3b4a";
    let entries = |last: &str| {
        let first = json!({ "fullUrl": patient, "resource": { "resourceType": "Patient" }, "request": { "method": "POST", "url": "Patient" } });
        let others = (1..ENTRIES).map(|number| {
            let status = if number == ENTRIES - 1 { last } else { "final" };
            json!({ "resource": { "resourceType": "Observation", "status": status, "code": { "text": format!("code {number}") }, "subject": { "reference": patient } },
                    "request": { "method": "POST", "url": "Observation" } })
        });
        bundle("transaction", std::iter::once(first).chain(others).collect())
    };
    let refused = server.post("", &entries("unheard-of")).expect(400);
    assert!(refused.body.contains(&format!("Bundle.entry[{}]", ENTRIES - 1)), "{}", refused.body);
    assert_eq!(server.get("_history").expect(200).json()["total"], 0);
    let stored = server.post("", &entries("amended")).expect(200);
    assert_eq!(statuses(&stored), vec!["201"; ENTRIES]);
    let found =
        server.get(&format!("Observation?subject={}&_summary=count", location(&stored, 0))).expect(200);
    assert_eq!(found.json()["total"], ENTRIES - 1);
}
