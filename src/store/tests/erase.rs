//! What is removed for good is in no table.

use super::*;
use crate::store::{Erased, Erasure};

impl Fixture {
    fn erase(&self, id: &str, what: Erased) -> Result<(), StoreError> {
        self.store.erase(Erasure { kind: "Patient".into(), id: id.into(), what, enforce_integrity: true })
    }
}

/// A patient that one token finds.
fn found(id: &str) -> Write {
    let mut prepared = prepared("Patient", id);
    prepared.keys.tokens.push(TokenKey { parameter: ParameterId(3), hash: 5 });
    put_prepared("Patient", id, prepared)
}

#[test]
fn a_purged_resource_leaves_its_number_only() {
    for fixture in Fixture::all() {
        for id in ["a", "b"] {
            fixture.write(found(id)).unwrap();
            fixture.write(found(id)).unwrap();
        }
        let tables = ["version", "current", "ix_token"];
        let before = tables.map(|table| fixture.count(table));
        fixture.erase("a", Erased::Everything).unwrap();
        for (table, before) in tables.iter().zip(before) {
            assert_eq!(fixture.count(table) * 2, before, "{table}");
        }
        assert_eq!(fixture.count("type_count WHERE live = 1 AND versions = 2"), 1);
        assert_eq!(fixture.count("resource_id WHERE fhir_id = 'a'"), 1);
        fixture.erase("never", Erased::Everything).unwrap();
        assert_eq!(fixture.store.read("Patient", "a").unwrap(), None);
        assert_eq!(fixture.write(put("Patient", "a")).unwrap().version.version, 1);
    }
}

#[test]
fn the_current_version_is_not_removed_by_itself() {
    for fixture in Fixture::all() {
        for _ in 0..3 {
            fixture.write(put("Patient", "a")).unwrap();
        }
        fixture.erase("a", Erased::Version(3)).unwrap();
        assert_eq!(fixture.count("version"), 3);
        fixture.erase("a", Erased::Version(2)).unwrap();
        assert_eq!(fixture.count("version WHERE version = 2"), 0);
        fixture.erase("a", Erased::Earlier).unwrap();
        assert_eq!(fixture.count("version WHERE version = 3"), 1);
        assert_eq!(fixture.count("version"), 1);
        assert_eq!(fixture.count("type_count WHERE live = 1 AND versions = 1"), 1);
    }
}
