//! The numbers of resources: (type, id) to `rid`.

use std::collections::{HashMap, HashSet};

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use fhir_search::keys::Target;

use super::batch::{Batch, Table, integer, text};
use super::connection::{Conn, on};
use super::dialect::Dialect;
use super::dictionary::Dictionary;
use super::statement::{Statement, Value};
use crate::store::StoreError;
use crate::store::schema::resource_id;

/// The type code of a url.
pub(in crate::store) const URL: i32 = 0;

const TABLE: Table =
    Table { name: "resource_id", columns: &[integer("rid"), integer("type"), text("fhir_id")] };

/// Entries of one generation of the cache: some 5 MB.
const GENERATION: usize = 50_000;

/// Finds numbers and gives new ones; owned by the writer. Numbers grow, so that new rows are put at the end of their tables.
#[derive(Debug)]
pub(super) struct Identities {
    next: i64,
    cache: Cache,
    /// What was given a number that is not in the table yet.
    unsaved: HashMap<i32, HashMap<Box<str>, i64>>,
    /// What was looked for in this transaction and is not in the table.
    absent: HashMap<i32, HashSet<Box<str>>>,
    /// `next` at the last [`Identities::begin`].
    begun: i64,
}

impl Identities {
    pub(super) fn load(conn: &mut Conn<'_>) -> Result<Self, StoreError> {
        let last = resource_id::table.select(max(resource_id::rid));
        let last: Option<i64> = on!(conn, last.get_result(conn))?;
        let next = last.unwrap_or(0) + 1;
        let (unsaved, absent) = (HashMap::new(), HashMap::new());
        Ok(Self { next, cache: Cache::default(), unsaved, absent, begun: next })
    }

    /// The last number in the database.
    pub(super) fn follow(&mut self, last: i64) {
        self.next = last + 1;
    }

    /// Begins a transaction: what was absent may be there by now.
    pub(super) fn begin_transaction(&mut self) {
        self.absent.clear();
    }

    /// Begins a set of writes.
    pub(super) fn begin(&mut self) {
        self.begun = self.next;
    }

    /// Forgets the numbers given since [`Identities::begin`], which are not saved. They are not given again.
    pub(super) fn roll_back(&mut self) {
        for ids in self.unsaved.values_mut() {
            ids.retain(|_, rid| *rid < self.begun);
        }
    }

    /// Forgets all it knows of the table, of which some was rolled back.
    pub(super) fn forget(&mut self) {
        self.cache = Cache::default();
        self.unsaved.clear();
        self.absent.clear();
    }

    /// The number of a resource or url that has one.
    pub(super) fn find(
        &mut self,
        conn: &mut Conn<'_>,
        kind: i32,
        id: &str,
    ) -> Result<Option<i64>, StoreError> {
        if let Some(rid) = self.known(kind, id) {
            return Ok(Some(rid));
        }
        if self.absent.get(&kind).is_some_and(|ids| ids.contains(id)) {
            return Ok(None);
        }
        let text = "SELECT rid FROM resource_id WHERE type = ? AND fhir_id = ?";
        let values = vec![Value::Integer(kind.into()), Value::key(id)];
        let found = Statement::<BigInt>::new(text, values).load::<i64>(conn)?.first().copied();
        self.note(kind, id, found);
        Ok(found)
    }

    fn known(&mut self, kind: i32, id: &str) -> Option<i64> {
        let unsaved = self.unsaved.get(&kind).and_then(|ids| ids.get(id)).copied();
        unsaved.or_else(|| self.cache.get(kind, id))
    }

    /// Notes what a look into the table found.
    fn note(&mut self, kind: i32, id: &str, found: Option<i64>) {
        match found {
            Some(rid) => self.cache.insert(kind, id.into(), rid),
            None => {
                self.absent.entry(kind).or_default().insert(id.into());
            }
        }
    }

    /// The numbers, in order, of those that have one as far as is known.
    pub(super) fn known_numbers(&mut self, names: &[(i32, &str)]) -> Vec<i64> {
        let mut numbers: Vec<i64> = names.iter().filter_map(|(kind, id)| self.known(*kind, id)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Looks many up at once, where each look is a way to the database and back.
    pub(super) fn look_ahead<'a>(
        &mut self,
        conn: &mut Conn<'_>,
        names: impl Iterator<Item = (i32, &'a str)>,
    ) -> Result<(), StoreError> {
        const FIND: &str = "SELECT n.place, r.rid FROM unnest(?, ?) WITH ORDINALITY AS n (type, id, place) \
            JOIN resource_id AS r ON r.type = n.type AND r.fhir_id = n.id";
        if conn.dialect() == Dialect::Sqlite {
            return Ok(());
        }
        let mut wanted: HashSet<(i32, &str)> = HashSet::new();
        for (kind, id) in names {
            if self.known(kind, id).is_none() {
                wanted.insert((kind, id));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        // In the order of the index.
        let mut wanted: Vec<(i32, &str)> = wanted.into_iter().collect();
        wanted.sort_unstable();
        let kinds = Value::integers(wanted.iter().map(|(kind, _)| i64::from(*kind)));
        let ids = Value::keys(wanted.iter().map(|(_, id)| *id));
        let found = Statement::<(BigInt, BigInt)>::new(FIND, vec![kinds, ids]).load::<(i64, i64)>(conn)?;
        let found: HashMap<i64, i64> = found.into_iter().collect();
        for (place, (kind, id)) in (1..).zip(wanted) {
            self.note(kind, id, found.get(&place).copied());
        }
        Ok(())
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
        if let Some(ids) = self.absent.get_mut(&kind) {
            ids.remove(id);
        }
        self.unsaved.entry(kind).or_default().insert(id.into(), rid);
        Ok(rid)
    }

    /// Writes the numbers given to the table.
    pub(super) fn save(&mut self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        let of_type = |(kind, ids): (i32, HashMap<Box<str>, i64>)| {
            ids.into_iter().map(move |(id, rid)| (rid, kind, id))
        };
        let mut given: Vec<(i64, i32, Box<str>)> = self.unsaved.drain().flat_map(of_type).collect();
        given.sort_unstable();
        let rows = given.iter().map(|(rid, kind, id)| {
            vec![Value::Integer(*rid), Value::Integer((*kind).into()), Value::key(id)]
        });
        Batch::new(conn).insert(&TABLE, rows)?;
        for (rid, kind, id) in given {
            self.cache.insert(kind, id, rid);
        }
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

    /// The type code and the id of a resource that has a number.
    pub(super) fn name(&self, conn: &mut Conn<'_>, rid: i64) -> Result<(i32, String), StoreError> {
        for (kind, ids) in &self.unsaved {
            if let Some((id, _)) = ids.iter().find(|(_, given)| **given == rid) {
                return Ok((*kind, id.to_string()));
            }
        }
        let text = "SELECT type, fhir_id FROM resource_id WHERE rid = ?";
        let values = vec![Value::Integer(rid)];
        Ok(Statement::<(Integer, Text)>::new(text, values).get_result::<(i32, String)>(conn)?)
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
    }
}
