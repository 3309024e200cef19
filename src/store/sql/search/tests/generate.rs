//! Random resources and queries from few values, so that they meet often.

use fhir_search::keys::{
    CompositeKey, DateKey, PositionKey, QuantityKey, ReferenceKey, SearchKeys, SortText, StringKey, Target,
    TokenKey, UriKey,
};
use fhir_search::parameters::ParameterId;
use fhir_search::query::{
    Clause, Comparison, CompositeTest, DateTest, Direction, NearTest, QuantityTest, SharedOrder, Sort,
    SortBy, StringTest, Test, TextScope, UriTest,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const DAY: i64 = 86_400_000_000;

/// The types, and where their parameters begin.
pub(super) const TYPES: [(&str, i32); 2] = [("Patient", 10), ("Observation", 20)];

pub(super) const TOKEN: i32 = 0;
pub(super) const REFERENCE: i32 = 1;
pub(super) const DATE: i32 = 2;
pub(super) const QUANTITY: i32 = 3;
pub(super) const STRING: i32 = 4;
pub(super) const URI: i32 = 5;
const RANGE_COMPOSITE: i32 = 6;
const EQUAL_COMPOSITE: i32 = 7;
const POSITION: i32 = 8;

pub(super) fn id() -> impl Strategy<Value = Box<str>> {
    (0..12u8).prop_map(|number| number.to_string().into())
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        4 => (0..2usize, id()).prop_map(|(kind, id)| Target::Resource { kind: TYPES[kind].0.into(), id }),
        1 => canonical().prop_map(Target::Url),
    ]
}

fn canonical() -> impl Strategy<Value = Box<str>> {
    select(vec!["urn:0", "urn:1", "urn:1|1", "urn:1|1.2", "urn:1|10"]).prop_map(Box::from)
}

/// Periods within a week: hours, days and longer, and open ones.
fn period() -> impl Strategy<Value = (i64, i64)> {
    let low = (0..7i64, 0..3i64).prop_map(|(day, part)| day * DAY + part * DAY / 3);
    let length = select(vec![1_000_000, DAY / 3, DAY, DAY + 1, 3 * DAY]);
    (low, length, 0..10).prop_map(|(low, length, open)| match open {
        0 => (i64::MIN, low + length),
        1 => (low, i64::MAX),
        _ => (low, low + length),
    })
}

fn span() -> impl Strategy<Value = (f64, f64)> {
    let value = (-4..5i32).prop_map(|value| f64::from(value) / 2.0);
    (value, 0..6).prop_map(|(low, length)| match length {
        0 => (low, f64::INFINITY),
        1 => (f64::NEG_INFINITY, low),
        2 => (low, low + 1.5),
        _ => (low, low),
    })
}

fn word() -> impl Strategy<Value = Box<str>> {
    select(vec!["", "a", "ab", "abc", "b", "zoë"]).prop_map(Box::from)
}

fn uri() -> impl Strategy<Value = Box<str>> {
    select(vec!["", "/", "a", "a/", "a/b", "a/b/c", "a0", "ab", "zoë/", "a|1", "a|1.2", "a|10", "a|2"])
        .prop_map(Box::from)
}

/// Few places, some of them across the date line or a pole from others.
fn place() -> impl Strategy<Value = (f64, f64)> {
    let latitude = select(vec![-90.0, -1.0, 0.0, 51.5, 52.0, 89.9, 90.0]);
    (latitude, select(vec![-180.0, -179.9, -0.1, 0.0, 1.0, 179.9, 180.0]))
}

/// Words as a resource has them: sorted, each once.
fn words() -> impl Strategy<Value = Vec<Box<str>>> {
    subsequence(vec!["a", "ab", "and", "b", "zoë"], 0..4)
        .prop_map(|words| words.into_iter().map(Box::from).collect())
}

fn number() -> impl Strategy<Value = i64> {
    -1..3i64
}

/// The keys of a resource whose parameters begin at `base`.
pub(super) fn keys(base: i32) -> impl Strategy<Value = SearchKeys> {
    let parameter = move |offset| ParameterId(base + offset);
    let tokens = vec(number(), 0..3);
    let references = vec(target(), 0..3);
    let (dates, quantities) = (vec(period(), 0..3), vec((0..2i64, span()), 0..3));
    let (strings, uris) = (vec((word(), number()), 0..3), vec(uri(), 0..2));
    let (ranges, equals) = (vec((number(), span()), 0..3), vec(number(), 0..2));
    let (text, places) = (option::of((word(), word())), vec(place(), 0..2));
    let keys = (tokens, references, dates, quantities, strings, uris, ranges, equals, text);
    (keys, places, words(), words()).prop_map(
        move |(
            (tokens, references, dates, quantities, strings, uris, ranges, equals, text),
            places,
            narrative_words,
            content_words,
        )| SearchKeys {
            contained: Vec::new(),
            tokens: tokens.into_iter().map(|hash| TokenKey { parameter: parameter(TOKEN), hash }).collect(),
            references: references
                .into_iter()
                .map(|target| ReferenceKey { parameter: parameter(REFERENCE), target })
                .collect(),
            dates: dates
                .into_iter()
                .map(|(low, high)| DateKey { parameter: parameter(DATE), low, high })
                .collect(),
            quantities: quantities
                .into_iter()
                .map(|(unit, (low, high))| QuantityKey { parameter: parameter(QUANTITY), unit, low, high })
                .collect(),
            strings: strings
                .into_iter()
                .map(|(folded, exact)| StringKey { parameter: parameter(STRING), folded, exact })
                .collect(),
            uris: uris.into_iter().map(|value| UriKey { parameter: parameter(URI), value }).collect(),
            composites: ranges
                .into_iter()
                .map(|(hash, (low, high))| CompositeKey {
                    parameter: parameter(RANGE_COMPOSITE),
                    hash,
                    low,
                    high,
                })
                .chain(equals.into_iter().map(|hash| CompositeKey {
                    parameter: parameter(EQUAL_COMPOSITE),
                    hash,
                    low: 0.0,
                    high: 0.0,
                }))
                .collect(),
            sort_texts: text
                .into_iter()
                .map(|(least, greatest)| SortText { parameter: parameter(TOKEN), least, greatest })
                .collect(),
            positions: places
                .into_iter()
                .map(|(latitude, longitude)| PositionKey {
                    parameter: parameter(POSITION),
                    latitude,
                    longitude,
                })
                .collect(),
            narrative_words,
            content_words,
        },
    )
}

fn comparison() -> impl Strategy<Value = Comparison> {
    select(vec![
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Greater,
        Comparison::Less,
        Comparison::GreaterOrEqual,
        Comparison::LessOrEqual,
        Comparison::StartsAfter,
        Comparison::EndsBefore,
        Comparison::Approximately,
    ])
}

fn date_test() -> impl Strategy<Value = DateTest> {
    let low = (0..14i64).prop_map(|half_days| half_days * DAY / 2);
    (comparison(), low, select(vec![1000, DAY / 2, DAY, 4 * DAY]))
        .prop_map(|(comparison, low, length)| DateTest { comparison, low, high: low + length })
}

fn quantity_test() -> impl Strategy<Value = QuantityTest> {
    (comparison(), 0..2i64, -3..4i32).prop_map(|(comparison, unit, value)| {
        let value = f64::from(value) / 2.0;
        QuantityTest { comparison, unit, value, low: value - 0.5, high: value + 0.5 }
    })
}

fn string_test() -> impl Strategy<Value = StringTest> {
    prop_oneof![
        word().prop_map(StringTest::StartsWith),
        word().prop_map(StringTest::Contains),
        word().prop_map(StringTest::EndsWith),
        word().prop_map(StringTest::Equal),
        (word(), word()).prop_map(|(from, to)| StringTest::Between { from, to }),
        (word(), number()).prop_map(|(folded, exact)| StringTest::Exact { folded, exact }),
    ]
}

fn uri_test() -> impl Strategy<Value = UriTest> {
    prop_oneof![
        uri().prop_map(UriTest::Equal),
        uri().prop_map(UriTest::Below),
        uri().prop_map(UriTest::Version),
        uri().prop_map(UriTest::Other),
    ]
}

fn near_test() -> impl Strategy<Value = NearTest> {
    let metres = select(vec![0.0, 30_000.0, 2_000_000.0, 10_100_000.0, 30_000_000.0]);
    (place(), metres).prop_map(|((latitude, longitude), metres)| NearTest { latitude, longitude, metres })
}

/// A hierarchy among the resources of one type.
fn hierarchy() -> impl Strategy<Value = Test> {
    let targets = (0..2usize, vec(id(), 1..3));
    (targets, select(vec![Direction::Above, Direction::Below])).prop_map(|((kind, ids), direction)| {
        let target = |id| Target::Resource { kind: TYPES[kind].0.into(), id };
        let along = ParameterId(TYPES[kind].1 + REFERENCE);
        Test::Hierarchy { targets: ids.into_iter().map(target).collect(), along, direction }
    })
}

fn composite_test() -> impl Strategy<Value = CompositeTest> {
    (number(), quantity_test()).prop_map(|(hash, test)| CompositeTest::Quantity { hash, test })
}

fn test() -> impl Strategy<Value = (i32, Test)> {
    // Up to eleven hashes, for more than eight are looked up in another way.
    let hashes = prop_oneof![4 => vec(number(), 1..3), 1 => vec(-1..20i64, 9..12)];
    prop_oneof![
        hashes.prop_map(|hashes| (TOKEN, Test::Token(hashes))),
        vec(target(), 1..3).prop_map(|targets| (REFERENCE, Test::Reference(targets))),
        vec(canonical(), 1..3).prop_map(|canonicals| (REFERENCE, Test::Versions(canonicals))),
        vec(date_test(), 1..3).prop_map(|tests| (DATE, Test::Date(tests))),
        vec(quantity_test(), 1..3).prop_map(|tests| (QUANTITY, Test::Quantity(tests))),
        vec(string_test(), 1..3).prop_map(|tests| (STRING, Test::String(tests))),
        vec(uri_test(), 1..3).prop_map(|tests| (URI, Test::Uri(tests))),
        hierarchy().prop_map(|test| (REFERENCE, test)),
        vec(near_test(), 1..3).prop_map(|tests| (POSITION, Test::Near(tests))),
        vec(composite_test(), 1..3).prop_map(|tests| (RANGE_COMPOSITE, Test::Composite(tests))),
        vec(number().prop_map(|hash| CompositeTest::Equal { hash }), 1..3)
            .prop_map(|tests| (EQUAL_COMPOSITE, Test::Composite(tests))),
    ]
}

/// A clause on resources of `TYPES[kind]`, with chains of up to `depth` links.
pub(super) fn clause(kind: usize, depth: u32) -> BoxedStrategy<Clause> {
    let base = TYPES[kind].1;
    let last_updated = (comparison(), 0..60i64).prop_map(|(comparison, millis)| {
        let low = 1_700_000_000_000_000 + millis * 1000;
        Clause::LastUpdated(vec![DateTest { comparison, low, high: low + 5000 }])
    });
    let simple = prop_oneof![
        8 => test().prop_map(move |(offset, test)| Clause::Parameter { parameter: ParameterId(base + offset), test }),
        1 => vec(id(), 1..4).prop_map(Clause::Id),
        1 => (0..2usize, id()).prop_map(|(kind, id)| Clause::Resource { kind: TYPES[kind].0.into(), id }),
        1 => last_updated,
        1 => (TOKEN..=POSITION).prop_map(move |offset| Clause::Present(ParameterId(base + offset))),
        1 => full_text(),
    ];
    if depth == 0 {
        return simple.boxed();
    }
    let chain = (0..2usize).prop_flat_map(move |target| {
        clause(target, depth - 1).prop_map(move |clause| Clause::Chain {
            reference: ParameterId(base + REFERENCE),
            target: TYPES[target].0.into(),
            clause: Box::new(clause),
        })
    });
    let has = (0..2usize).prop_flat_map(move |source| {
        clause(source, depth - 1).prop_map(move |clause| Clause::Has {
            source: TYPES[source].0.into(),
            reference: ParameterId(TYPES[source].1 + REFERENCE),
            clause: Box::new(clause),
        })
    });
    let any = vec(clause(kind, depth - 1), 0..3).prop_map(Clause::Any);
    let all = vec(clause(kind, depth - 1), 0..3).prop_map(Clause::All);
    let of = (0..2usize, vec(clause(kind, depth - 1), 0..3))
        .prop_map(|(kind, clauses)| Clause::Of { types: vec![TYPES[kind].0.into()], clauses });
    let not = clause(kind, depth - 1).prop_map(|clause| Clause::Not(Box::new(clause)));
    prop_oneof![8 => simple, 3 => chain, 3 => has, 2 => any, 2 => all, 1 => of, 2 => not].boxed()
}

/// Clauses on the dates of `TYPES[kind]`, which are joined where no resource has several.
pub(super) fn date_clauses(kind: usize) -> impl Strategy<Value = Vec<Clause>> {
    let dates = move || {
        vec(date_test(), 1..3).prop_map(move |tests| Clause::Parameter {
            parameter: ParameterId(TYPES[kind].1 + DATE),
            test: Test::Date(tests),
        })
    };
    vec(prop_oneof![3 => dates(), 1 => vec(dates(), 2).prop_map(Clause::Any)], 1..4)
}

/// A clause on words.
fn full_text() -> impl Strategy<Value = Clause> {
    let scope = select(vec![TextScope::Narrative, TextScope::Content]);
    (scope, words())
        .prop_filter("words", |(_, words)| !words.is_empty())
        .prop_map(|(scope, words)| Clause::Words { scope, words })
}

/// A key of `_sort` for `TYPES[kind]`.
pub(super) fn sort(kind: usize) -> impl Strategy<Value = Sort> {
    let parameter = move |offset| ParameterId(TYPES[kind].1 + offset);
    let by = select(vec![
        SortBy::Id,
        SortBy::LastUpdated,
        SortBy::Date(parameter(DATE)),
        SortBy::Quantity(parameter(QUANTITY)),
        SortBy::String(parameter(STRING)),
        SortBy::Uri(parameter(URI)),
        SortBy::Text(parameter(TOKEN)),
    ]);
    (by, any::<bool>()).prop_map(|(by, descending)| Sort { by, descending })
}

/// An order of the resources of both types.
pub(super) fn shared_sort() -> impl Strategy<Value = Sort> {
    let shared = |by, offset| SortBy::Shared {
        by,
        parameters: TYPES.iter().map(|(_, base)| ParameterId(base + offset)).collect(),
    };
    let by = select(vec![
        SortBy::Id,
        SortBy::LastUpdated,
        shared(SharedOrder::Date, DATE),
        shared(SharedOrder::Quantity, QUANTITY),
        shared(SharedOrder::String, STRING),
        shared(SharedOrder::Uri, URI),
        shared(SharedOrder::Text, TOKEN),
    ]);
    (by, any::<bool>()).prop_map(|(by, descending)| Sort { by, descending })
}
