//! The steps of one set of writes: in memory, on what the database has and what earlier sets of the group have changed.

use std::collections::BTreeSet;

use diesel::dsl::max;
use diesel::prelude::*;
use fhir_model::primitive::instant_text;
use fhir_search::keys::{ReferenceKey, SearchKeys};

use super::changes::{Added, Changes, Now, Present, Resource};
use super::connection::{Conn, on};
use super::contained::{self, Container, Parts};
use super::dictionary::Dictionary;
use super::identity::Identities;
use super::integrity::{self, Integrity};
use super::known::Known;
use super::resource_text::Text;
use crate::store::keys_blob::{ReferenceRow, StoredKeys};
use crate::store::schema::version;
use crate::store::{
    Change, Effect, Expected, Method, Prepared, StoreError, Version, Write, WriteSet, Written, relational,
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
    /// The newest versions, within a transaction.
    pub(super) known: Known,
    /// Rows of `several_keys`.
    pub(super) several: BTreeSet<i32>,
    /// The last `version.vid`.
    last_vid: i64,
    /// The last `version.ts`.
    last_ts: i64,
    /// `last_vid` at the last [`State::begin`].
    begun: i64,
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
            known: Known::default(),
            several: BTreeSet::new(),
            last_vid,
            last_ts: last_ts.unwrap_or(0),
            begun: last_vid,
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

    /// Begins a transaction.
    pub(super) fn begin_transaction(&mut self) {
        self.identities.begin_transaction();
        self.known.forget();
    }

    /// Begins a set of writes.
    pub(super) fn begin(&mut self) {
        self.identities.begin();
        self.begun = self.last_vid;
    }

    /// The set, of which nothing is written, failed.
    pub(super) fn roll_back(&mut self) {
        self.identities.roll_back();
        self.last_vid = self.begun;
    }

    /// Something that was written was rolled back.
    pub(super) fn forget(&mut self) {
        self.identities.forget();
        self.known.forget();
        self.several.clear();
    }
}

/// What a set would do, or why it must not: the answers to its writes and what they change. `earlier` is what other sets of the
/// transaction have changed that is not written yet, `place` the place of the set among them, `now` the time in microseconds.
pub(super) fn apply<'a>(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    earlier: &Changes<'_>,
    (set, place): (&'a WriteSet, usize),
    now: i64,
) -> Result<(Vec<Written>, Changes<'a>), StoreError> {
    // Whole milliseconds, for that is what meta.lastUpdated says; and never back, whatever the clock does.
    state.last_ts = state.last_ts.max(now - now.rem_euclid(1000));
    let mut steps = Steps {
        ts: state.last_ts,
        instant: instant_text(state.last_ts),
        conn,
        dictionary,
        state,
        earlier,
        place,
        changes: Changes::default(),
        required: BTreeSet::new(),
        deleted: Vec::new(),
    };
    let writes = set.writes.iter().enumerate();
    let written = writes.map(|(index, write)| steps.write(index, write)).collect::<Result<Vec<_>, _>>()?;
    if set.enforce_integrity {
        steps.check_integrity()?;
    }
    Ok((written, steps.changes))
}

/// A set being applied.
struct Steps<'s, 'c, 'a> {
    conn: &'s mut Conn<'c>,
    dictionary: &'s Dictionary,
    state: &'s mut State,
    earlier: &'s Changes<'s>,
    place: usize,
    ts: i64,
    instant: String,
    changes: Changes<'a>,
    /// References that must lead to a live resource, each with the write that has it first.
    required: BTreeSet<integrity::Required<'a>>,
    /// The resources deleted.
    deleted: Vec<integrity::Deleted>,
}

impl<'a> Steps<'_, '_, 'a> {
    fn write(&mut self, index: usize, write: &'a Write) -> Result<Written, StoreError> {
        let kind = self.dictionary.type_code(&write.kind)?;
        let found = self.state.identities.find(self.conn, kind, &write.id)?;
        let present = match found {
            Some(rid) => self.earlier.before(self.conn, &mut self.state.known, rid)?,
            None => None,
        };
        check_expected(write, present.as_ref())?;
        match &write.change {
            Change::Put(prepared) => {
                let rid = self.state.identities.find_or_give(self.conn, kind, &write.id)?;
                self.put(&Target { index, rid, kind, write }, present, prepared)
            }
            Change::Delete => match (found, present) {
                (Some(rid), Some(present)) if !present.deleted => {
                    self.delete(&Target { index, rid, kind, write }, present)
                }
                (_, present) => Ok(unchanged(write, present.as_ref())),
            },
        }
    }

    fn put(
        &mut self,
        target: &Target<'a>,
        before: Option<Present>,
        prepared: &'a Prepared,
    ) -> Result<Written, StoreError> {
        let Self { conn, dictionary, state, .. } = self;
        let parts = Parts::of(dictionary, target.name(), &prepared.keys)?;
        let (keys, text) = stored_keys(conn, dictionary, state, target.kind, &prepared.keys, &parts.links)?;
        let mut number = |target: &_| state.identities.target(conn, dictionary, target);
        let rows = prepared.rows.as_ref();
        let rows = rows.map(|rows| relational::gather(target.rid, rows, &mut number)).transpose()?;
        self.required.extend(prepared.references.iter().map(|reference| (reference, target.index)));

        let was_live = before.as_ref().is_some_and(|present| !present.deleted);
        let number = before.as_ref().map_or(0, |present| present.number) + 1;
        let body = prepared.body.stamp(number.unsigned_abs(), &self.instant);
        let vid = self.add_version(target, number);
        self.contain(Container { number, vid, ts: self.ts }, before.as_ref(), parts)?;
        self.changes.count(target.kind, i64::from(!was_live), 1);
        let now = Now { number, vid, ts: self.ts, deleted: false, keys, text, rows };
        self.changes.put(target.rid, Resource { kind: target.kind, before, now: Some(now) });
        let effect = if was_live { Effect::Updated } else { Effect::Created };
        Ok(Written { version: self.version(target, number, prepared.method, body), effect })
    }

    fn delete(&mut self, target: &Target<'a>, before: Present) -> Result<Written, StoreError> {
        let number = before.number + 1;
        let vid = self.add_version(target, number);
        self.contain(Container { number, vid, ts: self.ts }, Some(&before), Parts::default())?;
        self.changes.count(target.kind, -1, 1);
        let (keys, text) = (StoredKeys::default(), Text::default());
        let now = Now { number, vid, ts: self.ts, deleted: true, keys, text, rows: Some(Vec::new()) };
        let change = Resource { kind: target.kind, before: Some(before), now: Some(now) };
        self.changes.put(target.rid, change);
        let name = (target.write.kind.clone(), target.write.id.clone());
        self.deleted.push((target.index, target.rid, name));
        let version = self.version(target, number, Method::Delete, Vec::new());
        Ok(Written { version, effect: Effect::Deleted })
    }

    /// Notes what a container, which was `before`, contains now.
    fn contain(
        &mut self,
        container: Container,
        before: Option<&Present>,
        parts: Parts<'a>,
    ) -> Result<(), StoreError> {
        let none = StoredKeys::default();
        let old = before.map_or(&none, |before| &before.keys);
        let Self { conn, dictionary, state, earlier, changes, .. } = self;
        contained::replace(conn, dictionary, state, (earlier, changes), (old, container, parts))
    }

    /// Notes a version that becomes the current one, and returns its number in the database.
    fn add_version(&mut self, target: &Target<'_>, number: i64) -> i64 {
        self.state.last_vid += 1;
        let (place, vid, ts) = ((self.place, target.index), self.state.last_vid, self.ts);
        self.changes.add_version(Added { place, vid, rid: target.rid, kind: target.kind, number, ts });
        vid
    }

    fn version(&self, target: &Target<'_>, number: i64, method: Method, body: Vec<u8>) -> Version {
        let (kind, id) = (target.write.kind.clone(), target.write.id.clone());
        Version { kind, id, version: number.unsigned_abs(), last_updated: self.ts, method, body }
    }

    /// Looks at the whole: references hold in the state after all writes.
    fn check_integrity(&mut self) -> Result<(), StoreError> {
        let Self { conn, dictionary, state, earlier, changes, required, deleted, .. } = self;
        integrity::check_references(conn, dictionary, state, (earlier, changes), required)?;
        integrity::check_deletions(conn, dictionary, state, (earlier, changes), deleted)
    }
}

/// The resource that a write is about.
struct Target<'a> {
    /// Index of the write in its set.
    index: usize,
    rid: i64,
    /// Type code.
    kind: i32,
    write: &'a Write,
}

impl Target<'_> {
    fn name(&self) -> (&str, &str) {
        (&self.write.kind, &self.write.id)
    }
}

fn check_expected(write: &Write, present: Option<&Present>) -> Result<(), StoreError> {
    let current = present.map_or(0, |present| present.number.unsigned_abs());
    let holds = match write.expected {
        Expected::Any => true,
        Expected::New => current == 0,
        Expected::Absent => present.is_none_or(|present| present.deleted),
        Expected::Version(number) => current == number,
    };
    if holds {
        return Ok(());
    }
    Err(StoreError::VersionConflict { kind: write.kind.clone(), id: write.id.clone(), current })
}

/// The answer to the deletion of a resource that is not there.
fn unchanged(write: &Write, present: Option<&Present>) -> Written {
    let (number, last_updated) = present.map_or((0, 0), |present| (present.number, present.ts));
    let (kind, id, version) = (write.kind.clone(), write.id.clone(), number.unsigned_abs());
    Written {
        version: Version { kind, id, version, last_updated, method: Method::Delete, body: Vec::new() },
        effect: Effect::Unchanged,
    }
}

/// Extracted keys of a resource of the type with the code `kind` as they are stored, and the words among them. References, and
/// the `links` besides, are resolved to numbers, given where there are none.
pub(super) fn stored_keys<'a>(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    kind: i32,
    keys: &'a SearchKeys,
    links: &[ReferenceKey],
) -> Result<(StoredKeys, Text<'a>), StoreError> {
    let references = keys.references.iter().chain(links).map(|key| {
        let target = state.identities.target(conn, dictionary, &key.target)?;
        Ok(ReferenceRow { parameter: key.parameter, target })
    });
    let references = references.collect::<Result<Vec<_>, StoreError>>()?;
    state.integrity.learn(&references);
    let text = Text::of(kind, keys);
    Ok((StoredKeys::new(keys, references, text.fingerprint()), text))
}

/// The keys that `current.keys` holds.
pub(super) fn decode(blob: &[u8]) -> Result<StoredKeys, StoreError> {
    StoredKeys::decode(blob).ok_or_else(|| StoreError::Database("damaged index keys in `current`".to_owned()))
}
