//! Two stores on one database of PostgreSQL, as two processes have them.

use std::sync::Barrier;

use super::*;

/// The stores, and where they are; nothing where PostgreSQL is not installed.
fn nodes() -> Option<(Fixture, SqlStore)> {
    let fixture = Fixture::postgres()?;
    let other = fixture.place.open(SystemTime::now).unwrap();
    Some((fixture, other))
}

fn set(write: Write) -> WriteSet {
    WriteSet { writes: vec![write], enforce_integrity: true, ..WriteSet::default() }
}

#[test]
fn each_follows_what_the_other_writes() {
    let Some((one, other)) = nodes() else { return };
    for round in 1..=5 {
        let expected = if round == 1 { Expected::New } else { Expected::Version(2 * round - 2) };
        one.write(Write { expected, ..put("Patient", "1") }).unwrap();
        let expected = Expected::Version(2 * round - 1);
        other.write(set(Write { expected, ..put("Patient", "1") })).unwrap();
        assert_eq!(one.store.read("Patient", "1").unwrap().unwrap().version, 2 * round);
    }
    other.write(set(referring("Encounter", "1", "1"))).unwrap();
    assert!(matches!(one.write(delete("Patient", "1")), Err(StoreError::Referenced { .. })));
    other.write(set(delete("Encounter", "1"))).unwrap();
    one.write(delete("Patient", "1")).unwrap();
    let dangling = other.write(set(referring("Encounter", "2", "1")));
    assert!(matches!(dangling, Err(StoreError::DanglingReference { .. })));
    assert_eq!(one.count("version v JOIN version w ON w.vid > v.vid AND w.ts < v.ts"), 0);
}

#[test]
fn they_agree_on_names() {
    let Some((one, other)) = nodes() else { return };
    let names = |codes: &[&str]| -> Vec<(Box<str>, Box<str>)> {
        codes.iter().map(|code| ("Patient".into(), (*code).into())).collect()
    };
    one.store.number_names(&["Patient".into()], &names(&["a", "b"])).unwrap();
    other.number_names(&["Group".into(), "Patient".into()], &names(&["c", "b", "a"])).unwrap();
    for code in ["c", "b", "a", "d"] {
        let number = one.store.parameter_id("Patient", code).unwrap();
        assert_eq!(other.parameter_id("Patient", code).unwrap(), number);
    }
    assert_eq!(one.count("search_parameter"), 4);
    other.write(set(put("Group", "1"))).unwrap();
    assert!(one.store.read("Group", "1").unwrap().is_some() || one.write(put("Group", "2")).is_ok());
    assert!(one.store.read("Group", "1").unwrap().is_some());
}

#[test]
fn of_many_who_expect_a_new_resource_one_succeeds() {
    let Some((one, other)) = nodes() else { return };
    let rounds = 20;
    let barrier = Barrier::new(8);
    let created: usize = std::thread::scope(|scope| {
        let clients = (0..8).map(|client| {
            let (barrier, store) = (&barrier, if client % 2 == 0 { &one.store } else { &other });
            scope.spawn(move || {
                let mut created = 0;
                for round in 0..rounds {
                    barrier.wait();
                    let write = Write { expected: Expected::New, ..put("Patient", &round.to_string()) };
                    match store.write(set(write)) {
                        Ok(_) => created += 1,
                        Err(StoreError::VersionConflict { current: 1, .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                created
            })
        });
        let clients: Vec<_> = clients.collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    assert_eq!(created, rounds);
    assert_eq!(one.count("version"), rounds as i64);
}

#[test]
fn lost_connections_are_made_anew() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.write(put("Patient", "1")).unwrap();
    for round in 2..5 {
        fixture.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        assert_eq!(fixture.write(put("Patient", "1")).unwrap().version.version, round);
        assert_eq!(fixture.store.read("Patient", "1").unwrap().unwrap().version, round);
    }
}

#[test]
fn urls_of_any_length_can_be_referred_to() {
    for fixture in Fixture::all() {
        let mut prepared = prepared("Encounter", "1");
        let url = |end: &str| format!("https://example.org/{}{end}", random_letters(5_000));
        for target in [url("a"), url("b")] {
            let target = Target::Url(target.into());
            prepared.keys.references.push(ReferenceKey { parameter: ParameterId(7), target });
        }
        fixture.write(put_prepared("Encounter", "1", prepared)).unwrap();
        assert_eq!(fixture.count("ix_reference"), 2);
    }
}

/// Letters that cannot be compressed, always the same.
fn random_letters(count: usize) -> String {
    let mut state: u32 = 1;
    let letter = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    };
    (0..count).map(letter).collect()
}
