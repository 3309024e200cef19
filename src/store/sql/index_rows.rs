//! Rows of the index tables, inserted and deleted in the order of their tables.

use std::collections::BTreeSet;

use fhir_search::keys::{DateKey, StringKey, TokenKey, UriKey};

use super::batch::{Batch, Table, integer, real, text};
use super::connection::Conn;
use super::dialect::list;
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

    /// Writes the changes. `several` are parameters that are known to be in their table.
    pub(super) fn apply(self, conn: &mut Conn<'_>, several: &mut BTreeSet<i32>) -> Result<(), StoreError> {
        let new: Vec<i32> = self.several.difference(several).copied().collect();
        if !new.is_empty() {
            // Without a condition SQLite would take ON for that of a join.
            let text = format!(
                "INSERT INTO several_keys (parameter) SELECT p.value FROM {} WHERE TRUE ON CONFLICT DO NOTHING",
                list("p")
            );
            let values = Value::integers(new.iter().map(|parameter| i64::from(*parameter)));
            Statement::<()>::new(&text, vec![values]).execute(conn)?;
            several.extend(new);
        }
        let mut batch = Batch::new(conn);
        self.tokens.apply(&mut batch)?;
        self.references.apply(&mut batch)?;
        self.dates.apply(&mut batch)?;
        self.quantities.apply(&mut batch)?;
        self.strings.apply(&mut batch)?;
        self.uris.apply(&mut batch)?;
        self.composites.apply(&mut batch)?;
        self.positions.apply(&mut batch)
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

    fn apply(mut self, batch: &mut Batch<'_, '_>) -> Result<(), StoreError> {
        // In the order of the table, so that neighbours are written while their page is at hand.
        self.removed.sort_unstable();
        self.added.sort_unstable();
        batch.delete(&T::TABLE, self.removed.iter().map(|(key, rid)| key.values(*rid)))?;
        batch.insert(&T::TABLE, self.added.iter().map(|(key, rid)| key.values(*rid)))
    }
}

/// A key as a row of its table.
trait IndexRow: Ord {
    const TABLE: Table;
    /// The values of its columns.
    fn values(&self, rid: i64) -> Vec<Value<'_>>;
}

impl IndexRow for TokenKey {
    const TABLE: Table =
        Table { name: "ix_token", columns: &[integer("parameter"), integer("hash"), integer("rid")] };
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        vec![Value::Integer(self.parameter.0.into()), Value::Integer(self.hash), Value::Integer(rid)]
    }
}

impl IndexRow for ReferenceRow {
    const TABLE: Table =
        Table { name: "ix_reference", columns: &[integer("parameter"), integer("target"), integer("rid")] };
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        vec![Value::Integer(self.parameter.0.into()), Value::Integer(self.target), Value::Integer(rid)]
    }
}

impl IndexRow for DateKey {
    const TABLE: Table = Table {
        name: "ix_date",
        columns: &[integer("parameter"), integer("low"), integer("high"), integer("rid")],
    };
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        let parameter = Value::Integer(self.parameter.0.into());
        vec![parameter, Value::Integer(self.low), Value::Integer(self.high), Value::Integer(rid)]
    }
}

impl IndexRow for QuantityRow {
    const TABLE: Table = Table {
        name: "ix_quantity",
        columns: &[integer("parameter"), integer("unit"), real("low"), real("high"), integer("rid")],
    };
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        let (parameter, unit) = (Value::Integer(self.parameter.0.into()), Value::Integer(self.unit));
        vec![parameter, unit, Value::Real(self.low.get()), Value::Real(self.high.get()), Value::Integer(rid)]
    }
}

impl IndexRow for StringKey {
    const TABLE: Table = Table {
        name: "ix_string",
        columns: &[integer("parameter"), text("folded"), integer("exact"), integer("rid")],
    };
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        let parameter = Value::Integer(self.parameter.0.into());
        vec![parameter, Value::text(&self.folded), Value::Integer(self.exact), Value::Integer(rid)]
    }
}

impl IndexRow for UriKey {
    const TABLE: Table =
        Table { name: "ix_uri", columns: &[integer("parameter"), text("value"), integer("rid")] };
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        vec![Value::Integer(self.parameter.0.into()), Value::key(&self.value), Value::Integer(rid)]
    }
}

impl IndexRow for CompositeRow {
    const TABLE: Table = Table {
        name: "ix_composite",
        columns: &[integer("parameter"), integer("hash"), real("low"), real("high"), integer("rid")],
    };
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        let (parameter, hash) = (Value::Integer(self.parameter.0.into()), Value::Integer(self.hash));
        vec![parameter, hash, Value::Real(self.low.get()), Value::Real(self.high.get()), Value::Integer(rid)]
    }
}

impl IndexRow for PositionRow {
    const TABLE: Table = Table {
        name: "ix_position",
        columns: &[integer("parameter"), real("latitude"), real("longitude"), integer("rid")],
    };
    fn values(&self, rid: i64) -> Vec<Value<'_>> {
        let (latitude, longitude) = (Value::Real(self.latitude.get()), Value::Real(self.longitude.get()));
        vec![Value::Integer(self.parameter.0.into()), latitude, longitude, Value::Integer(rid)]
    }
}
