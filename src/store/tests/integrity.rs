//! Referential integrity.

use super::*;

fn write_all(
    fixture: &Fixture,
    enforce_integrity: bool,
    writes: Vec<Write>,
) -> Result<Vec<Written>, StoreError> {
    fixture.store.write(WriteSet { writes, enforce_integrity, ..WriteSet::default() })
}

#[test]
fn a_reference_must_lead_to_a_live_resource() {
    for fixture in Fixture::all() {
        let dangling = |writes| match write_all(&fixture, true, writes) {
            Err(StoreError::DanglingReference { write, reference }) => (write, reference.expression),
            other => panic!("{other:?}"),
        };
        assert_eq!(dangling(vec![referring("Encounter", "1", "1")]), (0, "Encounter.subject".to_owned()));
        assert_eq!(fixture.store.read("Encounter", "1").unwrap(), None);
        // In one set in any order.
        write_all(&fixture, true, vec![referring("Encounter", "1", "1"), put("Patient", "1")]).unwrap();
        let both = vec![delete("Encounter", "1"), referring("Basic", "2", "1"), delete("Patient", "1")];
        assert_eq!(dangling(both).0, 1);
        write_all(&fixture, true, vec![delete("Patient", "1"), delete("Encounter", "1")]).unwrap();
        assert_eq!(dangling(vec![put("Patient", "2"), referring("Basic", "2", "1")]).0, 1);
    }
}

#[test]
fn what_is_referred_to_stays() {
    for fixture in Fixture::all() {
        write_all(&fixture, true, vec![put("Patient", "1"), referring("Encounter", "1", "1")]).unwrap();
        match fixture.write(delete("Patient", "1")) {
            Err(StoreError::Referenced { write: 0, id, referrer, .. }) => {
                assert_eq!((&*id, &*referrer), ("1", "Encounter/1"));
            }
            other => panic!("{other:?}"),
        }
        // It may go when the other no longer refers to it, and a resource may refer to itself.
        write_all(&fixture, true, vec![delete("Patient", "1"), put("Encounter", "1")]).unwrap();
        write_all(&fixture, true, vec![referring("Patient", "2", "2")]).unwrap();
        fixture.write(delete("Patient", "2")).unwrap();
    }
}

#[test]
fn the_parameters_that_refer_are_known_after_a_restart() {
    for fixture in Fixture::all() {
        write_all(&fixture, true, vec![put("Patient", "1"), referring("Encounter", "1", "1")]).unwrap();
        let fixture = fixture.reopened();
        assert!(matches!(fixture.write(delete("Patient", "1")), Err(StoreError::Referenced { .. })));
    }
}

#[test]
fn without_enforcement_anything_goes() {
    for fixture in Fixture::all() {
        write_all(&fixture, false, vec![referring("Encounter", "1", "1")]).unwrap();
        write_all(&fixture, false, vec![put("Patient", "1")]).unwrap();
        write_all(&fixture, false, vec![delete("Patient", "1")]).unwrap();
        assert_eq!(fixture.count("ix_reference"), 1);
    }
}
