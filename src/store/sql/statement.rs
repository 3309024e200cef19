//! SQL text with its values, for what the typed query builder cannot prepare once and keep: upserts, rows of many kinds.

use std::borrow::Cow;
use std::io::Write;
use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::connection::Connection;
use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::query_dsl::methods::LoadQuery;
use diesel::result::{Error, QueryResult};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Double, HasSqlType, Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::connection::Conn;
use super::dialect::Dialect;

/// One statement. Its text has a `?` for each value and the places that differ in braces (see [`Dialect`]). It is prepared once for each connection, so the number of different
/// texts must be small. `Row` is the SQL type of its result rows.
pub(in crate::store) struct Statement<'a, Row = ()> {
    text: &'a str,
    values: Vec<Value<'a>>,
    row: PhantomData<Row>,
}

/// A bound value.
#[derive(Clone, Debug)]
pub(in crate::store) enum Value<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    Real(&'a f64),
    Text(Chars<'a>),
    Blob(&'a [u8]),
    List(List<'a>),
    /// A value of a `?` that only one of the databases has.
    Only(Dialect, Box<Value<'a>>),
}

/// Many values bound as one, so that a statement has one text however many there are: an array in PostgreSQL, JSON in SQLite.
#[derive(Clone, Debug)]
pub(in crate::store) enum List<'a> {
    Integers(Integers),
    Texts(Texts<'a>),
    /// Not in SQLite.
    Blobs(Vec<&'a [u8]>),
    /// A column of many rows. Not in SQLite.
    Column(Cells<'a>),
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    Boolean,
    Integer,
    Real,
    Text,
}

/// The values of a column, of which some may be missing.
#[derive(Clone, Debug)]
pub(in crate::store) enum Cells<'a> {
    Booleans(Vec<Option<bool>>),
    Integers(Vec<Option<i64>>),
    Reals(Vec<Option<f64>>),
    Texts(Vec<Option<Chars<'a>>>),
}

impl<'a> Cells<'a> {
    fn new(kind: Kind, rows: usize) -> Self {
        match kind {
            Kind::Boolean => Self::Booleans(Vec::with_capacity(rows)),
            Kind::Integer => Self::Integers(Vec::with_capacity(rows)),
            Kind::Real => Self::Reals(Vec::with_capacity(rows)),
            Kind::Text => Self::Texts(Vec::with_capacity(rows)),
        }
    }

    /// Adds a value; one of another kind is as good as none.
    fn push(&mut self, value: Value<'a>) {
        match self {
            Self::Booleans(cells) => cells.push(match value {
                Value::Boolean(value) => Some(value),
                _ => None,
            }),
            Self::Integers(cells) => cells.push(match value {
                Value::Integer(value) => Some(value),
                _ => None,
            }),
            Self::Reals(cells) => cells.push(match value {
                Value::Real(value) => Some(*value),
                _ => None,
            }),
            Self::Texts(cells) => cells.push(match value {
                Value::Text(text) => Some(text),
                _ => None,
            }),
        }
    }
}

/// A text as both databases take it.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Chars<'a> {
    text: &'a str,
    /// Whether it is a key of an index, where PostgreSQL takes some 2,700 bytes at most.
    is_key: bool,
}

impl<'a> Chars<'a> {
    /// The text for PostgreSQL: it has no zero in a text, and so gets the next character for it; of a long key it gets the
    /// beginning and a hash of the whole.
    pub(super) fn for_postgres(&self) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(self.text);
        if text.contains('\0') {
            text = Cow::Owned(text.replace('\0', "\u{1}"));
        }
        if self.is_key && text.len() > KEY_BYTES {
            let hash = openssl::sha::sha256(text.as_bytes());
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            let beginning = text.get(..text.floor_char_boundary(KEY_BYTES)).unwrap_or_default();
            text = Cow::Owned(format!("{beginning} {hash}"));
        }
        text
    }
}

/// The beginning of a long key that PostgreSQL gets.
const KEY_BYTES: usize = 1024;

/// Numbers in a list.
#[derive(Clone, Debug)]
pub(in crate::store) struct Integers(Vec<i64>);

/// Texts in a list.
#[derive(Clone, Debug)]
pub(in crate::store) struct Texts<'a>(Vec<Chars<'a>>);

impl<'a> Value<'a> {
    pub(in crate::store) fn text(text: &'a str) -> Self {
        Self::Text(Chars { text, is_key: false })
    }

    /// A text of any length that is a key of an index.
    pub(in crate::store) fn key(text: &'a str) -> Self {
        Self::Text(Chars { text, is_key: true })
    }

    pub(in crate::store) fn integers(values: impl IntoIterator<Item = i64>) -> Self {
        Self::List(List::Integers(Integers(values.into_iter().collect())))
    }

    pub(in crate::store) fn texts(values: impl IntoIterator<Item = &'a str>) -> Self {
        Self::List(List::Texts(Texts(values.into_iter().map(|text| Chars { text, is_key: false }).collect())))
    }

    /// The columns of rows as lists. Each row has a value for each of the `kinds`.
    pub(in crate::store) fn columns(
        kinds: impl Iterator<Item = Kind>,
        rows: impl ExactSizeIterator<Item = Vec<Self>>,
    ) -> Vec<Self> {
        let mut columns: Vec<Cells<'a>> = kinds.map(|kind| Cells::new(kind, rows.len())).collect();
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        columns.into_iter().map(|column| Self::List(List::Column(column))).collect()
    }

    /// Texts of any length that are keys of an index.
    pub(in crate::store) fn keys(values: impl IntoIterator<Item = &'a str>) -> Self {
        Self::List(List::Texts(Texts(values.into_iter().map(|text| Chars { text, is_key: true }).collect())))
    }

    pub(in crate::store) fn blobs(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self::List(List::Blobs(values.into_iter().collect()))
    }
}

impl ToSql<Text, Sqlite> for Chars<'_> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.text);
        Ok(IsNull::No)
    }
}

impl ToSql<Text, Pg> for Chars<'_> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.for_postgres().as_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<Text, Sqlite> for Integers {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        let values: Vec<String> = self.0.iter().map(i64::to_string).collect();
        out.set_value(format!("[{}]", values.join(",")));
        Ok(IsNull::No)
    }
}

impl ToSql<Text, Sqlite> for Texts<'_> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        let values: Vec<serde_json::Value> = self.0.iter().map(|chars| chars.text.into()).collect();
        out.set_value(serde_json::Value::from(values).to_string());
        Ok(IsNull::No)
    }
}

/// What the two databases have of their own.
trait Home: Backend {
    const DIALECT: Dialect;
    fn push_list<'b>(out: &mut AstPass<'_, 'b, Self>, list: &'b List<'_>) -> QueryResult<()>;
}

impl Home for Sqlite {
    const DIALECT: Dialect = Dialect::Sqlite;

    fn push_list<'b>(out: &mut AstPass<'_, 'b, Self>, list: &'b List<'_>) -> QueryResult<()> {
        match list {
            List::Integers(values) => out.push_bind_param::<Text, _>(values),
            List::Texts(values) => out.push_bind_param::<Text, _>(values),
            List::Blobs(_) | List::Column(_) => {
                Err(Error::QueryBuilderError("SQLite takes lists of integers and texts".into()))
            }
        }
    }
}

impl Home for Pg {
    const DIALECT: Dialect = Dialect::Postgres;

    fn push_list<'b>(out: &mut AstPass<'_, 'b, Self>, list: &'b List<'_>) -> QueryResult<()> {
        match list {
            List::Integers(values) => out.push_bind_param::<Array<BigInt>, _>(&values.0),
            List::Texts(values) => out.push_bind_param::<Array<Text>, _>(&values.0),
            List::Blobs(values) => out.push_bind_param::<Array<Binary>, _>(values),
            List::Column(Cells::Booleans(cells)) => out.push_bind_param::<Array<Nullable<Bool>>, _>(cells),
            List::Column(Cells::Integers(cells)) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(cells),
            List::Column(Cells::Reals(cells)) => out.push_bind_param::<Array<Nullable<Double>>, _>(cells),
            List::Column(Cells::Texts(cells)) => out.push_bind_param::<Array<Nullable<Text>>, _>(cells),
        }
    }
}

impl<'a, Row> Statement<'a, Row> {
    /// A statement with its values in the order of the `?`, of which the text has as many.
    pub(in crate::store) fn new(text: &'a str, values: Vec<Value<'a>>) -> Self {
        Self { text, values, row: PhantomData }
    }

    /// All rows of the result.
    pub(in crate::store) fn load<'query, T>(self, conn: &mut Conn<'_>) -> QueryResult<Vec<T>>
    where
        Self: LoadQuery<'query, SqliteConnection, T> + LoadQuery<'query, PgConnection, T>,
    {
        match conn {
            Conn::Sqlite(conn) => RunQueryDsl::load(self, &mut **conn),
            Conn::Postgres(conn) => RunQueryDsl::load(self, &mut **conn),
        }
    }

    /// The one row of the result.
    pub(in crate::store) fn get_result<'query, T>(self, conn: &mut Conn<'_>) -> QueryResult<T>
    where
        Self: LoadQuery<'query, SqliteConnection, T> + LoadQuery<'query, PgConnection, T>,
    {
        match conn {
            Conn::Sqlite(conn) => RunQueryDsl::get_result(self, &mut **conn),
            Conn::Postgres(conn) => RunQueryDsl::get_result(self, &mut **conn),
        }
    }
}

impl Statement<'_> {
    /// Runs it for its effect.
    pub(in crate::store) fn execute(self, conn: &mut Conn<'_>) -> QueryResult<usize> {
        match conn {
            Conn::Sqlite(conn) => RunQueryDsl::execute(self, &mut **conn),
            Conn::Postgres(conn) => RunQueryDsl::execute(self, &mut **conn),
        }
    }
}

impl<Row, DB> QueryFragment<DB> for Statement<'_, Row>
where
    DB: Home
        + HasSqlType<Bool>
        + HasSqlType<BigInt>
        + HasSqlType<Double>
        + HasSqlType<Text>
        + HasSqlType<Binary>,
    bool: ToSql<Bool, DB>,
    i64: ToSql<BigInt, DB>,
    f64: ToSql<Double, DB>,
    [u8]: ToSql<Binary, DB>,
    for<'c> Chars<'c>: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut values = self.values.iter().filter_map(|value| match value {
            Value::Only(dialect, value) => (*dialect == DB::DIALECT).then_some(&**value),
            value => Some(value),
        });
        let text = DB::DIALECT.read(self.text);
        let mut parts = text.split('?');
        if let Some(first) = parts.next() {
            out.push_sql(first);
        }
        for part in parts {
            match values.next() {
                Some(Value::Null) => out.push_bind_param::<Nullable<BigInt>, Option<i64>>(&None)?,
                Some(Value::Boolean(value)) => out.push_bind_param::<Bool, bool>(value)?,
                Some(Value::Integer(value)) => out.push_bind_param::<BigInt, _>(value)?,
                Some(Value::Real(value)) => out.push_bind_param::<Double, f64>(value)?,
                Some(Value::Text(value)) => out.push_bind_param::<Text, _>(value)?,
                Some(Value::Blob(value)) => out.push_bind_param::<Binary, [u8]>(value)?,
                Some(Value::List(list)) => DB::push_list(&mut out, list)?,
                Some(Value::Only(..)) | None => out.push_sql("NULL"),
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

impl<Row, C: Connection> RunQueryDsl<C> for Statement<'_, Row> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_key_is_cut_for_postgres_and_still_differs_from_others() {
        let long = |end: &str| format!("{}{end}", "é".repeat(2000));
        let key = |text: &str| Chars { text, is_key: true }.for_postgres().into_owned();
        assert_ne!(key(&long("a")), key(&long("b")));
        assert!(key(&long("a")).len() < 1200);
        assert_eq!(key("short"), "short");
        assert_eq!(Chars { text: &long("a"), is_key: false }.for_postgres(), long("a"));
        assert_eq!(key("a\0b"), "a\u{1}b");
    }
}
