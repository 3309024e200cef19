//! Removing for good.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper fails the test")]

use std::path::Path;

use serde_json::json;

use super::{PATIENT, with_patient};
use crate::common::{Answer, FHIR_JSON, Server};

const ALLOWED: [&str; 1] = ["--allow-erasure"];

/// Makes `p1` have four versions, each with another name.
fn change(server: &Server) {
    for name in ["Quincey", "Ripley", "Sebald"] {
        let patient = json!({ "resourceType": "Patient", "id": "p1", "name": [{ "family": name }] });
        server.put("Patient/p1", &patient.to_string()).expect(200);
    }
}

fn purge(server: &Server, path: &str, parameters: &str) -> Answer {
    server.send("POST", &format!("{path}/$purge"), &[FHIR_JSON], parameters)
}

fn total(server: &Server, path: &str) -> u64 {
    server.get(path).expect(200).json()["total"].as_u64().unwrap_or_default()
}

#[test]
fn nothing_is_removed_unless_the_operator_allows_it() {
    let server = with_patient(&[]);
    change(&server);
    for refused in [
        purge(&server, "Patient/p1", ""),
        server.delete("Patient/p1/_history"),
        server.delete("Patient/p1/_history/1"),
    ] {
        let refused = refused.expect(403);
        assert_eq!(refused.json()["issue"][0]["code"], "forbidden");
    }
    assert_eq!(total(&server, "Patient/p1/_history"), 4);
}

#[test]
fn a_version_goes_and_the_others_stay() {
    let server = with_patient(&ALLOWED);
    change(&server);
    server.delete("Patient/p1/_history/2").expect(204);
    server.get("Patient/p1/_history/2").expect(404);
    server.get("Patient/p1/_history/1").expect(200);
    assert_eq!(total(&server, "Patient/p1/_history"), 3);
    assert_eq!(total(&server, "Patient/_history"), 3);
    assert_eq!(total(&server, "_history"), 3);
    let refused = server.delete("Patient/p1/_history/4").expect(409);
    assert_eq!(refused.json()["issue"][0]["details"]["coding"][0]["code"], "current-version");
    server.delete("Patient/p1/_history/2").expect(404);
    server.delete("Patient/p1/_history/9").expect(404);
    server.delete("Patient/none/_history/1").expect(404);
    // The next version is numbered as if nothing had been removed.
    assert_eq!(server.put("Patient/p1", PATIENT).expect(200).header("ETag"), "W/\"5\"");
}

#[test]
fn the_history_goes_and_the_resource_stays() {
    let server = with_patient(&ALLOWED);
    change(&server);
    let told = server.send("DELETE", "Patient/p1/_history", &[("Prefer", "return=OperationOutcome")], "");
    assert!(told.expect(200).body.contains("3 versions of a Patient"));
    assert_eq!(total(&server, "Patient/p1/_history"), 1);
    assert_eq!(server.get("Patient/p1").expect(200).header("ETag"), "W/\"4\"");
    assert_eq!(total(&server, "Patient?family=Sebald"), 1);
    server.delete("Patient/none/_history").expect(404);
}

#[test]
fn a_purged_resource_is_nowhere() {
    let server = with_patient(&ALLOWED);
    change(&server);
    let told = purge(&server, "Patient/p1", "").expect(200);
    assert_eq!(told.json()["issue"][0]["severity"], "information");
    server.get("Patient/p1").expect(404);
    server.get("Patient/p1/_history").expect(404);
    server.get("Patient/p1/_history/1").expect(404);
    for search in
        ["Patient", "Patient?family=Sebald", "Patient?_content=sebald", "Patient?_id=p1", "Patient/_history"]
    {
        assert_eq!(total(&server, search), 0, "{search}");
    }
    purge(&server, "Patient/p1", "").expect(404);
    // The id is free again.
    assert_eq!(server.put("Patient/p1", PATIENT).expect(201).header("ETag"), "W/\"1\"");
    // What was deleted before can be purged too.
    server.delete("Patient/p1").expect(204);
    purge(&server, "Patient/p1", "").expect(200);
    server.get("Patient/p1").expect(404);
}

#[test]
fn what_others_refer_to_is_purged_only_by_force() {
    let server = with_patient(&ALLOWED);
    let observation = json!({ "resourceType": "Observation", "id": "o1", "status": "final", "code": { "text": "x" },
        "subject": { "reference": "Patient/p1" } });
    server.put("Observation/o1", &observation.to_string()).expect(201);
    let refused = purge(&server, "Patient/p1", "").expect(409);
    assert!(refused.body.contains("Observation/o1"), "{}", refused.body);
    server.get("Patient/p1").expect(200);
    assert_eq!(total(&server, "Patient"), 1);
    let force =
        json!({ "resourceType": "Parameters", "parameter": [{ "name": "force", "valueBoolean": true }] });
    purge(&server, "Patient/p1", &force.to_string()).expect(200);
    server.get("Patient/p1").expect(404);
    assert_eq!(total(&server, "Observation?subject=Patient/p1"), 1);
}

#[test]
fn the_bytes_are_gone_from_the_files() {
    let data = tempfile::tempdir().unwrap();
    let flags = ["--profiles", "base", ALLOWED[0]];
    let mut server = Server::start_on_file(data.path(), &flags);
    server.put("Patient/p1", PATIENT).expect(201);
    change(&server);
    assert!(server.stop());
    assert!(occurs(data.path(), "Ripley"));
    let mut server = Server::start_on_file(data.path(), &flags);
    purge(&server, "Patient/p1", "").expect(200);
    assert!(server.stop());
    for name in ["Quincey", "Ripley", "Sebald"] {
        assert!(!occurs(data.path(), name), "{name}");
    }
}

/// Whether a text stands in any file of the database.
fn occurs(folder: &Path, text: &str) -> bool {
    let files =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let contents = files.map(|file| std::fs::read(file).unwrap());
    contents.into_iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

#[test]
fn the_parameter_of_a_purged_definition_is_gone() {
    let server = with_patient(&ALLOWED);
    let definition = json!({ "resourceType": "SearchParameter", "id": "shoe", "url": "https://example.org/shoe",
        "name": "shoe", "status": "active", "description": "x", "code": "shoe", "base": ["Patient"], "type": "string",
        "expression": "Patient.name.suffix" });
    server.put("SearchParameter/shoe", &definition.to_string()).expect(201);
    purge(&server, "SearchParameter/shoe", "").expect(200);
    server.get("Patient?shoe=x").expect(400);
    server.get("SearchParameter/shoe").expect(404);
}
