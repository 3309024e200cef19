//! The operations over HTTP: where each can be invoked, what goes in, what comes out.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper fails the test")]

#[path = "../common/mod.rs"]
mod common;

mod diff;
mod document;
mod everything;
mod graphql;
mod labels;
mod matching;
mod observations;

use common::{Answer, FHIR_JSON, Server};
use serde_json::{Value, json};

const FHIR_XML: (&str, &str) = ("Content-Type", "application/fhir+xml");
const WANTS_XML: (&str, &str) = ("Accept", "application/fhir+xml");

fn server() -> Server {
    Server::start_with(&["--profiles", "base"])
}

fn put(server: &Server, resource: &Value) {
    let (kind, id) = (resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
    let answer = server.put(&format!("{kind}/{id}"), &resource.to_string());
    assert!(answer.status < 300, "{}", answer.body);
}

fn diagnostics(answer: &Answer) -> String {
    answer.json()["issue"][0]["diagnostics"].as_str().unwrap().to_owned()
}

#[test]
fn operations_are_where_the_capability_statement_says() {
    let server = server();
    let statement = server.get("metadata").expect(200).json();
    let names = |operations: &Value| -> Vec<String> {
        let operations = operations.as_array().unwrap().iter();
        operations.map(|operation| operation["name"].as_str().unwrap().to_owned()).collect()
    };
    let rest = &statement["rest"][0];
    let of_type = |kind: &str| {
        let resource = rest["resource"].as_array().unwrap().iter().find(|resource| resource["type"] == kind);
        names(&resource.unwrap()["operation"])
    };
    assert!(names(&rest["operation"]).contains(&"convert".to_owned()));
    assert!(!of_type("Patient").contains(&"convert".to_owned()));
    assert!(of_type("Basic").contains(&"meta-add".to_owned()));

    for (method, path, status, told) in [
        ("GET", "$nothing", 404, "$nothing"),
        ("GET", "Patient/$nothing", 404, "$nothing"),
        ("POST", "Patient/$convert", 405, "$convert cannot be invoked here; it can at $convert"),
        ("POST", "Patient/$meta-add", 405, "{type}/{id}/$meta-add"),
        ("GET", "$convert", 405, "GET"),
        ("DELETE", "Patient/1/$meta", 405, "DELETE"),
        ("GET", "Nothing/$meta", 404, "Nothing"),
        ("GET", "Patient/1/2/$meta", 404, "address"),
    ] {
        let answer = server.send(method, path, &[], "").expect(status);
        assert!(diagnostics(&answer).contains(told), "{}", answer.body);
    }
}

#[test]
fn parameters_are_known_or_refused() {
    let server = server();
    put(&server, &json!({ "resourceType": "Basic", "id": "b", "code": { "text": "x" } }));
    for (method, path, body, told) in [
        ("GET", "Basic/b/$meta?tag=x", "", "takes none"),
        ("GET", "Basic/b/$validate?modus=create", "", "resource, mode, profile"),
        ("GET", "Basic/b/$validate?mode=create&mode=update", "", "only once"),
        ("POST", "Basic/b/$meta-add?meta=x", "", "Parameters body"),
        ("POST", "Basic/b/$meta-add", "", "is needed"),
        ("POST", "Basic/b/$meta-add", r#"{"resourceType":"Basic"}"#, "Parameters"),
        (
            "POST",
            "Basic/b/$meta-add",
            r#"{"resourceType":"Parameters","parameter":[{"name":"meat","valueMeta":{}}]}"#,
            "'meat'",
        ),
        (
            "POST",
            "Basic/b/$meta-add",
            r#"{"resourceType":"Parameters","parameter":[{"name":"meta","valueString":"x"}]}"#,
            "data type",
        ),
        (
            "POST",
            "Basic/b/$meta-add",
            r#"{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tags":[]}}]}"#,
            "tags",
        ),
    ] {
        let answer = server.send(method, path, &[FHIR_JSON], body).expect(400);
        assert!(diagnostics(&answer).contains(told), "{told}: {}", answer.body);
    }
}

#[test]
fn convert_writes_the_format_asked_for() {
    let server = server();
    let xml = r#"<Observation xmlns="http://hl7.org/fhir"><status value="final"/><valueQuantity><value value="1.00"/></valueQuantity></Observation>"#;
    let json = r#"{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.00}}"#;
    let answer = server.send("POST", "$convert", &[FHIR_XML, ("Accept", "application/fhir+json")], xml);
    assert_eq!(answer.expect(200).body, json);
    let answer = server.send("POST", "$convert", &[FHIR_JSON, WANTS_XML], json).expect(200);
    assert!(answer.body.ends_with(xml), "{}", answer.body);
    let call =
        format!(r#"{{"resourceType":"Parameters","parameter":[{{"name":"input","resource":{json}}}]}}"#);
    assert_eq!(server.send("POST", "$convert", &[FHIR_JSON], &call).expect(200).body, json);
    let other = r#"{"resourceType":"Parameters","parameter":[{"name":"x","valueString":"y"}]}"#;
    assert_eq!(server.send("POST", "$convert", &[FHIR_JSON], other).expect(200).body, other);
    server.send("POST", "$convert", &[FHIR_JSON], "").expect(400);
    server.send("POST", "$convert", &[FHIR_JSON], "[]").expect(400);
    server.send("POST", "$convert", &[FHIR_JSON], r#"{"resourceType":"Nothing"}"#).expect(400);
    assert_eq!(server.get("Observation").matches(), [""; 0]);
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}
