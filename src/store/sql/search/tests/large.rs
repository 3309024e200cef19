//! How long searches take among many resources. Not run with the other tests, for it asserts nothing:
//! `cargo test --release -- --ignored --nocapture searches_among_many`.

use std::time::{Duration, Instant};

use fhir_search::keys::{
    CompositeKey, DateKey, QuantityKey, ReferenceKey, SearchKeys, StringKey, Target, TokenKey,
};
use fhir_search::parameters::ParameterId;
use fhir_search::query::{
    Clause, Comparison, CompositeTest, DateTest, QuantityTest, Query, Sort, SortBy, StringTest, Test, Total,
};

use super::world::{World, query};

const OBSERVATIONS: u64 = 300_000;
const PER_PATIENT: u64 = 30;
const BATCH: u64 = 2_000;

const GENDER: ParameterId = ParameterId(1);
const FAMILY: ParameterId = ParameterId(2);
const CODE: ParameterId = ParameterId(3);
const PATIENT: ParameterId = ParameterId(4);
const SUBJECT: ParameterId = ParameterId(5);
const DATE: ParameterId = ParameterId(6);
const CODE_VALUE: ParameterId = ParameterId(7);
const CATEGORY: ParameterId = ParameterId(8);
const VALUE: ParameterId = ParameterId(9);

const YEAR: i64 = 365 * 86_400_000_000;

/// The same numbers each time, spread evenly.
fn scatter(number: u64) -> u64 {
    let mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 20
}

fn patient(number: u64) -> SearchKeys {
    let letter = char::from(b'a' + (scatter(number) % 26) as u8);
    SearchKeys {
        tokens: vec![TokenKey { parameter: GENDER, hash: (number % 2) as i64 }],
        strings: vec![StringKey { parameter: FAMILY, folded: format!("{letter}{number}").into(), exact: 0 }],
        ..SearchKeys::default()
    }
}

fn observation(number: u64) -> SearchKeys {
    let target = Target::Resource { kind: "Patient".into(), id: (number / PER_PATIENT).to_string().into() };
    let code = (scatter(number) % 200) as i64;
    let value = 100.0 + (scatter(number + 7) % 1000) as f64 / 10.0;
    let low = 30 * YEAR + (scatter(number + 3) % 25_000) as i64 * (YEAR / 1000);
    let token = |parameter, hash| TokenKey { parameter, hash };
    SearchKeys {
        tokens: vec![
            token(CODE, code),
            token(CODE, code + 1000),
            token(CATEGORY, code % 4),
            token(CATEGORY, 1000 + code % 4),
        ],
        references: [PATIENT, SUBJECT]
            .map(|parameter| ReferenceKey { parameter, target: target.clone() })
            .to_vec(),
        dates: vec![DateKey { parameter: DATE, low, high: low + 1_000_000 }],
        quantities: vec![QuantityKey { parameter: VALUE, unit: 0, low: value, high: value }],
        composites: vec![CompositeKey { parameter: CODE_VALUE, hash: code, low: value, high: value }],
        ..SearchKeys::default()
    }
}

fn fill(world: &mut World) {
    for first in (0..OBSERVATIONS).step_by(BATCH as usize) {
        let observations = (first..first + BATCH).flat_map(|number| {
            let patient = (number % PER_PATIENT == 0).then(|| {
                let number = number / PER_PATIENT;
                ("Patient".into(), number.to_string().into(), Some(patient(number)))
            });
            let observation = ("Observation".into(), number.to_string().into(), Some(observation(number)));
            patient.into_iter().chain([observation])
        });
        world.set_all(observations.collect());
    }
}

fn parameter(parameter: ParameterId, test: Test) -> Clause {
    Clause::Parameter { parameter, test }
}

fn token(id: ParameterId, hash: i64) -> Clause {
    parameter(id, Test::Token(vec![hash]))
}

fn date(comparison: Comparison, year: i64) -> Clause {
    let low = (year - 1970) * YEAR;
    parameter(DATE, Test::Date(vec![DateTest { comparison, low, high: low + YEAR }]))
}

fn of_patient(number: u64) -> Clause {
    let id = number.to_string().into();
    parameter(PATIENT, Test::Reference(vec![Target::Resource { kind: "Patient".into(), id }]))
}

fn starts_with(prefix: &str) -> Clause {
    parameter(FAMILY, Test::String(vec![StringTest::StartsWith(prefix.into())]))
}

fn above(value: f64) -> QuantityTest {
    QuantityTest { comparison: Comparison::Greater, unit: 0, value, low: value - 0.5, high: value + 0.5 }
}

fn chain(clause: Clause) -> Clause {
    Clause::Chain { reference: SUBJECT, target: "Patient".into(), clause: Box::new(clause) }
}

fn searches() -> Vec<(&'static str, Query)> {
    let patients = |clauses| query("Patient", clauses, vec![], 20);
    let observations = |clauses| query("Observation", clauses, vec![], 20);
    let sorted = |clauses, by, descending| query("Observation", clauses, vec![Sort { by, descending }], 20);
    let composite = CompositeTest::Quantity { hash: 7, test: above(170.0) };
    let has =
        |clause| Clause::Has { source: "Observation".into(), reference: SUBJECT, clause: Box::new(clause) };
    vec![
        ("Patient", patients(vec![])),
        ("Patient?_id", patients(vec![Clause::Id(vec!["77".into()])])),
        ("Patient?gender", patients(vec![token(GENDER, 1)])),
        ("Patient?family=s", patients(vec![starts_with("s")])),
        ("Patient?family=s1234", patients(vec![starts_with("s1234")])),
        ("Patient?family=s&gender", patients(vec![starts_with("s"), token(GENDER, 1)])),
        ("Observation?code", observations(vec![token(CODE, 5)])),
        ("Observation?code=a,b,c", observations(vec![parameter(CODE, Test::Token(vec![5, 6, 7]))])),
        ("Observation?category&code", observations(vec![token(CATEGORY, 1), token(CODE, 5)])),
        ("Observation?patient", observations(vec![of_patient(777)])),
        ("Observation?patient&code", observations(vec![of_patient(777), token(CODE, 5)])),
        ("Observation?date=ge2015", observations(vec![date(Comparison::GreaterOrEqual, 2015)])),
        ("Observation?date=lt2001", observations(vec![date(Comparison::Less, 2001)])),
        (
            "Observation?date=ge2000&date=lt2001",
            observations(vec![date(Comparison::GreaterOrEqual, 2000), date(Comparison::Less, 2001)]),
        ),
        (
            "Observation?date=ge2024&code",
            observations(vec![date(Comparison::GreaterOrEqual, 2024), token(CODE, 5)]),
        ),
        (
            "Observation?value-quantity=gt199",
            observations(vec![parameter(VALUE, Test::Quantity(vec![above(199.0)]))]),
        ),
        (
            "Observation?code-value-quantity",
            observations(vec![parameter(CODE_VALUE, Test::Composite(vec![composite]))]),
        ),
        ("Observation?subject.gender", observations(vec![chain(token(GENDER, 1))])),
        ("Observation?subject.family=s1234", observations(vec![chain(starts_with("s1234"))])),
        ("Patient?_has:code", patients(vec![has(token(CODE, 5))])),
        ("Observation?_sort=-date", sorted(vec![], SortBy::Date(DATE), true)),
        ("Observation?_sort=date", sorted(vec![], SortBy::Date(DATE), false)),
        ("Observation?code&_sort=-date", sorted(vec![token(CODE, 5)], SortBy::Date(DATE), true)),
        ("Observation?category&_sort=-date", sorted(vec![token(CATEGORY, 1)], SortBy::Date(DATE), true)),
        ("Observation?patient&_sort=-date", sorted(vec![of_patient(777)], SortBy::Date(DATE), true)),
        (
            "Observation?date=ge2015&_sort=date",
            sorted(vec![date(Comparison::GreaterOrEqual, 2015)], SortBy::Date(DATE), false),
        ),
        ("Observation?_sort=-_lastUpdated", sorted(vec![], SortBy::LastUpdated, true)),
    ]
}

fn measure(world: &mut World, name: &str, query: &Query, times: usize) {
    let mut spans: Vec<Duration> = Vec::new();
    let mut matches = 0;
    for _ in 0..times {
        let begun = Instant::now();
        let page = world.search(query, None).unwrap();
        spans.push(begun.elapsed());
        matches = page.total.unwrap_or(page.matches.len() as u64);
    }
    spans.sort_unstable();
    let at = |percent: usize| spans[(spans.len() * percent / 100).min(spans.len() - 1)];
    println!("{name:45} p50 {:>9.3?} p99 {:>9.3?} ({matches})", at(50), at(99));
}

#[test]
#[ignore = "takes minutes; a measurement"]
fn searches_among_many() {
    let mut world = World::new();
    let begun = Instant::now();
    fill(&mut world);
    println!("{OBSERVATIONS} observations in {:.1?}", begun.elapsed());
    for (name, query) in searches() {
        measure(&mut world, name, &query, 200);
    }
    println!("with _total=accurate");
    for (name, query) in searches() {
        if query.sort.is_empty() {
            measure(&mut world, name, &Query { total: Total::Accurate, ..query }, 5);
        }
    }
}
