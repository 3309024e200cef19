//! Walking through all pages of a search.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Answer, Server};
use crate::population::population;

#[test]
fn pages_hold_every_match_once_also_while_others_write() {
    let server = population();
    for number in 0..25 {
        server.put(&format!("Basic/b{number:02}"), &format!(r#"{{"resourceType":"Basic","id":"b{number:02}","code":{{"text":"x"}},"created":"2024-01-{:02}"}}"#, number + 1)).expect(201);
    }
    for search in [
        "Basic?_count=10",
        "Basic?_count=10&_sort=created",
        "Basic?_count=10&_sort=-created",
        "Basic?_count=10&_sort=-_lastUpdated",
        "Basic?created=ge2000&_count=10",
    ] {
        let mut page = server.get(search).expect(200);
        let (mut seen, mut pages) = (page.matches(), vec![page.matches()]);
        while let Some(next) = page.link("next") {
            // Writes between pages: a new resource, one taken away that was seen.
            server
                .post("Basic", r#"{"resourceType":"Basic","code":{"text":"new"},"created":"2030"}"#)
                .expect(201);
            page = server.get(&next).expect(200);
            seen.extend(page.matches());
            pages.push(page.matches());
        }
        let of_before: Vec<&String> = seen.iter().filter(|id| id.starts_with('b') && id.len() == 3).collect();
        let mut once = of_before.clone();
        once.sort();
        once.dedup();
        assert_eq!((of_before.len(), once.len()), (25, 25), "{search}: {seen:?}");
        let back = server.get(&page.link("previous").unwrap()).expect(200);
        assert_eq!(back.matches(), pages[pages.len() - 2], "{search}");
    }
    let forged = server.get("Basic?_count=10&_page=AAAA").expect(400);
    assert!(forged.body.contains("_page"));
}

/// How many resources stay throughout the walks, unless `WESTWAY_PAGING` says.
const STAYING: usize = 2000;

/// The searches to walk through, forwards and backwards.
const WALKS: [&str; 4] = [
    "Observation?",
    "Observation?_sort=date",
    "Observation?_sort=-_lastUpdated",
    "Observation?_sort=status,-date",
];

/// How many resources a write of the writer inserts, and deletes again some writes later.
const INSERTED: usize = 10;

#[test]
fn a_walk_sees_what_stays_exactly_once_while_a_writer_inserts_and_deletes() {
    let staying =
        std::env::var("WESTWAY_PAGING").ok().map_or(STAYING, |count| count.parse().expect("a number"));
    let count = (staying / 40).clamp(50, 1000);
    let server = Server::start_with(&["--profiles", "base", "--integrity", "off"]);
    // One in eleven goes away while the walks go on.
    let loaded = staying + staying / 10;
    load(&server, loaded);
    let writer = Writer { server: &server, done: AtomicBool::new(false), writes: AtomicUsize::new(0) };
    std::thread::scope(|threads| {
        threads.spawn(|| writer.write(loaded));
        for search in WALKS {
            let first = format!("{search}&_count={count}").replace("?&", "?");
            let last = server.get(&first).expect(200).link("last").unwrap();
            for (beginning, relation) in [(first, "next"), (last, "previous")] {
                let before = writer.writes.load(Ordering::Relaxed);
                let (seen, pages) = walk(&writer, &beginning, relation);
                let writes = writer.writes.load(Ordering::Relaxed) - before;
                let stayed = seen.keys().filter(|id| id.starts_with("stays")).count();
                assert_eq!(stayed, staying, "{search} by {relation}");
                assert!(
                    seen.values().all(|times| *times == 1),
                    "{search} by {relation}: something came twice"
                );
                let others = seen.len() - stayed;
                println!(
                    "{search} by {relation}: {pages} pages, {stayed} that stayed and {others} others, each once; {writes} writes meanwhile"
                );
            }
        }
        writer.done.store(true, Ordering::Relaxed);
    });
}

/// How often each id was seen, and on how many pages. Something is written between any two pages.
fn walk(writer: &Writer<'_>, beginning: &str, relation: &str) -> (HashMap<String, usize>, usize) {
    let (mut seen, mut pages) = (HashMap::new(), 0);
    let mut address = Some(beginning.to_owned());
    while let Some(page) = address {
        let before = writer.writes.load(Ordering::Relaxed);
        let page: Answer = writer.server.get(&page).expect(200);
        page.matches().into_iter().for_each(|id| *seen.entry(id).or_default() += 1);
        pages += 1;
        address = page.link(relation);
        while address.is_some() && writer.writes.load(Ordering::Relaxed) == before {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    (seen, pages)
}

/// What changes the database during the walks.
struct Writer<'a> {
    server: &'a Server,
    done: AtomicBool,
    /// Transactions committed.
    writes: AtomicUsize,
}

impl Writer<'_> {
    /// Inserts resources of all dates, deletes them soon after, and deletes those that go, until told to stop.
    fn write(&self, loaded: usize) {
        let mut going = (0..loaded).filter(|number| number % 11 == 10);
        for number in 0_usize.. {
            if self.done.load(Ordering::Relaxed) {
                break;
            }
            let new = |number: usize| format!("new-{number}");
            let inserted = (0..INSERTED).map(|place| number * INSERTED + place);
            let mut entries: Vec<Value> = inserted.map(|n| put(&new(n), n * 5)).collect();
            if let Some(old) = number.checked_sub(2) {
                entries.extend((0..INSERTED).map(|place| delete(&new(old * INSERTED + place))));
            }
            entries
                .extend(going.by_ref().take(loaded / 4000 + 1).map(|gone| delete(&format!("goes-{gone}"))));
            transaction(self.server, entries);
            self.writes.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn observation(id: &str, number: usize) -> Value {
    // Many share a status and a date, and one in seven has no date.
    let statuses = ["final", "amended", "preliminary"];
    let mut resource = json!({ "resourceType": "Observation", "id": id, "status": statuses[number % 3],
        "code": { "coding": [{ "system": "http://loinc.org", "code": "29463-7" }] } });
    if !number.is_multiple_of(7) {
        resource["effectiveDateTime"] =
            format!("2024-{:02}-{:02}", number % 12 + 1, number / 12 % 28 + 1).into();
    }
    resource
}

fn put(id: &str, number: usize) -> Value {
    let request = json!({ "method": "PUT", "url": format!("Observation/{id}") });
    json!({ "resource": observation(id, number), "request": request })
}

fn delete(id: &str) -> Value {
    json!({ "request": { "method": "DELETE", "url": format!("Observation/{id}") } })
}

fn transaction(server: &Server, entries: Vec<Value>) {
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
    server.post("", &bundle.to_string()).expect(200);
}

fn load(server: &Server, count: usize) {
    let numbers: Vec<usize> = (0..count).collect();
    for numbers in numbers.chunks(1000) {
        let id = |number: usize| format!("{}-{number}", if number % 11 == 10 { "goes" } else { "stays" });
        transaction(server, numbers.iter().map(|number| put(&id(*number), *number)).collect());
    }
}
