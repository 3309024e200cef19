//! Two servers on one database of PostgreSQL are one server to their clients.

mod common;

use std::thread;
use std::time::Duration;

use common::{FHIR_JSON, Server, new_postgres_database};
use serde_json::json;

/// The servers; nothing where PostgreSQL is not installed.
fn nodes() -> Option<(Server, Server)> {
    test_postgres::cluster()?;
    let url = new_postgres_database();
    let start = || Server::start_with(&["--database-url", &url]);
    Some((start(), start()))
}

#[test]
fn what_one_writes_the_other_reads_at_once() {
    let Some((one, other)) = nodes() else { return };
    for round in 1..=10 {
        let (writer, reader) = if round % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let body = json!({ "resourceType": "Basic", "id": "b", "code": { "text": round.to_string() } });
        writer.put("Basic/b", &body.to_string()).expect(if round == 1 { 201 } else { 200 });
        let read = reader.get("Basic/b").expect(200).json();
        assert_eq!(read["code"]["text"], round.to_string());
        assert_eq!(read["meta"]["versionId"], round.to_string());
        assert_eq!(reader.get("Basic?_lastUpdated=gt2020").matches(), ["b"]);
    }
}

#[test]
fn a_conditional_create_happens_once() {
    let Some((one, other)) = nodes() else { return };
    let body =
        json!({ "resourceType": "Patient", "identifier": [{ "system": "urn:x", "value": "1" }] }).to_string();
    let condition = [FHIR_JSON, ("If-None-Exist", "identifier=urn:x|1")];
    let statuses: Vec<u16> = thread::scope(|scope| {
        let clients = (0..8).map(|client| {
            let server = if client % 2 == 0 { &one } else { &other };
            let body = &body;
            scope.spawn(move || server.send("POST", "Patient", &condition, body).status)
        });
        let clients: Vec<_> = clients.collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(one.get("Patient?identifier=urn:x|1&_total=accurate").expect(200).json()["total"], 1);
}

#[test]
fn a_search_parameter_that_one_takes_holds_for_the_other() {
    let Some((one, other)) = nodes() else { return };
    let patient = |id: &str| {
        json!({ "resourceType": "Patient", "id": id, "name": [{ "text": format!("Name of {id}") }] })
            .to_string()
    };
    other.put("Patient/before", &patient("before")).expect(201);
    let definition = json!({ "resourceType": "SearchParameter", "id": "named", "url": "http://example.org/named", "name": "named",
        "status": "active", "description": "of a test", "code": "named", "base": ["Patient"], "type": "string",
        "expression": "Patient.name.text" });
    one.put("SearchParameter/named", &definition.to_string()).expect(201);
    // The other has not looked yet, but its writer knows.
    other.put("Patient/after", &patient("after")).expect(201);
    for server in [&one, &other] {
        let mut answer = server.get("Patient?named=name&_sort=_id");
        for _ in 0..300 {
            if answer.status == 200 {
                break;
            }
            thread::sleep(Duration::from_millis(100));
            answer = server.get("Patient?named=name&_sort=_id");
        }
        assert_eq!(answer.expect(200).matches(), ["after", "before"]);
    }
    other.delete("SearchParameter/named").expect(204);
    one.put("Patient/later", &patient("later")).expect(201);
}
