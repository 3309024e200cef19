//! Opening a database again, a newer one, one that is open.

use super::*;

#[test]
fn all_is_there_after_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let code = store.parameter_id("Patient", "name").unwrap();
    let other = store.parameter_id("Patient", "birthdate").unwrap();
    assert_ne!(code, other);
    let secret = *store.secret();
    let set = |id| WriteSet { writes: vec![put("Patient", id)], ..WriteSet::default() };
    let first = store.write(set("1")).unwrap();
    drop(store);

    let store = open(folder.path()).unwrap();
    assert_eq!(store.read("Patient", "1").unwrap().as_ref(), Some(&first[0].version));
    assert_eq!(*store.secret(), secret);
    // The second parameter first: its number was saved with the first write.
    assert_eq!(store.parameter_id("Patient", "birthdate").unwrap(), other);
    assert_eq!(store.parameter_id("Patient", "name").unwrap(), code);
    assert_ne!(store.parameter_id("Patient", "gender").unwrap(), other);
    assert_eq!(store.write(set("1")).unwrap()[0].version.version, 2);
    assert_eq!(store.write(set("2")).unwrap()[0].version.version, 1);
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let Fixture { store, folder } = Fixture::new();
    drop(store);
    let path = folder.path().join("test.db");
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')").unwrap();
    match open(folder.path()) {
        Err(StoreError::NewerSchema { found, known }) => {
            assert_eq!(found, "99990101000000");
            assert!(known < found);
        }
        other => panic!("{:?}", other.err()),
    }
}

#[test]
fn it_cannot_be_opened_twice() {
    let Fixture { store, folder } = Fixture::new();
    let error = open(folder.path()).err().unwrap().to_string();
    assert!(error.contains("open in another process"), "{error}");
    drop(store);
    open(folder.path()).unwrap();
}
