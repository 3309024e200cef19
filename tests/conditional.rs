//! Interactions with a condition: read, update, patch and delete (R4 HTTP 3.1.0.3.1, 3.1.0.5.1, 3.1.0.6, 3.1.0.7.1).

mod common;

use std::sync::Barrier;

use common::{Answer, FHIR_JSON, Server};

fn server() -> Server {
    Server::start_with(&["--profiles", "base"])
}

fn patient(id: Option<&str>, value: &str) -> String {
    let id = id.map(|id| format!(r#""id":"{id}","#)).unwrap_or_default();
    format!(r#"{{"resourceType":"Patient",{id}"identifier":[{{"system":"urn:s","value":"{value}"}}]}}"#)
}

const BY_A: &str = "Patient?identifier=urn:s%7Ca";

#[test]
fn a_read_tells_what_the_client_has_already() {
    let server = server();
    let created = server.put("Patient/p", &patient(Some("p"), "a")).expect(201);
    let modified = created.header("Last-Modified").to_owned();
    let get = |header: (&str, &str)| server.send("GET", "Patient/p", &[header], "");
    assert_eq!(get(("If-None-Match", "W/\"1\"")).expect(304).body, "");
    get(("If-None-Match", "W/\"7\", \"1\"")).expect(304);
    get(("If-None-Match", "W/\"2\"")).expect(200);
    get(("If-Modified-Since", &modified)).expect(304);
    get(("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT")).expect(200);
    get(("If-Modified-Since", "yesterday")).expect(200);
    server.send("GET", "Patient/p/_history/1", &[("If-None-Match", "W/\"1\"")], "").expect(304);
    assert_eq!(server.send("HEAD", "Patient/p", &[], "").expect(200).header("ETag"), "W/\"1\"");
}

#[test]
fn an_update_finds_its_resource() {
    let server = server();
    let created = server.put(BY_A, &patient(None, "a")).expect(201);
    let id = created.id();
    let updated = server.put(BY_A, &patient(None, "a")).expect(200);
    assert_eq!((updated.id(), updated.header("ETag")), (id.clone(), "W/\"2\""));
    server.put(BY_A, &patient(Some(&id), "a")).expect(200);
    server.put(BY_A, &patient(Some("other"), "a")).expect(400);

    assert_eq!(
        server.put("Patient?identifier=urn:s%7Cb", &patient(Some("mine"), "b")).expect(201).id(),
        "mine"
    );
    let taken = server.put("Patient?identifier=urn:s%7Cc", &patient(Some("mine"), "c")).expect(409);
    assert!(taken.body.contains("Patient/mine exists already"), "{}", taken.body);

    server.post("Patient", &patient(None, "a")).expect(201);
    server.put(BY_A, &patient(None, "a")).expect(412);
    server.put("Patient", &patient(None, "a")).expect(400);
    server.put("Patient?nonsense=1", &patient(None, "a")).expect(400);
    let if_match = |etag| {
        server.send(
            "PUT",
            "Patient?identifier=urn:s%7Cb",
            &[FHIR_JSON, ("If-Match", etag)],
            &patient(None, "b"),
        )
    };
    if_match("W/\"9\"").expect(412);
    if_match("W/\"1\"").expect(200);
}

#[test]
fn clients_that_race_update_one_resource() {
    let server = server();
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                let answer = server.put(BY_A, &patient(None, "a"));
                assert!(matches!(answer.status, 200 | 201 | 409), "{}", answer.body);
            });
        }
    });
    assert_eq!(server.get(&format!("{BY_A}&_summary=count")).json()["total"], 1);
}

#[test]
fn a_star_means_that_nothing_may_be_there() {
    let server = server();
    let put =
        || server.send("PUT", "Patient/p", &[FHIR_JSON, ("If-None-Match", "*")], &patient(Some("p"), "a"));
    put().expect(201);
    put().expect(412);
    server.delete("Patient/p").expect(204);
    assert_eq!(put().expect(201).header("ETag"), "W/\"3\"");
}

#[test]
fn a_delete_takes_one_unless_the_operator_allows_more() {
    let server = server();
    server.delete(BY_A).expect(204);
    server.post("Patient", &patient(None, "a")).expect(201);
    server.delete(BY_A).expect(204);
    assert_eq!(server.get(BY_A).json()["total"], 0);
    for _ in 0..3 {
        server.post("Patient", &patient(None, "a")).expect(201);
    }
    server.delete(BY_A).expect(412);
    server.delete("Patient").expect(400);
    assert_eq!(server.get(BY_A).json()["total"], 3);

    let several = Server::start_with(&["--profiles", "base", "--conditional-delete", "3"]);
    for _ in 0..3 {
        several.post("Patient", &patient(None, "a")).expect(201);
    }
    let told = several.send("DELETE", BY_A, &[("Prefer", "return=OperationOutcome")], "").expect(200);
    assert!(told.body.contains("3 resources were deleted"), "{}", told.body);
    assert_eq!(several.get(BY_A).json()["total"], 0);
}

#[test]
fn entries_of_bundles_have_conditions_too() {
    let server = server();
    server.put("Patient/p", &patient(Some("p"), "a")).expect(201);
    let entry = |method: &str, url: &str, more: &str, resource: &str| {
        let resource = if resource.is_empty() { String::new() } else { format!(r#""resource":{resource},"#) };
        format!(r#"{{{resource}"request":{{"method":"{method}","url":"{url}"{more}}}}}"#)
    };
    let bundle = |entries: &[String]| {
        let text =
            format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{}]}}"#, entries.join(","));
        server.post("", &text)
    };
    let statuses = |answer: &Answer| -> Vec<String> {
        let json = answer.json();
        let entries = json["entry"].as_array().unwrap().iter();
        entries.map(|entry| entry["response"]["status"].as_str().unwrap().chars().take(3).collect()).collect()
    };
    let patch = r#"{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"active"},{"name":"value","valueBoolean":true}]}]}"#;
    let answer = bundle(&[
        entry("GET", "Patient/p", r#","ifNoneMatch":"W/\"1\"""#, ""),
        entry("PUT", "Patient?identifier=urn:s|new", "", &patient(None, "new")),
        entry("PATCH", "Patient?identifier=urn:s|a", "", patch),
        entry("DELETE", "Patient?identifier=urn:s|none", "", ""),
    ])
    .expect(200);
    assert_eq!(statuses(&answer), ["200", "201", "200", "204"], "{}", answer.body);
    assert_eq!(server.get("Patient/p").json()["active"], true);

    let json_patch = r#"{"resourceType":"Binary","contentType":"application/json-patch+json","data":"W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9hY3RpdmUiLCJ2YWx1ZSI6ZmFsc2V9XQ=="}"#;
    let answer = bundle(&[entry("PATCH", "Patient/p", r#","ifMatch":"W/\"2\"""#, json_patch)]).expect(200);
    assert_eq!(statuses(&answer), ["200"]);
    assert_eq!(server.get("Patient/p").json()["active"], false);

    bundle(&[
        entry("DELETE", "Patient?identifier=urn:s|new", "", ""),
        entry("PATCH", "Patient/p", r#","ifMatch":"W/\"1\"""#, json_patch),
    ])
    .expect(412);
    assert_eq!(server.get("Patient?identifier=urn:s%7Cnew").json()["total"], 1);
    bundle(&[entry("PUT", "Patient/p", r#","ifNoneMatch":"*""#, &patient(Some("p"), "a"))]).expect(412);
    bundle(&[
        entry("PATCH", "Patient/p", "", patch),
        entry("PUT", "Patient/p", "", &patient(Some("p"), "a")),
    ])
    .expect(400);
    bundle(&[entry("PATCH", "Patient?identifier=urn:s|nobody", "", patch)]).expect(400);
}
