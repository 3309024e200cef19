//! SQL text with its values, for what the typed query builder cannot prepare once and keep: upserts, rows of many kinds.

use std::marker::PhantomData;

use diesel::connection::Connection;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Binary, Double, Text};
use diesel::sqlite::Sqlite;

/// One statement. Its text has a `?` for each value, and is prepared once for each connection, so the number of different
/// texts must be small. `Row` is the SQL type of its result rows.
pub(in crate::store) struct Statement<'a, Row = ()> {
    text: &'a str,
    values: Vec<Value<'a>>,
    row: PhantomData<Row>,
}

/// A bound value.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Value<'a> {
    Integer(i64),
    Real(&'a f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl<'a, Row> Statement<'a, Row> {
    /// A statement with its values in the order of the `?`, of which the text has as many.
    pub(in crate::store) fn new(text: &'a str, values: Vec<Value<'a>>) -> Self {
        Self { text, values, row: PhantomData }
    }
}

impl<Row> QueryFragment<Sqlite> for Statement<'_, Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let mut values = self.values.iter();
        let mut parts = self.text.split('?');
        if let Some(first) = parts.next() {
            out.push_sql(first);
        }
        for part in parts {
            match values.next() {
                Some(Value::Integer(value)) => out.push_bind_param::<BigInt, _>(value)?,
                Some(Value::Real(value)) => out.push_bind_param::<Double, f64>(value)?,
                Some(Value::Text(value)) => out.push_bind_param::<Text, str>(value)?,
                Some(Value::Blob(value)) => out.push_bind_param::<Binary, [u8]>(value)?,
                None => out.push_sql("NULL"),
            }
            out.push_sql(part);
        }
        Ok(())
    }
}

/// Diesel finds the prepared statement by its text.
impl<Row> QueryId for Statement<'_, Row> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row> Query for Statement<'_, Row> {
    type SqlType = Row;
}

impl<Row, Conn: Connection> RunQueryDsl<Conn> for Statement<'_, Row> {}
