//! The statements of the searches that must be fast go through the indexes they were made for.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use fhir_search::keys::SearchKeys;
use fhir_search::parameters::ParameterId;
use fhir_search::query::{
    Clause, Comparison, CompositeTest, DateTest, QuantityTest, Sort, SortBy, StringTest, Test,
};

use super::world::{World, query};
use crate::store::query::Fragment;
use crate::store::sqlite::search::keyset::Direction;
use crate::store::sqlite::search::order::{Kind, Position, SortValue};
use crate::store::sqlite::search::{resolve, select};

const PARAMETER: ParameterId = ParameterId(1);

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
    let steps = statement.load::<(i32, i32, i32, String)>(&mut world.conn).unwrap();
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
    let search = resolve(&mut world.conn, &world.dictionary, &query).unwrap();
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
    let search = resolve(&mut world.conn, &world.dictionary, &query).unwrap();
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
        let search = resolve(&mut world.conn, &world.dictionary, &query).unwrap();
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
    let search = resolve(&mut world.conn, &world.dictionary, &query).unwrap();
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
            let query = query("Observation", vec![], vec![Sort { by, descending }], 20);
            let search = resolve(&mut world.conn, &world.dictionary, &query).unwrap();
            let from = start(vec![value.clone()]);
            let select = match by {
                SortBy::LastUpdated => select::by_time(&search, Some(&from)),
                SortBy::Id => select::by_id(&search, Some(&from)),
                _ => select::by_key(&search, Kind::Date, PARAMETER.0, Some(&from)).unwrap(),
            };
            let plan = explain(&mut world, select.page(Direction::After, true, 21));
            assert!(plan.contains(step), "{step} is not in\n{plan}");
            // What is left to sort by lies within one id.
            assert!(!plan.contains("TEMP B-TREE FOR ORDER BY"), "{plan}");
        }
    }
}
