//! create, read, vread, update, delete and history over HTTP.

mod common;

use common::{FHIR_JSON, Server};
use serde_json::json;

const PATIENT: &str =
    r#"{"resourceType":"Patient","name":[{"family":"Okafor","given":["Ada"]}],"gender":"female"}"#;

#[test]
fn a_created_resource_can_be_read_at_its_location() {
    let server = Server::start();
    let created = server.post("Patient", PATIENT).expect(201);
    let id = created.id();
    assert_eq!(created.header("Location"), format!("{}/Patient/{id}/_history/1", server.base));
    assert_eq!(created.header("ETag"), "W/\"1\"");
    assert!(!created.header("Last-Modified").is_empty());
    let read = server.get(&format!("Patient/{id}")).expect(200);
    assert_eq!(read.body, created.body);
    assert_eq!(read.header("Content-Type"), "application/fhir+json; charset=utf-8");
    let resource = read.json();
    assert_eq!(resource["meta"]["versionId"], "1");
    assert_eq!(resource["name"], json!([{ "family": "Okafor", "given": ["Ada"] }]));
    assert_eq!(server.get(&format!("Patient/{id}/_history/1")).expect(200).body, read.body);
}

#[test]
fn updates_make_versions_and_deletions_keep_them() {
    let server = Server::start();
    let body =
        |city: &str| format!(r#"{{"resourceType":"Patient","id":"p1","address":[{{"city":"{city}"}}]}}"#);
    server.put("Patient/p1", &body("Harrow")).expect(201);
    let second = server.put("Patient/p1", &body("Ealing")).expect(200);
    assert_eq!(second.header("ETag"), "W/\"2\"");
    server.delete("Patient/p1").expect(204);
    server.delete("Patient/p1").expect(204);
    let gone = server.get("Patient/p1").expect(410);
    assert_eq!(gone.json()["issue"][0]["code"], "deleted");
    assert_eq!(server.get("Patient/p1/_history/1").expect(200).json()["address"][0]["city"], "Harrow");
    server.get("Patient/p1/_history/3").expect(410);
    server.get("Patient/p1/_history/4").expect(404);
    server.put("Patient/p1", &body("Brent")).expect(201);
    assert_eq!(server.get("Patient/p1").expect(200).json()["meta"]["versionId"], "4");
}

#[test]
fn if_match_guards_an_update_and_a_deletion() {
    let server = Server::start();
    let body = r#"{"resourceType":"Basic","id":"b","code":{"text":"x"}}"#;
    server.put("Basic/b", body).expect(201);
    let put = |etag: &str| server.send("PUT", "Basic/b", &[FHIR_JSON, ("If-Match", etag)], body);
    put("W/\"7\"").expect(412);
    put("W/\"1\"").expect(200);
    server.send("DELETE", "Basic/b", &[("If-Match", "W/\"1\"")], "").expect(412);
    assert_eq!(server.get("Basic/b").expect(200).json()["meta"]["versionId"], "2");
    server
        .send("PUT", "Basic/none", &[FHIR_JSON, ("If-Match", "W/\"1\"")], &body.replace("\"b\"", "\"none\""))
        .expect(412);
}

#[test]
fn prefer_chooses_the_body_of_a_write() {
    let server = Server::start();
    let post = |prefer: &str| server.send("POST", "Patient", &[FHIR_JSON, ("Prefer", prefer)], PATIENT);
    assert_eq!(post("return=minimal").expect(201).body, "");
    assert_eq!(post("return=representation").expect(201).json()["resourceType"], "Patient");
    assert_eq!(post("return=OperationOutcome").expect(201).json()["resourceType"], "OperationOutcome");
    post("return=all").expect(400);
}

#[test]
fn history_tells_every_version_newest_first_on_three_levels() {
    let server = Server::start();
    server.put("Patient/a", r#"{"resourceType":"Patient","id":"a"}"#).expect(201);
    server.put("Patient/a", r#"{"resourceType":"Patient","id":"a","active":true}"#).expect(200);
    server.put("Organization/o", r#"{"resourceType":"Organization","id":"o","name":"Trust"}"#).expect(201);
    server.delete("Patient/a").expect(204);
    let methods = |path: &str| -> Vec<String> {
        let bundle = server.get(path).expect(200).json();
        let entries = bundle["entry"].as_array().unwrap().clone();
        entries
            .iter()
            .map(|entry| {
                format!(
                    "{} {}",
                    entry["request"]["method"].as_str().unwrap(),
                    entry["response"]["etag"].as_str().unwrap()
                )
            })
            .collect()
    };
    assert_eq!(methods("Patient/a/_history"), ["DELETE W/\"3\"", "PUT W/\"2\"", "PUT W/\"1\""]);
    assert_eq!(methods("Patient/_history").len(), 3);
    assert_eq!(methods("_history").len(), 4);
    let first = server.get("_history?_count=3").expect(200);
    let rest = server.get(&first.link("next").unwrap()).expect(200);
    assert_eq!(rest.json()["entry"].as_array().unwrap().len(), 1);
    assert!(rest.link("next").is_none());
    server.get("Patient/never/_history").expect(404);
    server.get("_history?_sort=family").expect(400);
}

#[test]
fn decimals_order_and_primitive_extensions_come_back_as_they_were_sent() {
    let server = Server::start();
    let sent = r#"{"resourceType":"Observation","id":"d","status":"final","_status":{"extension":[{"url":"http://example.org/why","valueString":"ä\"\\\n"}]},"code":{"text":"x"},"valueQuantity":{"value":1.00,"unit":"kg"},"referenceRange":[{"low":{"value":0.123456789012345678901234567890},"high":{"value":1e2}}]}"#;
    server.put("Observation/d", sent).expect(201);
    let read = server.get("Observation/d").expect(200).body;
    let (before, after) = read.split_once("\"meta\":{").unwrap();
    let rest = after.split_once("},").unwrap().1;
    assert_eq!(format!("{before}{rest}"), sent.to_owned());
}

#[test]
fn the_demo_population_is_accepted_by_the_server_itself() {
    let server = Server::start_with(&["--demo", "--patients", "20", "--now", "2026-11-24"]);
    let count = |path: &str| {
        server.get(&format!("{path}&_summary=count")).expect(200).json()["total"].as_u64().unwrap()
    };
    assert_eq!(count("Patient?birthdate=ge1900"), 20);
    assert!(count("ServiceRequest?status=active,completed,revoked,on-hold,draft") > 0);
    assert!(count("Encounter?date=ge2000") > 0);
    assert!(count("CarePlan?subject:Patient.birthdate=ge1900") > 0);
}

#[test]
fn a_stopped_server_finishes_and_its_data_stays() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start_in(data.path(), &[]);
    server.put("Patient/kept", r#"{"resourceType":"Patient","id":"kept"}"#).expect(201);
    assert!(server.stop());
    let again = Server::start_in(data.path(), &[]);
    again.get("Patient/kept").expect(200);
}

#[test]
fn health_readiness_and_metrics_are_told() {
    let server = Server::start();
    server.post("Patient", PATIENT).expect(201);
    server.get("Patient/none").expect(404);
    let root = server.base.strip_suffix("/fhir").unwrap();
    let page = |path: &str| server.get(&format!("{root}/{path}"));
    assert_eq!(page("health").expect(200).body, "ok\n");
    assert_eq!(page("ready").expect(200).body, "ready\n");
    let metrics = page("metrics").expect(200).body;
    for line in [
        "westway_http_requests_total{method=\"POST\",route=\"Patient\",status=\"201\"} 1",
        "westway_http_requests_total{method=\"GET\",route=\"Patient/{id}\",status=\"404\"} 1",
        "westway_resources{type=\"Patient\"} 1",
        "westway_store_waiting_writes 0",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
    page("elsewhere").expect(404);
}

#[test]
fn head_answers_as_get_without_the_body() {
    let server = Server::start();
    let id = server.post("Patient", PATIENT).expect(201).id();
    let head = server.send("HEAD", &format!("Patient/{id}"), &[], "").expect(200);
    assert_eq!((head.body.as_str(), head.header("ETag")), ("", "W/\"1\""));
}
