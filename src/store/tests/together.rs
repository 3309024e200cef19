//! Sets that are written together see one another's writes, and fail alone.

use std::thread::sleep;
use std::time::Duration;

use fhir_search::query::{Clause, Query, Test};

use super::*;
use crate::store::Check;

/// Hands the sets to the writer while it cannot write, so that it takes them together, in this order.
fn together(fixture: &Fixture, sets: Vec<WriteSet>) -> Vec<Result<Vec<Written>, StoreError>> {
    let mut link = fixture.link();
    let hold = |link: &mut Link, text: &str| match link {
        Link::Sqlite(conn) => conn.batch_execute(text).unwrap(),
        Link::Postgres(conn) => conn.batch_execute(text).unwrap(),
    };
    match &fixture.place {
        Place::Folder(_) => hold(&mut link, "BEGIN IMMEDIATE"),
        Place::Postgres(_) => hold(&mut link, "BEGIN; LOCK TABLE version IN ACCESS EXCLUSIVE MODE"),
    }
    std::thread::scope(|scope| {
        let first = scope.spawn(|| fixture.write(put("Basic", "first")));
        // The writer takes it and waits.
        sleep(Duration::from_millis(100));
        let mut waiting = Vec::new();
        for set in sets {
            waiting.push(scope.spawn(|| fixture.store.write(set)));
            while fixture.store.status().unwrap().waiting_writes < waiting.len() {
                std::thread::yield_now();
            }
        }
        hold(&mut link, "COMMIT");
        first.join().unwrap().unwrap();
        waiting.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn set(writes: Vec<Write>) -> WriteSet {
    WriteSet { writes, enforce_integrity: true, ..WriteSet::default() }
}

fn with_token(id: &str, hash: i64) -> Write {
    let mut prepared = prepared("Patient", id);
    prepared.keys.tokens.push(TokenKey { parameter: ParameterId(1), hash });
    prepared.keys.content_words = vec![format!("word{hash}").into()];
    put_prepared("Patient", id, prepared)
}

fn version(result: &Result<Vec<Written>, StoreError>) -> Option<u64> {
    result.as_ref().ok().and_then(|written| written.first()).map(|written| written.version.version)
}

#[test]
fn they_write_the_same_resource_one_after_another() {
    for fixture in Fixture::all() {
        let expecting = |version, write| Write { expected: Expected::Version(version), ..write };
        let results = together(
            &fixture,
            vec![
                set(vec![with_token("1", 5)]),
                set(vec![expecting(1, with_token("1", 6))]),
                set(vec![expecting(1, with_token("1", 7))]),
                set(vec![delete("Patient", "1")]),
                set(vec![Write { expected: Expected::Absent, ..with_token("1", 8) }]),
                set(vec![delete("Patient", "2")]),
            ],
        );
        assert_eq!(
            results.iter().map(version).collect::<Vec<_>>(),
            [Some(1), Some(2), None, Some(3), Some(4), Some(0)]
        );
        assert!(matches!(&results[2], Err(StoreError::VersionConflict { current: 2, .. })));
        assert_eq!(
            fixture.count("version WHERE type = (SELECT code FROM resource_type WHERE name = 'Patient')"),
            4
        );
        assert_eq!(fixture.count("ix_token"), 1);
        assert_eq!(fixture.count("ix_token WHERE hash = 8"), 1);
        assert_eq!(fixture.count("resource_text"), 1);
        let counts = fixture.store.status().unwrap().types;
        let patients = counts.iter().find(|count| &*count.kind == "Patient").unwrap();
        assert_eq!((patients.live, patients.versions), (1, 4));
    }
}

#[test]
fn references_and_deletions_follow_what_came_before() {
    for fixture in Fixture::all() {
        let bad = |write| Write { expected: Expected::Version(9), ..write };
        let results = together(
            &fixture,
            vec![
                set(vec![put("Patient", "a")]),
                set(vec![referring("Encounter", "1", "a")]),
                // It is referred to by now.
                set(vec![delete("Patient", "a")]),
                // Of a set that fails nothing can be referred to.
                set(vec![put("Patient", "b"), bad(put("Basic", "b"))]),
                set(vec![referring("Encounter", "2", "b")]),
                set(vec![delete("Encounter", "1")]),
                set(vec![delete("Patient", "a")]),
                set(vec![referring("Encounter", "3", "a")]),
                set(vec![put("Patient", "b")]),
            ],
        );
        let good: Vec<bool> = results.iter().map(Result::is_ok).collect();
        assert_eq!(good, [true, true, false, false, false, true, true, false, true]);
        assert!(
            matches!(&results[2], Err(StoreError::Referenced { referrer, .. }) if referrer == "Encounter/1")
        );
        assert!(matches!(&results[4], Err(StoreError::DanglingReference { write: 0, .. })));
        assert!(matches!(&results[7], Err(StoreError::DanglingReference { .. })));
        assert_eq!(fixture.count("ix_reference"), 0);
        assert_eq!(fixture.count("version v JOIN version w ON w.vid > v.vid AND w.ts < v.ts"), 0);
    }
}

#[test]
fn conditions_see_what_came_before() {
    for fixture in Fixture::all() {
        let clause = Clause::Parameter { parameter: ParameterId(1), test: Test::Token(vec![5]) };
        let query = Query::matching(vec!["Patient".into()], vec![clause], 2);
        let create = |id: &str, matches: &[&str]| {
            let matches = matches.iter().map(|id| (*id).into()).collect();
            let check = Check { query: query.clone(), matches, generation: 0 };
            WriteSet { checks: vec![check], ..set(vec![with_token(id, 5)]) }
        };
        // So that the type is known.
        fixture.write(put("Patient", "other")).unwrap();
        let results = together(
            &fixture,
            vec![
                set(vec![put("Group", "1")]),
                create("1", &[]),
                create("2", &[]),
                create("3", &["1"]),
                create("4", &["1"]),
                set(vec![delete("Patient", "1")]),
                create("5", &["3"]),
            ],
        );
        let good: Vec<bool> = results.iter().map(Result::is_ok).collect();
        assert_eq!(good, [true, true, false, true, false, true, true]);
        assert!(matches!(&results[2], Err(StoreError::ConditionChanged)));
        assert_eq!(fixture.count("ix_token"), 2);
    }
}

#[test]
fn what_the_database_refuses_fails_alone() {
    for fixture in Fixture::all() {
        match fixture.place {
            Place::Folder(_) => fixture.execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON version WHEN instr(NEW.body, CAST('poison' AS BLOB)) > 0 \
                 BEGIN SELECT RAISE(ABORT, 'poisoned'); END",
            ),
            Place::Postgres(_) => fixture.execute(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 IF position('poison'::bytea IN NEW.body) > 0 THEN RAISE EXCEPTION 'poisoned'; END IF; \
                 RETURN NEW; END $$; \
                 CREATE TRIGGER refuse BEFORE INSERT ON version FOR EACH ROW EXECUTE FUNCTION refuse()",
            ),
        }
        let results = together(
            &fixture,
            vec![
                set(vec![with_token("1", 5)]),
                set(vec![put("Patient", "before"), with_token("poison", 6)]),
                set(vec![referring("Encounter", "1", "1")]),
                set(vec![referring("Encounter", "2", "poison")]),
                set(vec![Write { expected: Expected::Version(1), ..with_token("1", 7) }]),
            ],
        );
        let good: Vec<bool> = results.iter().map(Result::is_ok).collect();
        assert_eq!(good, [true, false, true, false, true]);
        assert!(matches!(&results[1], Err(StoreError::Database(_))));
        assert!(matches!(&results[3], Err(StoreError::DanglingReference { .. })));
        assert_eq!(fixture.count("resource_id"), 3);
        assert_eq!(fixture.count("ix_token"), 1);
        fixture.write(put("Patient", "before")).unwrap();
        assert_eq!(fixture.count("version v JOIN version w ON w.vid > v.vid AND w.ts < v.ts"), 0);
    }
}

#[test]
fn a_group_that_gave_way_to_another_transaction_is_written_again() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.execute(
        "CREATE SEQUENCE tries MINVALUE -100 START 1; CREATE FUNCTION give_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF nextval('tries') <= 3 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF; \
         RETURN NULL; END $$; \
         CREATE TRIGGER give_way AFTER INSERT ON ix_token FOR EACH STATEMENT EXECUTE FUNCTION give_way()",
    );
    let sets = vec![set(vec![with_token("1", 5)]), set(vec![with_token("2", 5)])];
    let results = together(&fixture, sets);
    assert_eq!(results.iter().map(version).collect::<Vec<_>>(), [Some(1), Some(1)]);
    assert_eq!(fixture.count("ix_token"), 2);
    fixture.execute("ALTER SEQUENCE tries RESTART WITH -100");
    let failed = fixture.write(with_token("3", 5));
    assert!(matches!(failed, Err(StoreError::Unavailable(_))), "{failed:?}");
    assert_eq!(fixture.count("ix_token"), 2);
}
