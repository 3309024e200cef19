//! The engine and the oracle give the same answers, by every plan, page by page in both directions, and while writes go on.

use fhir_search::keys::SearchKeys;
use fhir_search::parameters::ParameterId;
use fhir_search::query::{
    Clause, Comparison, DateTest, NearTest, QuantityTest, Query, Sort, SortBy, StringTest, Test, Total,
    UriTest,
};
use proptest::collection::{SizeRange, vec};
use proptest::option;
use proptest::prelude::*;

use super::generate::{self, TYPES};
use super::oracle;
use super::world::{World, names, query};
use crate::store::query::Sources;
use crate::store::sql::search::keyset::Direction;
use crate::store::sql::search::pages::{self, Reading};
use crate::store::sql::search::plan::Plan;
use crate::store::sql::search::{position, resolve, rows};
use crate::store::{Cursor, StoreError};

type Change = (usize, Box<str>, Option<SearchKeys>);

fn change() -> impl Strategy<Value = Change> {
    (0..2usize).prop_flat_map(|kind| {
        (Just(kind), generate::id(), option::weighted(0.9, generate::keys(TYPES[kind].1)))
    })
}

/// So many changes; in half of all cases no resource has several dates or references, which searches take advantage of.
fn changes(count: impl Into<SizeRange>) -> impl Strategy<Value = Vec<Change>> {
    (any::<bool>(), vec(change(), count)).prop_map(|(single, mut changes)| {
        for keys in changes.iter_mut().filter_map(|(_, _, keys)| keys.as_mut()).filter(|_| single) {
            keys.dates.truncate(1);
            keys.references.truncate(1);
        }
        changes
    })
}

/// A search of one type, or of both.
fn a_query() -> impl Strategy<Value = Query> {
    let one = (0..2usize).prop_flat_map(|kind| {
        let clauses = vec(generate::clause(kind, 2), 0..3);
        (clauses, vec(generate::sort(kind), 0..3), 1..5usize)
            .prop_map(move |(clauses, sort, count)| query(TYPES[kind].0, clauses, sort, count))
    });
    let either = (generate::clause(0, 1), generate::clause(1, 1)).prop_map(|(a, b)| Clause::Any(vec![a, b]));
    let both = (vec(either, 0..3), vec(generate::shared_sort(), 0..3), 1..5usize).prop_map(
        |(clauses, sort, count)| {
            let types = TYPES.map(|(kind, _)| kind.into()).to_vec();
            Query { types, ..query(TYPES[0].0, clauses, sort, count) }
        },
    );
    let dated = (0..2usize).prop_flat_map(|kind| {
        let other = option::of(generate::clause(kind, 1));
        let sort = option::of((0..4u8, generate::sort(kind)).prop_map(move |(by, sort)| match by {
            0 => sort,
            _ => Sort { by: SortBy::Date(ParameterId(TYPES[kind].1 + generate::DATE)), ..sort },
        }));
        (generate::date_clauses(kind), other, sort, 1..5usize).prop_map(move |(dates, other, sort, count)| {
            let clauses = dates.into_iter().chain(other).collect();
            query(TYPES[kind].0, clauses, sort.into_iter().collect(), count)
        })
    });
    prop_oneof![3 => one, 1 => both, 2 => dated]
}

fn apply(world: &mut World, changes: Vec<Change>) {
    for (kind, id, keys) in changes {
        world.set(TYPES[kind].0, &id, keys);
    }
}

/// The names on all pages, and the cursor back from the page that is the last.
fn forwards(world: &mut World, query: &Query) -> (Vec<Vec<String>>, Option<Cursor>) {
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let page = world.search(query, cursor.as_ref()).unwrap();
        pages.push(names(&page.matches));
        match page.next {
            Some(next) => cursor = Some(next),
            None => return (pages, page.previous),
        }
    }
}

/// All matches by one plan, in pages, in one direction.
fn by_plan(world: &mut World, query: &Query, plan: Plan, direction: Direction) -> Vec<String> {
    let (mut all, mut start) = (Vec::new(), None);
    loop {
        let World { link, dictionary, .. } = world;
        let conn = &mut link.conn();
        let search = resolve(conn, dictionary, query).unwrap();
        let reading = Reading { direction, start: start.take(), limit: query.count };
        let rids = pages::read(conn, &search, plan, &reading).unwrap();
        let found = rows::load(conn, dictionary, &rids, true).unwrap();
        let Some(last) = found.last() else { return all };
        start = Some(position(&query.sort, last));
        all.extend(names(found.iter().map(|resource| &resource.version)));
    }
}

/// The plans that can answer a query.
fn plans(world: &mut World, query: &Query) -> Vec<Plan> {
    let search = resolve(&mut world.link.conn(), &world.dictionary, query).unwrap();
    let mut plans = vec![Plan::Walk];
    for (index, condition) in search.conditions.iter().enumerate() {
        let rows = match condition.sources() {
            Sources::Nothing => return vec![Plan::Nothing],
            Sources::Unindexed => continue,
            Sources::Rows(rows) => rows,
        };
        plans.push(Plan::Collect(index));
        if query.sort.is_empty() {
            plans.extend(condition.scan().is_some().then_some(Plan::Scan(index)));
            plans.push(Plan::WalkThenCollect(index, 3));
            let is_all = search.conditions.len() == 1;
            plans.extend((is_all && condition.links().is_some()).then_some(Plan::Follow(index)));
            plans.extend(rows.iter().all(|source| source.in_order).then_some(Plan::Merge(index)));
        }
    }
    plans
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_gives_the_answer_of_the_oracle(changes in changes(0..40), queries in vec(a_query(), 8)) {
        for mut world in World::often() {
            world.set("Patient", "none", Some(SearchKeys::default()));
            world.set("Observation", "none", Some(SearchKeys::default()));
            apply(&mut world, changes.clone());
            for query in queries.clone() {
                let expected = oracle::answer(&mut world, &query);
                let mut backwards = expected.clone();
                backwards.reverse();
                for plan in plans(&mut world, &query) {
                    prop_assert_eq!(&by_plan(&mut world, &query, plan, Direction::After), &expected, "{:?} {:?}", plan, query);
                    prop_assert_eq!(&by_plan(&mut world, &query, plan, Direction::Before), &backwards, "{:?} {:?}", plan, query);
                }
                let total = world.search(&Query { only_count: true, ..query.clone() }, None).unwrap().total;
                prop_assert_eq!(total, Some(expected.len() as u64), "{:?}", query);
            }
        }
    }

    #[test]
    fn pages_lead_forwards_and_back(changes in changes(0..40), queries in vec(a_query(), 4)) {
        for mut world in World::often() {
            apply(&mut world, changes.clone());
            for query in queries.clone() {
                let query = Query { total: Total::Accurate, ..query };
                let expected = oracle::answer(&mut world, &query);
                let (pages, mut previous) = forwards(&mut world, &query);
                let first = world.search(&query, None).unwrap();
                prop_assert_eq!(first.last.is_some(), !expected.is_empty());
                if let Some(last) = &first.last {
                    let last = world.search(&query, Some(last)).unwrap();
                    let skipped = expected.len().saturating_sub(query.count);
                    prop_assert_eq!(&names(&last.matches), &expected[skipped..]);
                    prop_assert_eq!((last.next, last.previous.is_some()), (None, skipped > 0));
                }
                prop_assert_eq!(&pages.concat(), &expected);
                prop_assert!(pages.iter().rev().skip(1).all(|page| page.len() == query.count));
                for page in pages.iter().rev().skip(1) {
                    let back = world.search(&query, previous.as_ref()).unwrap();
                    prop_assert_eq!(&names(&back.matches), page);
                    prop_assert_eq!(back.total, Some(expected.len() as u64));
                    previous = back.previous;
                }
                prop_assert_eq!(previous, None);
            }
        }
    }

    #[test]
    fn what_stays_is_seen_once_while_other_resources_come_and_go(
        changes in changes(10..40),
        later in changes(30),
        query in a_query(),
    ) {
        for mut world in World::often() {
            apply(&mut world, changes.clone());
            // The clauses do not look at other resources, so that whether a resource matches depends on itself.
            let clauses = query.clauses.iter().filter(|clause| {
                let text = format!("{clause:?}");
                ["Chain", "Has", "Hierarchy"].iter().all(|link| !text.contains(link))
            });
            let query = Query { clauses: clauses.cloned().collect(), ..query.clone() };
            let changed = |name: &String| later.iter().any(|(kind, id, _)| *name == format!("{}/{id}", TYPES[*kind].0));
            let stable: Vec<String> = oracle::answer(&mut world, &query).into_iter().filter(|name| !changed(name)).collect();
            let (mut seen, mut cursor, mut later_changes) = (Vec::new(), None, later.clone().into_iter());
            loop {
                let page = world.search(&query, cursor.as_ref()).unwrap();
                seen.extend(names(&page.matches));
                let Some(next) = page.next else { break };
                cursor = Some(next);
                apply(&mut world, later_changes.by_ref().take(3).collect());
            }
            seen.retain(|name| !changed(name));
            prop_assert_eq!(seen, stable);
        }
    }
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    for mut world in World::all() {
        for id in ["1", "2", "3"] {
            world.set("Patient", id, Some(SearchKeys::default()));
        }
        let plain = query("Patient", Vec::new(), Vec::new(), 2);
        let next = world.search(&plain, None).unwrap().next.unwrap();
        assert_eq!(world.search(&plain, Some(&next)).unwrap().matches.len(), 1);
        let sorted = query("Patient", Vec::new(), vec![Sort { by: SortBy::Id, descending: false }], 2);
        assert!(matches!(world.search(&sorted, Some(&next)), Err(StoreError::BadCursor)));
    }
}

#[test]
fn the_way_back_from_a_page_that_was_deleted() {
    for mut world in World::all() {
        for id in ["1", "2", "3"] {
            world.set("Patient", id, Some(SearchKeys::default()));
        }
        let query = query("Patient", Vec::new(), Vec::new(), 2);
        let next = world.search(&query, None).unwrap().next.unwrap();
        world.set("Patient", "1", None);
        let empty = world.search(&query, Some(&next)).unwrap();
        assert_eq!((empty.matches.len(), empty.next), (0, None));
        let back = world.search(&query, empty.previous.as_ref()).unwrap();
        assert_eq!(names(&back.matches), ["Patient/3", "Patient/2"]);
    }
}

#[test]
fn several_types_are_searched_together() {
    for mut world in World::all() {
        for id in ["1", "2"] {
            world.set("Patient", id, Some(SearchKeys::default()));
            world.set("Observation", id, Some(SearchKeys::default()));
        }
        let mut query = query("Patient", Vec::new(), Vec::new(), 3);
        query.types.push("Observation".into());
        query.types.push("Unknown".into());
        let pages = [vec!["Observation/2", "Patient/2", "Observation/1"], vec!["Patient/1"]];
        assert_eq!(forwards(&mut world, &query).0, pages);
        query.clauses = vec![Clause::Id(vec!["2".into(), "9".into()])];
        assert_eq!(forwards(&mut world, &query).0, [["Observation/2", "Patient/2"]]);
    }
}

#[test]
fn lists_of_many_values_are_searched() {
    for mut world in World::all() {
        world.set("Patient", "1", Some(SearchKeys::default()));
        let date = |low| DateTest { comparison: Comparison::NotEqual, low, high: low + 1 };
        let quantity = |value: f64| QuantityTest {
            comparison: Comparison::NotEqual,
            unit: 0,
            value,
            low: value - 0.5,
            high: value + 0.5,
        };
        let near = |longitude: f64| NearTest { latitude: 0.0, longitude, metres: 10.0 };
        let text = |number: i64| Box::from(number.to_string());
        let numbers = 0..500_i64;
        let tests = [
            Test::Token(numbers.clone().collect()),
            Test::Date(numbers.clone().map(date).collect()),
            Test::Quantity(numbers.clone().map(|number| quantity(number as f64)).collect()),
            Test::String(numbers.clone().map(|number| StringTest::StartsWith(text(number))).collect()),
            Test::String(
                numbers.clone().map(|exact| StringTest::Exact { folded: text(exact), exact }).collect(),
            ),
            Test::Uri(numbers.clone().map(|number| UriTest::Below(text(number))).collect()),
            Test::Near(numbers.map(|number| near(number as f64 / 4.0)).collect()),
        ];
        for test in tests {
            let clause = Clause::Parameter { parameter: ParameterId(10), test };
            let mut query = query("Patient", vec![clause.clone()], vec![], 2);
            assert_eq!(oracle::answer(&mut world, &query), forwards(&mut world, &query).0.concat());
            query.clauses = vec![Clause::Not(Box::new(clause))];
            assert_eq!(forwards(&mut world, &query).0, [["Patient/1"]]);
        }
    }
}
