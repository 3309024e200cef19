//! Rows of any table, read without knowing its columns.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::Pg;
use diesel::row::{Field, Row};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Double, Integer, Text, Untyped};
use diesel::sqlite::{Sqlite, SqliteType};
use serde::{Deserialize, Serialize};

use crate::store::sql::statement::Value;

/// A value as both databases have it. Booleans are 0 and 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Real(#[serde(with = "bits")] f64),
    Text(String),
    Blob(Vec<u8>),
    /// In PostgreSQL only.
    Texts(Vec<String>),
}

/// Floating-point numbers as their bits: JSON has no infinity.
mod bits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        value.to_bits().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        u64::deserialize(deserializer).map(f64::from_bits)
    }
}

/// The values of a row in the order of the statement.
pub(super) struct Cells(pub(super) Vec<Cell>);

impl Cell {
    /// The value to compare a key with.
    pub(super) fn value(&self) -> Value<'_> {
        match self {
            Self::Integer(value) => Value::Integer(*value),
            Self::Real(value) => Value::Real(value),
            Self::Text(value) => Value::text(value),
            Self::Blob(value) => Value::Blob(value),
            // No key has one of these.
            Self::Null | Self::Texts(_) => Value::Integer(0),
        }
    }

    pub(super) fn integer(&self) -> i64 {
        if let Self::Integer(value) = self { *value } else { 0 }
    }

    pub(super) fn blob(&self) -> &[u8] {
        if let Self::Blob(value) = self { value } else { &[] }
    }

    /// About so many bytes are held.
    pub(super) fn size(&self) -> usize {
        let held = match self {
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
            Self::Texts(texts) => texts.iter().map(|text| text.len() + size_of::<String>()).sum(),
            Self::Null | Self::Integer(_) | Self::Real(_) => 0,
        };
        held + size_of::<Self>()
    }
}

impl FromSqlRow<Untyped, Sqlite> for Cells {
    fn build_from_row<'a>(row: &impl Row<'a, Sqlite>) -> deserialize::Result<Self> {
        let mut cells = Vec::with_capacity(row.field_count());
        for index in 0..row.field_count() {
            let field = row.get(index).ok_or("a column is missing")?;
            let Some(value) = field.value() else {
                cells.push(Cell::Null);
                continue;
            };
            cells.push(match value.value_type() {
                None => Cell::Null,
                Some(SqliteType::Text) => Cell::Text(FromSql::<Text, Sqlite>::from_sql(value)?),
                Some(SqliteType::Binary) => Cell::Blob(FromSql::<Binary, Sqlite>::from_sql(value)?),
                Some(SqliteType::Double | SqliteType::Float) => {
                    Cell::Real(FromSql::<Double, Sqlite>::from_sql(value)?)
                }
                Some(_) => Cell::Integer(FromSql::<BigInt, Sqlite>::from_sql(value)?),
            });
        }
        Ok(Self(cells))
    }
}

/// The numbers that PostgreSQL has for its types.
mod oid {
    pub(super) const BOOLEAN: u32 = 16;
    pub(super) const BYTEA: u32 = 17;
    pub(super) const BIGINT: u32 = 20;
    pub(super) const INTEGER: u32 = 23;
    pub(super) const DOUBLE: u32 = 701;
    pub(super) const TEXTS: u32 = 1009;
}

impl FromSqlRow<Untyped, Pg> for Cells {
    fn build_from_row<'a>(row: &impl Row<'a, Pg>) -> deserialize::Result<Self> {
        let mut cells = Vec::with_capacity(row.field_count());
        for index in 0..row.field_count() {
            let field = row.get(index).ok_or("a column is missing")?;
            let Some(value) = field.value() else {
                cells.push(Cell::Null);
                continue;
            };
            cells.push(match value.get_oid().get() {
                oid::BOOLEAN => Cell::Integer(i64::from(<bool as FromSql<Bool, Pg>>::from_sql(value)?)),
                oid::BYTEA => Cell::Blob(FromSql::<Binary, Pg>::from_sql(value)?),
                oid::BIGINT => Cell::Integer(FromSql::<BigInt, Pg>::from_sql(value)?),
                oid::INTEGER => Cell::Integer(i64::from(<i32 as FromSql<Integer, Pg>>::from_sql(value)?)),
                oid::DOUBLE => Cell::Real(FromSql::<Double, Pg>::from_sql(value)?),
                oid::TEXTS => Cell::Texts(FromSql::<Array<Text>, Pg>::from_sql(value)?),
                _ => Cell::Text(FromSql::<Text, Pg>::from_sql(value)?),
            });
        }
        Ok(Self(cells))
    }
}
