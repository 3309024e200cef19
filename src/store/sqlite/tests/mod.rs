//! The store as its callers see it, on a real file.

use std::path::Path;

use diesel::connection::{Connection, SimpleConnection};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use fhir_model::{Body, Document};
use fhir_search::keys::{DateKey, ReferenceKey, SearchKeys, StringKey, Target, TokenKey};
use fhir_search::parameters::ParameterId;
use tempfile::TempDir;

use super::Options;
use crate::store::{
    Change, Effect, Expected, LocalReference, Method, Prepared, SqlStore, Store, StoreError, Write, WriteSet,
    Written, sqlite,
};

mod erase;
mod group;
mod history;
mod index;
mod integrity;
mod lifecycle;
mod opening;
mod reindex;
mod schema;
mod throughput;

/// A store in a folder that goes away with it.
struct Fixture {
    store: SqlStore,
    folder: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: open(folder.path()).unwrap(), folder }
    }

    fn write(&self, write: Write) -> Result<Written, StoreError> {
        let set = WriteSet { writes: vec![write], enforce_integrity: true, ..WriteSet::default() };
        self.store.write(set).map(|mut written| written.remove(0))
    }

    /// A connection of the test's own.
    fn sql(&self) -> SqliteConnection {
        SqliteConnection::establish(self.folder.path().join("test.db").to_str().unwrap()).unwrap()
    }

    /// The number of rows of a query that counts.
    fn count(&self, from: &str) -> i64 {
        let query = diesel::dsl::sql::<diesel::sql_types::BigInt>(&format!("SELECT count(*) FROM {from}"));
        query.get_result(&mut self.sql()).unwrap()
    }
}

fn open(folder: &Path) -> Result<SqlStore, StoreError> {
    sqlite::open(&folder.join("test.db"), &Options { readers: 4, ..Options::default() })
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
