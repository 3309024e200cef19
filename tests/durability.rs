//! What was acknowledged is there after the process was killed, and nothing is there by half.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper fails the test")]

mod common;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use common::{FHIR_JSON, Server};
use serde_json::{Value, json};

/// How often the server is killed.
const ROUNDS: usize = 8;
/// Clients that write at the same time.
const CLIENTS: usize = 8;

/// A pair of resources that refer to each other, so that half of it would show.
fn pair(name: &str) -> String {
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        { "resource": { "resourceType": "Patient", "id": format!("p-{name}") }, "request": { "method": "PUT", "url": format!("Patient/p-{name}") } },
        { "resource": { "resourceType": "Encounter", "id": format!("e-{name}"), "status": "finished", "class": { "code": "AMB" },
            "subject": { "reference": format!("Patient/p-{name}") } }, "request": { "method": "PUT", "url": format!("Encounter/e-{name}") } },
    ]})
    .to_string()
}

#[test]
fn every_acknowledged_write_survives_sigkill_and_none_is_half_there() {
    let data = tempfile::tempdir().unwrap();
    let acknowledged: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let attempted = AtomicUsize::new(0);
    for round in 0..ROUNDS {
        let mut server = Server::start_in(data.path(), &[]);
        check(&server, &acknowledged.lock().unwrap(), attempted.load(Ordering::SeqCst));
        let over = AtomicBool::new(false);
        let goal = acknowledged.lock().unwrap().len() + 40 + round * 10;
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    while !over.load(Ordering::SeqCst) {
                        let name = attempted.fetch_add(1, Ordering::SeqCst).to_string();
                        match server.try_send("POST", "", &[FHIR_JSON], &pair(&name)) {
                            Ok(answer) if answer.status == 200 => acknowledged.lock().unwrap().push(name),
                            Ok(answer) => panic!("{}: {}", answer.status, answer.body),
                            Err(_) => break,
                        }
                    }
                });
            }
            // The kill comes while writes are under way: as many as the goal are acknowledged, more have been sent.
            while acknowledged.lock().unwrap().len() < goal {
                thread::sleep(Duration::from_millis(1));
            }
            kill_by_signal(&server);
            over.store(true, Ordering::SeqCst);
        });
        server.kill();
    }
    let server = Server::start_in(data.path(), &[]);
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= ROUNDS * 40);
    check(&server, &acknowledged, attempted.load(Ordering::SeqCst));
}

fn kill_by_signal(server: &Server) {
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &server.process_id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
}

fn check(server: &Server, acknowledged: &[String], attempted: usize) {
    for name in acknowledged {
        server.get(&format!("Patient/p-{name}")).expect(200);
        server.get(&format!("Encounter/e-{name}")).expect(200);
    }
    let count = |query: &str| server.get(query).expect(200).json()["total"].as_u64().unwrap() as usize;
    let patients = count("Patient?_summary=count");
    assert_eq!(patients, count("Encounter?_summary=count"));
    assert_eq!(patients, count("Encounter?subject:Patient._lastUpdated=ge2000&_summary=count"));
    assert!(
        (acknowledged.len()..=attempted).contains(&patients),
        "{} <= {patients} <= {attempted}",
        acknowledged.len()
    );
    let total = server.get("_history?_count=1").expect(200).json()["total"].as_u64().unwrap() as usize;
    assert_eq!(total, 2 * patients);
}

#[test]
fn sixteen_clients_with_one_condition_create_one_resource() {
    let server = Server::start();
    let body = r#"{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"}]}"#;
    let headers = [FHIR_JSON, ("If-None-Exist", "identifier=urn:x|1")];
    let statuses: Vec<u16> = thread::scope(|scope| {
        let clients: Vec<_> =
            (0..16).map(|_| scope.spawn(|| server.send("POST", "Patient", &headers, body).status)).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 15, "{statuses:?}");
    assert_eq!(server.get("Patient?identifier=urn:x|1").expect(200).matches().len(), 1);
    assert_eq!(server.get("_history").expect(200).json()["total"], 1);
    server.post("Patient", body).expect(201);
    server.send("POST", "Patient", &headers, body).expect(412);
}

#[test]
fn sixteen_transactions_with_one_condition_create_one_resource() {
    let server = Server::start();
    let urn = "urn:uuid:3b1f7a5e-7d0b-4c85-9c0b-2f2a8b6c4d11";
    let body = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        { "fullUrl": urn, "resource": { "resourceType": "Organization", "name": "Trust", "identifier": [{ "system": "urn:x", "value": "1" }] },
          "request": { "method": "POST", "url": "Organization", "ifNoneExist": "identifier=urn:x|1" } },
        { "resource": { "resourceType": "Patient", "managingOrganization": { "reference": urn } }, "request": { "method": "POST", "url": "Patient" } },
    ]})
    .to_string();
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| server.post("", &body).expect(200));
        }
    });
    let organisations = server.get("Organization?identifier=urn:x|1").expect(200).matches();
    assert_eq!(organisations.len(), 1);
    let patients = server.get(&format!("Patient?organization={}&_count=50", organisations[0])).expect(200);
    assert_eq!(patients.matches().len(), 16);
}

#[test]
fn versions_of_one_resource_have_no_gaps_and_compare_and_set_loses_no_update() {
    let server = Server::start();
    let body =
        |count: u64| format!(r#"{{"resourceType":"Basic","id":"counter","code":{{"text":"{count}"}}}}"#);
    server.put("Basic/counter", &body(0)).expect(201);
    let increments = 10;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut done = 0;
                while done < increments {
                    let current = server.get("Basic/counter").expect(200);
                    let value: u64 = current.json()["code"]["text"].as_str().unwrap().parse().unwrap();
                    let headers = [FHIR_JSON, ("If-Match", current.header("ETag"))];
                    let answer = server.send("PUT", "Basic/counter", &headers, &body(value + 1));
                    match answer.status {
                        200 => done += 1,
                        status => assert_eq!(status, 412),
                    }
                }
            });
        }
    });
    let last = server.get("Basic/counter").expect(200).json();
    assert_eq!(last["code"]["text"], "40");
    assert_eq!(last["meta"]["versionId"], "41");
    let history = server.get("Basic/counter/_history?_count=100").expect(200).json();
    let texts: Vec<&Value> =
        history["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]["code"]["text"]).collect();
    let expected: Vec<String> = (0..=40).rev().map(|count| count.to_string()).collect();
    assert_eq!(texts, expected.iter().collect::<Vec<_>>());
}
