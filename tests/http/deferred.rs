//! Requests that are performed in the background.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a helper fails the test")]

use std::thread::sleep;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::{Value, json};

use super::{PATIENT, with_patient};
use crate::common::{Answer, FHIR_JSON, Server};

const LATER: (&str, &str) = ("Prefer", "respond-async");

/// The address of the status of a request that was taken.
fn taken(answer: Answer) -> String {
    let answer = answer.expect(202);
    assert_eq!(answer.body, "");
    answer.header("Content-Location").to_owned()
}

/// The status when the request is done.
fn done(server: &Server, status: &str) -> Answer {
    for _ in 0..600 {
        let answer = server.get(status);
        if answer.status != 202 {
            return answer;
        }
        assert!(!answer.header("X-Progress").is_empty());
        assert!(!answer.header("Retry-After").is_empty());
        sleep(Duration::from_millis(50));
    }
    panic!("{status} is never done");
}

/// The address of the answer, as the manifest tells it.
fn result(manifest: &Value) -> String {
    manifest["output"][0]["url"].as_str().unwrap().to_owned()
}

#[test]
fn searches_histories_and_operations_are_answered_later() {
    let server = with_patient(&[]);
    for path in ["Patient?_sort=_id", "Patient/_history", "Patient/p1/$everything", "", "Patient/p1/*"] {
        let status = taken(server.send("GET", path, &[LATER], ""));
        let answer = done(&server, &status).expect(200);
        assert_eq!(answer.header("Content-Type"), "application/json");
        assert!(!answer.header("Expires").is_empty());
        let manifest = answer.json();
        assert_eq!(manifest["requiresAccessToken"], false);
        assert!(manifest["request"].as_str().unwrap().ends_with(path), "{manifest}");
        assert_eq!(manifest["output"][0]["type"], "Bundle");
        let later = server.get(&result(&manifest)).expect(200);
        let now = server.get(path).expect(200);
        assert_eq!(later.json()["link"], now.json()["link"], "{path}");
        assert_eq!(later.json()["entry"], now.json()["entry"], "{path}");
        let xml =
            server.send("GET", &result(&manifest), &[("Accept", "application/fhir+xml")], "").expect(200);
        assert!(xml.body.contains("<Bundle "), "{}", xml.body);
    }
}

#[test]
fn bundles_are_performed_later() {
    let server = with_patient(&[]);
    for (kind, id) in [("transaction", "a"), ("batch", "b")] {
        let bundle = json!({ "resourceType": "Bundle", "type": kind, "entry": [
            { "resource": { "resourceType": "Patient", "id": id }, "request": { "method": "PUT", "url": format!("Patient/{id}") } }] });
        let status = taken(server.send("POST", "", &[FHIR_JSON, LATER], &bundle.to_string()));
        let manifest = done(&server, &status).expect(200).json();
        let answer = server.get(&result(&manifest)).expect(200).json();
        assert_eq!(answer["type"], format!("{kind}-response"));
        assert_eq!(answer["entry"][0]["response"]["status"], "201 Created");
        server.get(&format!("Patient/{id}")).expect(200);
    }
}

#[test]
fn a_failure_is_told_by_the_status() {
    let server = with_patient(&[]);
    // What is wrong with the request as such is told at once.
    server.send("GET", "Nonsense", &[LATER], "").expect(404);
    server.send("POST", "", &[LATER, ("Content-Type", "text/plain")], "x").expect(415);
    let status = taken(server.send("GET", "Patient?nonsense=1", &[LATER], ""));
    let failed = done(&server, &status).expect(400);
    assert_eq!(failed.json()["resourceType"], "OperationOutcome");
    assert_eq!(
        server.get(&format!("{status}/result")).expect(400).json()["resourceType"],
        "OperationOutcome"
    );
}

#[test]
fn other_requests_are_answered_at_once() {
    let server = with_patient(&[]);
    server.send("GET", "Patient/p1", &[LATER], "").expect(200);
    server.send("PUT", "Patient/p1", &[FHIR_JSON, LATER], PATIENT).expect(200);
    server.send("GET", "metadata", &[LATER], "").expect(200);
    server.send("HEAD", "Patient", &[LATER], "").expect(200);
    let none = with_patient(&["--async-jobs", "0"]);
    assert_eq!(none.send("GET", "Patient", &[LATER], "").expect(200).json()["total"], 1);
}

#[test]
fn a_cancelled_request_is_unknown() {
    let server = with_patient(&[]);
    let status = taken(server.send("GET", "Patient", &[LATER], ""));
    server.delete(&status).expect(202);
    server.get(&status).expect(404);
    server.get(&format!("{status}/result")).expect(404);
    server.delete(&status).expect(404);
    server.get("_async/none").expect(404);
}

#[test]
fn answers_survive_a_restart_until_they_expire_and_lost_requests_are_told() {
    let data = tempfile::tempdir().unwrap();
    let flags = ["--profiles", "base"];
    let mut server = Server::start_on_file(data.path(), &flags);
    server.put("Patient/p1", PATIENT).expect(201);
    let id = |status: &str| status.rsplit('/').next().unwrap().to_owned();
    let kept = id(&taken(server.send("GET", "Patient", &[LATER], "")));
    let lost = id(&taken(server.send("GET", "Patient", &[LATER], "")));
    let expired = id(&taken(server.send("GET", "Patient", &[LATER], "")));
    for id in [&kept, &lost, &expired] {
        done(&server, &format!("_async/{id}")).expect(200);
    }
    assert!(server.stop());
    let file = data.path().join("westway.db");
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let unfinished = r#"{"process":"another","request":"x","begun":1,"done":null}"#;
    conn.batch_execute(&format!(
        "UPDATE kept_answer SET content = CAST('{unfinished}' AS BLOB) WHERE id = '{lost}'; \
         UPDATE kept_answer SET expires = 1 WHERE id = '{expired}'"
    ))
    .unwrap();
    drop(conn);

    let server = Server::start_on_file(data.path(), &flags);
    let answer = server.get(&format!("_async/{kept}/result")).expect(200);
    assert_eq!(answer.json()["entry"][0]["resource"]["id"], "p1");
    let told = server.get(&format!("_async/{lost}")).expect(500);
    assert_eq!(told.json()["issue"][0]["details"]["coding"][0]["code"], "job-lost");
    server.get(&format!("_async/{expired}")).expect(404);
    server.delete(&format!("_async/{kept}")).expect(202);
    server.get(&format!("_async/{kept}")).expect(404);
}
