//! Profiles and rules on every write, `$validate`, and `westway validate`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper fails the test")]

mod common;

use common::{Answer, FHIR_JSON, Server, shared, westway};
use serde_json::{Value, json};

fn issues(answer: &Answer) -> Vec<Value> {
    answer.json()["issue"].as_array().unwrap().clone()
}

/// The ids of the rules that issues of this severity name.
fn rules(answer: &Answer, severity: &str) -> Vec<String> {
    let of_severity = issues(answer).into_iter().filter(|issue| issue["severity"] == severity);
    of_severity
        .filter_map(|issue| issue["details"]["coding"][0]["code"].as_str().map(str::to_owned))
        .collect()
}

/// A patient who says UK Core's required elements in a wrong way.
fn with_birth_sex(code: &str) -> String {
    json!({ "resourceType": "Patient", "extension": [{
        "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-BirthSex",
        "valueCodeableConcept": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "code": code }] },
    }]})
    .to_string()
}

#[test]
fn a_write_that_breaks_a_profile_or_an_invariant_is_refused_with_the_rule() {
    let server = Server::start();
    let invariant = r#"{"resourceType":"Patient","contact":[{"gender":"female"}]}"#;
    let refused = server.post("Patient", invariant).expect(422);
    assert_eq!(rules(&refused, "error"), ["pat-1"]);
    assert_eq!(issues(&refused)[0]["expression"][0], "Patient.contact[0]");

    server.post("Patient", &with_birth_sex("F")).expect(201);
    let refused = server.post("Patient", &with_birth_sex("Q")).expect(422);
    assert!(rules(&refused, "error").iter().any(|rule| rule == "binding-required"), "{}", refused.body);

    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        { "resource": { "resourceType": "Patient" }, "request": { "method": "POST", "url": "Patient" } },
        { "resource": serde_json::from_str::<Value>(invariant).unwrap(), "request": { "method": "POST", "url": "Patient" } },
    ]});
    let refused = server.post("", &bundle.to_string()).expect(422);
    assert!(issues(&refused)[0]["expression"][0].as_str().unwrap().starts_with("Bundle.entry[1].resource"));
    assert_eq!(server.get("_history").expect(200).json()["total"], 1);
}

#[test]
fn the_capability_statement_names_the_profiles_of_each_type() {
    const UK_CORE: &str = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-";
    let server = Server::start();
    let statement = server.get("metadata").expect(200).json();
    let resources = statement["rest"][0]["resource"].as_array().unwrap();
    let supported =
        |kind: &str| &resources.iter().find(|resource| resource["type"] == kind).unwrap()["supportedProfile"];
    assert_eq!(*supported("Patient"), json!([format!("{UK_CORE}Patient")]));
    assert_eq!(
        *supported("ServiceRequest"),
        json!([format!("{UK_CORE}ServiceRequest"), format!("{UK_CORE}ServiceRequest-Lab")])
    );
    assert!(
        supported("Observation")
            .as_array()
            .unwrap()
            .contains(&json!(format!("{UK_CORE}Observation-VitalSigns")))
    );
    assert_eq!(*supported("Basic"), Value::Null);
    for profile in resources.iter().filter_map(|resource| resource["supportedProfile"].as_array()).flatten() {
        assert!(profile.as_str().unwrap().starts_with(UK_CORE), "{profile}");
    }
}

#[test]
fn warnings_do_not_refuse_and_are_told_when_asked_for() {
    let server = Server::start();
    let body = r#"{"resourceType":"Patient","meta":{"profile":["https://example.org/StructureDefinition/unknown"]},"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000000"}]}"#;
    let headers = [FHIR_JSON, ("Prefer", "return=OperationOutcome")];
    let created = server.send("POST", "Patient", &headers, body).expect(201);
    let warned = rules(&created, "warning");
    assert!(warned.iter().any(|rule| rule == "profile-unknown"), "{}", created.body);
    assert!(warned.iter().any(|rule| rule.starts_with("nhs-number")), "{}", created.body);

    let strict = Server::start_with(&["--nhs-number", "reject", "--unknown-profile", "reject"]);
    let refused = strict.post("Patient", body).expect(422);
    assert_eq!(rules(&refused, "error").len(), 2, "{}", refused.body);
}

#[test]
fn the_operator_chooses_the_profiles() {
    let open = Server::start_with(&["--validation", "off"]);
    open.post("Patient", &with_birth_sex("Q")).expect(201);
    open.post("Patient", r#"{"resourceType":"Patient","gender":"malee"}"#).expect(400);
    let warned = Server::start_with(&["--validation", "warn"]);
    warned.post("Patient", &with_birth_sex("Q")).expect(201);
    let required = Server::start_with(&[
        "--require-profiles",
        "Observation=http://hl7.org/fhir/StructureDefinition/bodyweight",
    ]);
    let height = r#"{"resourceType":"Observation","status":"final","code":{"text":"height"}}"#;
    required.post("Observation", height).expect(422);
    let refused = westway(&["check-config", "--profiles", "none"]).output().unwrap();
    assert!(!refused.status.success());
}

#[test]
fn validate_says_what_it_finds_and_stores_nothing() {
    let server = Server::start();
    let bad = "{\"resourceType\":\"Patient\",\n \"contact\":[{\"gender\":\"female\"}]}";
    let answer = server.post("Patient/$validate", bad).expect(200);
    assert_eq!(rules(&answer, "error"), ["pat-1"]);
    let places: Vec<Value> = issues(&answer)[0]["extension"].as_array().unwrap().clone();
    assert_eq!((&places[0]["valueInteger"], &places[1]["valueInteger"]), (&json!(2), &json!(13)));

    let good = server.post("$validate", r#"{"resourceType":"Patient"}"#).expect(200);
    assert!(rules(&good, "error").is_empty());
    let wrapped = json!({ "resourceType": "Parameters", "parameter": [
        { "name": "resource", "resource": { "resourceType": "Observation", "status": "final", "code": { "text": "x" } } },
        { "name": "profile", "valueUri": "http://hl7.org/fhir/StructureDefinition/bodyweight" },
        { "name": "mode", "valueCode": "create" },
    ]});
    let profiled = server.post("Observation/$validate", &wrapped.to_string()).expect(200);
    assert!(!rules(&profiled, "error").is_empty(), "{}", profiled.body);
    server.post("Observation/$validate", r#"{"resourceType":"Patient"}"#).expect(400);
    server.post("Patient/$validate?mode=sometimes", bad).expect(400);
    server.post("Patient/$validate", "").expect(400);

    server.put("Patient/p", r#"{"resourceType":"Patient","id":"p"}"#).expect(201);
    let stored = server.get("Patient/p/$validate").expect(200);
    assert!(rules(&stored, "error").is_empty());
    server.get("Patient/none/$validate").expect(404);
    let other =
        server.post("Patient/p/$validate?mode=update", r#"{"resourceType":"Patient","id":"q"}"#).expect(200);
    assert!(other.body.contains("'q'"), "{}", other.body);
    assert_eq!(server.get("_history").expect(200).json()["total"], 1);
}

#[test]
fn the_demo_population_fulfils_uk_core() {
    let server = Server::start_with(&["--demo", "--patients", "60", "--now", "2026-11-24"]);
    assert_eq!(server.get("Patient?_summary=count").expect(200).json()["total"], 60);
}

#[test]
fn the_command_checks_files_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("patient.json");
    std::fs::write(&file, "{\"resourceType\":\"Patient\",\n \"contact\":[{\"gender\":\"female\"}]}").unwrap();
    let xml = folder.path().join("patient.xml");
    std::fs::write(&xml, "<Patient xmlns=\"http://hl7.org/fhir\"><gender value=\"malee\"/></Patient>")
        .unwrap();
    let run = |output: &str| westway(&["validate", "--output", output]).arg(folder.path()).output().unwrap();
    let text = run("text");
    let said = String::from_utf8(text.stdout).unwrap();
    assert_eq!(text.status.code(), Some(1));
    assert!(said.contains("patient.json:2:13: error[pat-1]"), "{said}");
    assert!(said.contains("patient.xml:1:38: error"), "{said}");
    let json: Value = serde_json::from_slice(&run("json").stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2);
    let sarif: Value = serde_json::from_slice(&run("sarif").stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
    assert!(String::from_utf8(run("junit").stdout).unwrap().contains("failures=\"2\""));
    std::fs::remove_file(file).unwrap();
    std::fs::write(&xml, "<Patient xmlns=\"http://hl7.org/fhir\"><gender value=\"male\"/></Patient>")
        .unwrap();
    assert_eq!(run("text").status.code(), Some(0));
}

#[test]
fn synthea_has_no_errors_under_the_base_profiles() {
    let Some(folder) = shared("synthea") else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let output = westway(&["validate", "--profiles", "base", "--level", "error"])
        .args(files.iter().take(12))
        .output()
        .unwrap();
    let (said, noted) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{noted}\n{}", said.lines().take(40).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_profile_that_cannot_be_used_is_told_of_when_its_package_is_added() {
    let (package, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let profile = |name: &str, base: &str, expression: &str| {
        let body = json!({ "resourceType": "StructureDefinition", "url": format!("https://example.org/{name}"), "name": name, "status": "active",
            "kind": "resource", "abstract": false, "type": "Patient", "baseDefinition": base, "derivation": "constraint",
            "differential": { "element": [{ "id": "Patient", "path": "Patient",
                "constraint": [{ "key": "x-1", "severity": "error", "human": "x", "expression": expression }] }] } });
        std::fs::write(package.path().join(format!("{name}.json")), body.to_string()).unwrap();
    };
    std::fs::write(package.path().join("package.json"), r#"{"name":"example.test","version":"1.0.0"}"#)
        .unwrap();
    profile("good", "http://hl7.org/fhir/StructureDefinition/Patient", "name.exists()");
    profile("dangling", "https://example.org/nowhere", "name.exists()");
    profile("broken", "http://hl7.org/fhir/StructureDefinition/Patient", "name.exists(");
    let output =
        westway(&["packages", "add", "--data-dir"]).arg(data.path()).arg(package.path()).output().unwrap();
    let noted = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{noted}");
    assert!(
        noted.contains("dangling.json: error") && noted.contains("https://example.org/nowhere"),
        "{noted}"
    );
    assert!(noted.contains("broken.json: warning") && noted.contains("x-1"), "{noted}");
    assert!(!noted.contains("good.json"), "{noted}");
}
