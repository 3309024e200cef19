//! A database, and beside it what is in it.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Connection, SimpleConnection};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use fhir_model::{Body, Document};
use fhir_search::keys::SearchKeys;
use fhir_search::matches::{Indexed, Population};
use fhir_search::query::{Clause, Query, Sort};

use crate::store::postgres;
use crate::store::schema::resource_id;
use crate::store::sql::changes::Changes;
use crate::store::sql::connection::{Link, on};
use crate::store::sql::dictionary::Dictionary;
use crate::store::sql::{search, write_set};
use crate::store::sqlite::{functions, migration};
use crate::store::{
    Change, Cursor, Expected, Method, Prepared, SearchPage, StoreError, Version, Write, WriteSet,
};

/// One live resource.
pub(super) struct Known {
    pub(super) last_updated: i64,
    pub(super) keys: SearchKeys,
}

pub(super) struct World {
    pub(super) link: Link,
    pub(super) dictionary: Dictionary,
    /// The live resources by type and id.
    pub(super) live: BTreeMap<(Box<str>, Box<str>), Known>,
    state: write_set::State,
    now: i64,
}

impl World {
    pub(super) fn new() -> Self {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        migration::migrate(&mut conn).unwrap();
        functions::register(&mut conn).unwrap();
        Self::over(Link::Sqlite(Box::new(conn)))
    }

    /// A world in each database; in PostgreSQL, where everything takes longer, only once in a while.
    pub(super) fn often() -> Vec<Self> {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        let postgres = CALLS.fetch_add(1, Ordering::Relaxed).is_multiple_of(6);
        let postgres = if postgres { Self::in_postgres() } else { None };
        [Some(Self::new()), postgres].into_iter().flatten().collect()
    }

    /// A world in each database.
    pub(super) fn all() -> Vec<Self> {
        [Some(Self::new()), Self::in_postgres()].into_iter().flatten().collect()
    }

    /// A world in the database of this thread, from which all is gone that was there.
    fn in_postgres() -> Option<Self> {
        thread_local! {
            static URL: OnceCell<Option<String>> = const { OnceCell::new() };
        }
        let made = || {
            let url = test_postgres::cluster()?.create(None);
            postgres::migration::migrate(&mut postgres::connection::open_writer(&url).unwrap()).unwrap();
            Some(url)
        };
        let url = URL.with(|url| url.get_or_init(made).clone())?;
        let mut conn = postgres::connection::open_writer(&url).unwrap();
        let empty = "TRUNCATE resource_id, search_parameter, type_count, several_keys, resource_text, ix_token, ix_reference, \
            ix_date, ix_quantity, ix_string, ix_uri, ix_composite, ix_position CASCADE; \
            DELETE FROM resource_type WHERE code > 0;";
        conn.batch_execute(empty).unwrap();
        Some(Self::over(Link::Postgres(Box::new(conn))))
    }

    fn over(mut link: Link) -> Self {
        let dictionary = Dictionary::load(&mut link.conn()).unwrap();
        let state = write_set::State::load(&mut link.conn()).unwrap();
        Self { link, dictionary, live: BTreeMap::new(), state, now: 1_700_000_000_000_000 }
    }

    /// Gives a resource these keys, or deletes it.
    pub(super) fn set(&mut self, kind: &str, id: &str, keys: Option<SearchKeys>) {
        self.set_all(vec![(kind.into(), id.into(), keys)]);
    }

    /// The same for many different resources in one transaction, one millisecond after the one before.
    pub(super) fn set_all(&mut self, changes: Vec<(Box<str>, Box<str>, Option<SearchKeys>)>) {
        self.now += 1000;
        let writes = changes.iter().map(|(kind, id, keys)| Write {
            kind: kind.clone(),
            id: id.clone(),
            expected: Expected::Any,
            change: keys
                .clone()
                .map_or(Change::Delete, |keys| Change::Put(Box::new(prepared(kind, id, keys)))),
        });
        let set = WriteSet { writes: writes.collect(), ..WriteSet::default() };
        let Self { link, dictionary, state, now, .. } = self;
        let saved = link.conn().write_transaction(|conn| {
            state.begin_transaction();
            let nothing = Changes::default();
            let (written, changes) = write_set::apply(conn, dictionary, state, &nothing, (&set, 0), *now)?;
            changes.write(conn, dictionary, state, &[Some(Ok(written))])?;
            dictionary.save(conn)
        });
        dictionary.saved(&saved.unwrap());
        for (kind, id, keys) in changes {
            match keys {
                Some(keys) => self.live.insert((kind, id), Known { last_updated: self.now, keys }),
                None => self.live.remove(&(kind, id)),
            };
        }
    }

    pub(super) fn search(
        &mut self,
        query: &Query,
        cursor: Option<&Cursor>,
    ) -> Result<SearchPage, StoreError> {
        search::page(&mut self.link.conn(), &self.dictionary, query, cursor)
    }

    pub(super) fn rid(&mut self, kind: &str, id: &str) -> i64 {
        let found = resource_id::table
            .select(resource_id::rid)
            .filter(resource_id::kind.eq(self.dictionary.find_type(kind).unwrap()))
            .filter(resource_id::fhir_id.eq(id));
        let conn = &mut self.link.conn();
        on!(conn, found.get_result(conn)).unwrap()
    }
}

impl Population for World {
    fn find(&self, kind: &str, id: &str) -> Option<Indexed<'_>> {
        let ((kind, id), known) = self.live.get_key_value(&(kind.into(), id.into()))?;
        Some(Indexed { kind, id, last_updated: known.last_updated, keys: &known.keys })
    }

    fn of_type<'a>(&'a self, kind: &'a str) -> Box<dyn Iterator<Item = Indexed<'a>> + 'a> {
        let live = self.live.iter().filter(move |((known, _), _)| **known == *kind);
        Box::new(live.map(|((kind, id), known)| Indexed {
            kind,
            id,
            last_updated: known.last_updated,
            keys: &known.keys,
        }))
    }
}

/// The names (`Patient/1`) of resources.
pub(super) fn names<'a>(resources: impl IntoIterator<Item = &'a Version>) -> Vec<String> {
    resources.into_iter().map(|version| format!("{}/{}", version.kind, version.id)).collect()
}

fn prepared(kind: &str, id: &str, keys: SearchKeys) -> Prepared {
    let document = Document::parse(format!(r#"{{"resourceType":"{kind}"}}"#)).unwrap();
    let body = Body::new(document.root(), id, None);
    Prepared { method: Method::Put, body, keys, generation: 0, references: Vec::new(), rows: None }
}

/// A search of one type.
pub(super) fn query(kind: &str, clauses: Vec<Clause>, sort: Vec<Sort>, count: usize) -> Query {
    Query { sort, ..Query::matching(vec![kind.into()], clauses, count) }
}
