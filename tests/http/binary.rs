//! Binary in its native form.

use serde_json::json;

use super::with_patient;
use crate::common::{Answer, FHIR_JSON, Server};

const CDA: &str = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>Discharge</title></ClinicalDocument>";
const JSON: (&str, &str) = ("Accept", "application/fhir+json");

fn read(server: &Server, path: &str, accept: &str) -> Answer {
    server.send("GET", path, &[("Accept", accept)], "")
}

#[test]
fn content_of_any_type_becomes_a_binary_and_comes_back_as_it_was() {
    let server = with_patient(&[]);
    let headers = [("Content-Type", "application/xml"), ("X-Security-Context", "Patient/p1"), JSON];
    let created = server.send("POST", "Binary", &headers, CDA).expect(201);
    let binary = created.json();
    assert_eq!(binary["contentType"], "application/xml");
    assert_eq!(binary["securityContext"]["reference"], "Patient/p1");
    let path = format!("Binary/{}", created.id());

    for accept in ["application/xml", "*/*", "text/html, */*;q=0.1"] {
        let content = read(&server, &path, accept).expect(200);
        assert_eq!(
            (content.body.as_str(), content.header("Content-Type")),
            (CDA, "application/xml"),
            "{accept}"
        );
        assert_eq!(content.header("X-Security-Context"), "Patient/p1");
        assert_eq!(content.header("ETag"), "W/\"1\"");
        assert!(content.header("Content-Security-Policy").contains("sandbox"));
        assert_eq!(content.header("X-Content-Type-Options"), "nosniff");
    }
    assert_eq!(server.get(&format!("{path}/_history/1")).expect(200).body, CDA);
    let resource = server.send("GET", &path, &[JSON], "").expect(200).json();
    assert_eq!(resource["resourceType"], "Binary");
    assert!(
        read(&server, &path, "application/fhir+xml").body.contains("<Binary xmlns=\"http://hl7.org/fhir\">")
    );
    assert_eq!(server.get(&format!("{path}?_format=json")).expect(200).json()["resourceType"], "Binary");

    let refused = read(&server, &path, "image/png").expect(406);
    assert!(refused.json()["issue"][0]["diagnostics"].as_str().unwrap().contains("application/xml"));
    assert_eq!(
        read(&server, "Binary/none", "image/png").expect(404).json()["resourceType"],
        "OperationOutcome"
    );
    let known = server.send("GET", &path, &[("If-None-Match", "W/\"1\""), ("Accept", "application/xml")], "");
    assert_eq!((known.status, known.body.as_str()), (304, ""));
}

#[test]
fn content_is_put_under_an_id_of_the_clients() {
    let server = with_patient(&[]);
    let text = [("Content-Type", "text/plain; charset=utf-8"), JSON];
    server.send("PUT", "Binary/note", &text, "first").expect(201);
    let changed = server.send("PUT", "Binary/note", &text, "second").expect(200);
    assert_eq!(changed.json()["data"], "c2Vjb25k");
    assert_eq!(read(&server, "Binary/note", "text/*").body, "second");
    assert_eq!(read(&server, "Binary/note/_history/1", "text/plain").body, "first");
}

#[test]
fn json_and_xml_are_a_resource_if_they_say_so() {
    let server = with_patient(&[]);
    let binary = json!({ "resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "eA==" });
    server.put("Binary/b", &binary.to_string()).expect(201);
    assert_eq!(server.get("Binary/b").expect(200).body, "x");
    let plain = ("Content-Type", "application/json");
    server.send("PUT", "Binary/b", &[plain, JSON], &binary.to_string()).expect(200);
    assert_eq!(server.get("Binary/b").expect(200).body, "x");
    let other = r#"{"resourceType":"Patient"}"#;
    server.send("PUT", "Binary/j", &[plain], other).expect(201);
    assert_eq!(read(&server, "Binary/j", "application/json").expect(200).body, other);
    // What is FHIR by its type is never content.
    server.send("PUT", "Binary/f", &[FHIR_JSON], other).expect(400);
    server.send("POST", "Binary", &[], "x").expect(415);
}

#[test]
fn content_is_limited_and_its_context_must_exist() {
    let server = with_patient(&["--max-body", "1500"]);
    let text = ("Content-Type", "text/plain");
    server.send("POST", "Binary", &[text], &"x".repeat(2000)).expect(413);
    server.send("POST", "Binary", &[text, ("X-Security-Context", "Patient/none")], "x").expect(422);
    server.send("POST", "Binary", &[text], &"x".repeat(1500)).expect(201);
}
