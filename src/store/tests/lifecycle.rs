//! One resource from its creation to its deletion and back.

use super::*;

#[test]
fn a_resource_is_created_updated_deleted_and_created_again() {
    for fixture in Fixture::all() {
        let store = &fixture.store;
        assert_eq!(store.read("Patient", "1").unwrap(), None);

        let created = fixture.write(put("Patient", "1")).unwrap();
        assert_eq!((created.effect, created.version.version), (Effect::Created, 1));
        let text = String::from_utf8(created.version.body.clone()).unwrap();
        assert!(
            text.starts_with(
                r#"{"resourceType":"Patient","id":"1","meta":{"versionId":"1","lastUpdated":"20"#
            )
        );
        assert_eq!(created.version.last_updated % 1000, 0);
        assert_eq!(store.read("Patient", "1").unwrap().as_ref(), Some(&created.version));

        let updated = fixture.write(put("Patient", "1")).unwrap();
        assert_eq!((updated.effect, updated.version.version), (Effect::Updated, 2));

        let deleted = fixture.write(delete("Patient", "1")).unwrap();
        assert_eq!((deleted.effect, deleted.version.version), (Effect::Deleted, 3));
        assert!(store.read("Patient", "1").unwrap().unwrap().is_deleted());
        assert_eq!(store.version("Patient", "1", 1).unwrap(), Some(created.version));
        assert_eq!(store.version("Patient", "1", 3).unwrap(), Some(deleted.version.clone()));
        assert_eq!(store.version("Patient", "1", 4).unwrap(), None);
        assert_eq!(store.version("Patient", "1", u64::MAX).unwrap(), None);

        let again = fixture.write(delete("Patient", "1")).unwrap();
        assert_eq!((again.effect, again.version), (Effect::Unchanged, deleted.version));

        let recreated = fixture.write(put("Patient", "1")).unwrap();
        assert_eq!((recreated.effect, recreated.version.version), (Effect::Created, 4));
    }
}

#[test]
fn the_deletion_of_what_never_was_changes_nothing() {
    for fixture in Fixture::all() {
        let written = fixture.write(delete("Patient", "1")).unwrap();
        assert_eq!((written.effect, written.version.version), (Effect::Unchanged, 0));
        assert_eq!(fixture.store.read("Patient", "1").unwrap(), None);
        assert_eq!(fixture.count("resource_id"), 0);
    }
}

#[test]
fn a_write_states_what_it_expects() {
    for fixture in Fixture::all() {
        let expecting = |expected| fixture.write(Write { expected, ..put("Patient", "1") });
        let conflict = |result| match result {
            Err(StoreError::VersionConflict { current, .. }) => current,
            other => panic!("{other:?}"),
        };
        assert_eq!(conflict(expecting(Expected::Version(1))), 0);
        expecting(Expected::New).unwrap();
        assert_eq!(conflict(expecting(Expected::New)), 1);
        assert_eq!(conflict(expecting(Expected::Version(2))), 1);
        expecting(Expected::Version(1)).unwrap();
        fixture.write(delete("Patient", "1")).unwrap();
        assert_eq!(conflict(expecting(Expected::New)), 3);
        let never = Write { expected: Expected::Version(1), ..delete("Patient", "2") };
        assert_eq!(conflict(fixture.write(never)), 0);
    }
}

#[test]
fn the_counts_of_a_type_are_exact() {
    for fixture in Fixture::all() {
        fixture.write(put("Patient", "1")).unwrap();
        fixture.write(put("Patient", "2")).unwrap();
        fixture.write(put("Patient", "2")).unwrap();
        fixture.write(delete("Patient", "2")).unwrap();
        fixture.write(put("Encounter", "2")).unwrap();
        let status = fixture.store.status().unwrap();
        let counts = status.types.iter().map(|count| (&*count.kind, count.live, count.versions));
        assert_eq!(counts.collect::<Vec<_>>(), [("Patient", 1, 4), ("Encounter", 1, 1)]);
        assert_eq!(status.waiting_writes, 0);
        assert!(status.file_bytes > 0);
    }
}
