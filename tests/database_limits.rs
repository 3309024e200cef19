//! Requests that the database keeps waiting are refused in time, and say why.

#![expect(clippy::indexing_slicing, reason = "a helper fails the test")]

mod common;

use std::thread::{scope, sleep};
use std::time::Duration;

use common::{Answer, Server, new_postgres_database};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

const PATIENT: &str = r#"{ "resourceType": "Patient", "id": "p" }"#;

/// The code of a failure, which must be one that passes.
fn failure(answer: Answer) -> String {
    let answer = answer.expect(503);
    assert_eq!(answer.header("Retry-After"), "2");
    let outcome = answer.json();
    assert_eq!(outcome["resourceType"], "OperationOutcome");
    outcome["issue"][0]["details"]["coding"][0]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn who_waits_too_long_for_the_database_is_told_what_for() {
    let Some(_cluster) = test_postgres::cluster() else { return };
    let url = new_postgres_database();
    let limits = ["--readers", "1", "--connection-timeout", "1", "--statement-timeout", "4"];
    let server =
        Server::start_with(&[&["--database-url", &url, "--profiles", "base"], limits.as_slice()].concat());
    server.put("Patient/p", PATIENT).expect(201);
    let metrics = || server.get(&server.base.replace("/fhir", "/metrics")).expect(200).body;
    assert!(metrics().contains("westway_store_most_readers 1\n"));
    assert!(metrics().contains("westway_store_refused_readers_total 0\n"));
    let mut conn = PgConnection::establish(&url).unwrap();
    conn.batch_execute("BEGIN; LOCK TABLE version IN ACCESS EXCLUSIVE MODE").unwrap();
    scope(|scope| {
        let slow = scope.spawn(|| server.get("Patient?_sort=_id"));
        // The only connection is in use by then.
        sleep(Duration::from_millis(500));
        assert_eq!(failure(server.get("Patient/p")), "busy");
        assert_eq!(failure(slow.join().unwrap()), "too-slow");
    });
    failure(server.put("Patient/p", PATIENT));
    conn.batch_execute("ROLLBACK").unwrap();
    assert_eq!(server.get("Patient/p").expect(200).header("ETag"), "W/\"1\"");
    server.put("Patient/p", PATIENT).expect(200);
    assert!(!metrics().contains("westway_store_refused_readers_total 0\n"));
}

#[test]
fn one_write_that_takes_too_long_fails_alone() {
    let Some(_cluster) = test_postgres::cluster() else { return };
    let url = new_postgres_database();
    let server =
        Server::start_with(&["--database-url", &url, "--profiles", "base", "--statement-timeout", "2"]);
    server.put("Patient/p", PATIENT).expect(201);
    let mut conn = PgConnection::establish(&url).unwrap();
    conn.batch_execute("BEGIN; LOCK TABLE patient IN ACCESS EXCLUSIVE MODE").unwrap();
    let changed = r#"{ "resourceType": "Patient", "id": "p", "active": true }"#;
    assert_eq!(failure(server.put("Patient/p", changed)), "too-slow");
    server.put("Basic/b", r#"{ "resourceType": "Basic", "id": "b", "code": { "text": "x" } }"#).expect(201);
    conn.batch_execute("ROLLBACK").unwrap();
    assert_eq!(server.get("Patient/p").expect(200).header("ETag"), "W/\"1\"");
    server.put("Patient/p", changed).expect(200);
}
