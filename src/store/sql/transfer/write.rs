//! Rows written many at a time, with a note of how far the table is in the same transaction.

use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::result::{Error, QueryResult};
use diesel::sql_types::{BigInt, Binary, Double, Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::cells::Cell;
use super::copy_format::CopyData;
use super::state::Progress;
use super::tables::{COPY_WORDS, Table, WORDS};
use super::words::Words;
use crate::store::StoreError;
use crate::store::sql::connection::Conn;
use crate::store::sql::resource_text::terms;

/// Rows of one statement of SQLite.
const STATEMENT_ROWS: usize = 64;

/// Adds rows to a table.
pub(super) fn rows(conn: &mut Conn<'_>, table: &Table, rows: &[Vec<Cell>]) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(conn) => {
            let columns: Vec<String> = table.shared().map(|column| format!("\"{}\"", column.name)).collect();
            let start = format!("INSERT INTO \"{}\" ({}) VALUES ", table.name, columns.join(", "));
            insert(conn, &start, rows)
        }
        Conn::Postgres(conn) => {
            let mut data = CopyData::new();
            for row in rows {
                data.add(table, row)?;
            }
            (table.copy)(conn, &data.finish())
        }
    }
}

/// Adds the words of resources.
pub(super) fn words(conn: &mut Conn<'_>, words: &[Words]) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(conn) => {
            let text = |kind, words: &[String]| Cell::Text(terms(kind, words.iter().map(String::as_str)));
            let row = |words: &Words| {
                let (narrative, content) =
                    (text(words.kind, &words.narrative), text(words.kind, &words.content));
                vec![Cell::Integer(words.rid), narrative, content]
            };
            let rows: Vec<Vec<Cell>> = words.iter().map(row).collect();
            insert(conn, &format!("INSERT INTO {WORDS} (rowid, narrative, content) VALUES "), &rows)
        }
        Conn::Postgres(conn) => {
            let mut data = CopyData::new();
            for Words { rid, kind, narrative, content } in words {
                let all: Vec<&str> = narrative.iter().chain(content).map(String::as_str).collect();
                data.add_words(*rid, *kind, narrative, &all);
            }
            COPY_WORDS(conn, &data.finish())
        }
    }
}

/// Writes a page and how far its table is then, both or neither.
pub(super) fn page(
    conn: &mut Conn<'_>,
    table: &str,
    progress: &Progress,
    write: impl FnOnce(&mut Conn<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    conn.transaction(|conn| {
        write(conn)?;
        progress.save(conn, table)
    })
}

/// Full statements have one text, and so are prepared once; what is left goes row by row.
fn insert(conn: &mut SqliteConnection, start: &str, rows: &[Vec<Cell>]) -> Result<(), StoreError> {
    let full = rows.chunks_exact(STATEMENT_ROWS);
    let rest = full.remainder().chunks(1);
    for rows in full.chain(rest) {
        Insert { start, rows }.execute(conn)?;
    }
    Ok(())
}

struct Insert<'a> {
    start: &'a str,
    rows: &'a [Vec<Cell>],
}

impl QueryFragment<Sqlite> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        const NULL: Option<i64> = None;
        out.push_sql(self.start);
        for (row_place, row) in self.rows.iter().enumerate() {
            out.push_sql(if row_place == 0 { "(" } else { "), (" });
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    out.push_sql(", ");
                }
                match cell {
                    Cell::Null => out.push_bind_param::<Nullable<BigInt>, Option<i64>>(&NULL)?,
                    Cell::Integer(value) => out.push_bind_param::<BigInt, i64>(value)?,
                    Cell::Real(value) => out.push_bind_param::<Double, f64>(value)?,
                    Cell::Text(value) => out.push_bind_param::<Text, String>(value)?,
                    Cell::Blob(value) => out.push_bind_param::<Binary, Vec<u8>>(value)?,
                    Cell::Texts(_) => return Err(Error::QueryBuilderError("SQLite has no arrays".into())),
                }
            }
        }
        out.push_sql(")");
        Ok(())
    }
}

/// Diesel finds the prepared statement by its text.
impl QueryId for Insert<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<SqliteConnection> for Insert<'_> {}
