//! Random searches of random resources, answered by the server and by a second reading of R4 search (`search-oracle`), which
//! shares no code with it.
//!
//! `WESTWAY_DIFFERENTIAL` is the number of searches, `WESTWAY_SEED` repeats a run.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "helpers fail the test, and tell what differs"
)]

mod compare;
mod queries;
mod random;
mod resources;
mod shrink;
mod stack;
mod values;
mod vocabulary;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use fhir_definitions::Registry;
use fhir_terminology::Terminology;
use search_oracle::{Key, Oracle, Settings};

use compare::{Verdict, compare};
use queries::Queries;
use random::Random;
use resources::Resources;
use stack::{BASE, Database, MAX_COUNT, Stack};

/// Searches of one population before it changes.
const SEARCHES: usize = 250;

/// Resources of a population.
const RESOURCES: usize = 70;

/// After so many differences the rest is not worth the time.
const MOST_DIFFERENCES: usize = 12;

/// What came of a run.
#[derive(Debug, Default)]
struct Tally {
    searches: usize,
    /// Searches that find something.
    found: usize,
    /// Why both refuse, and how often.
    both_refuse: BTreeMap<String, usize>,
    /// Why the server refused what the oracle answers, and how often.
    only_server_refuses: BTreeMap<String, usize>,
    differences: Vec<String>,
    refused_resources: usize,
}

#[test]
fn random_searches_are_answered_as_the_specification_says() {
    run(Database::Sqlite);
}

#[test]
fn and_so_they_are_by_postgresql() {
    if test_postgres::cluster().is_some() {
        run(Database::Postgres);
    }
}

fn run(database: Database) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let searches = number("WESTWAY_DIFFERENTIAL").unwrap_or(3000) as usize;
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let seed = number("WESTWAY_SEED").unwrap_or_else(now);
    eprintln!("{database:?} WESTWAY_SEED={seed} WESTWAY_DIFFERENTIAL={searches}");
    let mut run = Run::new(seed, database);
    while run.tally.searches < searches && run.tally.differences.len() < MOST_DIFFERENCES {
        run.populate();
        run.search(SEARCHES.min(searches - run.tally.searches));
    }
    let tally = run.tally;
    eprintln!(
        "{} searches, {} found something, {} refused by both, {} resources refused",
        tally.searches,
        tally.found,
        tally.both_refuse.values().sum::<usize>(),
        tally.refused_resources
    );
    for (reason, times) in tally.both_refuse.iter().filter(|_| is_verbose()) {
        eprintln!("refused by both, {times} times: {reason}");
    }
    for (reason, times) in &tally.only_server_refuses {
        eprintln!("refused by the server only, {times} times: {reason}");
    }
    assert!(tally.differences.is_empty(), "seed {seed}:\n\n{}", tally.differences.join("\n\n"));
}

struct Run {
    registry: Arc<Registry>,
    terminology: Terminology,
    oracle: Oracle,
    stack: Stack,
    random: Random,
    tally: Tally,
}

impl Run {
    fn new(seed: u64, database: Database) -> Self {
        let registry = Arc::new(Registry::embedded().unwrap());
        let settings = Settings {
            base_urls: vec![BASE.to_owned()],
            max_count: MAX_COUNT,
            chain_links: 8,
            chain_targets: 16,
        };
        Self {
            terminology: Terminology::new(Arc::clone(&registry)),
            oracle: Oracle::new(Arc::clone(&registry), settings),
            stack: Stack::new(&registry, database),
            registry,
            random: Random::new(seed),
            tally: Tally::default(),
        }
    }

    /// Another population in the same database: some resources go, some change, some come.
    fn populate(&mut self) {
        let mut resources = Resources::new(&self.registry, &self.terminology, &mut self.random, RESOURCES);
        let keys = resources.keys().to_vec();
        let known: Vec<Key> =
            self.stack.population.resources.iter().map(|resource| resource.key.clone()).collect();
        known.iter().filter(|key| !keys.contains(key)).for_each(|key| self.stack.delete(key));
        for key in &keys {
            let resource = resources.resource(key, &mut self.random);
            if let Err(reason) = self.stack.put(&resource) {
                self.tally.refused_resources += 1;
                if is_verbose() {
                    eprintln!("refused {}: {reason}", key.0);
                }
            }
        }
    }

    fn search(&mut self, searches: usize) {
        for _ in 0..searches {
            let queries = Queries {
                registry: &self.registry,
                oracle: &self.oracle,
                population: &self.stack.population,
            };
            let request = queries.request(&mut self.random);
            self.tally.searches += 1;
            match compare(&self.oracle, &self.stack, &request) {
                Verdict::Same(matches) => self.tally.found += usize::from(matches > 0),
                Verdict::BothRefuse(reason) => {
                    *self.tally.both_refuse.entry(without_names(&reason)).or_default() += 1;
                }
                Verdict::OnlyServerRefuses(reason) => {
                    if is_verbose() {
                        eprintln!("refused by the server only: {request:?}: {reason}");
                    }
                    *self.tally.only_server_refuses.entry(without_names(&reason)).or_default() += 1;
                }
                Verdict::Differs(difference) => {
                    let told = shrink::reproduction(
                        &self.registry,
                        &self.oracle,
                        &self.stack,
                        &request,
                        &difference,
                    );
                    self.tally.differences.push(told);
                    if self.tally.differences.len() >= MOST_DIFFERENCES {
                        return;
                    }
                }
            }
        }
    }
}

/// Whether everything that is refused is told.
fn is_verbose() -> bool {
    std::env::var_os("WESTWAY_VERBOSE").is_some()
}

/// A reason without what stands in quotation marks and what comes after the first sentence, so that it can be counted.
fn without_names(reason: &str) -> String {
    let parts: Vec<&str> = reason.split('\'').step_by(2).collect();
    let text = parts.join("'...'");
    text.split(';').next().unwrap_or_default().to_owned()
}
