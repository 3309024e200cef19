//! Rows of the index tables, inserted and deleted in the order of their tables.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use fhir_search::keys::{DateKey, StringKey, TokenKey, UriKey};

use super::statement::{Statement, Value};
use crate::store::StoreError;
use crate::store::keys_blob::{CompositeRow, PositionRow, QuantityRow, ReferenceRow, StoredKeys, difference};

/// The index rows that a set of writes removes and adds.
#[derive(Default)]
pub(super) struct IndexChanges {
    tokens: Changes<TokenKey>,
    references: Changes<ReferenceRow>,
    dates: Changes<DateKey>,
    quantities: Changes<QuantityRow>,
    strings: Changes<StringKey>,
    uris: Changes<UriKey>,
    composites: Changes<CompositeRow>,
    positions: Changes<PositionRow>,
    /// Date and reference parameters with several keys in one resource.
    several: BTreeSet<i32>,
}

impl IndexChanges {
    /// A resource had the keys `old` and has the keys `new` now. Once for each resource.
    pub(super) fn replace(&mut self, rid: i64, old: StoredKeys, new: StoredKeys) {
        self.several.extend(repeated(new.dates.iter().map(|key| key.parameter.0)));
        self.several.extend(repeated(new.references.iter().map(|key| key.parameter.0)));
        self.tokens.replace(rid, old.tokens, new.tokens);
        self.references.replace(rid, old.references, new.references);
        self.dates.replace(rid, old.dates, new.dates);
        self.quantities.replace(rid, old.quantities, new.quantities);
        self.strings.replace(rid, old.strings, new.strings);
        self.uris.replace(rid, old.uris, new.uris);
        self.composites.replace(rid, old.composites, new.composites);
        self.positions.replace(rid, old.positions, new.positions);
    }

    /// Writes the changes.
    pub(super) fn apply(self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        for parameter in &self.several {
            let text = "INSERT OR IGNORE INTO several_keys (parameter) VALUES (?)";
            Statement::<()>::new(text, vec![Value::Integer((*parameter).into())]).execute(conn)?;
        }
        self.tokens.apply(conn)?;
        self.references.apply(conn)?;
        self.dates.apply(conn)?;
        self.quantities.apply(conn)?;
        self.strings.apply(conn)?;
        self.uris.apply(conn)?;
        self.composites.apply(conn)?;
        self.positions.apply(conn)
    }
}

/// The numbers that are equal to the one before.
fn repeated(numbers: impl Iterator<Item = i32> + Clone) -> impl Iterator<Item = i32> {
    numbers.clone().zip(numbers.skip(1)).filter(|(one, next)| one == next).map(|(one, _)| one)
}

struct Changes<T> {
    removed: Vec<(T, i64)>,
    added: Vec<(T, i64)>,
}

impl<T> Default for Changes<T> {
    fn default() -> Self {
        Self { removed: Vec::new(), added: Vec::new() }
    }
}

impl<T: IndexRow> Changes<T> {
    fn replace(&mut self, rid: i64, old: Vec<T>, new: Vec<T>) {
        let (removed, added) = difference(old, new);
        self.removed.extend(removed.into_iter().map(|key| (key, rid)));
        self.added.extend(added.into_iter().map(|key| (key, rid)));
    }

    fn apply(mut self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        // In the order of the table, so that neighbours are written while their page is at hand.
        self.removed.sort_unstable();
        self.added.sort_unstable();
        for (key, rid) in &self.removed {
            Statement::<()>::new(T::DELETE, key.values(*rid)).execute(conn)?;
        }
        for (key, rid) in &self.added {
            Statement::<()>::new(T::INSERT, key.values(*rid)).execute(conn)?;
        }
        Ok(())
    }
}

/// A key as a row of its table.
trait IndexRow: Ord {
    const INSERT: &str;
    const DELETE: &str;
    /// The values of both statements.
    fn values(&self, rid: i64) -> Vec<Value<'_>>;
}

impl IndexRow for TokenKey {
    const INSERT: &str = "INSERT INTO ix_token (parameter, hash, rid) VALUES (?, ?, ?)";
    const DELETE: &str = "DELETE FROM ix_token WHERE parameter = ? AND hash = ? AND rid = ?";
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        vec![Value::Integer(self.parameter.0.into()), Value::Integer(self.hash), Value::Integer(rid)]
    }
}

impl IndexRow for ReferenceRow {
    const INSERT: &str = "INSERT INTO ix_reference (parameter, target, rid) VALUES (?, ?, ?)";
    const DELETE: &str = "DELETE FROM ix_reference WHERE parameter = ? AND target = ? AND rid = ?";
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        vec![Value::Integer(self.parameter.0.into()), Value::Integer(self.target), Value::Integer(rid)]
    }
}

impl IndexRow for DateKey {
    const INSERT: &str = "INSERT INTO ix_date (parameter, low, high, rid) VALUES (?, ?, ?, ?)";
    const DELETE: &str = "DELETE FROM ix_date WHERE parameter = ? AND low = ? AND high = ? AND rid = ?";
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        let parameter = Value::Integer(self.parameter.0.into());
        vec![parameter, Value::Integer(self.low), Value::Integer(self.high), Value::Integer(rid)]
    }
}

impl IndexRow for QuantityRow {
    const INSERT: &str = "INSERT INTO ix_quantity (parameter, unit, low, high, rid) VALUES (?, ?, ?, ?, ?)";
    const DELETE: &str =
        "DELETE FROM ix_quantity WHERE parameter = ? AND unit = ? AND low = ? AND high = ? AND rid = ?";
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        let (low, high) = (Value::Real(self.low.get()), Value::Real(self.high.get()));
        vec![
            Value::Integer(self.parameter.0.into()),
            Value::Integer(self.unit),
            low,
            high,
            Value::Integer(rid),
        ]
    }
}

impl IndexRow for StringKey {
    const INSERT: &str = "INSERT INTO ix_string (parameter, folded, exact, rid) VALUES (?, ?, ?, ?)";
    const DELETE: &str = "DELETE FROM ix_string WHERE parameter = ? AND folded = ? AND exact = ? AND rid = ?";
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        let parameter = Value::Integer(self.parameter.0.into());
        vec![parameter, Value::Text(&self.folded), Value::Integer(self.exact), Value::Integer(rid)]
    }
}

impl IndexRow for UriKey {
    const INSERT: &str = "INSERT INTO ix_uri (parameter, value, rid) VALUES (?, ?, ?)";
    const DELETE: &str = "DELETE FROM ix_uri WHERE parameter = ? AND value = ? AND rid = ?";
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        vec![Value::Integer(self.parameter.0.into()), Value::Text(&self.value), Value::Integer(rid)]
    }
}

impl IndexRow for CompositeRow {
    const INSERT: &str = "INSERT INTO ix_composite (parameter, hash, low, high, rid) VALUES (?, ?, ?, ?, ?)";
    const DELETE: &str =
        "DELETE FROM ix_composite WHERE parameter = ? AND hash = ? AND low = ? AND high = ? AND rid = ?";
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        let (low, high) = (Value::Real(self.low.get()), Value::Real(self.high.get()));
        vec![
            Value::Integer(self.parameter.0.into()),
            Value::Integer(self.hash),
            low,
            high,
            Value::Integer(rid),
        ]
    }
}

impl IndexRow for PositionRow {
    const INSERT: &str = "INSERT INTO ix_position (parameter, latitude, longitude, rid) VALUES (?, ?, ?, ?)";
    const DELETE: &str =
        "DELETE FROM ix_position WHERE parameter = ? AND latitude = ? AND longitude = ? AND rid = ?";
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        let (latitude, longitude) = (Value::Real(self.latitude.get()), Value::Real(self.longitude.get()));
        vec![Value::Integer(self.parameter.0.into()), latitude, longitude, Value::Integer(rid)]
    }
}
