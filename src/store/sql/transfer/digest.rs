//! What a table holds, as a number that is the same in both databases.

use std::fmt;

use super::cells::Cell;
use super::copy_format::{is_key, postgres_text};
use super::long_keys::is_shortened;
use super::read::{PAGE_ROWS, load};
use super::tables::Table;
use crate::store::StoreError;
use crate::store::sql::connection::Conn;
use crate::store::sql::dialect::Dialect;
use crate::store::sql::statement::Value;

/// The number of rows, and the sum of their hashes: the order of rows does not matter. Texts are taken in the form that PostgreSQL
/// has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// How many rows there are.
    pub rows: u64,
    sum: u128,
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows, {:032x}", self.rows, self.sum)
    }
}

impl Digest {
    /// Reads a table whole. `advance` is told of rows.
    pub(super) fn of(
        conn: &mut Conn<'_>,
        table: &Table,
        advance: &dyn Fn(usize),
    ) -> Result<Self, StoreError> {
        let dialect = conn.dialect();
        let keys: Vec<bool> = table.shared().map(|column| is_key(table.name, &column.name)).collect();
        let mut digest = Self::default();
        let mut after = None;
        loop {
            let rows = table.page(conn, after.as_deref())?;
            let Some(last) = rows.last() else { return Ok(digest) };
            after = Some(table.place_of(last));
            for row in &rows {
                digest.add(dialect, row, &keys);
            }
            advance(rows.len());
        }
    }

    /// Which resources have words.
    pub(super) fn of_words(conn: &mut Conn<'_>) -> Result<Self, StoreError> {
        const NUMBERS: &str =
            "SELECT {rowid|rid} FROM resource_text WHERE {rowid|rid} > ? ORDER BY 1 LIMIT ?";
        let (dialect, mut digest, mut after) = (conn.dialect(), Self::default(), 0);
        loop {
            let rows = load(conn, NUMBERS, vec![Value::Integer(after), Value::Integer(PAGE_ROWS)])?;
            let Some(last) = rows.last().and_then(|row| row.first()) else { return Ok(digest) };
            after = last.integer();
            for row in &rows {
                digest.add(dialect, row, &[false]);
            }
        }
    }

    fn add(&mut self, dialect: Dialect, row: &[Cell], keys: &[bool]) {
        let mut hash = openssl::sha::Sha256::new();
        for (cell, is_key) in row.iter().zip(keys) {
            add_cell(&mut hash, dialect, cell, *is_key);
        }
        self.rows += 1;
        let [half, _] = halves(hash.finish());
        self.sum = self.sum.wrapping_add(half);
    }
}

fn halves(hash: [u8; 32]) -> [u128; 2] {
    let (first, second) = hash.split_at(16);
    [first, second].map(|half| half.try_into().map_or(0, u128::from_be_bytes))
}

/// Each value begins with what it is; those of any length tell it.
fn add_cell(hash: &mut openssl::sha::Sha256, dialect: Dialect, cell: &Cell, is_key: bool) {
    let mut sized = |tag: u8, bytes: &[u8]| {
        hash.update(&[tag]);
        hash.update(&(bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    match cell {
        Cell::Null => hash.update(&[0]),
        Cell::Integer(value) => sized(1, &value.to_be_bytes()),
        // There is one zero.
        Cell::Real(value) => sized(2, &(value + 0.0).to_bits().to_be_bytes()),
        Cell::Text(text) if dialect == Dialect::Sqlite && !is_shortened(text) => {
            sized(3, postgres_text(text, is_key).as_bytes());
        }
        Cell::Text(text) => sized(3, text.as_bytes()),
        Cell::Blob(bytes) => sized(4, bytes),
        Cell::Texts(texts) => texts.iter().for_each(|text| sized(5, text.as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(dialect: Dialect, rows: &[Vec<Cell>]) -> Digest {
        let mut digest = Digest::default();
        for row in rows {
            digest.add(dialect, row, &[false, true]);
        }
        digest
    }

    #[test]
    fn the_order_of_rows_does_not_matter_and_every_value_does() {
        let row = |number, text: &str| vec![Cell::Integer(number), Cell::Text(text.to_owned())];
        let one = digest(Dialect::Sqlite, &[row(1, "a"), row(2, "b")]);
        assert_eq!(one, digest(Dialect::Postgres, &[row(2, "b"), row(1, "a")]));
        for other in [[row(1, "b"), row(2, "a")], [row(1, "a"), row(2, "c")], [row(1, "a"), row(1, "a")]] {
            assert_ne!(one, digest(Dialect::Postgres, &other));
        }
        assert_ne!(one, digest(Dialect::Postgres, &[row(1, "a")]));
    }

    #[test]
    fn a_long_key_counts_as_postgres_has_it() {
        let long = "x".repeat(5000);
        let row = |text: &str| vec![Cell::Null, Cell::Text(text.to_owned())];
        let cut = postgres_text(&long, true);
        assert_eq!(digest(Dialect::Sqlite, &[row(&long)]), digest(Dialect::Postgres, &[row(&cut)]));
        // What could not be restored.
        assert_eq!(digest(Dialect::Sqlite, &[row(&cut)]), digest(Dialect::Postgres, &[row(&cut)]));
    }
}
