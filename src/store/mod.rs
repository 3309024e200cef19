//! The database behind one trait. Everything that knows Diesel or SQL lives below this module.
//!
//! A write is prepared completely before it comes here (parsed, validated, references rewritten, keys extracted); the store
//! gives it a version and a time, and answers when it is on disk. See `docs/storage.md`.

use fhir_model::Body;
use fhir_search::hash::KeyHasher;
use fhir_search::keys::SearchKeys;
use fhir_search::parameters::ParameterId;
use fhir_search::query::Query;
use thiserror::Error;

use self::kept::KeptAnswers;
use self::nodes::Nodes;
use self::reindex::{Generation, Reindexing};

pub mod kept;
mod keys_blob;
pub mod nodes;
pub mod postgres;
mod query;
pub mod reindex;
pub mod relational;
mod schema;
mod sql;
pub mod sqlite;

#[cfg(test)]
mod tests;

pub use sql::SqlStore;
pub use sql::transfer;

/// A database that keeps every version of every resource.
///
/// All methods block; callers run them on a thread made for that.
pub trait Store: Reindexing + KeptAnswers + Send + Sync {
    /// The current version of a resource (a deletion included), or `None` if it never existed.
    fn read(&self, kind: &str, id: &str) -> Result<Option<Version>, StoreError>;

    /// One version of a resource.
    fn version(&self, kind: &str, id: &str, version: u64) -> Result<Option<Version>, StoreError>;

    /// Versions in the order of their commits or against it.
    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError>;

    /// Matches of a search with the resources included, from one consistent view of the database.
    fn search(&self, query: &Query, cursor: Option<&Cursor>) -> Result<SearchPage, StoreError>;

    /// The first page of a search, from a standby if there is one that is new enough for the operator.
    fn search_perhaps_older(&self, query: &Query) -> Result<PerhapsOlder<SearchPage>, StoreError>;

    /// The first page of a history, in the same way.
    fn history_perhaps_older(&self, query: &HistoryQuery) -> Result<PerhapsOlder<HistoryPage>, StoreError>;

    /// Resources that together have all keys of a token or uri parameter that any resource has: one for each key.
    fn samples(&self, parameter: ParameterId) -> Result<Vec<Version>, StoreError>;

    /// Applies all writes or none, and returns when they are on disk. The results are in the order of the writes.
    fn write(&self, set: WriteSet) -> Result<Vec<Written>, StoreError>;

    /// Removes versions for good, as if they had never been; of a resource that is not there it removes nothing.
    fn erase(&self, erasure: Erasure) -> Result<(), StoreError>;

    /// The secret-keyed hasher of this database, which keys and queries must use.
    fn hasher(&self) -> KeyHasher;

    /// The dense number of a search parameter, assigned at first use and kept for the life of the database.
    fn parameter_id(&self, kind: &str, code: &str) -> Result<ParameterId, StoreError>;

    /// Gives numbers to names that have none, so that [`Store::parameter_id`] knows them and need not ask the database: resource
    /// types, and search parameters by type and code.
    fn number_names(&self, types: &[Box<str>], parameters: &[(Box<str>, Box<str>)])
    -> Result<(), StoreError>;

    /// 32 random bytes, made when the database was: the key that signs page links.
    fn secret(&self) -> &[u8; 32];

    /// Whether a read by id would now be answered without waiting for other requests or another machine.
    fn reads_at_once(&self) -> bool;

    /// Whether a read works now and the writer is alive.
    fn check(&self) -> Result<(), StoreError>;

    /// What a metrics page tells.
    fn status(&self) -> Result<StoreStatus, StoreError>;

    /// Whether other processes may write to the database.
    fn is_shared(&self) -> bool;

    /// The processes that have the database open.
    fn nodes(&self) -> &dyn Nodes;

    /// Whether the writer has stopped for good.
    fn is_closed(&self) -> bool;

    /// Writes what is still in memory and stops the writer. Later writes fail with [`StoreError::Unavailable`].
    fn close(&self);
}

/// How the store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreStatus {
    /// For each resource type ever stored, exact.
    pub types: Vec<TypeStatus>,
    /// Sets of writes handed over and not yet begun.
    pub waiting_writes: usize,
    /// Jobs that are not done.
    pub open_jobs: usize,
    /// Size of the database file.
    pub file_bytes: u64,
    /// Size of the write-ahead log beside it.
    pub log_bytes: u64,
    /// The connections that read.
    pub readers: ReaderStatus,
    /// The standby, if the operator has named one.
    pub replica: Option<ReplicaStatus>,
}

/// The connections that read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderStatus {
    /// How many there can be.
    pub most: u32,
    /// How many are open.
    pub open: u32,
    /// Those of them in use.
    pub busy: u32,
    /// Requests that wait for one.
    pub waiting: u32,
    /// Requests that have waited in vain since the start.
    pub refused: u64,
}

/// A standby that answers searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaStatus {
    /// The connections to it.
    pub readers: ReaderStatus,
    /// Searches and histories that it has answered since the start.
    pub answered: u64,
    /// Those that the primary has answered instead, since the standby was too old or did not answer.
    pub passed_over: u64,
}

/// What was read from a state of the database that may be older than the last writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerhapsOlder<T> {
    /// What was read.
    pub found: T,
    /// Whether a standby has answered; else it is as new as ever.
    pub from_replica: bool,
}

/// The resources of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeStatus {
    /// The resource type.
    pub kind: Box<str>,
    /// Resources that exist.
    pub live: u64,
    /// Versions of all, deletions included.
    pub versions: u64,
}

/// One stored version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The resource type.
    pub kind: Box<str>,
    /// The id.
    pub id: Box<str>,
    /// From 1.
    pub version: u64,
    /// `meta.lastUpdated` in microseconds since 1970 (whole milliseconds).
    pub last_updated: i64,
    /// The interaction that made it.
    pub method: Method,
    /// The bytes to serve; empty for a deletion.
    pub body: Vec<u8>,
}

impl Version {
    /// Whether this version is a deletion.
    pub fn is_deleted(&self) -> bool {
        self.method == Method::Delete
    }
}

/// What made a version, as `Bundle.entry.request.method` of a history tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Created with an id of the server's.
    Post,
    /// Created or updated under an id of the client's.
    Put,
    /// Patched.
    Patch,
    /// Deleted.
    Delete,
}

/// Writes that succeed or fail together.
#[derive(Clone, Debug, Default)]
pub struct WriteSet {
    /// What must still hold at the moment of the write.
    pub checks: Vec<Check>,
    /// The writes, each of another resource.
    pub writes: Vec<Write>,
    /// Whether references to resources that are not here are refused, and deletions of resources referred to.
    pub enforce_integrity: bool,
}

impl WriteSet {
    /// The oldest search parameters that keys of the set were extracted with.
    pub fn generation(&self) -> Option<Generation> {
        let generations = self.writes.iter().filter_map(|write| match &write.change {
            Change::Put(prepared) => Some(prepared.generation),
            Change::Delete => None,
        });
        generations.min()
    }
}

/// Versions to remove for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// The resource type.
    pub kind: Box<str>,
    /// The id.
    pub id: Box<str>,
    /// What of the resource.
    pub what: Erased,
    /// Whether a resource that others refer to is not removed ([`StoreError::Referenced`]).
    pub enforce_integrity: bool,
}

/// What of a resource is removed for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// All of it: its versions, index keys and relational rows. References of others to it stay.
    Everything,
    /// All versions but the current one.
    Earlier,
    /// One version, unless it is the current one.
    Version(u64),
}

/// A conditional criterion was resolved before the write; it must give the same answer at the moment of the write.
#[derive(Clone, Debug)]
pub struct Check {
    /// The criterion.
    pub query: Query,
    /// The ids it gave.
    pub matches: Vec<Box<str>>,
    /// With which search parameters it was parsed.
    pub generation: Generation,
}

/// A write of one resource.
#[derive(Clone, Debug)]
pub struct Write {
    /// The resource type.
    pub kind: Box<str>,
    /// The id.
    pub id: Box<str>,
    /// What the current version must be.
    pub expected: Expected,
    /// What to do.
    pub change: Change,
}

/// What must be true of the resource before a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Anything.
    Any,
    /// It does not exist and never did.
    New,
    /// It does not exist now: it never did or was deleted (`If-None-Match: *`).
    Absent,
    /// The current version has this number (If-Match).
    Version(u64),
}

/// The content of a write.
#[derive(Clone, Debug)]
pub enum Change {
    /// A new version.
    Put(Box<Prepared>),
    /// A deletion; of a resource that is not there it changes nothing.
    Delete,
}

/// A version ready to be stored.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// `Post`, `Put` or `Patch`.
    pub method: Method,
    /// The resource.
    pub body: Body,
    /// Its index keys.
    pub keys: SearchKeys,
    /// With which search parameters they were extracted.
    pub generation: Generation,
    /// The literal references to resources of this server that must exist.
    pub references: Vec<LocalReference>,
    /// Its relational form, for the types that have one.
    pub rows: Option<relational::Rows>,
}

/// A literal reference to a resource of this server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalReference {
    /// The resource type.
    pub kind: Box<str>,
    /// The id.
    pub id: Box<str>,
    /// Where it stands: `Encounter.subject`.
    pub expression: String,
}

/// The result of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The version now current. For a deletion of a resource that never existed, `version` is 0.
    pub version: Version,
    /// What happened.
    pub effect: Effect,
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// There was no such resource, or it had been deleted.
    Created,
    /// There is a new version.
    Updated,
    /// It is now deleted.
    Deleted,
    /// It was deleted already, or never existed.
    Unchanged,
}

/// A page of history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Of what.
    pub scope: HistoryScope,
    /// Versions on a page.
    pub count: usize,
    /// Only versions made at or after this time, microseconds.
    pub since: Option<i64>,
    /// Only versions current at some time in this period (`_at`), microseconds, end excluded.
    pub at: Option<(i64, i64)>,
    /// Only these (`_list`).
    pub listed: Option<Vec<Listed>>,
    /// Oldest first.
    pub ascending: bool,
    /// Continue after this version number of the database, as given in [`HistoryPage::next`].
    pub after: Option<i64>,
}

impl HistoryQuery {
    /// All versions, newest first.
    pub fn new(scope: HistoryScope, count: usize) -> Self {
        Self { scope, count, since: None, at: None, listed: None, ascending: false, after: None }
    }
}

/// What an item of a List names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The resource type.
    pub kind: Box<str>,
    /// The id.
    pub id: Box<str>,
    /// The version, if it names one; else all versions.
    pub version: Option<u64>,
}

/// What a history is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryScope {
    /// All resources.
    System,
    /// All resources of a type.
    Type(Box<str>),
    /// One resource.
    Instance(Box<str>, Box<str>),
}

/// Versions in the order asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// The versions.
    pub versions: Vec<Version>,
    /// How many versions there are on all pages.
    pub total: u64,
    /// Where the next page begins, if there is one.
    pub next: Option<i64>,
}

/// A page of matches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchPage {
    /// The matches in the order asked for.
    pub matches: Vec<Version>,
    /// The resources included, each once, none that is also a match of this page.
    pub included: Vec<Version>,
    /// Whether some included resources were left out because there were too many.
    pub included_truncated: bool,
    /// The exact number of all matches, if asked for or known for free.
    pub total: Option<u64>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// Where the previous page begins, if there is one.
    pub previous: Option<Cursor>,
    /// The last page: as many matches as fit, read from the end; `None` only where this page has no matches.
    pub last: Option<Cursor>,
}

/// Where a page begins. Opaque outside the store; it survives inserts and deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub Vec<u8>);

/// Why the store did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// [`Expected`] did not hold.
    #[error("{kind}/{id} is at version {current}")]
    VersionConflict {
        /// The resource type.
        kind: Box<str>,
        /// The id.
        id: Box<str>,
        /// The current version; 0 if it does not exist.
        current: u64,
    },
    /// A [`Check`] gave another answer: resolve the criteria again and retry.
    #[error("a condition changed while the write was prepared")]
    ConditionChanged,
    /// Keys of the set were extracted with search parameters that are replaced: extract them again and retry.
    #[error("the search parameters changed while the write was prepared")]
    StaleParameters(Box<WriteSet>),
    /// A reference to a resource that does not exist or was deleted.
    #[error("{}: there is no {}/{}", .reference.expression, .reference.kind, .reference.id)]
    DanglingReference {
        /// Index in [`WriteSet::writes`].
        write: usize,
        /// The reference.
        reference: LocalReference,
    },
    /// A resource that others refer to cannot be deleted.
    #[error("{kind}/{id} is referred to by {referrer}")]
    Referenced {
        /// Index in [`WriteSet::writes`].
        write: usize,
        /// The resource type.
        kind: Box<str>,
        /// The id.
        id: Box<str>,
        /// One that refers to it: `Encounter/1`.
        referrer: String,
    },
    /// The cursor was not made by this store for this query.
    #[error("the page link does not belong to this search")]
    BadCursor,
    /// The database does not answer now.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// All connections that read are in use, and stay so for longer than a request may wait.
    #[error("all connections that read are in use")]
    Busy,
    /// A statement took longer than it may, and was stopped.
    #[error("a statement was stopped, since it took longer than the setting statement-timeout")]
    TooSlow,
    /// The database was written by a newer version of this program.
    #[error(
        "the database has schema {found}, this program knows up to {known}; use the newer program that wrote it"
    )]
    NewerSchema {
        /// Latest migration in the database.
        found: String,
        /// Latest migration known here.
        known: String,
    },
    /// The database reported an error. The text is for the log, never for a client.
    #[error("database error: {0}")]
    Database(String),
}
