//! The numbers of resources: (type, id) to `rid`.

use std::collections::HashMap;

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use fhir_search::keys::Target;

use super::batch::{Batch, Table};
use super::connection::{Conn, on};
use super::dictionary::Dictionary;
use super::statement::{Statement, Value};
use crate::store::StoreError;
use crate::store::schema::resource_id;

/// The type code of a url.
pub(in crate::store) const URL: i32 = 0;

const TABLE: Table = Table { name: "resource_id", columns: &["rid", "type", "fhir_id"] };

/// So many numbers are given before they are written: far fewer than the cache holds, which must not lose them before.
const MOST_UNSAVED: usize = 4096;

/// Entries of one generation of the cache: some 5 MB.
const GENERATION: usize = 50_000;

/// Finds numbers and gives new ones; owned by the writer. Numbers grow, so that new rows are put at the end of their tables.
#[derive(Debug)]
pub(super) struct Identities {
    next: i64,
    cache: Cache,
    /// What was given a number since [`Identities::begin`].
    given: Vec<(i64, i32, Box<str>)>,
    /// How many of them, the last ones, are not in the table yet.
    unsaved: usize,
}

impl Identities {
    pub(super) fn load(conn: &mut Conn<'_>) -> Result<Self, StoreError> {
        let last = resource_id::table.select(max(resource_id::rid));
        let last: Option<i64> = on!(conn, last.get_result(conn))?;
        Ok(Self { next: last.unwrap_or(0) + 1, cache: Cache::default(), given: Vec::new(), unsaved: 0 })
    }

    /// The last number in the database.
    pub(super) fn follow(&mut self, last: i64) {
        self.next = last + 1;
    }

    /// Begins a set of writes.
    pub(super) fn begin(&mut self) {
        self.given.clear();
        self.unsaved = 0;
    }

    /// Forgets the numbers given since [`Identities::begin`], whose rows were rolled back. They are not given again.
    pub(super) fn roll_back(&mut self) {
        self.unsaved = 0;
        for (_, kind, id) in self.given.drain(..) {
            self.cache.remove(kind, &id);
        }
    }

    /// The number of a resource or url that has one.
    pub(super) fn find(
        &mut self,
        conn: &mut Conn<'_>,
        kind: i32,
        id: &str,
    ) -> Result<Option<i64>, StoreError> {
        if let Some(rid) = self.cache.get(kind, id) {
            return Ok(Some(rid));
        }
        let text = "SELECT rid FROM resource_id WHERE type = ? AND fhir_id = ?";
        let values = vec![Value::Integer(kind.into()), Value::key(id)];
        let found = Statement::<BigInt>::new(text, values).load::<i64>(conn)?.first().copied();
        if let Some(rid) = found {
            self.cache.insert(kind, id.into(), rid);
        }
        Ok(found)
    }

    /// The number of a resource or url, given now if it has none; then [`Identities::save`] has to follow.
    pub(super) fn find_or_give(
        &mut self,
        conn: &mut Conn<'_>,
        kind: i32,
        id: &str,
    ) -> Result<i64, StoreError> {
        if let Some(rid) = self.find(conn, kind, id)? {
            return Ok(rid);
        }
        let rid = self.next;
        self.next += 1;
        self.cache.insert(kind, id.into(), rid);
        self.given.push((rid, kind, id.into()));
        self.unsaved += 1;
        if self.unsaved >= MOST_UNSAVED {
            self.save(conn)?;
        }
        Ok(rid)
    }

    /// Writes the numbers given to the table.
    pub(super) fn save(&mut self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        let saved = self.given.len().saturating_sub(self.unsaved);
        let rows = self.given.get(saved..).unwrap_or_default().iter().map(|(rid, kind, id)| {
            vec![Value::Integer(*rid), Value::Integer((*kind).into()), Value::key(id)]
        });
        Batch::new(conn).insert(&TABLE, rows)?;
        self.unsaved = 0;
        Ok(())
    }

    /// The number of what a reference points to, given now if it has none.
    pub(super) fn target(
        &mut self,
        conn: &mut Conn<'_>,
        dictionary: &Dictionary,
        target: &Target,
    ) -> Result<i64, StoreError> {
        match target {
            Target::Resource { kind, id } => self.find_or_give(conn, dictionary.type_code(kind)?, id),
            Target::Url(url) => self.find_or_give(conn, URL, url),
        }
    }
}

/// The numbers used lately, in two generations: when the young one is full it becomes the old one, and what is used again
/// moves back. So at most twice [`GENERATION`] entries are kept and no list of uses is.
#[derive(Debug, Default)]
struct Cache {
    young: Generation,
    old: Generation,
}

#[derive(Debug, Default)]
struct Generation {
    /// By type, so that an id can be looked up without a copy of it.
    by_type: HashMap<i32, HashMap<Box<str>, i64>>,
    size: usize,
}

impl Cache {
    fn get(&mut self, kind: i32, id: &str) -> Option<i64> {
        if let Some(rid) = self.young.by_type.get(&kind).and_then(|ids| ids.get(id)) {
            return Some(*rid);
        }
        let (id, rid) = self.old.by_type.get_mut(&kind)?.remove_entry(id)?;
        self.insert(kind, id, rid);
        Some(rid)
    }

    fn insert(&mut self, kind: i32, id: Box<str>, rid: i64) {
        if self.young.size >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.by_type.entry(kind).or_default().insert(id, rid);
        self.young.size += 1;
    }

    fn remove(&mut self, kind: i32, id: &str) {
        for generation in [&mut self.young, &mut self.old] {
            if let Some(ids) = generation.by_type.get_mut(&kind) {
                ids.remove(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_keeps_what_is_used_and_stays_small() {
        let mut cache = Cache::default();
        cache.insert(1, "kept".into(), 7);
        for number in 0..5 * GENERATION as i64 {
            cache.insert(2, number.to_string().into(), number);
            assert_eq!(cache.get(1, "kept"), Some(7));
        }
        assert_eq!(cache.get(2, "0"), None);
        let entries = |generation: &Generation| generation.by_type.values().map(HashMap::len).sum::<usize>();
        assert!(entries(&cache.young) + entries(&cache.old) <= 2 * GENERATION);
        cache.remove(1, "kept");
        assert_eq!(cache.get(1, "kept"), None);
    }
}
