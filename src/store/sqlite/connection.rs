//! Connections and their settings.

use std::path::Path;

use diesel::connection::{Connection, SimpleConnection};
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sqlite::SqliteConnection;

use super::{Options, functions};
use crate::store::StoreError;
use crate::store::sql::connection::{ReaderPool, Readers};

/// The log is moved into the database file at the latest when it has so many pages (256 MiB). A smaller log makes bulk writes
/// slower: the same pages are moved more often.
const LOG_PAGES: u32 = 32_768;

/// So much of the file is read through memory that is shared with the system's cache: all, up to what SQLite was built for.
const MAPPED_BYTES: u64 = 1 << 40;

/// The writer's connection. FULL: a commit returns when it is on disk.
pub(super) fn open_writer(path: &Path, cache_kib: u32) -> Result<SqliteConnection, StoreError> {
    let mut conn = SqliteConnection::establish(&url(path)?)?;
    // The page size and the mode are kept in the file; both do nothing on a database that has them.
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = 5000;
         PRAGMA page_size = 8192;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -{cache_kib};
         PRAGMA mmap_size = {MAPPED_BYTES};
         PRAGMA wal_autocheckpoint = {LOG_PAGES};"
    ))?;
    functions::register(&mut conn)?;
    Ok(conn)
}

/// The pool of readers, which can only read. Connections are opened when they are first needed.
pub(super) fn open_readers(path: &Path, options: &Options) -> Result<Readers, StoreError> {
    let pool = Pool::builder()
        .max_size(options.readers)
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(options.connection_timeout)
        .connection_customizer(Box::new(ReadOnly { cache_kib: options.reader_cache_kib }))
        .build(ConnectionManager::new(url(path)?))?;
    Ok(Readers::new(ReaderPool::Sqlite(pool)))
}

#[derive(Debug)]
struct ReadOnly {
    cache_kib: u32,
}

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for ReadOnly {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        conn.batch_execute(&format!(
            "PRAGMA busy_timeout = 5000;
             PRAGMA query_only = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -{};
             PRAGMA mmap_size = {MAPPED_BYTES};",
            self.cache_kib
        ))
        .and_then(|()| functions::register(conn))
        .map_err(diesel::r2d2::Error::QueryError)
    }
}

/// An absolute path, so that no name is taken for one of SQLite's own kinds of url.
pub(super) fn url(path: &Path) -> Result<String, StoreError> {
    let path = std::path::absolute(path).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let text = path.to_str().ok_or_else(|| StoreError::Unavailable("the path is not UTF-8".to_owned()))?;
    Ok(text.to_owned())
}
