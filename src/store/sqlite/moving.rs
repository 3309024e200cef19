//! A file as one end of a move of all data.

use std::fs::File;
use std::path::Path;

use diesel::connection::{Connection, SimpleConnection};
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{connection, lock, migration};
use crate::store::StoreError;
use crate::store::sql::connection::Conn;
use crate::store::sql::statement::Statement;

/// What a path within a url of SQLite cannot have as it is.
const NOT_IN_PATHS: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'?').add(b'#');

const CACHE_KIB: u32 = 512 << 10;

/// Opens a file to read from; its lock says that no server writes to it. A file without a log is not even touched.
pub(in crate::store) fn open_source(path: &Path) -> Result<(SqliteConnection, File), StoreError> {
    if !path.is_file() {
        return Err(StoreError::Unavailable(format!("{} is not there", path.display())));
    }
    let lock = lock::acquire(path)?;
    let mut log = path.to_owned().into_os_string();
    log.push("-wal");
    let has_log = std::fs::metadata(log).is_ok_and(|log| log.len() > 0);
    let url = connection::url(path)?;
    let mut conn = if has_log {
        connection::open_writer(path, CACHE_KIB)?
    } else {
        let path = utf8_percent_encode(&url, NOT_IN_PATHS);
        SqliteConnection::establish(&format!("file:{path}?mode=ro&immutable=1"))?
    };
    conn.batch_execute("PRAGMA query_only = ON; PRAGMA mmap_size = 1099511627776;")?;
    migration::check(&mut conn)?;
    Ok((conn, lock))
}

/// Opens a file to write all data to. A power cut may lose the last pages, of which nothing else knows yet.
pub(in crate::store) fn open_target(path: &Path) -> Result<(SqliteConnection, File), StoreError> {
    let unavailable = |error: std::io::Error| StoreError::Unavailable(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unavailable)?;
    }
    let lock = lock::acquire(path)?;
    let mut conn = connection::open_writer(path, CACHE_KIB)?;
    migration::migrate(&mut conn)?;
    conn.batch_execute("PRAGMA foreign_keys = OFF; PRAGMA synchronous = NORMAL;")?;
    Ok((conn, lock))
}

/// Removes the indexes and returns the statements that make them again.
pub(in crate::store) fn remove_indexes(conn: &mut Conn<'_>) -> Result<Vec<String>, StoreError> {
    const INDEXES: &str = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
    let indexes = Statement::<(Text, Text)>::new(INDEXES, Vec::new()).load::<(String, String)>(conn)?;
    for (name, _) in &indexes {
        conn.batch(&format!("DROP INDEX \"{name}\""))?;
    }
    Ok(indexes.into_iter().map(|(_, sql)| sql).collect())
}

/// All is in: what the planner wants to know, and from now on nothing may be lost.
pub(in crate::store) fn settle(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    conn.batch("PRAGMA optimize; PRAGMA synchronous = FULL;")
}

/// Moves the log into the file.
pub(in crate::store) fn close(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    conn.batch("PRAGMA wal_checkpoint(TRUNCATE);")
}
