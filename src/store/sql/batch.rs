//! Many rows of one table.
//!
//! In SQLite a prepared statement for each row is the quickest. To PostgreSQL every statement is a way there and back, so all rows
//! go as one list for each column.

use super::connection::Conn;
use super::dialect::Dialect;
use super::statement::{Statement, Value};
use crate::store::StoreError;

/// A table as rows are written to it.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
}

impl Table {
    fn placeholders(&self) -> String {
        vec!["?"; self.columns.len()].join(", ")
    }

    fn insert(&self, dialect: Dialect) -> String {
        let (name, columns, values) = (self.name, self.columns.join(", "), self.placeholders());
        match dialect {
            Dialect::Sqlite => format!("INSERT INTO {name} ({columns}) VALUES ({values})"),
            Dialect::Postgres => format!("INSERT INTO {name} ({columns}) SELECT * FROM unnest({values})"),
        }
    }

    /// Deletes rows by all their columns.
    fn delete(&self, dialect: Dialect) -> String {
        let name = self.name;
        let equal = |value: &dyn Fn(&str) -> String| {
            let parts = self.columns.iter().map(|column| format!("t.{column} = {}", value(column)));
            parts.collect::<Vec<_>>().join(" AND ")
        };
        match dialect {
            Dialect::Sqlite => {
                format!("DELETE FROM {name} AS t WHERE {}", equal(&|_| "?".to_owned()))
            }
            Dialect::Postgres => format!(
                "DELETE FROM {name} AS t USING unnest({}) AS d ({}) WHERE {}",
                self.placeholders(),
                self.columns.join(", "),
                equal(&|column| format!("d.{column}"))
            ),
        }
    }
}

/// Where rows are written.
pub(super) struct Batch<'a, 'c> {
    conn: &'a mut Conn<'c>,
}

impl<'a, 'c> Batch<'a, 'c> {
    pub(super) fn new(conn: &'a mut Conn<'c>) -> Self {
        Self { conn }
    }

    /// Adds rows, each with the values of all columns.
    pub(super) fn insert<'v>(
        &mut self,
        table: &Table,
        rows: impl ExactSizeIterator<Item = Vec<Value<'v>>>,
    ) -> Result<(), StoreError> {
        self.run(table, Table::insert, rows)
    }

    /// Removes rows, each given by the values of all columns.
    pub(super) fn delete<'v>(
        &mut self,
        table: &Table,
        rows: impl ExactSizeIterator<Item = Vec<Value<'v>>>,
    ) -> Result<(), StoreError> {
        self.run(table, Table::delete, rows)
    }

    fn run<'v>(
        &mut self,
        table: &Table,
        text: fn(&Table, Dialect) -> String,
        rows: impl ExactSizeIterator<Item = Vec<Value<'v>>>,
    ) -> Result<(), StoreError> {
        if rows.len() == 0 {
            return Ok(());
        }
        let dialect = self.conn.dialect();
        let text = text(table, dialect);
        match dialect {
            Dialect::Sqlite => {
                for values in rows {
                    Statement::<()>::new(&text, values).execute(self.conn)?;
                }
            }
            Dialect::Postgres => {
                Statement::<()>::new(&text, Value::columns(table.columns.len(), rows)).execute(self.conn)?;
            }
        }
        Ok(())
    }
}
