//! The relational tables as analysts see them: resources are written through the store and read with SQL.

use diesel::connection::Connection;
use diesel::deserialize::FromSql;
use diesel::prelude::*;
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types::Text;
use diesel::sqlite::{Sqlite, SqliteConnection};
use fhir_model::{Body, Document};
use fhir_search::keys::SearchKeys;
use tempfile::TempDir;

use super::rows;
use crate::store::SqlStore;
use crate::store::sqlite::{self, Options};
use crate::store::{Change, Expected, Method, Prepared, Store, Write, WriteSet};

mod cost;
mod examples;
mod hostile;
mod lifecycle;
mod queries;
mod types;

/// A store in a folder that goes away with it.
struct Fixture {
    store: SqlStore,
    folder: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = sqlite::open(&folder.path().join("test.db"), &Options::default()).unwrap();
        Self { store, folder }
    }

    /// A store with these resources.
    fn with(resources: &[&str]) -> Self {
        let fixture = Self::new();
        fixture.put(resources);
        fixture
    }

    /// Writes resources in one transaction.
    fn put(&self, resources: &[&str]) {
        let writes = resources.iter().map(|resource| put(resource, true)).collect();
        self.store.write(WriteSet { writes, ..WriteSet::default() }).unwrap();
    }

    fn delete(&self, kind: &str, id: &str) {
        let write =
            Write { kind: kind.into(), id: id.into(), expected: Expected::Any, change: Change::Delete };
        self.store.write(WriteSet { writes: vec![write], ..WriteSet::default() }).unwrap();
    }

    /// A connection of the test's own.
    fn sql(&self) -> SqliteConnection {
        SqliteConnection::establish(self.folder.path().join("test.db").to_str().unwrap()).unwrap()
    }

    /// The result of a query: a text for each row, its values separated by ` | `, `-` for NULL.
    fn query(&self, sql: &str) -> Vec<String> {
        let rows = diesel::sql_query(sql).load::<Line>(&mut self.sql()).unwrap();
        rows.into_iter().map(|row| row.0).collect()
    }

    /// The rows of all relational tables, with ids for the numbers of resources so that databases can be compared.
    fn dump(&self) -> Vec<String> {
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name = 'patient' OR name LIKE 'patient_%' \
            OR name LIKE 'encounter%' OR name LIKE 'service_request%' OR name LIKE 'care_plan%') ORDER BY name";
        let tables = self.query(tables);
        assert_eq!(tables.len(), 23);
        let rows_of = |table: &String| {
            let columns = format!("SELECT name FROM pragma_table_info('{table}')");
            let references = format!("SELECT \"from\" FROM pragma_foreign_key_list('{table}')");
            let references = self.query(&references);
            let column = |name: &String| match references.contains(name) {
                true => format!("(SELECT fhir_id FROM resource_id AS i WHERE i.rid = t.{name})"),
                false => format!("t.{name}"),
            };
            let columns: Vec<String> = self.query(&columns).iter().map(column).collect();
            self.query(&format!("SELECT '{table}', {} FROM {table} AS t ORDER BY 2, 3", columns.join(", ")))
        };
        tables.iter().flat_map(rows_of).collect()
    }
}

const OWN_BASE_URL: &str = "https://westway.example.org/fhir";

/// A write of the resource in a JSON text, with or without its relational rows.
fn put(resource: &str, with_rows: bool) -> Write {
    let document = Document::parse(resource.to_owned()).unwrap();
    let root = document.root();
    let (kind, id) = (root.resource_type().unwrap(), root.get_str("id").unwrap());
    let prepared = Prepared {
        method: Method::Put,
        body: Body::new(root, id, None),
        keys: SearchKeys::default(),
        generation: 0,
        references: Vec::new(),
        rows: if with_rows { rows(root, &[OWN_BASE_URL.to_owned()]) } else { None },
    };
    let change = Change::Put(Box::new(prepared));
    Write { kind: kind.into(), id: id.into(), expected: Expected::Any, change }
}

/// A row of any query.
struct Line(String);

impl QueryableByName<Sqlite> for Line {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> diesel::deserialize::Result<Self> {
        let values = (0..row.field_count()).map(|index| {
            let field = Row::get(row, index).ok_or("no such column")?;
            if field.is_null() {
                return Ok("-".to_owned());
            }
            <String as FromSql<Text, Sqlite>>::from_nullable_sql(field.value())
        });
        Ok(Self(values.collect::<diesel::deserialize::Result<Vec<String>>>()?.join(" | ")))
    }
}
