//! The steps of one set of writes, within the transaction and the savepoint that the writer has opened.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::max;
use diesel::prelude::*;
use fhir_model::primitive::instant_text;
use fhir_search::keys::SearchKeys;

use super::connection::{Conn, on};
use super::contained::{self, ContainedChanges, Container, Part};
use super::dictionary::Dictionary;
use super::identity::Identities;
use super::index_rows::IndexChanges;
use super::integrity::Integrity;
use super::resource_text::{Text, TextChanges};
use super::statement::{Statement, Value};
use super::versions::{self, CurrentKeys, NewVersion};
use super::{method, search};
use crate::store::keys_blob::{ReferenceRow, StoredKeys};
use crate::store::schema::{current, version};
use crate::store::{
    Change, Check, Effect, Expected, Method, Prepared, StoreError, Version, Write, WriteSet, Written,
    relational,
};

/// The end of a database.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Last {
    pub(in crate::store) vid: i64,
    pub(in crate::store) ts: i64,
    pub(in crate::store) rid: i64,
}

/// What the writer knows of the database without asking it.
pub(in crate::store) struct State {
    pub(super) identities: Identities,
    pub(super) integrity: Integrity,
    /// Written at the end of a group of sets.
    pub(super) texts: TextChanges,
    /// The last `version.vid`.
    last_vid: i64,
    /// The last `version.ts`.
    last_ts: i64,
}

impl State {
    pub(in crate::store) fn load(conn: &mut Conn<'_>) -> Result<Self, StoreError> {
        let last = version::table.select(max(version::vid));
        let last: Option<i64> = on!(conn, last.get_result(conn))?;
        let last_vid = last.unwrap_or(0);
        let last_ts = version::table.select(version::ts).filter(version::vid.eq(last_vid));
        let last_ts = on!(conn, last_ts.load::<i64>(conn))?.first().copied();
        Ok(Self {
            identities: Identities::load(conn)?,
            integrity: Integrity::default(),
            texts: TextChanges::default(),
            last_vid,
            last_ts: last_ts.unwrap_or(0),
        })
    }

    /// Follows what another has written, if one has: these are the last numbers and the last time in the database.
    pub(in crate::store) fn follow(&mut self, last: Last) {
        if last.vid != self.last_vid {
            self.integrity.forget();
        }
        self.last_vid = last.vid;
        self.last_ts = self.last_ts.max(last.ts);
        self.identities.follow(last.rid);
    }

    /// Begins a set of writes.
    pub(super) fn begin(&mut self) {
        self.identities.begin();
        self.texts.begin();
    }

    /// The set was rolled back.
    pub(super) fn roll_back(&mut self) {
        self.identities.roll_back();
        self.texts.roll_back();
    }
}

/// Applies a set at the time `now` (microseconds), or gives the reason why not; then the caller rolls back.
pub(super) fn apply(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    set: WriteSet,
    now: i64,
) -> Result<Vec<Written>, StoreError> {
    for check in &set.checks {
        verify(conn, dictionary, check)?;
    }
    // Whole milliseconds, for that is what meta.lastUpdated says; and never back, whatever the clock does.
    state.last_ts = state.last_ts.max(now - now.rem_euclid(1000));
    let mut steps = Steps {
        ts: state.last_ts,
        instant: instant_text(state.last_ts),
        conn,
        dictionary,
        state,
        versions: Vec::new(),
        index: IndexChanges::default(),
        contained: ContainedChanges::default(),
        rows: Vec::new(),
        counts: BTreeMap::new(),
        required: BTreeSet::new(),
        deleted: Vec::new(),
    };
    let writes = set.writes.into_iter().enumerate();
    let written = writes.map(|(index, write)| steps.write(index, write)).collect::<Result<Vec<_>, _>>()?;
    steps.finish(&written, set.enforce_integrity)?;
    Ok(written)
}

/// Refuses the set if a criterion does not match what it matched when the set was prepared.
fn verify(conn: &mut Conn<'_>, dictionary: &Dictionary, check: &Check) -> Result<(), StoreError> {
    let mut matches = search::matching_ids(conn, dictionary, &check.query, check.matches.len() + 1)?;
    let mut expected = check.matches.clone();
    matches.sort_unstable();
    expected.sort_unstable();
    if matches == expected { Ok(()) } else { Err(StoreError::ConditionChanged) }
}

/// A set being applied.
struct Steps<'a, 'c> {
    conn: &'a mut Conn<'c>,
    dictionary: &'a Dictionary,
    state: &'a mut State,
    ts: i64,
    instant: String,
    /// The versions added.
    versions: Vec<Added>,
    index: IndexChanges,
    contained: ContainedChanges,
    /// The relational forms of resources, each with its number.
    rows: Vec<(i64, relational::Rows)>,
    /// By type code: change of live resources, new versions.
    counts: BTreeMap<i32, (i64, i64)>,
    /// References that must lead to a live resource, each with the write that has it first.
    required: BTreeSet<super::integrity::Required>,
    /// The resources deleted: index of the write, `rid`, name.
    deleted: Vec<super::integrity::Deleted>,
}

/// The newest version of a resource before the write.
#[derive(Queryable)]
struct Present {
    number: i64,
    ts: i64,
    deleted: i32,
    keys: Vec<u8>,
}

impl Present {
    fn is_deleted(&self) -> bool {
        self.deleted != 0
    }
}

/// A version added, besides what the answer says of it.
struct Added {
    /// Index of the write.
    index: usize,
    vid: i64,
    rid: i64,
    kind: i32,
    keys: CurrentKeys,
}

impl Steps<'_, '_> {
    fn write(&mut self, index: usize, write: Write) -> Result<Written, StoreError> {
        let kind = self.dictionary.type_code(&write.kind)?;
        let found = self.state.identities.find(self.conn, kind, &write.id)?;
        let present = match found {
            Some(rid) => self.present(rid)?,
            None => None,
        };
        check_expected(&write, present.as_ref())?;
        match write.change {
            Change::Put(prepared) => {
                let rid = self.state.identities.find_or_give(self.conn, kind, &write.id)?;
                let target = Target { index, rid, kind, name: (write.kind, write.id) };
                self.put(target, present, *prepared)
            }
            Change::Delete => match (found, present) {
                (Some(rid), Some(present)) if !present.is_deleted() => {
                    self.delete(Target { index, rid, kind, name: (write.kind, write.id) }, present)
                }
                (_, present) => Ok(unchanged(write.kind, write.id, present)),
            },
        }
    }

    fn present(&mut self, rid: i64) -> Result<Option<Present>, StoreError> {
        let found = current::table
            .select((current::number, current::ts, current::deleted, current::keys))
            .filter(current::rid.eq(rid));
        let conn = &mut *self.conn;
        Ok(on!(conn, found.load::<Present>(conn))?.into_iter().next())
    }

    fn put(
        &mut self,
        target: Target,
        present: Option<Present>,
        mut prepared: Prepared,
    ) -> Result<Written, StoreError> {
        let parts = contained::take(self.dictionary, target.name(), &mut prepared.keys)?;
        let (keys, text) = stored_keys(self.conn, self.dictionary, self.state, target.kind, prepared.keys)?;
        let required = prepared.references.into_iter();
        self.required.extend(required.map(|reference| (reference, target.index)));

        let was_live = present.as_ref().is_some_and(|present| !present.is_deleted());
        let number = present.as_ref().map_or(0, |present| present.number) + 1;
        let body = prepared.body.stamp(number.unsigned_abs(), &self.instant);
        self.add_version(&target, &keys);
        let old = present.map(|present| present.keys).unwrap_or_default();
        let old = decode(&old)?;
        self.contain(number, &old, parts)?;
        self.state.texts.replace(target.rid, old.text, text);
        self.index.replace(target.rid, old, keys);
        self.count(target.kind, i64::from(!was_live));
        self.rows.extend(prepared.rows.map(|rows| (target.rid, rows)));
        let effect = if was_live { Effect::Updated } else { Effect::Created };
        Ok(Written { version: self.version(target, number, prepared.method, body), effect })
    }

    fn delete(&mut self, target: Target, present: Present) -> Result<Written, StoreError> {
        let number = present.number + 1;
        self.add_version(&target, &StoredKeys::default());
        let old = decode(&present.keys)?;
        self.contain(number, &old, Vec::new())?;
        self.state.texts.replace(target.rid, old.text, Text::default());
        self.index.replace(target.rid, old, StoredKeys::default());
        self.count(target.kind, -1);
        relational::delete(self.conn, &target.name.0, target.rid)?;
        self.deleted.push((target.index, target.rid, target.name.clone()));
        let version = self.version(target, number, Method::Delete, Vec::new());
        Ok(Written { version, effect: Effect::Deleted })
    }

    /// Notes what the version just added, of that number, contains; the version before it had the keys `old`.
    fn contain(&mut self, number: i64, old: &StoredKeys, parts: Vec<Part>) -> Result<(), StoreError> {
        let container = Container { number, vid: self.state.last_vid, ts: self.ts };
        let Self { conn, dictionary, state, index, contained, .. } = self;
        contained.replace(conn, dictionary, state, index, (old, container, parts))
    }

    /// Notes a version that becomes the current one.
    fn add_version(&mut self, target: &Target, keys: &StoredKeys) {
        self.state.last_vid += 1;
        self.versions.push(Added {
            index: target.index,
            vid: self.state.last_vid,
            rid: target.rid,
            kind: target.kind,
            keys: CurrentKeys::new(keys, self.conn.dialect()),
        });
    }

    /// Notes a new version and the change in the number of live resources.
    fn count(&mut self, kind: i32, live: i64) {
        let count = self.counts.entry(kind).or_default();
        count.0 += live;
        count.1 += 1;
    }

    fn version(&self, target: Target, number: i64, method: Method, body: Vec<u8>) -> Version {
        let (kind, id) = target.name;
        Version { kind, id, version: number.unsigned_abs(), last_updated: self.ts, method, body }
    }

    /// Writes what was gathered, then looks at the whole: references hold in the state after all writes.
    fn finish(self, written: &[Written], enforce_integrity: bool) -> Result<(), StoreError> {
        let Self { conn, dictionary, state, .. } = self;
        state.identities.save(conn)?;
        let versions = self.versions.into_iter().filter_map(|added| {
            let Version { version, method, body, .. } = &written.get(added.index)?.version;
            Some(NewVersion {
                vid: added.vid,
                rid: added.rid,
                kind: added.kind,
                number: version.cast_signed(),
                ts: self.ts,
                method: method::code(*method),
                deleted: *method == Method::Delete,
                body,
                keys: added.keys,
            })
        });
        versions::add(conn, &versions.collect::<Vec<_>>())?;
        self.contained.apply(conn)?;
        self.index.apply(conn)?;
        let identities = &mut state.identities;
        for (rid, rows) in &self.rows {
            let mut resolve = |conn: &mut Conn<'_>, target: &_| {
                let rid = identities.target(conn, dictionary, target)?;
                identities.save(conn)?;
                Ok(rid)
            };
            relational::write(conn, *rid, rows, &mut resolve)?;
        }
        for (kind, (live, versions)) in self.counts {
            count(conn, kind, live, versions)?;
        }
        if enforce_integrity {
            Integrity::check_references(conn, dictionary, &mut state.identities, &self.required)?;
            state.integrity.check_deletions(conn, dictionary, &self.deleted)?;
        }
        Ok(())
    }
}

/// The resource that a write is about.
struct Target {
    /// Index of the write in its set.
    index: usize,
    rid: i64,
    /// Type code.
    kind: i32,
    /// Type and id.
    name: (Box<str>, Box<str>),
}

impl Target {
    fn name(&self) -> (&str, &str) {
        (&self.name.0, &self.name.1)
    }
}

/// Adds to the numbers of live resources and of versions of a type.
pub(super) fn count(conn: &mut Conn<'_>, kind: i32, live: i64, versions: i64) -> Result<(), StoreError> {
    const ADD: &str = "INSERT INTO type_count (type, live, versions) VALUES (?, ?, ?) ON CONFLICT (type) \
        DO UPDATE SET live = type_count.live + excluded.live, versions = type_count.versions + excluded.versions";
    let values = [i64::from(kind), live, versions].map(Value::Integer);
    Statement::<()>::new(ADD, values.to_vec()).execute(conn)?;
    Ok(())
}

fn check_expected(write: &Write, present: Option<&Present>) -> Result<(), StoreError> {
    let current = present.map_or(0, |present| present.number.unsigned_abs());
    let holds = match write.expected {
        Expected::Any => true,
        Expected::New => current == 0,
        Expected::Absent => present.is_none_or(Present::is_deleted),
        Expected::Version(number) => current == number,
    };
    if holds {
        return Ok(());
    }
    Err(StoreError::VersionConflict { kind: write.kind.clone(), id: write.id.clone(), current })
}

/// The answer to the deletion of a resource that is not there.
fn unchanged(kind: Box<str>, id: Box<str>, present: Option<Present>) -> Written {
    let (number, last_updated) = present.map_or((0, 0), |present| (present.number, present.ts));
    let version = number.unsigned_abs();
    Written {
        version: Version { kind, id, version, last_updated, method: Method::Delete, body: Vec::new() },
        effect: Effect::Unchanged,
    }
}

/// Extracted keys of a resource of the type with the code `kind` as they are stored, and the words among them. References are resolved to numbers, given where there are none.
pub(super) fn stored_keys(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    kind: i32,
    keys: SearchKeys,
) -> Result<(StoredKeys, Text), StoreError> {
    let references = keys.references.iter().map(|key| {
        let target = state.identities.target(conn, dictionary, &key.target)?;
        Ok(ReferenceRow { parameter: key.parameter, target })
    });
    let references = references.collect::<Result<Vec<_>, StoreError>>()?;
    state.integrity.learn(&references);
    let text = Text::of(kind, &keys);
    let fingerprint = text.fingerprint();
    Ok((StoredKeys::new(keys, references, fingerprint), text))
}

/// The keys that `current.keys` holds.
pub(super) fn decode(blob: &[u8]) -> Result<StoredKeys, StoreError> {
    StoredKeys::decode(blob).ok_or_else(|| StoreError::Database("damaged index keys in `current`".to_owned()))
}
