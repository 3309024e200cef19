//! The three kinds of patch over HTTP (R4 HTTP 3.1.0.6).

mod common;

use std::sync::Barrier;

use common::{Answer, Server};

const JSON_PATCH: (&str, &str) = ("Content-Type", "application/json-patch+json");
const XML_PATCH: (&str, &str) = ("Content-Type", "application/xml-patch+xml");
const FHIR_XML: (&str, &str) = ("Content-Type", "application/fhir+xml");

const PATIENT: &str =
    r#"{"resourceType":"Patient","id":"p","active":true,"name":[{"family":"Shah","given":["Asha"]}]}"#;

fn server() -> Server {
    let server = Server::start_with(&["--profiles", "base"]);
    server.put("Patient/p", PATIENT).expect(201);
    server
}

fn fhirpath_patch(kind: &str, path: &str, value: &str) -> String {
    format!(
        r#"{{"resourceType":"Parameters","parameter":[{{"name":"operation","part":[{{"name":"type","valueCode":"{kind}"}},{{"name":"path","valueString":"{path}"}},{{"name":"value",{value}}}]}}]}}"#
    )
}

#[test]
fn each_kind_of_patch_makes_a_new_version() {
    let server = server();
    let answer = server
        .send(
            "PATCH",
            "Patient/p",
            &[JSON_PATCH],
            r#"[{"op":"replace","path":"/name/0/family","value":"Patel"}]"#,
        )
        .expect(200);
    assert_eq!(
        (answer.header("ETag"), answer.json()["name"][0]["family"].as_str()),
        ("W/\"2\"", Some("Patel"))
    );

    let xml =
        r#"<diff xmlns="http://hl7.org/fhir"><replace sel="Patient/active/@value">false</replace></diff>"#;
    assert_eq!(server.send("PATCH", "Patient/p", &[XML_PATCH], xml).expect(200).json()["active"], false);

    let body = fhirpath_patch("replace", "Patient.name[0].family", r#""valueString":"Khan""#);
    let answer = server.send("PATCH", "Patient/p", &[common::FHIR_JSON], &body).expect(200);
    assert_eq!(answer.json()["name"][0]["family"], "Khan");

    let xml = r#"<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/><part><name value="type"/><valueCode value="delete"/></part><part><name value="path"/><valueString value="Patient.active"/></part></parameter></Parameters>"#;
    let answer = server.send("PATCH", "Patient/p", &[FHIR_XML], xml).expect(200);
    assert_eq!((answer.header("ETag"), answer.json().get("active")), ("W/\"5\"", None));
    let history = server.get("Patient/p/_history").json();
    assert_eq!(history["entry"][0]["request"]["method"], "PATCH");
}

#[test]
fn what_cannot_be_patched_changes_nothing() {
    let server = server();
    let patch = |content_type: &str, body: &str| {
        server.send("PATCH", "Patient/p", &[("Content-Type", content_type)], body)
    };
    let json = "application/json-patch+json";
    for (answer, status, told) in [
        (patch(json, "{"), 400, "patch"),
        (patch(json, r#"[{"op":"test","path":"/active","value":false}]"#), 422, "operation 0"),
        (
            patch(json, r#"[{"op":"remove","path":"/active"},{"op":"remove","path":"/active"}]"#),
            422,
            "operation 1",
        ),
        (patch(json, r#"[{"op":"replace","path":"/active","value":"maybe"}]"#), 400, "Patient.active"),
        (patch(json, r#"[{"op":"replace","path":"/id","value":"q"}]"#), 422, "id"),
        (
            patch("application/xml-patch+xml", "<diff><remove sel=\"Patient/none\"/></diff>"),
            422,
            "operation 0",
        ),
        (patch("text/plain", "x"), 415, "text/plain"),
        (patch(common::FHIR_JSON.1, r#"{"resourceType":"Patient"}"#), 400, "Parameters"),
    ] {
        let answer: Answer = answer.expect(status);
        assert!(answer.body.contains(told), "{told} is not in {}", answer.body);
    }
    server.send("PATCH", "Patient/none", &[JSON_PATCH], "[]").expect(404);
    let stale = [JSON_PATCH, ("If-Match", "W/\"9\"")];
    server.send("PATCH", "Patient/p", &stale, r#"[{"op":"remove","path":"/active"}]"#).expect(412);
    assert_eq!(server.get("Patient/p").expect(200).header("ETag"), "W/\"1\"");
    server.delete("Patient/p").expect(204);
    server.send("PATCH", "Patient/p", &[JSON_PATCH], "[]").expect(410);
}

#[test]
fn patches_that_race_are_all_applied() {
    let server = server();
    let barrier = Barrier::new(8);
    let body = r#"[{"op":"add","path":"/name/0/given/-","value":"x"}]"#;
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                server.send("PATCH", "Patient/p", &[JSON_PATCH], body).expect(200);
            });
        }
    });
    assert_eq!(server.get("Patient/p").json()["name"][0]["given"].as_array().unwrap().len(), 9);
}

#[test]
fn a_search_names_the_resource() {
    let server = server();
    let body = r#"[{"op":"remove","path":"/active"}]"#;
    server.send("PATCH", "Patient?family=Shah", &[JSON_PATCH], body).expect(200);
    server.send("PATCH", "Patient?family=None", &[JSON_PATCH], body).expect(404);
    server.post("Patient", &PATIENT.replace(r#""id":"p","#, "")).expect(201);
    server.send("PATCH", "Patient?family=Shah", &[JSON_PATCH], body).expect(412);
}
