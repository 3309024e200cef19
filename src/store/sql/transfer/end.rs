//! The two ends of a transfer.

use std::fs::File;
use std::path::PathBuf;

use diesel::sql_types::{BigInt, Binary};

use super::TransferError;
use super::tables::Table;
use crate::store::sql::connection::{Conn, Link};
use crate::store::sql::dialect::Dialect;
use crate::store::sql::statement::Statement;
use crate::store::{StoreError, postgres, sqlite};

/// Where a store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a file of SQLite.
    Sqlite(PathBuf),
    /// In a database of PostgreSQL, by the url of libpq.
    Postgres(String),
}

/// A database at one end.
pub(super) struct End {
    link: Link,
    /// Held as long as it is open.
    _lock: Option<File>,
}

impl End {
    /// Opens the database to read from, and begins a transaction that sees one state of it.
    pub(super) fn source(place: &Place) -> Result<Self, StoreError> {
        let mut end = match place {
            Place::Sqlite(path) => {
                let (conn, lock) = sqlite::moving::open_source(path)?;
                Self { link: Link::Sqlite(Box::new(conn)), _lock: Some(lock) }
            }
            Place::Postgres(url) => {
                let conn = postgres::moving::open_source(url)?;
                Self { link: Link::Postgres(Box::new(conn)), _lock: None }
            }
        };
        let begin = match end.conn().dialect() {
            Dialect::Sqlite => "BEGIN",
            Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        end.conn().batch(begin)?;
        Ok(end)
    }

    /// Opens the database to write to.
    pub(super) fn target(place: &Place) -> Result<Self, StoreError> {
        Ok(match place {
            Place::Sqlite(path) => {
                let (conn, lock) = sqlite::moving::open_target(path)?;
                Self { link: Link::Sqlite(Box::new(conn)), _lock: Some(lock) }
            }
            Place::Postgres(url) => {
                let conn = postgres::moving::open_target(url)?;
                Self { link: Link::Postgres(Box::new(conn)), _lock: None }
            }
        })
    }

    pub(super) fn conn(&mut self) -> Conn<'_> {
        self.link.conn()
    }

    /// Whether other processes may write to it meanwhile.
    pub(super) fn is_in_use(&mut self) -> Result<bool, StoreError> {
        let mut conn = self.conn();
        Ok(conn.dialect() == Dialect::Postgres && postgres::moving::others(&mut conn)? > 0)
    }

    /// What tells the data of this database, as it is now, from others: a hash of its secret, and its last numbers.
    pub(super) fn mark(&mut self) -> Result<String, StoreError> {
        const SECRET: &str = "SELECT value FROM setting WHERE name = 'hash_key'";
        const LAST: &str = "SELECT (SELECT coalesce(max(vid), 0) FROM version), \
            (SELECT coalesce(max(rid), 0) FROM resource_id), \
            (SELECT CAST(coalesce(sum(versions), 0) AS bigint) FROM type_count), \
            (SELECT coalesce(max(updated), 0) FROM job)";
        type Last = (BigInt, BigInt, BigInt, BigInt);
        let mut conn = self.conn();
        let secrets = Statement::<Binary>::new(SECRET, Vec::new()).load::<Vec<u8>>(&mut conn)?;
        let secret = openssl::sha::sha256(&secrets.concat());
        let secret: String = secret.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let last = Statement::<Last>::new(LAST, Vec::new()).get_result::<(i64, i64, i64, i64)>(&mut conn)?;
        Ok(format!("{secret} {last:?}"))
    }

    /// Refuses a database in which there is anything but names and secrets of a new one.
    pub(super) fn require_empty(&mut self, tables: &[Table]) -> Result<(), TransferError> {
        const OF_NEW_ONES: [&str; 3] = ["setting", "resource_type", "search_parameter"];
        let mut conn = self.conn();
        for table in tables.iter().filter(|table| !OF_NEW_ONES.contains(&table.name)) {
            let text = format!("SELECT count(*) FROM (SELECT 1 FROM \"{}\" LIMIT 1) AS any_row", table.name);
            let rows = Statement::<BigInt>::new(&text, Vec::new()).get_result::<i64>(&mut conn);
            if rows.map_err(StoreError::from).map_err(super::of_target)? > 0 {
                return Err(TransferError::NotEmpty { table: table.name });
            }
        }
        Ok(())
    }

    /// Removes what rows are written faster without, and returns the statements that bring it back.
    pub(super) fn remove_indexes(conn: &mut Conn<'_>) -> Result<Vec<String>, StoreError> {
        match conn.dialect() {
            Dialect::Sqlite => sqlite::moving::remove_indexes(conn),
            Dialect::Postgres => postgres::moving::remove_indexes(conn),
        }
    }

    /// Does what is to be done when all is in.
    pub(super) fn settle(&mut self) -> Result<(), StoreError> {
        let mut conn = self.conn();
        match conn.dialect() {
            Dialect::Sqlite => sqlite::moving::settle(&mut conn),
            Dialect::Postgres => postgres::moving::settle(&mut conn),
        }
    }

    /// Leaves a target that is whole.
    pub(super) fn close(&mut self) -> Result<(), StoreError> {
        let mut conn = self.conn();
        match conn.dialect() {
            Dialect::Sqlite => sqlite::moving::close(&mut conn),
            Dialect::Postgres => Ok(()),
        }
    }
}
