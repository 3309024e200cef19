//! The database in one SQLite file: one thread writes, a pool of connections reads.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use diesel::connection::Connection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, PooledConnection};
use diesel::sqlite::SqliteConnection;
use fhir_search::hash::KeyHasher;
use fhir_search::parameters::ParameterId;
use fhir_search::query::Query;

use super::reindex::{Generation, IndexedDefinition, Job, Reindexing, Step, Stored, Work};
use super::schema::type_count;
use super::{
    Cursor, HistoryPage, HistoryQuery, SearchPage, Store, StoreError, StoreStatus, TypeStatus, Version,
    WriteSet, Written,
};
use connection::Readers;
use dictionary::Dictionary;
use reindex::JobTask;
use writer::Writer;

mod connection;
pub(in crate::store) mod dictionary;
mod error;
mod history;
pub(in crate::store) mod identity;
mod index_rows;
mod integrity;
mod lock;
pub(in crate::store) mod method;
mod migration;
mod read;
mod reindex;
mod resource_text;
mod search;
mod setting;
pub(in crate::store) mod statement;
mod write_set;
mod writer;

#[cfg(test)]
mod tests;

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections that read, each used by one request at a time.
    pub readers: u32,
    /// Page cache of each reader, KiB. (Pages come from a memory map of the file, shared by all.)
    pub reader_cache_kib: u32,
    /// Page cache of the writer, KiB.
    pub writer_cache_kib: u32,
    /// Tells the time of writes.
    pub clock: fn() -> SystemTime,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 16, reader_cache_kib: 2 << 10, writer_cache_kib: 64 << 10, clock: SystemTime::now }
    }
}

/// A database in one file.
pub struct SqliteStore {
    path: PathBuf,
    dictionary: Arc<Dictionary>,
    writer: Writer,
    readers: Readers,
    hasher: KeyHasher,
    secret: [u8; 32],
    /// Held as long as the database is open.
    _lock: File,
}

impl SqliteStore {
    /// Opens the database file at `path`, made if it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] for a database of a newer program, [`StoreError::Unavailable`] if another process has it open
    /// or the file cannot be opened.
    pub fn open(path: &Path, options: &Options) -> Result<Self, StoreError> {
        let lock = lock::acquire(path)?;
        let mut conn = connection::open_writer(path, options.writer_cache_kib)?;
        migration::migrate(&mut conn)?;
        let key: [[u8; 8]; 2] = {
            let bytes: [u8; 16] = conn.immediate_transaction(|conn| setting::secret(conn, "hash_key"))?;
            let (low, high) = bytes.split_at(8);
            [low.try_into().unwrap_or_default(), high.try_into().unwrap_or_default()]
        };
        let secret = conn.immediate_transaction(|conn| setting::secret(conn, "page_secret"))?;
        let dictionary = Arc::new(Dictionary::load(&mut conn)?);
        drop(conn);
        Ok(Self {
            writer: Writer::start(path.to_owned(), options, Arc::clone(&dictionary))?,
            readers: connection::open_readers(path, options)?,
            path: path.to_owned(),
            dictionary,
            hasher: KeyHasher::new(key.map(u64::from_le_bytes)),
            secret,
            _lock: lock,
        })
    }

    fn reader(&self) -> Result<PooledConnection<ConnectionManager<SqliteConnection>>, StoreError> {
        Ok(self.readers.get()?)
    }

    fn log_path(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push("-wal");
        name.into()
    }
}

impl Store for SqliteStore {
    fn read(&self, kind: &str, id: &str) -> Result<Option<Version>, StoreError> {
        let Some(code) = self.dictionary.find_type(kind) else { return Ok(None) };
        read::current(&mut *self.reader()?, code, kind, id)
    }

    fn version(&self, kind: &str, id: &str, version: u64) -> Result<Option<Version>, StoreError> {
        let Some(code) = self.dictionary.find_type(kind) else { return Ok(None) };
        read::version(&mut *self.reader()?, code, kind, id, version)
    }

    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.reader()?.transaction(|conn| history::page(conn, &self.dictionary, query))
    }

    fn search(&self, query: &Query, cursor: Option<&Cursor>) -> Result<SearchPage, StoreError> {
        self.reader()?.transaction(|conn| search::page(conn, &self.dictionary, query, cursor))
    }

    fn samples(&self, parameter: ParameterId) -> Result<Vec<Version>, StoreError> {
        self.reader()?.transaction(|conn| search::samples(conn, &self.dictionary, parameter.0))
    }

    fn write(&self, set: WriteSet) -> Result<Vec<Written>, StoreError> {
        self.writer.write(set)
    }

    fn hasher(&self) -> KeyHasher {
        self.hasher
    }

    fn parameter_id(&self, kind: &str, code: &str) -> Result<ParameterId, StoreError> {
        self.dictionary.parameter(kind, code).map(ParameterId)
    }

    fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    fn check(&self) -> Result<(), StoreError> {
        if !self.writer.is_alive() {
            return Err(StoreError::Unavailable("the writer has stopped".to_owned()));
        }
        type_count::table.select(type_count::kind).limit(1).load::<i32>(&mut *self.reader()?)?;
        Ok(())
    }

    fn status(&self) -> Result<StoreStatus, StoreError> {
        let counts = type_count::table
            .select((type_count::kind, type_count::live, type_count::versions))
            .load::<(i32, i64, i64)>(&mut *self.reader()?)?;
        let types = counts.into_iter().map(|(code, live, versions)| TypeStatus {
            kind: self.dictionary.type_name(code),
            live: live.unsigned_abs(),
            versions: versions.unsigned_abs(),
        });
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let readers = self.readers.state();
        Ok(StoreStatus {
            types: types.collect(),
            waiting_writes: self.writer.waiting(),
            open_jobs: self.open_jobs()?.len(),
            file_bytes: bytes(&self.path),
            log_bytes: bytes(&self.log_path()),
            readers: readers.connections,
            idle_readers: readers.idle_connections,
        })
    }

    fn close(&self) {
        self.writer.stop();
    }
}

impl Reindexing for SqliteStore {
    fn demand_generation(&self, generation: Generation) {
        self.writer.demand_generation(generation);
    }

    fn indexed_definitions(&self) -> Result<Vec<(IndexedDefinition, bool)>, StoreError> {
        reindex::definitions(&mut *self.reader()?)
    }

    fn open_job(&self, id: &str, work: Work) -> Result<(), StoreError> {
        self.writer.work(JobTask::Open { id: id.into(), work })
    }

    fn cancel_job(&self, id: &str) -> Result<(), StoreError> {
        self.writer.work(JobTask::Cancel { id: id.into() })
    }

    fn job(&self, id: &str) -> Result<Option<Job>, StoreError> {
        reindex::find(&mut *self.reader()?, id)
    }

    fn open_jobs(&self) -> Result<Vec<Job>, StoreError> {
        reindex::open_jobs(&mut *self.reader()?)
    }

    fn resources_after(&self, kind: &str, after: i64) -> Result<Vec<Stored>, StoreError> {
        let Some(code) = self.dictionary.find_type(kind) else { return Ok(Vec::new()) };
        reindex::resources_after(&mut *self.reader()?, code, after)
    }

    fn put_keys(&self, step: Step) -> Result<(), StoreError> {
        self.writer.work(JobTask::Step(step))
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.writer.stop();
    }
}
