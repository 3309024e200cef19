//! What a client does wrong gets the status of the R4 HTTP pages, an OperationOutcome that says what was expected, and changes
//! nothing.

mod common;

use common::{FHIR_JSON, Server};

/// Method, path, body, status, code, and what the diagnostics or the expression must contain.
const CASES: [(&str, &str, &str, u16, &str, &str); 22] = [
    ("POST", "Patient", r#"{"resourceType":"Patient","#, 400, "structure", "line 1, column"),
    ("POST", "Patient", "", 400, "required", "Patient"),
    (
        "POST",
        "Patient",
        r#"{"resourceType":"Observation","status":"final","code":{"text":"x"}}"#,
        400,
        "invalid",
        "Observation",
    ),
    ("POST", "Patient", r#"{"name":[]}"#, 400, "invalid", "resourceType"),
    ("POST", "Patient", r#"{"resourceType":"Patient","nickname":"x"}"#, 400, "structure", "nickname"),
    ("POST", "Patient", r#"{"resourceType":"Patient","gender":"malee"}"#, 400, "", "Patient.gender"),
    (
        "POST",
        "Patient",
        r#"{"resourceType":"Patient","name":{"family":"x"}}"#,
        400,
        "structure",
        "Patient.name",
    ),
    (
        "POST",
        "Patient",
        r#"{"resourceType":"Patient","birthDate":"2023-02-30"}"#,
        400,
        "value",
        "Patient.birthDate",
    ),
    ("POST", "Patient", r#"{"resourceType":"Patient","active":"yes"}"#, 400, "", "Patient.active"),
    ("POST", "Observation", r#"{"resourceType":"Observation","status":"final"}"#, 400, "required", "code"),
    (
        "POST",
        "Patient",
        r#"{"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2020"}"#,
        400,
        "structure",
        "deceased",
    ),
    (
        "POST",
        "Patient",
        r#"{"resourceType":"Patient","active":true,"active":false}"#,
        400,
        "structure",
        "twice",
    ),
    ("PUT", "Patient/a_b", r#"{"resourceType":"Patient","id":"a_b"}"#, 400, "value", "a_b"),
    ("PUT", "Patient/a", r#"{"resourceType":"Patient","id":"b"}"#, 400, "invalid", "'b'"),
    ("PUT", "Patient/a", r#"{"resourceType":"Patient"}"#, 400, "invalid", "missing"),
    ("POST", "Patients", r#"{"resourceType":"Patient"}"#, 404, "not-supported", "Patients"),
    ("GET", "Patient/none", "", 404, "not-found", "none"),
    ("GET", "Patient?nosuch=1", "", 400, "", "birthdate"),
    ("GET", "Patient?birthdate=yesterday", "", 400, "", "yesterday"),
    ("GET", "Patient/x/$nothing", "", 404, "not-supported", "$nothing"),
    (
        "POST",
        "Encounter",
        r#"{"resourceType":"Encounter","status":"planned","class":{"code":"AMB"},"subject":{"reference":"Patient/ghost"}}"#,
        422,
        "not-found",
        "Patient/ghost",
    ),
    ("POST", "", r#"{"resourceType":"Bundle","type":"collection"}"#, 400, "", "batch"),
];

#[test]
fn each_mistake_is_told_and_stores_nothing() {
    let server = Server::start();
    for (method, path, body, status, code, text) in CASES {
        let answer = server.send(method, path, &[FHIR_JSON], body);
        assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.body);
        let outcome = answer.json();
        assert_eq!(outcome["resourceType"], "OperationOutcome", "{path}");
        let issue = &outcome["issue"][0];
        assert_eq!(issue["severity"], "error", "{path}");
        assert!(code.is_empty() || issue["code"] == code, "{method} {path} {body}: {}", answer.body);
        let told = format!("{} {}", issue["diagnostics"], issue["expression"]);
        assert!(told.contains(text), "{method} {path} {body}: {told}");
    }
    assert_eq!(server.get("_history").expect(200).json()["total"], 0);
}

#[test]
fn media_types_sizes_and_depths_have_their_limits() {
    let server = Server::start_with(&["--max-body", "2000"]);
    let patient = r#"{"resourceType":"Patient"}"#;
    server.send("POST", "Patient", &[("Content-Type", "text/plain")], patient).expect(415);
    server.send("GET", "metadata", &[("Accept", "text/turtle")], "").expect(406);
    server.get("metadata?_format=ttl").expect(406);
    let large = format!(r#"{{"resourceType":"Patient","language":"{}"}}"#, "x".repeat(3000));
    server.post("Patient", &large).expect(413);
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let answer = server.post("Patient", &deep).expect(400);
    assert!(answer.body.contains("nested deeper"), "{}", answer.body);
    server.send("POST", "Patient/x", &[FHIR_JSON], patient).expect(405);
    server.send("DELETE", "Patient", &[], "").expect(400);
    assert_eq!(server.get("_history").expect(200).json()["total"], 0);
}

#[test]
fn unknown_parameters_are_refused_or_named_when_the_client_is_lenient() {
    let server = Server::start();
    server.put("Patient/p", r#"{"resourceType":"Patient","id":"p"}"#).expect(201);
    let strict = server.get("Patient?colour=red").expect(400);
    assert!(strict.body.contains("colour") && strict.body.contains("family"), "{}", strict.body);
    let lenient =
        server.send("GET", "Patient?colour=red&_count=5", &[("Prefer", "handling=lenient")], "").expect(200);
    assert_eq!(lenient.matches(), ["p"]);
    assert!(!lenient.link("self").unwrap().contains("colour"));
    let outcome = lenient.json()["entry"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(outcome["search"]["mode"], "outcome");
    assert!(outcome["resource"]["issue"][0]["diagnostics"].as_str().unwrap().contains("colour"));
}
