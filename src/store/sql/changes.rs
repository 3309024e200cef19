//! What sets of writes change, gathered in memory and written together: to a database on another machine each statement is a way
//! there and back, so there should be one for each table, not one for each resource.
//!
//! A set gathers its own changes. If it succeeds they are merged into those of its group, if it fails they are dropped. The
//! later sets of a group see the resources as the earlier ones left them ([`Changes::before`]).

use std::collections::BTreeMap;

use super::connection::Conn;
use super::dialect::Dialect;
use super::dictionary::Dictionary;
use super::index_rows::IndexChanges;
use super::known::Known;
use super::method;
use super::resource_text::{Text, TextChanges};
use super::statement::{Statement, Value};
use super::versions::{self, CurrentKeys, CurrentRow, NewVersion};
use super::write_set::State;
use crate::store::keys_blob::StoredKeys;
use crate::store::relational::{Row, RowChanges};
use crate::store::{StoreError, Written};

/// The answers to the sets of a group, as far as they are known. They hold the bodies of the versions that are to be written.
pub(super) type Answers = [Option<Result<Vec<Written>, StoreError>>];

/// Changes that are not in the database yet. They borrow from the sets that make them.
#[derive(Default)]
pub(super) struct Changes<'a> {
    /// In the order of their numbers.
    versions: Vec<Added>,
    /// By `rid`: each resource once, however many versions it gets.
    resources: BTreeMap<i64, Resource<'a>>,
    /// By type code: change of live resources, new versions.
    counts: BTreeMap<i32, (i64, i64)>,
}

/// A resource, or one contained in another, that changes.
pub(super) struct Resource<'a> {
    /// Type code.
    pub(super) kind: i32,
    /// As the tables have it.
    pub(super) before: Option<Present>,
    /// As it will be; `None` if nothing of it stays.
    pub(super) now: Option<Now<'a>>,
}

/// The newest version of a resource before a write.
#[derive(Clone, Debug)]
pub(super) struct Present {
    /// Type code.
    pub(super) kind: i32,
    pub(super) number: i64,
    pub(super) ts: i64,
    pub(super) deleted: bool,
    pub(super) keys: StoredKeys,
}

/// The newest version of a resource after a write.
pub(super) struct Now<'a> {
    pub(super) number: i64,
    pub(super) vid: i64,
    pub(super) ts: i64,
    pub(super) deleted: bool,
    pub(super) keys: StoredKeys,
    /// The words that `keys.text` stands for.
    pub(super) text: Text<'a>,
    /// Its relational form; `None` if that stays as it is.
    pub(super) rows: Option<Vec<Row<'a>>>,
}

/// A version that is added, besides what the answer to its write says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Added {
    /// Which set of the group, and which of its writes.
    pub(super) place: (usize, usize),
    pub(super) vid: i64,
    pub(super) rid: i64,
    /// Type code.
    pub(super) kind: i32,
    pub(super) number: i64,
    pub(super) ts: i64,
}

impl<'a> Changes<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }

    /// The version added last.
    pub(super) fn last_version(&self) -> Option<Added> {
        self.versions.last().copied()
    }

    pub(super) fn add_version(&mut self, version: Added) {
        self.versions.push(version);
    }

    /// Adds to the numbers of live resources and of versions of a type.
    pub(super) fn count(&mut self, kind: i32, live: i64, versions: i64) {
        let count = self.counts.entry(kind).or_default();
        count.0 += live;
        count.1 += versions;
    }

    /// A resource changes. If it has changed before, what the tables have of it stays the same.
    pub(super) fn put(&mut self, rid: i64, mut change: Resource<'a>) {
        match self.resources.get_mut(&rid) {
            Some(resource) => {
                if let (Some(earlier), Some(now)) = (&mut resource.now, &mut change.now) {
                    now.rows = now.rows.take().or(earlier.rows.take());
                }
                resource.now = change.now;
            }
            None => {
                self.resources.insert(rid, change);
            }
        }
    }

    /// Takes over the changes of a set that has succeeded.
    pub(super) fn merge(&mut self, set: Self) {
        if self.is_empty() && self.counts.is_empty() {
            *self = set;
            return;
        }
        self.versions.extend(set.versions);
        for (rid, change) in set.resources {
            self.put(rid, change);
        }
        for (kind, (live, versions)) in set.counts {
            self.count(kind, live, versions);
        }
    }

    /// The newest version of a resource, these changes included.
    pub(super) fn before(
        &self,
        conn: &mut Conn<'_>,
        known: &mut Known,
        rid: i64,
    ) -> Result<Option<Present>, StoreError> {
        let Some(resource) = self.resources.get(&rid) else { return known.present(conn, rid) };
        Ok(resource.now.as_ref().map(|now| Present {
            kind: resource.kind,
            number: now.number,
            ts: now.ts,
            deleted: now.deleted,
            keys: now.keys.clone(),
        }))
    }

    /// Whether a resource is live, if it is one of those that change.
    pub(super) fn is_live(&self, rid: i64) -> Option<bool> {
        let resource = self.resources.get(&rid)?;
        Some(resource.now.as_ref().is_some_and(|now| !now.deleted))
    }

    /// The resources that change, by their numbers.
    pub(super) fn resources(&self) -> impl Iterator<Item = (i64, &Resource<'a>)> {
        self.resources.iter().map(|(rid, resource)| (*rid, resource))
    }

    /// Whether resources of a type change.
    pub(super) fn concern_type(&self, kind: i32) -> bool {
        self.resources.values().any(|resource| resource.kind == kind)
    }

    /// Writes everything.
    pub(super) fn write(
        self,
        conn: &mut Conn<'_>,
        dictionary: &Dictionary,
        state: &mut State,
        answers: &Answers,
    ) -> Result<(), StoreError> {
        state.identities.save(conn)?;
        add_versions(conn, &self.versions, answers)?;
        let mut tables = Tables::new(conn.dialect(), dictionary);
        for (rid, resource) in self.resources {
            tables.add(rid, resource);
        }
        tables.write(conn, state)?;
        write_counts(conn, self.counts)
    }
}

fn add_versions(conn: &mut Conn<'_>, versions: &[Added], answers: &Answers) -> Result<(), StoreError> {
    let with_body = |added: &Added| {
        let (set, write) = added.place;
        let written = answers.get(set)?.as_ref()?.as_ref().ok()?.get(write)?;
        Some(NewVersion {
            vid: added.vid,
            rid: added.rid,
            kind: added.kind,
            number: added.number,
            ts: added.ts,
            method: method::code(written.version.method),
            body: &written.version.body,
        })
    };
    let rows: Vec<NewVersion<'_>> = versions.iter().filter_map(with_body).collect();
    if rows.len() != versions.len() {
        return Err(StoreError::Database("a version without a body".to_owned()));
    }
    versions::add(conn, &rows)
}

/// The changes by table.
struct Tables<'a, 'd> {
    dialect: Dialect,
    dictionary: &'d Dictionary,
    gone: Vec<i64>,
    current: Vec<CurrentRow>,
    index: IndexChanges,
    texts: TextChanges<'a>,
    rows: RowChanges<'a>,
}

impl<'a, 'd> Tables<'a, 'd> {
    fn new(dialect: Dialect, dictionary: &'d Dictionary) -> Self {
        Self {
            dialect,
            dictionary,
            gone: Vec::new(),
            current: Vec::new(),
            index: IndexChanges::default(),
            texts: TextChanges::default(),
            rows: RowChanges::default(),
        }
    }

    fn add(&mut self, rid: i64, resource: Resource<'a>) {
        let Resource { kind, before, now } = resource;
        let keeps_rows = now.as_ref().is_some_and(|now| now.rows.is_none());
        if !keeps_rows && before.as_ref().is_some_and(|before| !before.deleted) {
            self.rows.remove(&self.dictionary.type_name(kind), rid);
        }
        let was_there = before.is_some();
        let old = before.map(|before| before.keys).unwrap_or_default();
        let Some(Now { number, vid, ts, deleted, keys, text, rows }) = now else {
            if was_there {
                self.gone.push(rid);
            }
            self.texts.replace(rid, old.text, 0, Text::default());
            self.index.replace(rid, old, StoredKeys::default());
            return;
        };
        self.texts.replace(rid, old.text, keys.text, text);
        self.rows.add(rows.unwrap_or_default());
        let coded = CurrentKeys::new(&keys, self.dialect);
        self.current.push(CurrentRow { rid, kind, number, vid, ts, deleted, keys: coded });
        self.index.replace(rid, old, keys);
    }

    fn write(self, conn: &mut Conn<'_>, state: &mut State) -> Result<(), StoreError> {
        versions::remove_current(conn, &self.gone)?;
        versions::put_current(conn, &self.current)?;
        self.index.apply(conn, &mut state.several)?;
        self.rows.write(conn)?;
        self.texts.write(conn)?;
        state.known.note_written(self.gone, self.current);
        Ok(())
    }
}

/// Adds to the numbers of live resources and of versions of types.
fn write_counts(conn: &mut Conn<'_>, counts: BTreeMap<i32, (i64, i64)>) -> Result<(), StoreError> {
    const SQLITE: &str = "INSERT INTO type_count (type, live, versions) VALUES (?, ?, ?) ON CONFLICT (type) \
        DO UPDATE SET live = type_count.live + excluded.live, versions = type_count.versions + excluded.versions";
    const POSTGRES: &str = "INSERT INTO type_count (type, live, versions) SELECT * FROM unnest(?, ?, ?) \
        ON CONFLICT (type) DO UPDATE SET live = type_count.live + excluded.live, \
        versions = type_count.versions + excluded.versions";
    let counts = counts.into_iter().filter(|(_, count)| *count != (0, 0));
    let rows: Vec<[i64; 3]> =
        counts.map(|(kind, (live, versions))| [i64::from(kind), live, versions]).collect();
    match conn.dialect() {
        _ if rows.is_empty() => {}
        Dialect::Sqlite => {
            for row in rows {
                Statement::<()>::new(SQLITE, row.map(Value::Integer).to_vec()).execute(conn)?;
            }
        }
        Dialect::Postgres => {
            let values = versions::columns(rows.into_iter());
            Statement::<()>::new(POSTGRES, values).execute(conn)?;
        }
    }
    Ok(())
}
