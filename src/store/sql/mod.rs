//! What both databases share: a [`Store`] of connections, statements and the one thread that writes.

use std::sync::Arc;
use std::time::SystemTime;

use diesel::sql_types::{BigInt, Integer};
use fhir_search::hash::KeyHasher;
use fhir_search::parameters::ParameterId;
use fhir_search::query::Query;

use super::kept::{Kept, KeptAnswers};
use super::nodes::{NodeNumber, Nodes};
use super::reindex::{Generation, IndexedDefinition, Job, Reindexing, Step, Stored, Work};
use super::{
    Cursor, Erasure, HistoryPage, HistoryQuery, PerhapsOlder, SearchPage, Store, StoreError, StoreStatus,
    TypeStatus, Version, WriteSet, Written,
};
use crate::store::postgres::replica::Replica;
use backend::Backend;
use connection::{Conn, Readers};
use dictionary::{Dictionary, Names};
use kept::KeptTask;
use reindex::JobTask;
use statement::Statement;
use writer::Writer;

pub(in crate::store) mod backend;
pub(in crate::store) mod batch;
mod changes;
mod checks;
pub(in crate::store) mod connection;
mod contained;
pub(in crate::store) mod dialect;
pub(in crate::store) mod dictionary;
mod erase;
mod error;
mod group;
mod history;
pub(in crate::store) mod identity;
mod index_rows;
mod integrity;
mod kept;
mod known;
mod method;
pub(in crate::store) mod migration;
mod read;
mod reindex;
mod resource_text;
pub(in crate::store) mod search;
mod setting;
pub(in crate::store) mod statement;
pub mod transfer;
mod versions;
pub(in crate::store) mod write_set;
mod writer;

/// A store in an SQL database.
pub struct SqlStore {
    backend: Arc<dyn Backend>,
    dictionary: Arc<Dictionary>,
    writer: Writer,
    readers: Readers,
    replica: Option<Replica>,
    hasher: KeyHasher,
    secret: [u8; 32],
}

impl SqlStore {
    /// A store in a database whose schema is up to date.
    pub(in crate::store) fn start(
        backend: Arc<dyn Backend>,
        readers: Readers,
        replica: Option<Replica>,
        clock: fn() -> SystemTime,
    ) -> Result<Self, StoreError> {
        let mut link = backend.connect()?;
        let mut conn = link.conn();
        transfer::refuse_unfinished(&mut conn)?;
        let key: [[u8; 8]; 2] = {
            let bytes: [u8; 16] = conn.write_transaction(|conn| setting::secret(conn, "hash_key"))?;
            let (low, high) = bytes.split_at(8);
            [low.try_into().unwrap_or_default(), high.try_into().unwrap_or_default()]
        };
        let secret = conn.write_transaction(|conn| setting::secret(conn, "page_secret"))?;
        let dictionary = Arc::new(Dictionary::load(&mut conn)?);
        Ok(Self {
            writer: Writer::start(Arc::clone(&backend), clock, Arc::clone(&dictionary))?,
            backend,
            readers,
            replica,
            dictionary,
            hasher: KeyHasher::new(key.map(u64::from_le_bytes)),
            secret,
        })
    }

    /// Reads one state of the standby if it is new enough, else of the primary.
    fn read_perhaps_older<T>(
        &self,
        work: impl Fn(&mut Conn<'_>) -> Result<T, StoreError>,
    ) -> Result<PerhapsOlder<T>, StoreError> {
        if let Some((replica, mut reader)) = self.replica.as_ref().and_then(|r| Some((r, r.reader()?))) {
            match reader.conn().read_transaction(&work) {
                Err(StoreError::Unavailable(reason) | StoreError::Database(reason)) => {
                    replica.failed(&reason);
                }
                found => return Ok(PerhapsOlder { found: found?, from_replica: true }),
            }
        }
        let found = self.readers.get()?.conn().read_transaction(work)?;
        Ok(PerhapsOlder { found, from_replica: false })
    }
}

impl Store for SqlStore {
    fn read(&self, kind: &str, id: &str) -> Result<Option<Version>, StoreError> {
        let Some(code) = self.dictionary.find_type(kind) else { return Ok(None) };
        read::current(&mut self.readers.get()?.conn(), code, kind, id)
    }

    fn version(&self, kind: &str, id: &str, version: u64) -> Result<Option<Version>, StoreError> {
        let Some(code) = self.dictionary.find_type(kind) else { return Ok(None) };
        read::version(&mut self.readers.get()?.conn(), code, kind, id, version)
    }

    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.readers.get()?.conn().read_transaction(|conn| history::page(conn, &self.dictionary, query))
    }

    fn search(&self, query: &Query, cursor: Option<&Cursor>) -> Result<SearchPage, StoreError> {
        let mut reader = self.readers.get()?;
        reader.conn().read_transaction(|conn| search::page(conn, &self.dictionary, query, cursor))
    }

    fn search_perhaps_older(&self, query: &Query) -> Result<PerhapsOlder<SearchPage>, StoreError> {
        self.read_perhaps_older(|conn| search::page(conn, &self.dictionary, query, None))
    }

    fn history_perhaps_older(&self, query: &HistoryQuery) -> Result<PerhapsOlder<HistoryPage>, StoreError> {
        self.read_perhaps_older(|conn| history::page(conn, &self.dictionary, query))
    }

    fn samples(&self, parameter: ParameterId) -> Result<Vec<Version>, StoreError> {
        let mut reader = self.readers.get()?;
        reader.conn().read_transaction(|conn| search::samples(conn, &self.dictionary, parameter.0))
    }

    fn write(&self, set: WriteSet) -> Result<Vec<Written>, StoreError> {
        self.writer.write(set)
    }

    fn erase(&self, erasure: Erasure) -> Result<(), StoreError> {
        self.writer.erase(erasure)
    }

    fn hasher(&self) -> KeyHasher {
        self.hasher
    }

    fn parameter_id(&self, kind: &str, code: &str) -> Result<ParameterId, StoreError> {
        if self.dictionary.find_parameter(kind, code).is_none() {
            self.number_names(&[], &[(kind.into(), code.into())])?;
        }
        self.dictionary.parameter(kind, code).map(ParameterId)
    }

    fn number_names(
        &self,
        types: &[Box<str>],
        parameters: &[(Box<str>, Box<str>)],
    ) -> Result<(), StoreError> {
        // Where no other process gives numbers, they are saved when they are first used.
        if !self.backend.is_shared() {
            return Ok(());
        }
        let names = Names { types: types.to_vec(), parameters: parameters.to_vec() };
        let names = names.unknown(&self.dictionary);
        if names.is_empty() { Ok(()) } else { self.writer.name(names) }
    }

    fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// With half of the readers free, no other thread takes all of them before this one has its own.
    fn reads_at_once(&self) -> bool {
        let readers = self.readers.status();
        let idle = readers.open.saturating_sub(readers.busy);
        !self.backend.is_shared() && idle > 1 && idle >= readers.open.div_ceil(2)
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.is_closed() {
            return Err(StoreError::Unavailable("the writer has stopped".to_owned()));
        }
        let any = Statement::<Integer>::new("SELECT type FROM type_count LIMIT 1", Vec::new());
        any.load::<i32>(&mut self.readers.get()?.conn())?;
        Ok(())
    }

    fn status(&self) -> Result<StoreStatus, StoreError> {
        const COUNTS: &str = "SELECT type, live, versions FROM type_count ORDER BY type";
        let mut reader = self.readers.get()?;
        let counts = Statement::<(Integer, BigInt, BigInt)>::new(COUNTS, Vec::new())
            .load::<(i32, i64, i64)>(&mut reader.conn())?;
        let types = counts.into_iter().map(|(code, live, versions)| TypeStatus {
            kind: self.dictionary.type_name(code),
            live: live.unsigned_abs(),
            versions: versions.unsigned_abs(),
        });
        // What is contained is part of its container.
        let types = types.filter(|status| fhir_search::contained::resource_type(&status.kind).is_none());
        let open_jobs = reindex::open_jobs(&mut reader.conn())?.len();
        let (file_bytes, log_bytes) = self.backend.sizes(&mut reader.conn())?;
        Ok(StoreStatus {
            types: types.collect(),
            waiting_writes: self.writer.waiting(),
            open_jobs,
            file_bytes,
            log_bytes,
            readers: self.readers.status(),
            replica: self.replica.as_ref().map(Replica::status),
        })
    }

    fn is_shared(&self) -> bool {
        self.backend.is_shared()
    }

    fn nodes(&self) -> &dyn Nodes {
        self.backend.nodes()
    }

    fn is_closed(&self) -> bool {
        !self.writer.is_alive()
    }

    fn close(&self) {
        self.writer.stop();
    }
}

impl Reindexing for SqlStore {
    fn demand_generation(&self, generation: Generation) {
        self.writer.demand_generation(generation);
    }

    fn demanded_generation(&self) -> Generation {
        self.writer.demanded_generation()
    }

    fn indexed_definitions(&self) -> Result<Vec<(IndexedDefinition, bool)>, StoreError> {
        reindex::definitions(&mut self.readers.get()?.conn())
    }

    fn open_job(&self, id: &str, work: Work) -> Result<(), StoreError> {
        self.writer.work(JobTask::Open { id: id.into(), work })
    }

    fn cancel_job(&self, id: &str) -> Result<(), StoreError> {
        self.writer.work(JobTask::Cancel { id: id.into() })
    }

    fn job(&self, id: &str) -> Result<Option<Job>, StoreError> {
        reindex::find(&mut self.readers.get()?.conn(), id)
    }

    fn open_jobs(&self) -> Result<Vec<Job>, StoreError> {
        reindex::open_jobs(&mut self.readers.get()?.conn())
    }

    fn resources_after(&self, kind: &str, after: i64) -> Result<Vec<Stored>, StoreError> {
        let Some(code) = self.dictionary.find_type(kind) else { return Ok(Vec::new()) };
        reindex::resources_after(&mut self.readers.get()?.conn(), code, after)
    }

    fn put_keys(&self, step: Step) -> Result<(), StoreError> {
        self.writer.work(JobTask::Step(step))
    }
}

impl KeptAnswers for SqlStore {
    fn keep(&self, kept: Kept) -> Result<(), StoreError> {
        self.writer.keep(KeptTask::Keep(kept))
    }

    fn replace_kept(&self, node: NodeNumber, kept: Kept) -> Result<(), StoreError> {
        self.writer.keep(KeptTask::Replace(node, kept))
    }

    fn unfinished(&self) -> Result<Vec<(Box<str>, NodeNumber)>, StoreError> {
        kept::unfinished(&mut self.readers.get()?.conn())
    }

    fn take_over(&self, id: &str, from: NodeNumber, to: NodeNumber) -> Result<(), StoreError> {
        self.writer.keep(KeptTask::TakeOver { id: id.into(), from, to })
    }

    fn kept(&self, id: &str) -> Result<Option<Kept>, StoreError> {
        kept::find(&mut self.readers.get()?.conn(), id)
    }

    fn forget(&self, id: &str) -> Result<(), StoreError> {
        self.writer.keep(KeptTask::Forget(id.into()))
    }
}

impl Drop for SqlStore {
    fn drop(&mut self) {
        self.writer.stop();
    }
}
