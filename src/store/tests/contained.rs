//! Contained resources have rows as long as their container contains them, and are in no count and no history.

use fhir_search::contained::{self, ContainedKeys};
use fhir_search::query::{Clause, Query, Test};

use super::*;
use crate::store::reindex::{JobKind, Position, Reindexing, Rekeyed, Step, Work};
use crate::store::{Erased, Erasure, HistoryQuery, HistoryScope};

const CODE: ParameterId = ParameterId(90);

fn contained(id: &str, hash: i64) -> ContainedKeys {
    let tokens = vec![TokenKey { parameter: CODE, hash }];
    let keys = SearchKeys { tokens, content_words: vec!["word".into()], ..SearchKeys::default() };
    ContainedKeys { kind: contained::kind("Medication"), id: id.into(), keys }
}

fn keys(contained: &[ContainedKeys]) -> SearchKeys {
    SearchKeys { contained: contained.to_vec(), ..SearchKeys::default() }
}

fn container(id: &str, contained: &[ContainedKeys]) -> Write {
    put_prepared("Basic", id, Prepared { keys: keys(contained), ..prepared("Basic", id) })
}

fn found(fixture: &Fixture, hash: i64) -> Vec<String> {
    let clause = Clause::Parameter { parameter: CODE, test: Test::Token(vec![hash]) };
    let query =
        Query { contained: true, ..Query::matching(vec![contained::kind("Medication")], vec![clause], 10) };
    let page = fixture.store.search(&query, None).unwrap();
    let mut ids: Vec<String> = page.matches.into_iter().map(|version| version.id.to_string()).collect();
    ids.sort();
    ids
}

#[test]
fn what_a_container_no_longer_contains_is_gone() {
    for fixture in Fixture::all() {
        fixture.write(container("a", &[contained("1", 5), contained("2", 5)])).unwrap();
        fixture.write(container("b", &[contained("1", 5)])).unwrap();
        assert_eq!(found(&fixture, 5), ["Basic/a#1", "Basic/a#2", "Basic/b#1"]);
        fixture.write(container("a", &[contained("2", 6)])).unwrap();
        assert_eq!(
            (found(&fixture, 5), found(&fixture, 6)),
            (vec!["Basic/b#1".into()], vec!["Basic/a#2".into()])
        );
        fixture.write(delete("Basic", "b")).unwrap();
        assert!(found(&fixture, 5).is_empty());
        assert_eq!(fixture.count("current WHERE deleted = 0"), 2);
        assert_eq!(fixture.count("resource_text"), 1);
        let what = Erased::Everything;
        let erasure = Erasure { kind: "Basic".into(), id: "a".into(), what, enforce_integrity: true };
        fixture.store.erase(erasure).unwrap();
        for table in [
            "current WHERE deleted = 0",
            "ix_token",
            "ix_reference",
            "resource_text",
            "type_count WHERE live > 0",
        ] {
            assert_eq!(fixture.count(table), 0, "{table}");
        }
    }
}

#[test]
fn contained_resources_are_in_no_count_and_no_history() {
    for fixture in Fixture::all() {
        fixture.write(container("a", &[contained("1", 5)])).unwrap();
        let status = fixture.store.status().unwrap();
        let types: Vec<(&str, u64, u64)> =
            status.types.iter().map(|status| (&*status.kind, status.live, status.versions)).collect();
        assert_eq!(types, [("Basic", 1, 1)]);
        let history = fixture.store.history(&HistoryQuery::new(HistoryScope::System, 10)).unwrap();
        assert_eq!((history.total, history.versions.len()), (1, 1));
        assert_eq!(fixture.count("version"), 1);
    }
}

#[test]
fn keys_computed_anew_bring_contained_resources_and_take_them_away() {
    for fixture in Fixture::all() {
        fixture.write(container("a", &[])).unwrap();
        for (job, now, expected) in [
            ("one", vec![contained("1", 5)], 1),
            ("two", vec![contained("1", 5)], 1),
            ("three", Vec::new(), 0),
        ] {
            let work = Work { kind: JobKind::Reindex, types: vec!["Basic".into()], definitions: Vec::new() };
            fixture.store.open_job(job, work).unwrap();
            let stored = fixture.store.resources_after("Basic", 0).unwrap();
            let rekeyed =
                stored.iter().map(|stored| Rekeyed { rid: stored.rid, vid: stored.vid, keys: keys(&now) });
            let at = Position { kind: 1, rid: 0 };
            let step = Step {
                job: job.into(),
                from: Position::default(),
                taken_from: None,
                node: 1,
                generation: 0,
                keys: rekeyed.collect(),
                at,
                done: 1,
            };
            fixture.store.put_keys(step).unwrap();
            assert_eq!(found(&fixture, 5).len(), expected, "{job}");
            assert_eq!(fixture.count("current WHERE deleted = 0"), 1 + expected as i64, "{job}");
        }
    }
}
