//! Opening a database again, a newer one, one that is open.

use super::*;

#[test]
fn all_is_there_after_it_is_opened_again() {
    for fixture in Fixture::all() {
        let code = fixture.store.parameter_id("Patient", "name").unwrap();
        let other = fixture.store.parameter_id("Patient", "birthdate").unwrap();
        assert_ne!(code, other);
        let secret = *fixture.store.secret();
        let first = fixture.write(put("Patient", "1")).unwrap();

        let fixture = fixture.reopened();
        let store = &fixture.store;
        assert_eq!(store.read("Patient", "1").unwrap().as_ref(), Some(&first.version));
        assert_eq!(*store.secret(), secret);
        // The second parameter first: its number was saved with the first write.
        assert_eq!(store.parameter_id("Patient", "birthdate").unwrap(), other);
        assert_eq!(store.parameter_id("Patient", "name").unwrap(), code);
        assert_ne!(store.parameter_id("Patient", "gender").unwrap(), other);
        assert_eq!(fixture.write(put("Patient", "1")).unwrap().version.version, 2);
        assert_eq!(fixture.write(put("Patient", "2")).unwrap().version.version, 1);
    }
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    for fixture in Fixture::all() {
        fixture.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')");
        let Fixture { store, place, clock } = fixture;
        drop(store);
        match place.open(clock) {
            Err(StoreError::NewerSchema { found, known }) => {
                assert_eq!(found, "99990101000000");
                assert!(known < found);
            }
            other => panic!("{:?}", other.err()),
        }
    }
}

#[test]
fn a_file_cannot_be_opened_twice() {
    let Fixture { store, place, clock } = Fixture::new();
    let error = place.open(clock).err().unwrap().to_string();
    assert!(error.contains("open in another process"), "{error}");
    drop(store);
    place.open(clock).unwrap();
}

#[test]
fn a_server_that_does_not_answer_is_unavailable() {
    let url = "postgres://nobody@/none?host=/nowhere&connect_timeout=1";
    let opened = postgres::open(url, &postgres::Options::default());
    assert!(matches!(opened, Err(StoreError::Unavailable(_))));
}
