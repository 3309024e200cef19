//! The database in one SQLite file: one thread writes, a pool of connections reads.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use diesel::connection::SimpleConnection;

use super::StoreError;
use super::nodes::{Alone, Nodes};
use super::sql::SqlStore;
use super::sql::backend::{Backend, Definitions};
use super::sql::connection::{Conn, Link};
use super::sql::dictionary::Dictionary;
use super::sql::write_set::State;

pub(in crate::store) mod connection;
pub(in crate::store) mod functions;
mod lock;
pub(in crate::store) mod migration;
pub(in crate::store) mod moving;

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections that read, each used by one request at a time.
    pub readers: u32,
    /// How long a request waits for one of them.
    pub connection_timeout: Duration,
    /// Page cache of each reader, KiB. (Pages come from a memory map of the file, shared by all.)
    pub reader_cache_kib: u32,
    /// Page cache of the writer, KiB.
    pub writer_cache_kib: u32,
    /// Tells the time of writes.
    pub clock: fn() -> SystemTime,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 16,
            connection_timeout: Duration::from_secs(10),
            reader_cache_kib: 2 << 10,
            writer_cache_kib: 64 << 10,
            clock: SystemTime::now,
        }
    }
}

/// Opens the database file at `path`, made if it is not there, and brings its schema up to date.
///
/// # Errors
/// [`StoreError::NewerSchema`] for a database of a newer program, [`StoreError::Unavailable`] if another process has it open
/// or the file cannot be opened.
pub fn open(path: &Path, options: &Options) -> Result<SqlStore, StoreError> {
    let lock = lock::acquire(path)?;
    let mut conn = connection::open_writer(path, options.writer_cache_kib)?;
    migration::migrate(&mut conn)?;
    drop(conn);
    let readers = connection::open_readers(path, options)?;
    let nodes = Alone::new()?;
    let backend =
        SqliteFile { path: path.to_owned(), cache_kib: options.writer_cache_kib, nodes, _lock: lock };
    SqlStore::start(Arc::new(backend), readers, None, options.clock)
}

/// A file that this process has for itself.
struct SqliteFile {
    path: PathBuf,
    cache_kib: u32,
    nodes: Alone,
    /// Held as long as the database is open.
    _lock: File,
}

impl SqliteFile {
    fn log_path(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push("-wal");
        name.into()
    }
}

impl Backend for SqliteFile {
    fn connect(&self) -> Result<Link, StoreError> {
        Ok(Link::Sqlite(Box::new(connection::open_writer(&self.path, self.cache_kib)?)))
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn nodes(&self) -> &dyn Nodes {
        &self.nodes
    }

    fn follow(&self, _: &mut Conn<'_>, _: &Dictionary, _: &mut State) -> Result<Definitions, StoreError> {
        Ok(Definitions::Same)
    }

    fn wrote_definitions(&self, _: &mut Conn<'_>) -> Result<(), StoreError> {
        Ok(())
    }

    /// Moves the log into the database file as far as readers allow.
    fn tidy(&self, conn: &mut Conn<'_>, ending: bool) -> Result<(), StoreError> {
        let Conn::Sqlite(conn) = conn else { return Ok(()) };
        let mode = if ending { "TRUNCATE" } else { "PASSIVE" };
        Ok(conn.batch_execute(&format!("PRAGMA optimize; PRAGMA wal_checkpoint({mode});"))?)
    }

    fn sizes(&self, _: &mut Conn<'_>) -> Result<(u64, u64), StoreError> {
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        Ok((bytes(&self.path), bytes(&self.log_path())))
    }
}
