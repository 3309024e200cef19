//! A store that was moved to the other kind of database answers as before.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a helper fails the test"
)]

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Output, Stdio};

use common::{Server, westway};
use serde_json::{Value, json};
use tempfile::TempDir;
use test_postgres::Cluster;

/// What is asked before and after. Those with pages are followed to their end.
const QUESTIONS: [&str; 26] = [
    "Patient?_count=7&_sort=name",
    "Patient?_count=9&_sort=-_lastUpdated",
    "Patient?gender=female&_sort=birthdate,_id&_count=5",
    "Patient?name:contains=a&_total=accurate",
    "Patient?family:exact=Long",
    "Patient?identifier=urn:migrate|1",
    "Patient?_has:Encounter:patient:class=AMB&_count=5",
    "Patient?_text=zebra",
    "Patient?_content=zebra",
    "Encounter?date=ge2020&_sort=-date&_count=11",
    "Encounter?_sort=patient,status&_count=13",
    "Encounter?subject:Patient.gender=male&_include=Encounter:subject&_count=6",
    "Observation?value-quantity=gt5&_sort=-value-quantity&_count=10",
    "Observation?code-value-quantity=http://loinc.org|44261-6$gt3&_count=10",
    "Location?near=51.5|-0.1|50|km",
    "ServiceRequest?status=active&_revinclude=Encounter:based-on&_count=8",
    "CarePlan?_sort=-date&_count=8",
    "MedicationRequest?medication.code=urn:contained|aspirin&_contained=both",
    "Medication?_contained=true&code=urn:contained|aspirin",
    "Patient?_type=none&_count=1",
    "_history?_count=50",
    "Patient/moved/_history",
    "Patient/moved/_history/1",
    "Patient/gone/_history",
    "Patient/gone",
    "Patient/moved",
];

/// A long uri that differs from others at its end only.
fn long(end: &str) -> String {
    format!("http://example.org/{}{end}", "x".repeat(3000))
}

/// A file with the demo population, and with what is hard to move.
fn fill(folder: &Path) {
    let database = url_of(folder);
    let filled =
        westway(&["demo", "--patients", "15", "--log", "warn", "--database-url", &database, "--data-dir"])
            .arg(folder)
            .output()
            .unwrap();
    assert!(filled.status.success(), "{filled:?}");
    let mut server = Server::start_on_file(folder, &["--profiles", "base"]);
    let narrative =
        json!({ "status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">a zebra</div>" });
    let patient = json!({ "resourceType": "Patient", "id": "moved", "text": narrative, "name": [{ "family": "Long" }],
        "identifier": [{ "system": "urn:migrate", "value": "1" }] });
    server.put("Patient/moved", &patient.to_string()).expect(201);
    server.put("Patient/moved", &patient.to_string().replace("Long", "Longer\\tand ünïcode")).expect(200);
    server.put("Patient/gone", &json!({ "resourceType": "Patient", "id": "gone" }).to_string()).expect(201);
    server.delete("Patient/gone").expect(204);
    for end in ["a", "b"] {
        let value_set = json!({ "resourceType": "ValueSet", "id": end, "status": "draft", "url": long(end) });
        server.put(&format!("ValueSet/{end}"), &value_set.to_string()).expect(201);
        // A reference to it, so that the long uri has a number.
        let definition = json!({ "resourceType": "ActivityDefinition", "id": end, "status": "draft", "library": [long(end)] });
        server.put(&format!("ActivityDefinition/{end}"), &definition.to_string()).expect(201);
    }
    let request = json!({ "resourceType": "MedicationRequest", "id": "m", "status": "active", "intent": "order",
        "contained": [{ "resourceType": "Medication", "id": "aspirin", "code": { "text": "aspirin gnu",
            "coding": [{ "system": "urn:contained", "code": "aspirin" }] } }],
        "medicationReference": { "reference": "#aspirin" }, "subject": { "reference": "Patient/moved" } });
    server.put("MedicationRequest/m", &request.to_string()).expect(201);
    assert!(server.stop());
}

fn url_of(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("westway.db").display())
}

fn migrate(from: &str, to: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let flags = ["migrate", "--log", "warn", "--from", from, "--to", to, "--data-dir"];
    westway(&flags).arg(folder.path()).output().unwrap()
}

#[track_caller]
fn migrated(from: &str, to: &str) -> String {
    let output = migrate(from, to);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

#[track_caller]
fn refused(from: &str, to: &str, why: &str) {
    let output = migrate(from, to);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains(why), "{said}");
}

/// What a server says to [`QUESTIONS`], with pages followed, as texts without its address.
fn answers(server: &Server) -> Vec<String> {
    let mut answers = Vec::new();
    let mut questions: Vec<String> = QUESTIONS.iter().map(ToString::to_string).collect();
    questions.extend(["a", "b", "c"].map(|end| format!("ValueSet?url={}", long(end))));
    questions.extend(["a", "b", "c"].map(|end| format!("ActivityDefinition?depends-on={}", long(end))));
    questions.push(format!("ValueSet?url:below={}&_sort=url", &long("")[..2000]));
    for question in questions {
        let mut next = Some(question);
        while let Some(page) = next.take() {
            let answer = server.get(&page);
            next = if answer.status == 200 { answer.link("next") } else { None };
            let mut body = answer.json();
            if body["resourceType"] == "Bundle" {
                // The Bundle is made anew each time.
                let bundle = body.as_object_mut().unwrap();
                bundle.remove("id");
                bundle.remove("meta");
                sort_included(bundle.get_mut("entry"));
            }
            let etag = answer.header("ETag");
            answers.push(format!("{page} {} {etag} {body}", answer.status).replace(&server.base, "BASE"));
        }
    }
    answers
}

/// Matches have an order; what is included has none.
fn sort_included(entries: Option<&mut Value>) {
    let Some(entries) = entries.and_then(Value::as_array_mut) else { return };
    let is_included = |entry: &Value| entry["search"]["mode"] == "include";
    entries.sort_by_key(|entry| is_included(entry).then(|| entry["fullUrl"].to_string()));
}

#[track_caller]
fn same(before: &[String], after: &[String]) {
    for (one, other) in before.iter().zip(after) {
        assert_eq!(one, other);
    }
    assert_eq!(before.len(), after.len());
}

fn in_postgres(url: &str) -> (TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_in(folder.path(), &["--database-url", url]);
    (folder, server)
}

fn cluster() -> Option<&'static Cluster> {
    test_postgres::cluster()
}

#[test]
fn everything_is_answered_alike_after_a_move_to_postgres_and_back() {
    let Some(cluster) = cluster() else { return };
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    let mut server = Server::start_on_file(folder.path(), &[]);
    let before = answers(&server);
    let found = |question: &str, count: usize| {
        let answer = before.iter().find(|answer| answer.starts_with(question)).unwrap();
        assert_eq!(answer.matches("\"fullUrl\"").count(), count, "{answer}");
    };
    found("Patient?_text=zebra", 1);
    found(&format!("ValueSet?url={}", long("a")), 1);
    found(&format!("ActivityDefinition?depends-on={}", long("b")), 1);
    let old_link = server.get("Patient?_count=3&_sort=family").link("next").unwrap();
    let old_page = server.get(&old_link).expect(200).matches();
    let old_link = old_link.replace(&server.base, "");
    assert!(server.stop());

    let url = cluster.create(None);
    let said = migrated(&url_of(folder.path()), &url);
    assert!(said.contains("copying version: ") && said.contains("verifying ix_token: "), "{said}");
    let (_data, mut server) = in_postgres(&url);
    same(&before, &answers(&server));
    assert_eq!(server.get(old_link.trim_start_matches('/')).expect(200).matches(), old_page);
    // The source is as it was, and a second move into the same target is refused.
    assert!(server.stop());
    refused(&url_of(folder.path()), &url, "holds other data");

    let back = tempfile::tempdir().unwrap();
    migrated(&url, &url_of(back.path()));
    let server = Server::start_on_file(back.path(), &[]);
    same(&before, &answers(&server));
    assert_eq!(server.get(old_link.trim_start_matches('/')).expect(200).matches(), old_page);
    // Numbers and versions go on.
    let patient = r#"{"resourceType":"Patient","id":"moved","gender":"male"}"#;
    assert_eq!(server.put("Patient/moved", patient).expect(200).json()["meta"]["versionId"], "3");
    server.post("Patient", patient).expect(201);
    assert_eq!(server.get("Patient?_content=zebra").expect(200).matches().len(), 0);
    let long_url = json!({ "resourceType": "ValueSet", "id": "a", "status": "active", "url": long("c") });
    server.put("ValueSet/a", &long_url.to_string()).expect(200);
    assert_eq!(server.get(&format!("ValueSet?url={}", long("a"))).expect(200).matches().len(), 0);
    assert_eq!(server.get(&format!("ValueSet?url={}", long("c"))).expect(200).matches(), ["a"]);
}

#[test]
fn a_move_that_is_killed_goes_on_and_its_target_is_not_served_before() {
    let Some(cluster) = cluster() else { return };
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    let (source, target) = (url_of(folder.path()), cluster.create(None));
    let (mut kills, mut was_refused) = (0, false);
    // Each time it is let go on a bit further.
    for lines in (2..).step_by(4) {
        let data = tempfile::tempdir().unwrap();
        let flags = ["migrate", "--log", "warn", "--from", &source, "--to", &target, "--data-dir"];
        let mut child =
            westway(&flags).arg(data.path()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let last = said.by_ref().take(lines).last();
        if kills > 0 {
            assert_ne!(last.as_deref().unwrap_or_default(), "", "it said nothing");
        }
        child.kill().unwrap();
        let rest: Vec<String> = said.collect();
        if child.wait().unwrap().success() || rest.iter().any(|line| line.starts_with("Serve it")) {
            break;
        }
        kills += 1;
        let served = westway(&["serve", "--listen", "127.0.0.1:0", "--database-url", &target, "--data-dir"])
            .arg(data.path())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        was_refused |= refuses_to_serve(served);
        // Another database may not be poured into it.
        if kills == 2 {
            let other = tempfile::tempdir().unwrap();
            assert!(Server::start_on_file(other.path(), &[]).stop());
            refused(&url_of(other.path()), &target, "half filled from another database");
        }
    }
    assert!(kills >= 3 && was_refused, "{kills} kills");
    let mut on_file = Server::start_on_file(folder.path(), &[]);
    let before = answers(&on_file);
    assert!(on_file.stop());
    let (_data, server) = in_postgres(&target);
    same(&before, &answers(&server));
}

/// Whether the server ends with the reason that the target is not whole; it is ended if it serves.
fn refuses_to_serve(mut server: std::process::Child) -> bool {
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines().map(Result::unwrap);
    let refused = lines.any(|line| {
        assert!(!line.starts_with("Westway listens"), "a half-filled database is served");
        line.contains("is not finished")
    });
    server.wait().unwrap();
    refused
}

#[test]
fn a_move_is_refused_where_it_would_lose_or_mix_data() {
    let Some(cluster) = cluster() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start_on_file(folder.path(), &[]);
    server.post("Patient", r#"{"resourceType":"Patient"}"#).expect(201);
    let target = cluster.create(None);
    refused(&url_of(folder.path()), &target, "open in another process");
    assert!(server.stop());
    refused(&url_of(folder.path()), &url_of(&folder.path().join("other")), "both are files of SQLite");
    refused("sqlite:/nowhere/westway.db", &target, "is not there");
    refused("mysql://x", &target, "was expected");

    let (data, mut server) = in_postgres(&target);
    refused(&url_of(folder.path()), &target, "a server has it open");
    server.post("Patient", r#"{"resourceType":"Patient"}"#).expect(201);
    assert!(server.stop());
    refused(&url_of(folder.path()), &target, "holds other data");
    // What was there is still served.
    let server = Server::start_in(data.path(), &["--database-url", &target]);
    assert_eq!(server.get("Patient").expect(200).matches().len(), 1);
}

#[test]
fn a_move_out_of_postgres_takes_one_state_while_a_server_writes() {
    let Some(cluster) = cluster() else { return };
    let source = cluster.create(None);
    let (_data, server) = in_postgres(&source);
    let patient = |count: usize| json!({ "resourceType": "Patient", "identifier": [{ "system": "urn:n", "value": count.to_string() }] });
    for count in 0..20 {
        server.post("Patient", &patient(count).to_string()).expect(201);
    }
    let target = tempfile::tempdir().unwrap();
    let over = std::sync::atomic::AtomicBool::new(false);
    let said = std::thread::scope(|scope| {
        scope.spawn(|| {
            for count in 20.. {
                if over.load(std::sync::atomic::Ordering::SeqCst) {
                    break;
                }
                server.post("Patient", &patient(count).to_string()).expect(201);
            }
        });
        let said = migrated(&source, &url_of(target.path()));
        over.store(true, std::sync::atomic::Ordering::SeqCst);
        said
    });
    assert!(said.contains("A server has the source open"), "{said}");
    let moved = Server::start_on_file(target.path(), &[]);
    let total = |query: &str| -> Value { moved.get(query).expect(200).json()["total"].clone() };
    let patients = total("Patient?_summary=count");
    assert!(patients.as_u64().unwrap() >= 20);
    assert_eq!(total("_history?_count=1"), patients);
    assert_eq!(total("Patient?identifier:missing=false&_summary=count"), patients);
}
