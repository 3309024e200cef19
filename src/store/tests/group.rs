//! Many writers at once.

use std::sync::Barrier;

use super::*;

#[test]
fn a_set_that_fails_leaves_no_trace_and_does_not_touch_the_others() {
    for fixture in Fixture::all() {
        let threads = 16;
        let barrier = Barrier::new(threads);
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let (fixture, barrier) = (&fixture, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    for round in 0..20 {
                        let id = format!("{thread}-{round}");
                        let mut writes = vec![put("Patient", &id), put("Encounter", &id)];
                        let bad = (thread + round) % 2 == 0;
                        if bad {
                            writes.push(Write { expected: Expected::Version(5), ..put("Basic", &id) });
                        }
                        let result = fixture.store.write(WriteSet { writes, ..WriteSet::default() });
                        assert_eq!(result.is_err(), bad);
                        // What was answered is there for all to read, at once.
                        assert_eq!(fixture.store.read("Patient", &id).unwrap().is_some(), !bad);
                    }
                });
            }
        });
        let good = 16 * 20 / 2;
        assert_eq!(fixture.count("version"), 2 * good);
        assert_eq!(fixture.count("current"), 2 * good);
        assert_eq!(fixture.count("resource_id"), 2 * good);
        assert_eq!(fixture.count("version v JOIN version w ON w.vid > v.vid AND w.ts < v.ts"), 0);
    }
}

#[test]
fn an_id_rolled_back_can_be_written_later() {
    for fixture in Fixture::all() {
        let writes = vec![put("Patient", "1"), Write { expected: Expected::Version(5), ..put("Basic", "1") }];
        fixture.store.write(WriteSet { writes, ..WriteSet::default() }).unwrap_err();
        fixture.write(put("Patient", "1")).unwrap();
        fixture.write(put("Basic", "1")).unwrap();
        assert_eq!(fixture.count("resource_id JOIN resource_type ON code = type"), 2);
    }
}

#[test]
fn of_many_who_expect_a_new_resource_one_succeeds() {
    for fixture in Fixture::all() {
        let created = std::thread::scope(|scope| {
            let attempt = || fixture.write(Write { expected: Expected::New, ..put("Patient", "1") }).is_ok();
            let threads = [(); 16].map(|()| scope.spawn(attempt));
            threads.map(|thread| usize::from(thread.join().unwrap())).iter().sum::<usize>()
        });
        assert_eq!(created, 1);
    }
}

#[test]
fn the_writer_outlives_an_error_of_the_database() {
    for fixture in Fixture::all() {
        fixture.write(put("Patient", "1")).unwrap();
        fixture.execute("ALTER TABLE version RENAME TO away");
        let failed = fixture.write(put("Patient", "2"));
        assert!(matches!(failed, Err(StoreError::Database(_) | StoreError::Unavailable(_))));
        fixture.execute("ALTER TABLE away RENAME TO version");
        assert_eq!(fixture.write(put("Patient", "2")).unwrap().effect, Effect::Created);
        fixture.store.check().unwrap();
    }
}

#[test]
fn after_close_nothing_is_written_and_the_log_is_empty() {
    for fixture in Fixture::all() {
        fixture.write(put("Patient", "1")).unwrap();
        fixture.store.close();
        assert!(matches!(fixture.write(put("Patient", "2")), Err(StoreError::Unavailable(_))));
        assert!(matches!(fixture.store.check(), Err(StoreError::Unavailable(_))));
        assert_eq!(fixture.store.status().unwrap().log_bytes, 0);
        assert!(fixture.store.read("Patient", "1").unwrap().is_some());
        fixture.store.close();
    }
}
