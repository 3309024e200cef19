//! One resource as a register under many clients: whatever they do at the same time, all they see fits one order of writes in which
//! each took effect between its request and its answer.
//!
//! Versions number the writes, so no search for an order is needed: the history is linearizable if, and only if, versions are
//! given once each and without gaps, an answer tells the content that its version was written with, and an operation that began
//! after another had been answered sees no older version.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a helper fails the test")]

mod common;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use common::{Answer, FHIR_JSON, Server, new_postgres_database};
use serde_json::{Value, json};

/// Clients at the same time.
const CLIENTS: usize = 16;
/// Operations of each.
const OPERATIONS: usize = 60;
const PATH: &str = "Basic/register";

/// One operation with its answer.
#[derive(Clone, Debug)]
struct Operation {
    begun: Instant,
    answered: Instant,
    seen: Seen,
}

/// What the answer told.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    /// A read: the version and its content.
    Read(u64, String),
    /// An update that was to follow `expected`, or anything: the version it became and its content.
    Written { expected: Option<u64>, version: u64, content: String },
    /// An update that was refused since the version was not this one.
    Refused(u64),
}

fn register(content: &str) -> String {
    json!({ "resourceType": "Basic", "id": "register", "code": { "text": content } }).to_string()
}

fn version(answer: &Answer) -> u64 {
    answer.header("ETag").trim_start_matches("W/\"").trim_end_matches('"').parse().unwrap()
}

fn content(resource: &Value) -> String {
    resource["code"]["text"].as_str().unwrap().to_owned()
}

/// One operation of a client that last saw `known`.
fn operate(server: &Server, client: usize, number: usize, known: u64) -> Operation {
    let begun = Instant::now();
    let content_of_write = format!("client {client}, operation {number}");
    let etag = format!("W/\"{known}\"");
    let seen = match number % 3 {
        0 => {
            let answer = server.get(PATH).expect(200);
            Seen::Read(version(&answer), content(&answer.json()))
        }
        1 => {
            let headers = [FHIR_JSON, ("If-Match", etag.as_str())];
            let answer = server.send("PUT", PATH, &headers, &register(&content_of_write));
            match answer.status {
                200 => Seen::Written {
                    expected: Some(known),
                    version: version(&answer),
                    content: content_of_write,
                },
                412 => Seen::Refused(known),
                status => panic!("{status}: {}", answer.body),
            }
        }
        _ => {
            let answer = server.put(PATH, &register(&content_of_write)).expect(200);
            Seen::Written { expected: None, version: version(&answer), content: content_of_write }
        }
    };
    Operation { begun, answered: Instant::now(), seen }
}

/// All clients' operations on one register; client n speaks to server n modulo their number.
fn operations(servers: &[Server]) -> Vec<Operation> {
    servers[0].put(PATH, &register("first")).expect(201);
    let all = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (server, all) = (&servers[client % servers.len()], &all);
            scope.spawn(move || {
                let mut known = 1;
                for number in 0..OPERATIONS {
                    let operation = operate(server, client, number, known);
                    if let Seen::Read(version, _) | Seen::Written { version, .. } = &operation.seen {
                        known = *version;
                    }
                    all.lock().unwrap().push(operation);
                }
            });
        }
    });
    all.into_inner().unwrap()
}

/// Fails unless the operations fit one order.
fn check(operations: &[Operation], history: &BTreeMap<u64, String>) -> Result<(), String> {
    let mut written: BTreeMap<u64, String> = BTreeMap::from([(1, "first".to_owned())]);
    for operation in operations {
        if let Seen::Written { expected, version, content } = &operation.seen {
            if expected.is_some_and(|expected| *version != expected + 1) {
                return Err(format!("an update of version {expected:?} became {version}"));
            }
            if let Some(other) = written.insert(*version, content.clone()) {
                return Err(format!("version {version} was given to {content} and to {other}"));
            }
        }
    }
    if !written.keys().copied().eq(1..=written.len() as u64) {
        return Err(format!("versions have gaps: {:?}", written.keys()));
    }
    if written != *history {
        return Err("the history does not tell what was written".to_owned());
    }
    for operation in operations {
        if let Seen::Read(version, content) = &operation.seen
            && written.get(version) != Some(content)
        {
            return Err(format!("a read of version {version} told {content}"));
        }
    }
    in_time(operations)
}

/// No operation sees less than one that was answered before it began, and no write repeats it.
fn in_time(operations: &[Operation]) -> Result<(), String> {
    let version_of = |operation: &Operation| match operation.seen {
        Seen::Read(version, _) | Seen::Written { version, .. } => Some(version),
        Seen::Refused(_) => None,
    };
    for later in operations {
        let before = operations.iter().filter(|earlier| earlier.answered < later.begun);
        let newest = before.filter_map(version_of).max().unwrap_or(1);
        let fits = match later.seen {
            Seen::Read(version, _) => version >= newest,
            Seen::Written { version, .. } => version > newest,
            // A refusal needs some other version during the operation.
            Seen::Refused(expected) => {
                newest != expected
                    || operations.iter().any(|other| {
                        matches!(other.seen, Seen::Written { version, .. } if version > expected && other.begun < later.answered)
                    })
            }
        };
        if !fits {
            return Err(format!("after version {newest} was answered: {:?}", later.seen));
        }
    }
    Ok(())
}

/// The contents of all versions, from the history of the resource.
fn history(server: &Server) -> BTreeMap<u64, String> {
    let mut versions = BTreeMap::new();
    let mut next = Some(format!("{PATH}/_history?_count=100"));
    while let Some(path) = next {
        let page = server.get(&path).expect(200);
        for entry in page.json()["entry"].as_array().unwrap() {
            let resource = &entry["resource"];
            let version = resource["meta"]["versionId"].as_str().unwrap().parse().unwrap();
            assert_eq!(versions.insert(version, content(resource)), None, "version {version} is there twice");
        }
        next = page.link("next");
    }
    versions
}

#[test]
fn a_resource_is_a_linearizable_register() {
    linearizable(&[Server::start()]);
}

#[test]
fn it_is_one_register_to_the_clients_of_two_servers_on_one_database() {
    if test_postgres::cluster().is_none() {
        return;
    }
    let url = new_postgres_database();
    let start = || Server::start_with(&["--database-url", &url]);
    linearizable(&[start(), start()]);
}

#[track_caller]
fn linearizable(servers: &[Server]) {
    let operations = operations(servers);
    assert_eq!(check(&operations, &history(&servers[0])), Ok(()));
    let refused = operations.iter().filter(|operation| matches!(operation.seen, Seen::Refused(_))).count();
    assert!(
        refused > 0 && operations.len() == CLIENTS * OPERATIONS,
        "the clients did not get into each other's way"
    );
}

#[test]
fn the_check_finds_what_is_not_linearizable() {
    let start = Instant::now();
    let at = |from: u64, to: u64, seen: Seen| Operation {
        begun: start + std::time::Duration::from_millis(from),
        answered: start + std::time::Duration::from_millis(to),
        seen,
    };
    let write =
        |expected, version, content: &str| Seen::Written { expected, version, content: content.to_owned() };
    let read = |version, content: &str| Seen::Read(version, content.to_owned());
    let fits = |operations: &[Operation], contents: &[&str]| {
        let history = (1..).zip(contents.iter().map(|content| (*content).to_owned())).collect();
        check(operations, &history).is_ok()
    };
    let good = [at(0, 5, write(None, 2, "a")), at(1, 9, read(1, "first")), at(6, 9, read(2, "a"))];
    assert!(fits(&good, &["first", "a"]));
    // A read that began after the write was answered, and does not see it.
    assert!(!fits(&[at(0, 5, write(None, 2, "a")), at(6, 9, read(1, "first"))], &["first", "a"]));
    // Two reads, the later of which goes back.
    let back = [at(0, 20, write(None, 2, "a")), at(1, 2, read(2, "a")), at(3, 4, read(1, "first"))];
    assert!(!fits(&back, &["first", "a"]));
    // A lost update: the same version twice.
    assert!(!fits(&[at(0, 5, write(Some(1), 2, "a")), at(0, 5, write(Some(1), 2, "b"))], &["first", "b"]));
    // A compare-and-set that followed another version.
    assert!(!fits(&[at(0, 5, write(None, 2, "a")), at(6, 9, write(Some(1), 3, "b"))], &["first", "a", "b"]));
    // A gap, a wrong content, a history that tells other things, a refusal without a reason.
    assert!(!fits(&[at(0, 5, write(None, 3, "a"))], &["first", "?", "a"]));
    assert!(!fits(&[at(0, 5, read(1, "second"))], &["first"]));
    assert!(!fits(&[at(0, 5, write(None, 2, "a"))], &["first", "b"]));
    assert!(!fits(&[at(0, 5, Seen::Refused(1))], &["first"]));
}
