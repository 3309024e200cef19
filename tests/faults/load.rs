//! Clients that write without pause, note what was acknowledged, and ask again for what was not.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{Answer, FHIR_JSON, Server};

/// Clients that create, and as many that send transactions, and that update a counter of their own.
const CLIENTS: usize = 3;
/// A service that does not come back within this has failed the test.
const PATIENCE: Duration = Duration::from_secs(90);
/// Between attempts of a client that was refused.
const PAUSE: Duration = Duration::from_millis(20);

/// What the clients know.
#[derive(Default)]
pub(crate) struct Load {
    over: AtomicBool,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    /// Names of resources that are there, once.
    created: Vec<String>,
    /// Names of pairs that are there, once each.
    pairs: Vec<String>,
    /// The last value that was acknowledged, by counter.
    counters: BTreeMap<usize, u64>,
    acknowledged: usize,
    /// Attempts that were refused with 503, or cut off.
    refused: usize,
}

impl Load {
    /// Lets the clients write while `faults` happen, and then until each has an answer to what it began.
    pub(crate) fn during(server: &Server, faults: impl FnOnce(&Self)) -> Self {
        let load = Self::default();
        thread::scope(|scope| {
            for client in 0..CLIENTS {
                let load = &load;
                scope.spawn(move || load.repeat(|round| load.create(server, &format!("c{client}-{round}"))));
                scope.spawn(move || load.repeat(|round| load.pair(server, &format!("t{client}-{round}"))));
                scope.spawn(move || load.repeat(|_| load.count(server, client)));
            }
            // The clients end also if a fault fails the test.
            let _over = Over(&load.over);
            faults(&load);
        });
        load
    }

    /// Waits until so many further writes were acknowledged.
    pub(crate) fn wait_for(&self, more: usize) {
        let goal = self.notes.lock().unwrap().acknowledged + more;
        self.wait(|notes| notes.acknowledged >= goal, "writes are not acknowledged again");
    }

    /// Waits until so many further attempts were refused.
    pub(crate) fn wait_for_refusals(&self, more: usize) {
        let goal = self.notes.lock().unwrap().refused + more;
        self.wait(|notes| notes.refused >= goal, "writes are not refused");
    }

    fn wait(&self, is_so: impl Fn(&Notes) -> bool, what: &str) {
        let begun = Instant::now();
        while !is_so(&self.notes.lock().unwrap()) {
            assert!(begun.elapsed() < PATIENCE, "{what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn repeat(&self, mut write: impl FnMut(usize)) {
        let mut round = 0;
        while !self.over.load(Ordering::SeqCst) {
            write(round);
            round += 1;
        }
    }

    /// Sends until the answer is no refusal. A request that was cut off may have been performed.
    fn send(
        &self,
        server: &Server,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let begun = Instant::now();
        loop {
            let answer = server.try_send(method, path, headers, body);
            match answer {
                Ok(answer) if answer.status == 503 => is_a_clear_refusal(&answer),
                Ok(answer) => return answer,
                Err(_) => {}
            }
            self.notes.lock().unwrap().refused += 1;
            assert!(begun.elapsed() < PATIENCE, "{method} {path} is not performed again");
            thread::sleep(PAUSE);
        }
    }

    fn acknowledge(&self, note: impl FnOnce(&mut Notes)) {
        let mut notes = self.notes.lock().unwrap();
        notes.acknowledged += 1;
        note(&mut notes);
    }

    /// A create that is there at most once, however often it is sent.
    fn create(&self, server: &Server, name: &str) {
        let body =
            json!({ "resourceType": "Patient", "identifier": [{ "system": "urn:load", "value": name }] });
        let condition = format!("identifier=urn:load|{name}");
        let headers = [FHIR_JSON, ("If-None-Exist", &*condition)];
        let answer = self.send(server, "POST", "Patient", &headers, &body.to_string());
        assert!(matches!(answer.status, 200 | 201), "{}: {}", answer.status, answer.body);
        self.acknowledge(|notes| notes.created.push(name.to_owned()));
    }

    /// Two resources that refer to each other, both or none.
    fn pair(&self, server: &Server, name: &str) {
        let (patient, encounter) = (format!("p-{name}"), format!("e-{name}"));
        let request = |kind: &str, id: &str| json!({ "method": "PUT", "url": format!("{kind}/{id}") });
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
            { "resource": { "resourceType": "Patient", "id": patient }, "request": request("Patient", &patient) },
            { "resource": { "resourceType": "Encounter", "id": encounter, "status": "finished", "class": { "code": "AMB" },
                "subject": { "reference": format!("Patient/{patient}") } }, "request": request("Encounter", &encounter) },
        ]});
        let answer = self.send(server, "POST", "", &[FHIR_JSON], &bundle.to_string());
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.acknowledge(|notes| notes.pairs.push(name.to_owned()));
    }

    /// Adds one to a counter, if nobody else did; only its client changes it.
    fn count(&self, server: &Server, counter: usize) {
        let path = format!("Basic/counter-{counter}");
        let current = self.send(server, "GET", &path, &[], "");
        let (value, etag) = match current.status {
            404 => (0, String::new()),
            _ => (counter_value(&current.json()), current.header("ETag").to_owned()),
        };
        let last = self.notes.lock().unwrap().counters.get(&counter).copied().unwrap_or(0);
        assert!(value >= last, "{path} was {last} and is {value}");
        let next = value + 1;
        let body = json!({ "resourceType": "Basic", "id": format!("counter-{counter}"), "code": { "text": next.to_string() } });
        let condition = if etag.is_empty() { ("If-None-Match", "*") } else { ("If-Match", etag.as_str()) };
        let answer = self.send(server, "PUT", &path, &[FHIR_JSON, condition], &body.to_string());
        match answer.status {
            200 | 201 => self.acknowledge(|notes| {
                notes.counters.insert(counter, next);
            }),
            // An attempt that was cut off, or refused because nobody knew, had been performed.
            status => assert_eq!(status, 412, "{}", answer.body),
        }
    }

    /// Every acknowledged write is there, once and whole, and no history has a gap.
    pub(crate) fn check(&self, server: &Server) {
        let notes = self.notes.lock().unwrap();
        assert!(notes.created.len() > CLIENTS && notes.pairs.len() > CLIENTS, "too little was written");
        for name in &notes.created {
            let found = server.get(&format!("Patient?identifier=urn:load|{name}")).expect(200).matches();
            assert_eq!(found.len(), 1, "{name}: {found:?}");
        }
        for name in &notes.pairs {
            let found = server.get(&format!("Encounter?subject=Patient/p-{name}")).expect(200).matches();
            assert_eq!(found, [format!("e-{name}")]);
            server.get(&format!("Patient/p-{name}")).expect(200);
        }
        for (counter, last) in &notes.counters {
            let path = format!("Basic/counter-{counter}");
            let value = counter_value(&server.get(&path).expect(200).json());
            assert!(value >= *last, "{path}: {last} was acknowledged, {value} is there");
            let mut versions = Vec::new();
            let mut next = Some(format!("{path}/_history?_count=500"));
            while let Some(page) = next.take() {
                let page = server.get(&page).expect(200);
                next = page.link("next");
                let entries = page.json()["entry"].as_array().cloned().unwrap_or_default();
                versions.extend(entries.iter().map(|entry| {
                    let version = entry["resource"]["meta"]["versionId"].as_str().unwrap().to_owned();
                    (version, counter_value(&entry["resource"]))
                }));
            }
            let expected: Vec<(String, u64)> =
                (1..=value).rev().map(|version| (version.to_string(), version)).collect();
            assert_eq!(versions, expected, "{path}");
        }
        let total = |query: &str| server.get(query).expect(200).json()["total"].as_u64().unwrap();
        assert_eq!(total("Encounter?_summary=count"), notes.pairs.len() as u64);
        assert_eq!(
            total("Patient?_summary=count"),
            (notes.created.len() + notes.pairs.len()) as u64,
            "patients that nobody acknowledged, or twice"
        );
    }

    /// How many writes were acknowledged, and how many attempts were not.
    pub(crate) fn told(&self, what: &str) {
        let notes = self.notes.lock().unwrap();
        eprintln!("{what}: {} writes acknowledged, {} attempts refused", notes.acknowledged, notes.refused);
    }
}

struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn counter_value(counter: &Value) -> u64 {
    counter["code"]["text"].as_str().unwrap().parse().unwrap()
}

/// What a client is told when the database is away.
#[track_caller]
pub(crate) fn is_a_clear_refusal(answer: &Answer) {
    assert!(answer.header("Retry-After").parse::<u32>().is_ok(), "no Retry-After: {}", answer.body);
    let outcome = answer.json();
    assert_eq!(outcome["resourceType"], "OperationOutcome", "{outcome}");
    let issue = &outcome["issue"][0];
    assert!(
        matches!(issue["code"].as_str(), Some("transient" | "no-store" | "timeout" | "throttled")),
        "{outcome}"
    );
    let text = outcome.to_string();
    for secret in ["SELECT", "INSERT", "postgres", "libpq", "127.0.0.1", "/tmp"] {
        assert!(!text.contains(secret), "{text}");
    }
}
