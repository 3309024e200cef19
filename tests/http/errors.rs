//! Every refusal is an OperationOutcome in the format asked for, with the headers of its status.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper fails the test")]

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::with_patient;
use crate::common::{Answer, FHIR_JSON, Server};

const FAILURE: &str = "https://westway.example/CodeSystem/failure";

/// Checks an outcome that was asked for in JSON, and returns its text.
#[track_caller]
fn outcome(answer: Answer, status: u16, code: &str, failure: &str) -> Answer {
    let answer = answer.expect(status);
    assert_eq!(answer.header("Content-Type"), "application/fhir+json; charset=utf-8");
    let outcome = answer.json();
    assert_eq!(outcome["resourceType"], "OperationOutcome");
    assert_eq!(outcome["issue"][0]["code"], code, "{outcome}");
    let codings = outcome["issue"][0]["details"]["coding"].as_array().unwrap();
    let own = codings.iter().find(|coding| coding["system"] == FAILURE).unwrap();
    assert_eq!(own["code"], failure);
    answer
}

#[test]
fn refusals_come_in_the_format_asked_for() {
    let server = with_patient(&[]);
    let root = server.base.trim_end_matches("/fhir").to_owned();
    let beside = [format!("{root}/nonsense"), format!("{root}/fhirx")];
    let in_xml =
        |method: &str, path: &str| server.send(method, path, &[("Accept", "application/fhir+xml")], "");
    for (method, path, status) in [
        ("GET", "Nonsense", 404),
        ("GET", "Patient/none", 404),
        ("GET", "Patient/p1/_history/1/more/than/this", 404),
        ("POST", "metadata", 405),
        ("TRACE", "Patient/p1", 405),
        ("GET", &beside[0], 404),
        ("GET", &beside[1], 404),
        ("GET", "Patient?nonsense=1", 400),
        ("POST", &format!("{root}/health"), 405),
    ] {
        let answer = in_xml(method, path).expect(status);
        assert_eq!(answer.header("Content-Type"), "application/fhir+xml; charset=utf-8", "{path}");
        assert!(answer.body.contains("<OperationOutcome "), "{path}: {}", answer.body);
        assert!(answer.body.contains(FAILURE), "{path}: {}", answer.body);
        assert!(!answer.header("X-Request-Id").is_empty());
    }
}

#[test]
fn a_method_that_does_not_fit_tells_those_that_do() {
    let server = with_patient(&[]);
    for (method, path, allowed) in [
        ("POST", "Patient/p1", "GET, HEAD, PUT, PATCH, DELETE"),
        ("PUT", "metadata", "GET, HEAD"),
        ("DELETE", "", "GET, HEAD, POST"),
        ("PATCH", "Patient/_search", "POST"),
        ("OPTIONS", "Patient", "GET, HEAD, POST, PUT, PATCH, DELETE"),
        ("GET", "Patient/p1/$meta-add", "POST"),
        ("POST", "Patient/p1/$reindex", ""),
    ] {
        let refused = server.send(method, path, &[FHIR_JSON], "{}");
        assert_eq!(refused.status, 405, "{method} {path}: {}", refused.body);
        assert_eq!(refused.header("Allow"), allowed, "{method} {path}");
        assert_eq!(refused.json()["issue"][0]["code"], "not-supported");
    }
    let health = format!("{}/health", server.base.trim_end_matches("/fhir"));
    assert_eq!(server.send("DELETE", &health, &[], "").expect(405).header("Allow"), "GET");
}

#[test]
fn bodies_that_are_too_large_or_of_another_kind() {
    let server = with_patient(&["--max-body", "2000"]);
    let large = format!(r#"{{"resourceType":"Patient","language":"{}"}}"#, "x".repeat(3000));
    outcome(server.post("Patient", &large), 413, "too-long", "too-large");
    let text = server.send("POST", "Patient", &[("Content-Type", "text/plain")], "x");
    outcome(text, 415, "not-supported", "unsupported-media-type");
    outcome(
        server.send("GET", "Patient", &[("Accept", "text/turtle")], ""),
        406,
        "not-supported",
        "not-acceptable",
    );
    outcome(server.post("Patient", "{"), 400, "structure", "not-json");
    outcome(server.post("Patient", ""), 400, "required", "no-body");
    outcome(server.put("Patient/p1", r#"{"resourceType":"Patient","id":"p2"}"#), 400, "invalid", "wrong-id");
    server.delete("Patient/p1").expect(204);
    let gone = outcome(server.get("Patient/p1"), 410, "deleted", "gone");
    assert_eq!(gone.header("ETag"), "W/\"2\"");
}

#[test]
fn a_failure_of_the_server_tells_its_request_and_nothing_else() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start_on_file(data.path(), &["--profiles", "base"]);
    server.put("Patient/p1", super::PATIENT).expect(201);
    assert!(server.stop());
    damage(data.path());
    let server = Server::start_on_file(data.path(), &["--profiles", "base"]);
    let answer = server.send("GET", "Patient/p1?_elements=active", &[("X-Request-Id", "req-7")], "");
    let failed = outcome(answer, 500, "exception", "internal");
    let text = failed.json()["issue"][0]["diagnostics"].as_str().unwrap().to_owned();
    assert_eq!(text, "the server failed; the log has the details (request req-7)");
    assert_eq!(failed.header("X-Request-Id"), "req-7");
}

/// Puts something else in the place of all stored bodies.
fn damage(data: &Path) {
    let file = data.join("westway.db");
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    conn.batch_execute("UPDATE version SET body = x'7b7b'").unwrap();
}
