//! JSON, XML and NDJSON in and out, by `Accept`, `Content-Type` and `_format`; compression.

mod common;

use common::Server;

const XML: (&str, &str) = ("Content-Type", "application/fhir+xml");
const ACCEPT_XML: (&str, &str) = ("Accept", "application/fhir+xml");

const OBSERVATION: &str = concat!(
    r#"<Observation xmlns="http://hl7.org/fhir"><id value="o1"/><status value="final"/>"#,
    r#"<code><text value="weight"/></code><effectiveDateTime value="2026-01-02">"#,
    r#"<extension url="http://example.org/e"><valueBoolean value="true"/></extension></effectiveDateTime>"#,
    r#"<valueQuantity><value value="72.50"/><unit value="kg"/></valueQuantity></Observation>"#,
);

fn base() -> Server {
    Server::start_with(&["--profiles", "base"])
}

#[test]
fn xml_is_stored_and_comes_back_in_both_formats() {
    let server = base();
    let created = server.send("PUT", "Observation/o1", &[XML, ACCEPT_XML], OBSERVATION).expect(201);
    assert_eq!(created.header("Content-Type"), "application/fhir+xml; charset=utf-8");
    assert!(created.body.contains(r#"<value value="72.50"/>"#), "{}", created.body);

    let json = server.get("Observation/o1").expect(200);
    assert_eq!(json.header("Content-Type"), "application/fhir+json; charset=utf-8");
    assert!(json.body.contains(r#""value":72.50"#), "{}", json.body);
    assert_eq!(json.json()["_effectiveDateTime"]["extension"][0]["valueBoolean"], true);

    let xml = server.get("Observation/o1?_format=xml&_pretty=true").expect(200);
    let sent = OBSERVATION.split_once("<status").unwrap().1.replace("><", ">\n<");
    let got: String = xml.body.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    assert!(got.contains(&sent), "{got}");
}

#[test]
fn every_answer_has_the_format_asked_for() {
    let server = base();
    server.put("Patient/p1", r#"{"resourceType":"Patient","id":"p1"}"#).expect(201);
    for (path, status, root) in [
        ("metadata", 200, "<CapabilityStatement "),
        ("Patient", 200, "<Bundle "),
        ("Patient/p1/_history", 200, "<Bundle "),
        ("Patient/none", 404, "<OperationOutcome "),
        ("Patient?nonsense=1", 400, "<OperationOutcome "),
        ("Nonsense", 404, "<OperationOutcome "),
    ] {
        let answer = server.send("GET", path, &[ACCEPT_XML], "").expect(status);
        assert_eq!(answer.header("Content-Type"), "application/fhir+xml; charset=utf-8", "{path}");
        assert!(answer.body.contains(root), "{path}: {}", answer.body);
    }
    let bundle = format!(
        r#"<Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/><entry><resource>{OBSERVATION}</resource><request><method value="PUT"/><url value="Observation/o1"/></request></entry></Bundle>"#
    );
    let answer = server.send("POST", "", &[XML, ACCEPT_XML], &bundle).expect(200);
    assert!(answer.body.contains(r#"<status value="201 Created"/>"#), "{}", answer.body);
}

#[test]
fn a_bundle_comes_as_lines() {
    let server = base();
    for id in ["a", "b", "c"] {
        server
            .put(&format!("Patient/{id}"), &format!(r#"{{"resourceType":"Patient","id":"{id}"}}"#))
            .expect(201);
    }
    let answer =
        server.send("GET", "Patient?_sort=_id", &[("Accept", "application/fhir+ndjson")], "").expect(200);
    assert_eq!(answer.header("Content-Type"), "application/fhir+ndjson");
    let ids: Vec<String> = answer
        .body
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(ids, ["a", "b", "c"]);
}

#[test]
fn what_xml_must_not_have_is_refused() {
    let server = base();
    let entity = r#"<!DOCTYPE Patient [<!ENTITY x SYSTEM "file:///etc/passwd">]><Patient xmlns="http://hl7.org/fhir"><id value="&x;"/></Patient>"#;
    for (body, expected) in [
        (entity, "DOCTYPE"),
        (
            r#"<Patient xmlns="http://hl7.org/fhir"><gender value="male"/><active value="true"/></Patient>"#,
            "active",
        ),
        (r#"<Patient xmlns="http://hl7.org/fhir"><nickname value="x"/></Patient>"#, "nickname"),
        (r#"<Patient xmlns="http://hl7.org/fhir"><active value="true"/>"#, "line"),
        (r#"<Patient><active value="true"/></Patient>"#, "namespace"),
    ] {
        let answer = server.send("POST", "Patient", &[XML], body).expect(400);
        assert!(answer.body.contains(expected), "{expected} is not in {}", answer.body);
    }
    let deep = format!(
        r#"<Patient xmlns="http://hl7.org/fhir">{}{}</Patient>"#,
        r#"<extension url="a">"#.repeat(20_000),
        "</extension>".repeat(20_000)
    );
    server.send("POST", "Patient", &[XML], &deep).expect(400);
    assert_eq!(server.get("Patient?_summary=count").json()["total"], 0);
}

#[test]
fn media_types_that_are_not_known_are_refused() {
    let server = base();
    let patient = r#"{"resourceType":"Patient"}"#;
    for content_type in ["text/plain", "application/fhir+turtle", "application/fhir+json; fhirVersion=5.0"] {
        server.send("POST", "Patient", &[("Content-Type", content_type)], patient).expect(415);
    }
    server.send("POST", "Patient", &[("Content-Type", "application/json-patch+json")], "[]").expect(415);
    for accept in ["text/turtle", "application/fhir+json; fhirVersion=5.0", "application/json;q=0"] {
        server.send("GET", "Patient", &[("Accept", accept)], "").expect(406);
    }
    server.get("Patient?_format=ttl").expect(406);
}
