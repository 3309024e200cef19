//! Jobs: keys given anew, steps that come too late, definitions that become complete.

use super::*;
use crate::store::reindex::{
    IndexedDefinition, Job, JobKind, JobState, Position, Reindexing, Rekeyed, Step, Work,
};

fn tokens(hashes: &[i64]) -> SearchKeys {
    let tokens = hashes.iter().map(|hash| TokenKey { parameter: ParameterId(1), hash: *hash });
    SearchKeys { tokens: tokens.collect(), ..SearchKeys::default() }
}

fn with_tokens(id: &str, hashes: &[i64], generation: u64) -> Write {
    put_prepared("Basic", id, Prepared { keys: tokens(hashes), generation, ..prepared("Basic", id) })
}

fn definition(id: &str, text: Option<&str>) -> IndexedDefinition {
    IndexedDefinition { id: id.into(), definition: text.map(Into::into), types: vec!["Basic".into()] }
}

fn work(definitions: Vec<IndexedDefinition>) -> Work {
    Work { kind: JobKind::SearchParameters, types: vec!["Basic".into()], definitions }
}

fn job(fixture: &Fixture, id: &str) -> Job {
    fixture.store.job(id).unwrap().unwrap()
}

/// Gives all resources of the job the same keys, up to the end of its types.
fn finish(fixture: &Fixture, id: &str, generation: u64, hashes: &[i64]) -> Result<(), StoreError> {
    let resources = fixture.store.resources_after("Basic", 0).unwrap();
    let done = resources.len() as u64;
    let keys = resources
        .into_iter()
        .map(|stored| Rekeyed { rid: stored.rid, vid: stored.vid, keys: tokens(hashes) })
        .collect();
    let at = Position { kind: 1, rid: 0 };
    let from = job(fixture, id).at;
    let (node, taken_from) = (fixture.store.nodes().me(), None);
    fixture.store.put_keys(Step { job: id.into(), from, taken_from, node, generation, keys, at, done })
}

#[test]
fn keys_are_replaced_without_a_new_version_and_the_job_ends_with_its_last_step() {
    for fixture in Fixture::all() {
        for id in ["a", "b"] {
            fixture.write(with_tokens(id, &[1, 2], 0)).unwrap();
        }
        fixture.write(with_tokens("c", &[1, 2], 0)).unwrap();
        fixture.write(delete("Basic", "c")).unwrap();
        fixture.store.open_job("j", work(vec![definition("d", Some("x"))])).unwrap();
        assert_eq!(job(&fixture, "j").total, 2);
        assert_eq!(fixture.store.indexed_definitions().unwrap(), [(definition("d", Some("x")), false)]);
        finish(&fixture, "j", 0, &[2, 3]).unwrap();
        assert_eq!(fixture.count("ix_token WHERE hash = 1"), 0);
        assert_eq!(fixture.count("ix_token WHERE hash IN (2, 3)"), 4);
        assert_eq!(fixture.count("version"), 4);
        let job = job(&fixture, "j");
        assert_eq!((job.state, job.done), (JobState::Done, 2));
        assert_eq!(fixture.store.indexed_definitions().unwrap(), [(definition("d", Some("x")), true)]);
        // The next update knows what is in the index.
        fixture.write(with_tokens("a", &[], 0)).unwrap();
        assert_eq!(fixture.count("ix_token"), 2);
    }
}

#[test]
fn a_resource_written_since_it_was_read_keeps_its_keys() {
    for fixture in Fixture::all() {
        fixture.write(with_tokens("a", &[1], 0)).unwrap();
        fixture.store.open_job("j", work(Vec::new())).unwrap();
        let read = fixture.store.resources_after("Basic", 0).unwrap();
        fixture.write(with_tokens("a", &[5], 0)).unwrap();
        let keys = read.iter().map(|stored| Rekeyed { rid: stored.rid, vid: stored.vid, keys: tokens(&[9]) });
        let at = Position { kind: 0, rid: read[0].rid };
        let step = Step {
            job: "j".into(),
            from: Position::default(),
            taken_from: None,
            node: 7,
            generation: 0,
            keys: keys.collect(),
            at,
            done: 1,
        };
        fixture.store.put_keys(step.clone()).unwrap();
        // Neither twice, nor from another node that had the job before.
        assert!(matches!(fixture.store.put_keys(step), Err(StoreError::ConditionChanged)));
        assert_eq!(fixture.count("ix_token WHERE hash = 5"), 1);
        assert_eq!(fixture.count("ix_token"), 1);
        let job = job(&fixture, "j");
        assert_eq!((job.state, job.at, job.done, job.node), (JobState::Open, at, 1, Some(7)));
    }
}

#[test]
fn keys_of_replaced_parameters_are_refused_and_given_back() {
    for fixture in Fixture::all() {
        fixture.store.demand_generation(3);
        let refused = fixture.write(with_tokens("a", &[1], 2)).unwrap_err();
        let StoreError::StaleParameters(set) = refused else { panic!("{refused}") };
        assert_eq!(set.generation(), Some(2));
        assert_eq!(fixture.count("current"), 0);
        fixture.write(with_tokens("a", &[1], 3)).unwrap();
        fixture.write(delete("Basic", "a")).unwrap();
        fixture.store.open_job("j", work(Vec::new())).unwrap();
        assert!(matches!(finish(&fixture, "j", 2, &[]), Err(StoreError::ConditionChanged)));
        assert_eq!(job(&fixture, "j").state, JobState::Open);
    }
}

#[test]
fn a_job_completes_only_what_has_not_changed_since_and_is_cancelled_if_nothing_is_left() {
    for fixture in Fixture::all() {
        let both = vec![definition("d", Some("x")), definition("e", Some("y"))];
        fixture.store.open_job("first", work(both)).unwrap();
        fixture.store.open_job("second", work(vec![definition("d", Some("z"))])).unwrap();
        finish(&fixture, "first", 0, &[]).unwrap();
        let expected = [(definition("d", Some("z")), false), (definition("e", Some("y")), true)];
        assert_eq!(fixture.store.indexed_definitions().unwrap(), expected);
        fixture.store.open_job("third", work(vec![definition("d", None)])).unwrap();
        assert_eq!(job(&fixture, "second").state, JobState::Cancelled);
        let open: Vec<Box<str>> = fixture.store.open_jobs().unwrap().into_iter().map(|job| job.id).collect();
        assert_eq!(open, ["third".into()]);
        finish(&fixture, "third", 0, &[]).unwrap();
        assert_eq!(fixture.store.indexed_definitions().unwrap(), [(definition("e", Some("y")), true)]);
        assert!(fixture.store.open_jobs().unwrap().is_empty());
    }
}
