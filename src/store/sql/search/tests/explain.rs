//! The statements of the searches that must be fast go through the indexes they were made for.

use diesel::sql_types::{Integer, Text};
use fhir_search::keys::{SearchKeys, Target};
use fhir_search::parameters::ParameterId;
use fhir_search::query::{
    Clause, Comparison, CompositeTest, DateTest, Direction as Way, NearTest, QuantityTest, Query, Sort,
    SortBy, StringTest, Test, TextScope, UriTest,
};

use super::world::{World, query};
use crate::store::query::{Condition, Fragment, Sources};
use crate::store::sql::search::followed::{referring, targets};
use crate::store::sql::search::keyset::Direction;
use crate::store::sql::search::order::{Kind, Position, SortValue};
use crate::store::sql::search::{resolve, select};

const PARAMETER: ParameterId = ParameterId(1);
const DAY: i64 = 86_400_000_000;

fn parameter(test: Test) -> Clause {
    Clause::Parameter { parameter: PARAMETER, test }
}

fn world() -> World {
    let mut world = World::new();
    world.set("Patient", "1", Some(SearchKeys::default()));
    world.set("Observation", "1", Some(SearchKeys::default()));
    world
}

/// What SQLite says it will do.
fn explain(world: &mut World, sql: Fragment) -> String {
    let sql = sql.explain();
    let statement = sql.statement::<(Integer, Integer, Integer, Text)>();
    let steps = statement.load::<(i32, i32, i32, String)>(&mut world.link.conn()).unwrap();
    steps.into_iter().map(|(.., detail)| detail).collect::<Vec<_>>().join("\n")
}

fn start(values: Vec<SortValue>) -> Position {
    Position { values, rid: 5 }
}

#[test]
fn equality_reads_its_index_backwards_from_the_cursor() {
    let mut world = world();
    let query = query(
        "Observation",
        vec![parameter(Test::Token(vec![1])), parameter(Test::Token(vec![2]))],
        vec![],
        20,
    );
    let search = resolve(&mut world.link.conn(), &world.dictionary, &query).unwrap();
    let sql = select::merged(&search, 0, Direction::After, Some(&start(vec![])), 21);
    assert_eq!(
        explain(&mut world, sql),
        "SEARCH s USING PRIMARY KEY (parameter=? AND hash=? AND rid<?)\n\
         SEARCH p EXISTS USING PRIMARY KEY (parameter=? AND hash=? AND rid=?)"
    );
}

#[test]
fn alternatives_are_merged_without_sorting() {
    let mut world = world();
    let query = query("Observation", vec![parameter(Test::Token(vec![1, 2]))], vec![], 20);
    let search = resolve(&mut world.link.conn(), &world.dictionary, &query).unwrap();
    let plan = explain(&mut world, select::merged(&search, 0, Direction::After, None, 21));
    assert!(plan.contains("MERGE (UNION)"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN s"), "{plan}");
}

#[test]
fn ranges_are_collected_from_their_index() {
    let mut world = world();
    let date = DateTest { comparison: Comparison::Greater, low: 0, high: 10 };
    let quantity =
        QuantityTest { comparison: Comparison::Greater, unit: 0, value: 170.0, low: 169.5, high: 170.5 };
    for (test, searches) in [
        (
            Test::Date(vec![date]),
            vec![
                "SEARCH s USING PRIMARY KEY (parameter=? AND low>? AND low<?)",
                "SEARCH s USING COVERING INDEX ix_date_long (parameter=? AND high>? AND high<?)",
            ],
        ),
        (
            Test::Quantity(vec![quantity]),
            vec![
                "SEARCH s USING PRIMARY KEY (parameter=? AND unit=? AND low>? AND low<?)",
                "SEARCH s USING COVERING INDEX ix_quantity_range (parameter=? AND unit=? AND high>? AND high<?)",
            ],
        ),
        (
            Test::Composite(vec![CompositeTest::Quantity { hash: 7, test: quantity }]),
            vec![
                "SEARCH s USING PRIMARY KEY (parameter=? AND hash=? AND low>? AND low<?)",
                "SEARCH s USING COVERING INDEX ix_composite_range (parameter=? AND hash=? AND high>? AND high<?)",
            ],
        ),
        (
            Test::String(vec![StringTest::StartsWith("s".into())]),
            vec!["SEARCH s USING PRIMARY KEY (parameter=? AND folded>? AND folded<?)"],
        ),
    ] {
        let query = query("Observation", vec![parameter(test)], vec![], 20);
        let search = resolve(&mut world.link.conn(), &world.dictionary, &query).unwrap();
        let plan = explain(&mut world, select::collected(&search, 0, None).page(Direction::After, false, 21));
        for step in searches {
            assert!(plan.contains(step), "{step} is not in\n{plan}");
        }
    }
}

#[test]
fn a_weak_chain_is_tested_on_the_newest_resources() {
    let mut world = world();
    let clause = Box::new(Clause::Parameter { parameter: ParameterId(2), test: Test::Token(vec![1]) });
    let chain = Clause::Chain { reference: PARAMETER, target: "Patient".into(), clause };
    let query = query("Observation", vec![chain], vec![], 20);
    let search = resolve(&mut world.link.conn(), &world.dictionary, &query).unwrap();
    let from = start(vec![]);
    let plan = explain(&mut world, select::of_types(&search, Some(&from)).page(Direction::After, true, 21));
    assert!(plan.starts_with("SEARCH c USING INDEX current_of_type (type=? AND rowid<?)"), "{plan}");
    assert!(plan.contains("SEARCH p EXISTS USING PRIMARY KEY (parameter=? AND hash=? AND rid=?)"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");

    let plan = explain(&mut world, select::collected(&search, 0, None).page(Direction::After, false, 21));
    assert!(plan.contains("SEARCH s USING PRIMARY KEY (parameter=? AND target=?)"), "{plan}");
    assert!(plan.contains("(parameter=? AND hash=?)"), "{plan}");
}

#[test]
fn sorting_follows_an_index_in_both_directions() {
    let mut world = world();
    for (by, value, step) in [
        (
            SortBy::LastUpdated,
            SortValue::Time(3),
            "SEARCH c USING COVERING INDEX current_by_time (type=? AND ts",
        ),
        (
            SortBy::Id,
            SortValue::Id("x".to_owned()),
            "SEARCH i USING COVERING INDEX sqlite_autoindex_resource_id_1 (type=?",
        ),
        (
            SortBy::Date(PARAMETER),
            SortValue::Key(vec![0; 16]),
            "SEARCH s USING PRIMARY KEY (parameter=? AND (low,high,rid)",
        ),
    ] {
        for descending in [false, true] {
            let query = query("Observation", vec![], vec![Sort { by: by.clone(), descending }], 20);
            let search = resolve(&mut world.link.conn(), &world.dictionary, &query).unwrap();
            let from = start(vec![value.clone()]);
            let selects = match by {
                SortBy::LastUpdated => vec![select::by_time(&search, Some(&from))],
                SortBy::Id => vec![select::by_id(&search, Some(&from))],
                _ => select::by_key(&search, Kind::Date, PARAMETER.0, Some(&from)).unwrap(),
            };
            let plan = explain(&mut world, select::merged_selects(selects, Direction::After, true, 21));
            assert!(plan.contains(step), "{step} is not in\n{plan}");
            // What is left to sort by lies within one id.
            assert!(!plan.contains("TEMP B-TREE FOR ORDER BY"), "{plan}");
        }
    }
}

#[test]
fn dates_sort_and_bound_a_page_by_one_range() {
    let mut world = world();
    for descending in [false, true] {
        let clauses = vec![from_day(3), until_day(9)];
        let sort = vec![Sort { by: SortBy::Date(PARAMETER), descending }];
        let query = query("Observation", clauses, sort, 20);
        let search = resolve(&mut world.link.conn(), &world.dictionary, &query).unwrap();
        assert_eq!(search.conditions.len(), 1, "both bounds are one condition");
        assert_eq!(select::ranged(&search), Some(0));
        let selects = select::by_key(&search, Kind::Date, PARAMETER.0, None).unwrap();
        let plan = explain(&mut world, select::merged_selects(selects, Direction::After, false, 21));
        assert!(plan.contains("SEARCH s USING PRIMARY KEY (parameter=? AND low>? AND low<?)"), "{plan}");
        assert!(!plan.contains("SEARCH c"), "{plan}");
        assert!(plan.contains("MERGE (UNION ALL)"), "{plan}");
        // The few periods that are longer than a day are sorted, the others are not.
        assert_eq!(plan.matches("TEMP B-TREE").count(), plan.matches("ix_date_long").count(), "{plan}");
        assert!(scans(&plan).is_empty(), "{plan}");
    }
}

#[test]
fn many_dates_are_read_in_the_order_of_resources() {
    let mut world = world();
    let query = query("Observation", vec![from_day(3)], vec![], 20);
    let search = resolve(&mut world.link.conn(), &world.dictionary, &query).unwrap();
    let from = start(vec![]);
    let plan = explain(&mut world, select::scanned(&search, 0, Direction::After, Some(&from), 21));
    assert_eq!(plan, "SEARCH s USING COVERING INDEX ix_date_of_resource (parameter=? AND rid<?)");
}

#[test]
fn many_values_are_read_in_the_order_of_resources() {
    let mut world = world();
    let above =
        |unit| QuantityTest { comparison: Comparison::Greater, unit, value: 170.0, low: 169.5, high: 170.5 };
    let composite = |hash| CompositeTest::Quantity { hash, test: above(0) };
    for (one, two, step) in [
        (
            Test::Quantity(vec![above(1)]),
            Test::Quantity(vec![above(1), above(2)]),
            "SEARCH s USING COVERING INDEX ix_quantity_of_resource (parameter=? AND unit=? AND rid<?)",
        ),
        (
            Test::Composite(vec![composite(1)]),
            Test::Composite(vec![composite(1), composite(2)]),
            "SEARCH s USING COVERING INDEX ix_composite_of_resource (parameter=? AND hash=? AND rid<?)",
        ),
    ] {
        let from = start(vec![]);
        let query_one = query("Observation", vec![parameter(one)], vec![], 20);
        let search = resolve(&mut world.link.conn(), &world.dictionary, &query_one).unwrap();
        let plan = explain(&mut world, select::scanned(&search, 0, Direction::After, Some(&from), 21));
        assert_eq!(plan, step);
        // Asked of one resource, all four columns before its values are known.
        let probe = explain(&mut world, select::of_types(&search, None).page(Direction::After, false, 21));
        assert!(
            probe.contains(
                &step.replace("SEARCH s", "SEARCH p EXISTS").replace("rid<?", "rid=? AND low>? AND low<?")
            ),
            "{probe}"
        );

        let query_two = query("Observation", vec![parameter(two)], vec![], 20);
        let search = resolve(&mut world.link.conn(), &world.dictionary, &query_two).unwrap();
        let plan = explain(&mut world, select::scanned(&search, 0, Direction::After, Some(&from), 21));
        assert!(plan.contains("MERGE (UNION)") && !plan.contains("TEMP B-TREE"), "{plan}");
        assert_eq!(plan.matches(step).count(), 2, "{plan}");
    }
}

#[test]
fn the_newest_of_a_chain_are_looked_up_by_what_they_refer_to() {
    let mut world = world();
    let clause = Box::new(Clause::Parameter { parameter: ParameterId(2), test: Test::Token(vec![1]) });
    let chain = Clause::Chain { reference: PARAMETER, target: "Patient".into(), clause };
    let query = query("Observation", vec![chain], vec![], 20);
    let search = resolve(&mut world.link.conn(), &world.dictionary, &query).unwrap();
    let from = start(vec![]);
    let chains = search.conditions[0].links().unwrap();
    let plan = explain(&mut world, targets(&chains, PARAMETER.0, Direction::After, Some(&from)));
    assert!(plan.contains("SEARCH x USING PRIMARY KEY (parameter=? AND target=? AND rid<?)"), "{plan}");
    assert!(scans(&plan).is_empty(), "{plan}");
    let plan = explain(&mut world, referring(PARAMETER.0, 1, Direction::After, Some(&from), None));
    assert_eq!(plan, "SEARCH x USING PRIMARY KEY (parameter=? AND target=? AND rid>? AND rid<?)");
}

#[test]
fn words_are_read_newest_first() {
    let mut world = world();
    let query = query("Observation", vec![words()], vec![], 20);
    let search = resolve(&mut world.link.conn(), &world.dictionary, &query).unwrap();
    let from = start(vec![]);
    let plan = explain(&mut world, select::merged(&search, 0, Direction::After, Some(&from), 21));
    assert!(plan.contains("SCAN p VIRTUAL TABLE INDEX") && !plan.contains("TEMP B-TREE"), "{plan}");
}

#[test]
fn no_search_reads_a_table_from_end_to_end() {
    let mut world = world();
    for clause in clauses() {
        let query = query("Observation", vec![clause.clone()], vec![], 20);
        for sql in statements(&mut world, &query) {
            let plan = explain(&mut world, sql);
            assert!(scans(&plan).is_empty(), "{clause:?}\n{plan}");
        }
    }
}

fn from_day(day: i64) -> Clause {
    let test = DateTest { comparison: Comparison::GreaterOrEqual, low: day * DAY, high: (day + 1) * DAY };
    parameter(Test::Date(vec![test]))
}

fn until_day(day: i64) -> Clause {
    let test = DateTest { comparison: Comparison::Less, low: day * DAY, high: (day + 1) * DAY };
    parameter(Test::Date(vec![test]))
}

fn words() -> Clause {
    Clause::Words { scope: TextScope::Content, words: vec!["blood".into(), "pressure".into()] }
}

/// Every shape of clause.
fn clauses() -> Vec<Clause> {
    let token = || parameter(Test::Token(vec![1]));
    let target = Target::Resource { kind: "Patient".into(), id: "1".into() };
    let above =
        QuantityTest { comparison: Comparison::Greater, unit: 0, value: 170.0, low: 169.5, high: 170.5 };
    let near = NearTest { latitude: 51.5, longitude: 0.0, metres: 5000.0 };
    let along = ParameterId(3);
    let links = [token(), from_day(3), Clause::All(vec![token(), from_day(3)])].map(Box::new);
    let chains =
        links.clone().map(|clause| Clause::Chain { reference: PARAMETER, target: "Patient".into(), clause });
    let has = links.map(|clause| Clause::Has { source: "Observation".into(), reference: PARAMETER, clause });
    let hierarchies = [Way::Above, Way::Below]
        .map(|direction| parameter(Test::Hierarchy { targets: vec![target.clone()], along, direction }));
    let others = [
        token(),
        parameter(Test::Token(vec![1, 2])),
        parameter(Test::Token((0..20).collect())),
        parameter(Test::Reference(vec![target.clone()])),
        from_day(3),
        until_day(3),
        parameter(Test::Quantity(vec![above])),
        parameter(Test::Composite(vec![CompositeTest::Quantity { hash: 7, test: above }])),
        parameter(Test::String(vec![StringTest::StartsWith("s".into())])),
        parameter(Test::String(vec![StringTest::Contains("s".into())])),
        parameter(Test::String(vec![StringTest::Exact { folded: "s".into(), exact: 1 }])),
        parameter(Test::Uri(vec![UriTest::Equal("u".into()), UriTest::Below("u".into())])),
        parameter(Test::Near(vec![near])),
        Clause::Id(vec!["1".into()]),
        Clause::Present(PARAMETER),
        Clause::Not(Box::new(token())),
        Clause::Any(vec![token(), from_day(3), words()]),
        Clause::All(vec![token(), from_day(3), Clause::Not(Box::new(words()))]),
        words(),
    ];
    others.into_iter().chain(chains).chain(has).chain(hierarchies).collect()
}

/// The statements of all plans that can answer a search without `_sort`.
fn statements(world: &mut World, query: &Query) -> Vec<Fragment> {
    let search = resolve(&mut world.link.conn(), &world.dictionary, query).unwrap();
    let mut all = vec![select::of_types(&search, None).page(Direction::After, false, 21)];
    for (index, condition) in search.conditions.iter().enumerate() {
        if let Some(chains) = condition.links() {
            all.push(targets(&chains, PARAMETER.0, Direction::After, None));
        }
        if condition.scan().is_some() {
            all.push(select::scanned(&search, index, Direction::After, None, 21));
        }
        if let Sources::Rows(rows) = Condition::sources(condition) {
            all.push(select::collected(&search, index, None).page(Direction::After, false, 21));
            all.push(select::count_collected(&search, index));
            if rows.iter().all(|source| source.in_order) {
                all.push(select::merged(&search, index, Direction::After, None, 21));
            }
        }
    }
    all
}

#[test]
fn several_types_are_merged_in_the_order_of_time() {
    let mut world = world();
    let sort = vec![Sort { by: SortBy::LastUpdated, descending: true }];
    let query = query("Observation", vec![], sort, 20);
    let search = resolve(&mut world.link.conn(), &world.dictionary, &query).unwrap();
    let selects = vec![select::by_time(&search, None), select::by_time(&search, None)];
    let plan = explain(&mut world, select::merged_selects(selects, Direction::After, false, 21));
    assert!(plan.contains("MERGE (UNION ALL)") && !plan.contains("TEMP B-TREE"), "{plan}");
}

/// The steps of a plan that read a whole table. Of a table made by the statement itself it is right to read all.
fn scans(plan: &str) -> Vec<&str> {
    let made = |name: &str| {
        ["CO-ROUTINE", "MATERIALIZE"].iter().any(|made| plan.contains(&format!("{made} {name}")))
            || plan.contains("RECURSIVE STEP") && name == "h"
    };
    let scans = plan.lines().filter(|step| step.starts_with("SCAN ") && !step.contains("VIRTUAL TABLE"));
    scans.filter(|step| !step.split(' ').nth(1).is_some_and(made) && !step.contains("CONSTANT ROW")).collect()
}
