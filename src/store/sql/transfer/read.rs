//! Pages of a table in the order of its primary key.

use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::query_dsl::RunQueryDsl as _;
use diesel::sql_types::{BigInt, Untyped};

use super::cells::{Cell, Cells};
use super::tables::{Column, Table};
use crate::store::StoreError;
use crate::store::sql::connection::Conn;
use crate::store::sql::statement::{Statement, Value};

/// Rows of a page, each with the values of the columns that both databases have.
pub(super) type Rows = Vec<Vec<Cell>>;

/// A page ends after so many rows,
pub(super) const PAGE_ROWS: i64 = 10_000;
/// or so many bytes.
const PAGE_BYTES: usize = 16 << 20;

/// Where a page ends: the primary key of its last row.
pub(super) type Place = Vec<Cell>;

impl Table {
    /// The rows behind a place; none at the end.
    pub(super) fn page(&self, conn: &mut Conn<'_>, after: Option<&[Cell]>) -> Result<Rows, StoreError> {
        let quoted = |name: &str| format!("\"{name}\"");
        let column = |column: &Column| match column.name.as_str() {
            // Nodes of the source are none of the target's; no node has the number 0.
            "node" => "CASE WHEN node IS NOT NULL THEN 0 END".to_owned(),
            name => quoted(name),
        };
        let columns: Vec<String> = self.shared().map(column).collect();
        let key: Vec<String> = self.key.iter().map(|(name, _)| quoted(name)).collect();
        let behind = after.map_or(String::new(), |after| {
            format!(" WHERE ({}) > ({})", key.join(", "), vec!["?"; after.len()].join(", "))
        });
        let text = format!(
            "SELECT {} FROM {}{behind} ORDER BY {} LIMIT ?",
            columns.join(", "),
            quoted(self.name),
            key.join(", ")
        );
        let mut values: Vec<Value<'_>> = after.unwrap_or_default().iter().map(Cell::value).collect();
        values.push(Value::Integer(PAGE_ROWS));
        load(conn, &text, values)
    }

    /// The place of a row.
    pub(super) fn place_of(&self, row: &[Cell]) -> Place {
        self.key.iter().filter_map(|(_, place)| row.get(*place).cloned()).collect()
    }

    /// How many rows it has.
    pub(super) fn count(&self, conn: &mut Conn<'_>) -> Result<u64, StoreError> {
        count(conn, self.name)
    }
}

/// How many rows a table has.
pub(super) fn count(conn: &mut Conn<'_>, table: &str) -> Result<u64, StoreError> {
    let text = format!("SELECT count(*) FROM \"{table}\"");
    Ok(Statement::<BigInt>::new(&text, Vec::new()).get_result::<i64>(conn)?.unsigned_abs())
}

/// The rows of a statement, as many as are a page.
pub(super) fn load(conn: &mut Conn<'_>, text: &str, values: Vec<Value<'_>>) -> Result<Rows, StoreError> {
    let statement = Statement::<Untyped>::new(text, values);
    let mut rows = Vec::new();
    let mut bytes = 0;
    let mut add = |Cells(row): Cells| {
        bytes += row.iter().map(Cell::size).sum::<usize>();
        rows.push(row);
        bytes < PAGE_BYTES
    };
    match conn {
        Conn::Sqlite(conn) => {
            for row in statement.load_iter::<Cells, DefaultLoadingMode>(&mut **conn)? {
                if !add(row?) {
                    break;
                }
            }
        }
        Conn::Postgres(conn) => {
            for row in statement.load_iter::<Cells, PgRowByRowLoadingMode>(&mut **conn)? {
                if !add(row?) {
                    break;
                }
            }
        }
    }
    Ok(rows)
}
