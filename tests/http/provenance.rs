//! `X-Provenance`: a Provenance that comes with a write.

#![expect(clippy::indexing_slicing, reason = "a helper fails the test")]

use serde_json::{Value, json};

use super::{PATIENT, with_patient};
use crate::common::{Answer, FHIR_JSON, Server};

const PROVENANCE: &str = r#"{"resourceType":"Provenance","recorded":"2026-01-02T03:04:05Z","agent":[{"who":{"display":"Dr Ümit"}}]}"#;

fn send(server: &Server, method: &str, path: &str, body: &str) -> Answer {
    server.send(method, path, &[FHIR_JSON, ("X-Provenance", PROVENANCE)], body)
}

/// What the provenances that are stored are about, the newest last.
fn targets(server: &Server) -> Vec<Value> {
    let found = server.get("Provenance?_sort=_lastUpdated").expect(200).json();
    let entries = found["entry"].as_array().cloned().unwrap_or_default();
    entries.into_iter().map(|entry| entry["resource"]["target"].clone()).collect()
}

#[test]
fn each_kind_of_write_is_recorded_with_the_version_that_it_made() {
    let server = with_patient(&[]);
    let created = send(&server, "POST", "Patient", r#"{"resourceType":"Patient"}"#).expect(201);
    let path = format!("Patient/{}", created.id());
    send(&server, "PUT", "Patient/p1", PATIENT).expect(200);
    let patch = [("Content-Type", "application/json-patch+json"), ("X-Provenance", PROVENANCE)];
    let operations = r#"[{"op":"replace","path":"/active","value":false}]"#;
    server.send("PATCH", "Patient/p1", &patch, operations).expect(200);
    send(&server, "PUT", "Patient/new", r#"{"resourceType":"Patient","id":"new"}"#).expect(201);
    let expected = [
        format!("{path}/_history/1"),
        "Patient/p1/_history/2".to_owned(),
        "Patient/p1/_history/3".to_owned(),
        "Patient/new/_history/1".to_owned(),
    ];
    assert_eq!(targets(&server), expected.map(|reference| json!([{ "reference": reference }])));
    let found = server.get("Provenance?target=Patient/new").expect(200).json();
    assert_eq!(found["entry"][0]["resource"]["agent"][0]["who"]["display"], "Dr Ümit");
}

#[test]
fn a_transaction_is_recorded_as_a_whole_and_a_batch_entry_by_entry() {
    let server = with_patient(&[]);
    let bundle = |kind: &str| {
        json!({ "resourceType": "Bundle", "type": kind, "entry": [
            { "resource": { "resourceType": "Patient", "id": "a" }, "request": { "method": "PUT", "url": "Patient/a" } },
            { "resource": { "resourceType": "Patient", "id": "b" }, "request": { "method": "PUT", "url": "Patient/b" } },
            { "request": { "method": "GET", "url": "Patient/p1" } },
            { "request": { "method": "DELETE", "url": "Patient/none" } },
        ] })
        .to_string()
    };
    let answer = send(&server, "POST", "", &bundle("transaction")).expect(200).json();
    assert_eq!(answer["entry"].as_array().map(Vec::len), Some(4));
    let both = json!([{ "reference": "Patient/a/_history/1" }, { "reference": "Patient/b/_history/1" }]);
    assert_eq!(targets(&server), std::slice::from_ref(&both));
    send(&server, "POST", "", &bundle("batch")).expect(200);
    assert_eq!(
        targets(&server),
        [
            both,
            json!([{ "reference": "Patient/a/_history/2" }]),
            json!([{ "reference": "Patient/b/_history/2" }])
        ]
    );
}

#[test]
fn one_that_is_bad_refuses_the_write() {
    let server = with_patient(&[]);
    for bad in [
        "{",
        r#"{"resourceType":"Patient"}"#,
        r#"{"resourceType":"Provenance"}"#,
        r#"{"resourceType":"Provenance","recorded":"2026-01-02T03:04:05Z","agent":[{"who":{"display":"x"}}],"target":[{"reference":"Patient/p1"}]}"#,
        r#"{"resourceType":"Provenance","recorded":"yesterday","agent":[{"who":{"display":"x"}}]}"#,
    ] {
        let refused =
            server.send("PUT", "Patient/p1", &[FHIR_JSON, ("X-Provenance", bad)], PATIENT).expect(400);
        assert!(refused.body.contains("X-Provenance"), "{}", refused.body);
    }
    let nobody = PROVENANCE.replace(r#""display":"Dr Ümit""#, r#""reference":"Practitioner/none""#);
    server.send("PUT", "Patient/p1", &[FHIR_JSON, ("X-Provenance", &nobody)], PATIENT).expect(422);
    for (method, path) in [("GET", "Patient/p1"), ("DELETE", "Patient/p1"), ("GET", "Patient")] {
        send(&server, method, path, "").expect(400);
    }
    assert_eq!(server.get("Patient/p1").expect(200).header("ETag"), "W/\"1\"");
    assert_eq!(targets(&server).len(), 0);
}

#[test]
fn conditions_hold_with_it_too() {
    let server = with_patient(&[]);
    let conditional = |name: &str, value: &str| {
        server.send("PUT", "Patient/p1", &[FHIR_JSON, ("X-Provenance", PROVENANCE), (name, value)], PATIENT)
    };
    conditional("If-Match", "W/\"7\"").expect(412);
    conditional("If-None-Match", "*").expect(412);
    conditional("If-Match", "W/\"1\"").expect(200);
    assert_eq!(targets(&server), [json!([{ "reference": "Patient/p1/_history/2" }])]);
}

#[test]
fn writers_that_meet_are_all_recorded() {
    let server = with_patient(&[]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    send(&server, "PUT", "Patient/p1", PATIENT).expect(200);
                }
            });
        }
    });
    let mut numbers: Vec<String> =
        targets(&server).iter().map(|target| target[0]["reference"].to_string()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 20);
    assert_eq!(server.get("Patient/p1").header("ETag"), "W/\"21\"");
}
