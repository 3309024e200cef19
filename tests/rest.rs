//! Rules of the R4 HTTP page that no other test is about. `docs/rest.md` has them all.

mod common;

use common::{FHIR_JSON, Server};
use serde_json::{Value, json};

fn server() -> Server {
    Server::start_with(&["--profiles", "base"])
}

#[test]
fn addresses_have_case_and_may_end_in_a_slash() {
    let server = server();
    let id = server.post("Patient", r#"{"resourceType":"Patient"}"#).expect(201).id();
    server.get("patient").expect(404);
    server.get(&format!("Patient/{}", id.to_uppercase())).expect(404);
    for path in [format!("Patient/{id}/"), "Patient/".to_owned(), "metadata/".to_owned()] {
        let address = format!("{}/{path}?_pretty=false", server.base);
        server.get(&address).expect(200);
    }
}

#[test]
fn the_server_decides_on_ids_of_creations_and_on_versions() {
    let server = server();
    let sent = json!({ "resourceType": "Patient", "id": "mine", "meta": {
        "versionId": "77", "lastUpdated": "2000-01-01T00:00:00Z", "source": "urn:a", "tag": [{ "system": "urn:t", "code": "kept" }] } });
    let created = server.post("Patient", &sent.to_string()).expect(201).json();
    assert_ne!(created["id"], "mine");
    let updated = server.put("Patient/mine", &sent.to_string()).expect(201).json();
    for stored in [&created, &updated] {
        assert_eq!(stored["meta"]["versionId"], "1");
        assert!(stored["meta"]["lastUpdated"].as_str().unwrap() > "2020");
        assert_eq!(stored["meta"]["tag"][0]["code"], "kept");
        assert_eq!(stored["meta"]["source"], "urn:a");
    }
}

#[test]
fn the_capability_statement_has_a_version_of_its_own() {
    let server = server();
    let first = server.get("metadata").expect(200);
    let etag = first.header("ETag").to_owned();
    assert!(etag.starts_with("W/\""), "{etag}");
    assert_eq!(server.send("GET", "metadata", &[("If-None-Match", &etag)], "").expect(304).body, "");
    let parameter = json!({ "resourceType": "SearchParameter", "id": "x", "url": "http://example.org/x", "name": "X", "status": "active",
        "description": "x", "code": "x-code", "base": ["Patient"], "type": "token", "expression": "Patient.active" });
    server.put("SearchParameter/x", &parameter.to_string()).expect(201);
    let second = server.send("GET", "metadata", &[("If-None-Match", &etag)], "").expect(200);
    assert_ne!(second.header("ETag"), etag);
}

#[test]
fn entries_of_a_batch_cannot_refer_to_each_other() {
    let server = server();
    let urn = "urn:uuid:0b1f7a5e-7d0b-4c85-9c0b-2f2a8b6c4d11";
    let observation = json!({ "resourceType": "Observation", "status": "final", "code": { "text": "x" }, "subject": { "reference": urn } });
    let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [
        { "fullUrl": urn, "resource": { "resourceType": "Patient" }, "request": { "method": "POST", "url": "Patient" } },
        { "resource": observation, "request": { "method": "POST", "url": "Observation" } } ] });
    let answer = server.post("", &batch.to_string()).expect(200).json();
    assert!(answer["entry"][0]["response"]["status"].as_str().unwrap().starts_with("201"));
    let stored = server.get("Observation").expect(200).json();
    let links: Vec<&Value> = stored["entry"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| &entry["resource"]["subject"]["reference"])
        .collect();
    assert!(links.iter().all(|link| **link == urn), "a batch rewrites no link: {links:?}");
}

#[test]
fn a_transaction_answers_with_what_the_client_prefers() {
    let server = server();
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        { "resource": { "resourceType": "Patient" }, "request": { "method": "POST", "url": "Patient" } } ] });
    let entry = |prefer: &[(&str, &str)]| {
        let headers = [&[FHIR_JSON][..], prefer].concat();
        server.send("POST", "", &headers, &bundle.to_string()).expect(200).json()["entry"][0].clone()
    };
    let plain = entry(&[]);
    assert!(plain["resource"].is_null());
    let response = &plain["response"];
    assert!(response["location"].as_str().unwrap().ends_with("/_history/1"));
    assert_eq!((&response["etag"], response["lastModified"].is_string()), (&json!("W/\"1\""), true));
    assert_eq!(entry(&[("Prefer", "return=representation")])["resource"]["resourceType"], "Patient");
}

#[test]
fn histories_can_begin_at_a_time_or_be_about_one() {
    let server = server();
    let stamp =
        |path: &str| server.get(path).expect(200).json()["meta"]["lastUpdated"].as_str().unwrap().to_owned();
    let put = |active: bool| {
        server
            .put("Patient/p", &json!({ "resourceType": "Patient", "id": "p", "active": active }).to_string())
    };
    put(true).expect(201);
    let first = stamp("Patient/p");
    std::thread::sleep(std::time::Duration::from_millis(20));
    put(false).expect(200);
    let second = stamp("Patient/p");
    let versions = |query: &str| -> Vec<String> {
        let bundle = server.get(&format!("Patient/p/_history?{query}")).expect(200).json();
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .map(|entry| entry["resource"]["meta"]["versionId"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(versions(""), ["2", "1"]);
    assert_eq!(versions(&format!("_since={second}")), ["2"]);
    assert_eq!(versions(&format!("_since={first}")), ["2", "1"]);
    assert_eq!(versions(&format!("_at={first}")), ["1"]);
    assert_eq!(versions(&format!("_at={}", second.split('T').next().unwrap())), ["2", "1"]);
    assert_eq!(versions("_count=1"), ["2"]);
    server.get("Patient/p/_history?_since=yesterday").expect(400);
}

#[test]
fn deletion_is_refused_where_others_refer_to_the_resource() {
    let server = server();
    server.put("Patient/p", r#"{"resourceType":"Patient","id":"p"}"#).expect(201);
    let observation = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"}}"#;
    server.put("Observation/o", observation).expect(201);
    let refused = server.delete("Patient/p").expect(409);
    assert!(refused.body.contains("Observation/o"), "{}", refused.body);
    server.delete("Observation/o").expect(204);
    server.delete("Patient/p").expect(204);
    assert!(server.get("Patient?_id=p").expect(200).matches().is_empty());
}
