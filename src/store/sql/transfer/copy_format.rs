//! Rows in the binary form that PostgreSQL's `COPY` takes.

use super::cells::Cell;
use super::tables::{Kind, Table};
use crate::store::StoreError;
use crate::store::keys_blob::StoredKeys;
use crate::store::sql::statement::Value;
use crate::store::sql::versions::sort_texts;

/// The numbers of the types of elements of arrays.
const INTEGER: u32 = 23;
const TEXT: u32 = 25;

/// Rows of one table.
pub(super) struct CopyData {
    bytes: Vec<u8>,
}

impl CopyData {
    pub(super) fn new() -> Self {
        let mut bytes = b"PGCOPY\n\xff\r\n\0".to_vec();
        // No flags and no extension.
        bytes.extend_from_slice(&[0; 8]);
        Self { bytes }
    }

    /// Adds a row that has the values of the columns that both databases have.
    pub(super) fn add(&mut self, table: &Table, row: &[Cell]) -> Result<(), StoreError> {
        let keys = table.place("keys").and_then(|place| row.get(place)).map(Cell::blob);
        let keys = || {
            keys.and_then(StoredKeys::decode)
                .ok_or_else(|| StoreError::Database(format!("damaged keys in {}", table.name)))
        };
        self.count(table.columns.len());
        for (place, column) in table.columns.iter().enumerate() {
            match column.kind {
                Kind::Parameters => {
                    self.array(INTEGER, keys()?.parameters(), |out, value| out.extend(value.to_be_bytes()));
                }
                Kind::SortTexts => {
                    let texts = sort_texts(&keys()?);
                    self.value(|out| {
                        // The version of the form.
                        out.push(1);
                        out.extend_from_slice(texts.as_bytes());
                    });
                }
                kind => self.cell(kind, is_key(table.name, &column.name), row.get(place))?,
            }
        }
        Ok(())
    }

    /// Adds a row of `resource_text`: the resource, its type, and the words of its narrative and of all.
    pub(super) fn add_words(&mut self, rid: i64, kind: i32, narrative: &[String], all: &[&str]) {
        self.count(4);
        self.value(|out| out.extend(rid.to_be_bytes()));
        self.value(|out| out.extend(kind.to_be_bytes()));
        self.array(TEXT, narrative, |out, word| out.extend_from_slice(word.as_bytes()));
        self.array(TEXT, all, |out, word| out.extend_from_slice(word.as_bytes()));
    }

    /// The whole, with its end.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.extend((-1_i16).to_be_bytes());
        self.bytes
    }

    fn count(&mut self, columns: usize) {
        self.bytes.extend(i16::try_from(columns).unwrap_or(i16::MAX).to_be_bytes());
    }

    fn cell(&mut self, kind: Kind, is_key: bool, cell: Option<&Cell>) -> Result<(), StoreError> {
        match (kind, cell) {
            (_, None | Some(Cell::Null)) => self.bytes.extend((-1_i32).to_be_bytes()),
            (Kind::Integer, Some(Cell::Integer(value))) => {
                let value = i32::try_from(*value).map_err(|error| StoreError::Database(error.to_string()))?;
                self.value(|out| out.extend(value.to_be_bytes()));
            }
            (Kind::BigInteger, Some(Cell::Integer(value))) => {
                self.value(|out| out.extend(value.to_be_bytes()));
            }
            (Kind::Boolean, Some(Cell::Integer(value))) => self.value(|out| out.push(u8::from(*value != 0))),
            (Kind::Real, Some(Cell::Real(value))) => self.value(|out| out.extend(value.to_be_bytes())),
            (Kind::Text, Some(Cell::Text(text))) => {
                let text = postgres_text(text, is_key);
                self.value(|out| out.extend_from_slice(text.as_bytes()));
            }
            (Kind::Bytes, Some(Cell::Blob(bytes))) => self.value(|out| out.extend_from_slice(bytes)),
            (kind, Some(cell)) => {
                let unfit = format!("{kind:?} cannot hold {cell:?}");
                return Err(StoreError::Database(unfit));
            }
        }
        Ok(())
    }

    fn array<T>(
        &mut self,
        element: u32,
        values: impl IntoIterator<Item = T>,
        write: impl Fn(&mut Vec<u8>, T),
    ) {
        self.value(|out| {
            let mut elements = Vec::new();
            let mut count = 0_i32;
            for value in values {
                count += 1;
                framed(&mut elements, |out| write(out, value));
            }
            // Dimensions, whether there are NULLs, the type; for each dimension its length and its first index.
            out.extend(i32::from(count > 0).to_be_bytes());
            out.extend(0_i32.to_be_bytes());
            out.extend(element.to_be_bytes());
            if count > 0 {
                out.extend(count.to_be_bytes());
                out.extend(1_i32.to_be_bytes());
            }
            out.append(&mut elements);
        });
    }

    fn value(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        framed(&mut self.bytes, write);
    }
}

/// What `write` adds, with its length before it.
fn framed(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 4]);
    write(out);
    let length = i32::try_from(out.len() - start - 4).unwrap_or(i32::MAX);
    if let Some(frame) = out.get_mut(start..start + 4) {
        frame.copy_from_slice(&length.to_be_bytes());
    }
}

/// Whether a text is a key of an index, of which PostgreSQL takes no long ones.
pub(super) fn is_key(table: &str, column: &str) -> bool {
    matches!((table, column), ("ix_uri", "value") | ("resource_id", "fhir_id"))
}

/// A text of SQLite as PostgreSQL has it.
pub(super) fn postgres_text(text: &str, is_key: bool) -> std::borrow::Cow<'_, str> {
    let value = if is_key { Value::key(text) } else { Value::text(text) };
    if let Value::Text(chars) = value { chars.for_postgres() } else { text.into() }
}
