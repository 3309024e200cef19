//! Two servers on one database of PostgreSQL are one server to their clients.

#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

mod common;

use std::process::Command;
use std::thread;
use std::time::Duration;

use common::{Answer, FHIR_JSON, Server, new_postgres_database};
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, RunQueryDsl};
use serde_json::json;

/// The servers; nothing where PostgreSQL is not installed.
fn nodes() -> Option<(Server, Server)> {
    test_postgres::cluster()?;
    let url = new_postgres_database();
    let start = || Server::start_with(&["--database-url", &url]);
    Some((start(), start()))
}

#[test]
fn what_one_writes_the_other_reads_at_once() {
    let Some((one, other)) = nodes() else { return };
    for round in 1..=10 {
        let (writer, reader) = if round % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let body = json!({ "resourceType": "Basic", "id": "b", "code": { "text": round.to_string() } });
        writer.put("Basic/b", &body.to_string()).expect(if round == 1 { 201 } else { 200 });
        let read = reader.get("Basic/b").expect(200).json();
        assert_eq!(read["code"]["text"], round.to_string());
        assert_eq!(read["meta"]["versionId"], round.to_string());
        assert_eq!(reader.get("Basic?_lastUpdated=gt2020").matches(), ["b"]);
    }
}

#[test]
fn a_conditional_create_happens_once() {
    let Some((one, other)) = nodes() else { return };
    let body =
        json!({ "resourceType": "Patient", "identifier": [{ "system": "urn:x", "value": "1" }] }).to_string();
    let condition = [FHIR_JSON, ("If-None-Exist", "identifier=urn:x|1")];
    let statuses: Vec<u16> = thread::scope(|scope| {
        let clients = (0..8).map(|client| {
            let server = if client % 2 == 0 { &one } else { &other };
            let body = &body;
            scope.spawn(move || server.send("POST", "Patient", &condition, body).status)
        });
        let clients: Vec<_> = clients.collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(one.get("Patient?identifier=urn:x|1&_total=accurate").expect(200).json()["total"], 1);
}

#[test]
fn a_search_parameter_that_one_takes_holds_for_the_other() {
    let Some((one, other)) = nodes() else { return };
    let patient = |id: &str| {
        json!({ "resourceType": "Patient", "id": id, "name": [{ "text": format!("Name of {id}") }] })
            .to_string()
    };
    other.put("Patient/before", &patient("before")).expect(201);
    let definition = json!({ "resourceType": "SearchParameter", "id": "named", "url": "http://example.org/named", "name": "named",
        "status": "active", "description": "of a test", "code": "named", "base": ["Patient"], "type": "string",
        "expression": "Patient.name.text" });
    one.put("SearchParameter/named", &definition.to_string()).expect(201);
    // The other has not looked yet, but its writer knows.
    other.put("Patient/after", &patient("after")).expect(201);
    for server in [&one, &other] {
        let mut answer = server.get("Patient?named=name&_sort=_id");
        for _ in 0..300 {
            if answer.status == 200 {
                break;
            }
            thread::sleep(Duration::from_millis(100));
            answer = server.get("Patient?named=name&_sort=_id");
        }
        assert_eq!(answer.expect(200).matches(), ["after", "before"]);
    }
    other.delete("SearchParameter/named").expect(204);
    one.put("Patient/later", &patient("later")).expect(201);
}

fn parameter(code: &str) -> String {
    json!({ "resourceType": "SearchParameter", "id": code, "url": format!("http://example.org/{code}"), "name": code,
        "status": "active", "description": "of a test", "code": code, "base": ["Patient"], "type": "string",
        "expression": "Patient.name.text" })
    .to_string()
}

/// Whether a search by a parameter is answered, or refused only until its index is built.
fn knows(server: &Server, code: &str) -> bool {
    let answer = server.get(&format!("Patient?{code}=name"));
    answer.status == 200 || answer.body.contains("its index is being built")
}

#[test]
fn a_change_of_search_parameters_holds_on_all_nodes_when_it_is_acknowledged() {
    let Some((one, other)) = nodes() else { return };
    for round in 0..50 {
        let (writer, reader) = if round % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let code = format!("p{round}");
        let stored = writer.put(&format!("SearchParameter/{code}"), &parameter(&code)).expect(201);
        assert_eq!(stored.header("Warning"), "");
        assert!(knows(reader, &code), "round {round}");
        if round % 5 == 0 {
            reader.delete(&format!("SearchParameter/{code}")).expect(204);
            assert!(!knows(writer, &code), "round {round}");
        }
    }
}

#[test]
fn a_parameter_can_be_searched_on_all_nodes_when_its_job_is_done() {
    let Some((one, other)) = nodes() else { return };
    for round in 0..5 {
        let (writer, reader) = if round % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let code = format!("p{round}");
        writer.put(&format!("SearchParameter/{code}"), &parameter(&code)).expect(201);
        let refused = reader.get(&format!("Patient?{code}=name"));
        if refused.status == 200 {
            continue;
        }
        let (_, rest) = refused.body.split_once("_async/").unwrap();
        let job = format!("_async/{}", rest.split(' ').next().unwrap());
        while writer.get(&job).status == 202 {
            thread::sleep(Duration::from_millis(5));
        }
        reader.get(&format!("Patient?{code}=name")).expect(200);
    }
}

#[test]
fn a_node_that_does_not_answer_is_told_of() {
    let Some((one, other)) = nodes() else { return };
    let signal = |name: &str| {
        let process = other.process_id().to_string();
        assert!(Command::new("kill").args([name, &process]).status().unwrap().success());
    };
    signal("-STOP");
    let stored = one.put("SearchParameter/late", &parameter("late")).expect(201);
    signal("-CONT");
    assert!(stored.header("Warning").contains("not all nodes"), "{stored:?}");
    while !knows(&other, "late") {
        thread::sleep(Duration::from_millis(10));
    }
    let stored = one.put("SearchParameter/next", &parameter("next")).expect(201);
    assert_eq!(stored.header("Warning"), "");
    assert!(knows(&other, "next"));
}

#[test]
fn a_node_that_is_gone_is_not_waited_for() {
    let Some((one, mut other)) = nodes() else { return };
    other.kill();
    let stored = one.put("SearchParameter/alone", &parameter("alone")).expect(201);
    assert_eq!(stored.header("Warning"), "");
}

/// The number of the node that has a job, as its progress tells it.
fn node_of(answer: &Answer) -> Option<i32> {
    let (_, node) = answer.header("X-Progress").split_once("by node ")?;
    Some(node.parse().unwrap())
}

#[test]
fn a_job_goes_on_when_the_node_that_has_it_is_killed() {
    const RESOURCES: usize = 3000;
    let Some(_cluster) = test_postgres::cluster() else { return };
    let url = new_postgres_database();
    let start = || Server::start_with(&["--database-url", &url]);
    let (mut one, mut other) = (start(), start());
    let entries = (0..RESOURCES).map(|number| {
        json!({ "resource": { "resourceType": "Basic", "id": number.to_string(), "code": { "text": "x" } },
            "request": { "method": "PUT", "url": format!("Basic/{number}") } })
    });
    let bundle =
        json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries.collect::<Vec<_>>() });
    one.post("", &bundle.to_string()).expect(200);
    let accepted = one.send("POST", "Basic/$reindex", &[], "").expect(202);
    let job = format!("_async/{}", accepted.header("Content-Location").rsplit('/').next().unwrap());
    let node = loop {
        let status = one.get(&job).expect(202);
        if let Some(node) = node_of(&status) {
            // Which one has the job is the same wherever one asks.
            assert!(node_of(&other.get(&job)).is_none_or(|same| same == node));
            break node;
        }
    };
    let mut conn = PgConnection::establish(&url).unwrap();
    let name = diesel::dsl::sql::<Text>(&format!("SELECT name FROM node WHERE number = {node}"));
    let name: String = name.get_result(&mut conn).unwrap();
    let (killed, left) = if name.ends_with(&format!(" process {}", one.process_id())) {
        (&mut one, &other)
    } else {
        (&mut other, &one)
    };
    assert!(name.ends_with(&format!(" process {}", killed.process_id())), "{name}");
    killed.kill();
    assert_eq!(left.get(&job).expect(202).status, 202);
    let mut taken_over = false;
    let done = loop {
        let status = left.get(&job);
        if status.status == 200 {
            break status.json();
        }
        taken_over |= node_of(&status.expect(202)).is_some_and(|other| other != node);
        thread::sleep(Duration::from_millis(20));
    };
    assert!(taken_over);
    assert_eq!(done["parameter"][0]["valueDecimal"], RESOURCES);
}

/// What requests in the background have come to when they are done: the statuses of their statuses.
fn outcomes(server: &Server, jobs: &[String]) -> Vec<u16> {
    let outcome = |job: &String| loop {
        match server.get(job).status {
            202 => thread::sleep(Duration::from_millis(20)),
            status => break status,
        }
    };
    jobs.iter().map(outcome).collect()
}

#[test]
fn requests_in_the_background_are_taken_over_and_bundles_are_not_performed_twice() {
    let Some(_cluster) = test_postgres::cluster() else { return };
    let url = new_postgres_database();
    let start = || Server::start_with(&["--database-url", &url, "--async-jobs", "1"]);
    let (mut one, other) = (start(), start());
    let later = |request: (&str, &str), body: &str| {
        let headers = [FHIR_JSON, ("Prefer", "respond-async")];
        let taken = one.send(request.0, request.1, &headers, body).expect(202);
        format!("_async/{}", taken.header("Content-Location").rsplit('/').next().unwrap())
    };
    const EACH: usize = 200;
    let entry = json!({ "resource": { "resourceType": "Basic", "code": { "text": "x" } },
        "request": { "method": "POST", "url": "Basic" } });
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": vec![entry; EACH] });
    let bundle = bundle.to_string();
    let bundles: Vec<String> = (0..10).map(|_| later(("POST", ""), &bundle)).collect();
    let searches: Vec<String> = (0..10).map(|_| later(("GET", "Basic?_total=accurate"), "")).collect();
    // Each node knows of all.
    let status = other.get(searches.last().unwrap());
    assert_eq!(status.status, 202, "{status:?}");
    assert!(node_of(&status).is_some());
    one.kill();
    assert_eq!(other.get(searches.last().unwrap()).status, 202);
    assert_eq!(outcomes(&other, &searches), [200; 10]);
    let outcomes = outcomes(&other, &bundles);
    let count = |status: u16| outcomes.iter().filter(|outcome| **outcome == status).count();
    let (done, lost) = (count(200), count(500));
    assert_eq!(done + lost, 10, "{outcomes:?}");
    // The one that was under way when the node died was performed as a whole or not at all, and nobody says that it was.
    assert!(lost <= 1, "{outcomes:?}");
    let total =
        other.get("Basic?_total=accurate&_summary=count").expect(200).json()["total"].as_u64().unwrap();
    let total = usize::try_from(total).unwrap();
    assert!(total == done * EACH || total == (done + lost) * EACH, "{total} after {outcomes:?}");
    let found = other.get(&format!("{}/result", searches[9])).expect(200).json();
    assert_eq!(found["resourceType"], "Bundle");
}
