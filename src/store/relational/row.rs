//! Rows of the tables as values, in the order of their columns. The compiler sees to it that the columns exist and take the values.

use diesel::expression::Expression;
use diesel::sql_types::{BigInt, Bool, Double, Integer, Nullable, Text};
use fhir_search::keys::Target;

use super::Row;
use crate::store::StoreError;
use crate::store::sql::batch::{Column, Table};
use crate::store::sql::statement::{Kind, Value};

/// Where the rows of one resource are gathered.
pub(super) struct Gatherer<'a, 'n> {
    /// The resource.
    pub(super) rid: i64,
    /// Gives the number of what a reference points to.
    pub(super) number: &'n mut dyn FnMut(&Target) -> Result<i64, StoreError>,
    pub(super) rows: Vec<Row<'a>>,
}

impl<'a> Gatherer<'a, '_> {
    /// The number of what a reference points to.
    pub(super) fn number(&mut self, target: &Target) -> Result<i64, StoreError> {
        (self.number)(target)
    }

    /// The number of what a reference points to, if there is one.
    pub(super) fn number_of(&mut self, target: Option<&Target>) -> Result<Option<i64>, StoreError> {
        target.map(|target| self.number(target)).transpose()
    }

    /// Adds a row; `row!` and `rows!` call it.
    pub(super) fn add(&mut self, table: &'static Table, values: Vec<Value<'a>>) {
        self.rows.push(Row { table, values });
    }
}

/// Adds a row to `$table`: the resource itself, and the columns named with their values.
macro_rules! row {
    ($gatherer:ident, $table:ident { $($column:ident: $value:expr),* $(,)? }) => {{
        use $crate::store::relational::row::{cell, column};
        use $crate::store::sql::batch::Table;
        const TABLE: Table = Table {
            name: stringify!($table),
            columns: &[
                column::<$table::rid>("rid"),
                $(column::<$table::$column>(stringify!($column))),*
            ],
        };
        let values = vec![
            cell::<$table::rid, _>($gatherer.rid),
            $(cell::<$table::$column, _>($value)),*
        ];
        $gatherer.add(&TABLE, values);
    }};
}

/// Adds a row to `$table` for each of `$items`, numbered from 0.
macro_rules! rows {
    ($gatherer:ident, $table:ident, $items:expr, |$item:ident| { $($column:ident: $value:expr),* $(,)? }) => {
        for (position, $item) in (0_i32..).zip($items) {
            $crate::store::relational::row::row!($gatherer, $table {
                position: position,
                $($column: $value),*
            });
        }
    };
}

pub(super) use {row, rows};

/// A column as Diesel knows it.
pub(super) const fn column<C: Expression>(name: &'static str) -> Column
where
    C::SqlType: Stored,
{
    Column { name, kind: C::SqlType::KIND }
}

/// A value for a column.
pub(super) fn cell<'a, C: Expression, V: Cell<'a, C::SqlType>>(value: V) -> Value<'a> {
    value.value()
}

/// How values of an SQL type are bound.
pub(super) trait Stored {
    const KIND: Kind;
}

impl Stored for Bool {
    const KIND: Kind = Kind::Boolean;
}

impl Stored for Integer {
    const KIND: Kind = Kind::Integer;
}

impl Stored for BigInt {
    const KIND: Kind = Kind::Integer;
}

impl Stored for Double {
    const KIND: Kind = Kind::Real;
}

impl Stored for Text {
    const KIND: Kind = Kind::Text;
}

impl<T: Stored + diesel::sql_types::SqlType<IsNull = diesel::sql_types::is_nullable::NotNull>> Stored
    for Nullable<T>
{
    const KIND: Kind = T::KIND;
}

/// What a column of an SQL type takes.
pub(super) trait Cell<'a, SqlType> {
    fn value(self) -> Value<'a>;
}

impl<'a> Cell<'a, BigInt> for i64 {
    fn value(self) -> Value<'a> {
        Value::Integer(self)
    }
}

impl<'a> Cell<'a, Integer> for i32 {
    fn value(self) -> Value<'a> {
        Value::Integer(self.into())
    }
}

impl<'a> Cell<'a, Nullable<BigInt>> for Option<i64> {
    fn value(self) -> Value<'a> {
        self.map_or(Value::Null, Value::Integer)
    }
}

impl<'a> Cell<'a, Nullable<Integer>> for Option<i32> {
    fn value(self) -> Value<'a> {
        self.map_or(Value::Null, |value| Value::Integer(value.into()))
    }
}

impl<'a> Cell<'a, Nullable<Bool>> for Option<bool> {
    fn value(self) -> Value<'a> {
        self.map_or(Value::Null, Value::Boolean)
    }
}

impl<'a> Cell<'a, Nullable<Double>> for &'a Option<f64> {
    fn value(self) -> Value<'a> {
        self.as_ref().map_or(Value::Null, Value::Real)
    }
}

impl<'a> Cell<'a, Nullable<Text>> for &'a Option<String> {
    fn value(self) -> Value<'a> {
        self.as_deref().map_or(Value::Null, Value::text)
    }
}
