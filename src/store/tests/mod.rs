//! The store as its callers see it, on a real file and on a real server.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::sql_types::BigInt;
use diesel::sqlite::SqliteConnection;
use fhir_model::{Body, Document};
use fhir_search::keys::{DateKey, ReferenceKey, SearchKeys, StringKey, Target, TokenKey};
use fhir_search::parameters::ParameterId;
use tempfile::TempDir;

use super::sql::connection::Link;
use super::sql::statement::Statement;
use super::{postgres, sqlite};
use crate::store::{
    Change, Effect, Expected, LocalReference, Method, Prepared, SqlStore, Store, StoreError, Write, WriteSet,
    Written,
};

mod commit;
mod contained;
mod erase;
mod group;
mod history;
mod index;
mod integrity;
mod lifecycle;
mod nodes;
mod opening;
mod reindex;
mod schema;
mod throughput;
mod together;

/// A store on a database of its own.
struct Fixture {
    store: SqlStore,
    place: Place,
    clock: fn() -> SystemTime,
}

/// Where a database is.
enum Place {
    /// In a file of a folder that goes away with it.
    Folder(TempDir),
    /// In PostgreSQL, under this url.
    Postgres(String),
}

impl Place {
    fn sqlite() -> Self {
        Self::Folder(tempfile::tempdir().unwrap())
    }

    /// A copy of a database that was migrated once.
    fn postgres() -> Option<Self> {
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        let cluster = test_postgres::cluster()?;
        let template = TEMPLATE.get_or_init(|| {
            let url = cluster.create(None);
            postgres::migration::migrate(&mut postgres::connection::open_writer(&url).unwrap()).unwrap();
            url
        });
        Some(Self::Postgres(cluster.create(Some(template))))
    }

    fn open(&self, clock: fn() -> SystemTime) -> Result<SqlStore, StoreError> {
        match self {
            Self::Folder(folder) => {
                let options = sqlite::Options { readers: 4, clock, ..sqlite::Options::default() };
                sqlite::open(&folder.path().join("test.db"), &options)
            }
            Self::Postgres(url) => {
                postgres::open(url, &postgres::Options { readers: 4, clock, ..postgres::Options::default() })
            }
        }
    }
}

impl Fixture {
    /// A store on SQLite.
    fn new() -> Self {
        Self::at(Place::sqlite(), SystemTime::now)
    }

    /// A store on PostgreSQL, where that is installed.
    fn postgres() -> Option<Self> {
        Some(Self::at(Place::postgres()?, SystemTime::now))
    }

    /// A store on each database.
    fn all() -> Vec<Self> {
        Self::all_at(SystemTime::now)
    }

    /// The same; on PostgreSQL, where a new database takes longer, only once in a while.
    fn often() -> Vec<Self> {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        let postgres = CALLS.fetch_add(1, Ordering::Relaxed) % 16 < 2;
        if postgres { Self::all() } else { vec![Self::new()] }
    }

    /// Stores with a clock.
    fn all_at(clock: fn() -> SystemTime) -> Vec<Self> {
        let places = [Some(Place::sqlite()), Place::postgres()].into_iter().flatten();
        places.map(|place| Self::at(place, clock)).collect()
    }

    fn at(place: Place, clock: fn() -> SystemTime) -> Self {
        Self { store: place.open(clock).unwrap(), place, clock }
    }

    /// The database opened again.
    fn reopened(self) -> Self {
        let Self { store, place, clock } = self;
        drop(store);
        Self::at(place, clock)
    }

    fn write(&self, write: Write) -> Result<Written, StoreError> {
        let set = WriteSet { writes: vec![write], enforce_integrity: true, ..WriteSet::default() };
        self.store.write(set).map(|mut written| written.remove(0))
    }

    /// A connection of the test's own.
    fn link(&self) -> Link {
        match &self.place {
            Place::Folder(folder) => {
                let path = folder.path().join("test.db");
                Link::Sqlite(Box::new(SqliteConnection::establish(path.to_str().unwrap()).unwrap()))
            }
            Place::Postgres(url) => Link::Postgres(Box::new(PgConnection::establish(url).unwrap())),
        }
    }

    fn execute(&self, sql: &str) {
        match &mut self.link() {
            Link::Sqlite(conn) => conn.batch_execute(sql).unwrap(),
            Link::Postgres(conn) => conn.batch_execute(sql).unwrap(),
        }
    }

    /// The number of rows of a query that counts.
    fn count(&self, from: &str) -> i64 {
        let text = format!("SELECT count(*) FROM {from}");
        Statement::<BigInt>::new(&text, Vec::new()).get_result(&mut self.link().conn()).unwrap()
    }
}

fn body(kind: &str, id: &str) -> Body {
    let source = format!(r#"{{"resourceType":"{kind}","language":"cy"}}"#);
    Body::new(Document::parse(source).unwrap().root(), id, None)
}

fn prepared(kind: &str, id: &str) -> Prepared {
    Prepared {
        method: Method::Put,
        body: body(kind, id),
        keys: SearchKeys::default(),
        generation: 0,
        references: Vec::new(),
        rows: None,
    }
}

fn put_prepared(kind: &str, id: &str, prepared: Prepared) -> Write {
    let change = Change::Put(Box::new(prepared));
    Write { kind: kind.into(), id: id.into(), expected: Expected::Any, change }
}

fn put(kind: &str, id: &str) -> Write {
    put_prepared(kind, id, prepared(kind, id))
}

fn delete(kind: &str, id: &str) -> Write {
    Write { kind: kind.into(), id: id.into(), expected: Expected::Any, change: Change::Delete }
}

/// A write of a resource that refers to a patient, which must exist.
fn referring(kind: &str, id: &str, patient: &str) -> Write {
    let mut prepared = prepared(kind, id);
    let target = Target::Resource { kind: "Patient".into(), id: patient.into() };
    prepared.keys.references.push(ReferenceKey { parameter: ParameterId(7), target });
    let expression = format!("{kind}.subject");
    prepared.references.push(LocalReference { kind: "Patient".into(), id: patient.into(), expression });
    put_prepared(kind, id, prepared)
}
