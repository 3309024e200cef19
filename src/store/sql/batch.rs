//! Many rows of one table.
//!
//! In SQLite a prepared statement for each row is the quickest. To PostgreSQL every statement is a way there and back, so all rows
//! go as one list for each column.

use super::connection::Conn;
use super::dialect::Dialect;
use super::statement::{Kind, Statement, Value};
use crate::store::StoreError;

/// A table as rows are written to it.
#[derive(Debug)]
pub(in crate::store) struct Table {
    pub(in crate::store) name: &'static str,
    pub(in crate::store) columns: &'static [Column],
}

/// A column of a table.
#[derive(Debug)]
pub(in crate::store) struct Column {
    pub(in crate::store) name: &'static str,
    pub(in crate::store) kind: Kind,
}

/// A column of integers.
pub(super) const fn integer(name: &'static str) -> Column {
    Column { name, kind: Kind::Integer }
}

/// A column of floating-point numbers.
pub(super) const fn real(name: &'static str) -> Column {
    Column { name, kind: Kind::Real }
}

/// A column of texts.
pub(super) const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text }
}

impl Table {
    fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    fn placeholders(&self) -> String {
        vec!["?"; self.columns.len()].join(", ")
    }

    fn insert(&self, dialect: Dialect) -> String {
        let (name, columns, values) = (self.name, self.names().join(", "), self.placeholders());
        match dialect {
            Dialect::Sqlite => format!("INSERT INTO {name} ({columns}) VALUES ({values})"),
            Dialect::Postgres => format!("INSERT INTO {name} ({columns}) SELECT * FROM unnest({values})"),
        }
    }

    /// Deletes rows by all their columns.
    fn delete(&self, dialect: Dialect) -> String {
        let name = self.name;
        let equal = |value: &dyn Fn(&str) -> String| {
            let parts = self.names().into_iter().map(|column| format!("t.{column} = {}", value(column)));
            parts.collect::<Vec<_>>().join(" AND ")
        };
        match dialect {
            Dialect::Sqlite => {
                format!("DELETE FROM {name} AS t WHERE {}", equal(&|_| "?".to_owned()))
            }
            Dialect::Postgres => format!(
                "DELETE FROM {name} AS t USING unnest({}) AS d ({}) WHERE {}",
                self.placeholders(),
                self.names().join(", "),
                equal(&|column| format!("d.{column}"))
            ),
        }
    }
}

/// Where rows are written.
pub(in crate::store) struct Batch<'a, 'c> {
    conn: &'a mut Conn<'c>,
}

impl<'a, 'c> Batch<'a, 'c> {
    pub(in crate::store) fn new(conn: &'a mut Conn<'c>) -> Self {
        Self { conn }
    }

    /// Adds rows, each with the values of all columns.
    pub(in crate::store) fn insert<'v>(
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
                let kinds = table.columns.iter().map(|column| column.kind);
                Statement::<()>::new(&text, Value::columns(kinds, rows)).execute(self.conn)?;
            }
        }
        Ok(())
    }
}
