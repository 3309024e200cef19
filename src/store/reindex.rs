//! Computing the index keys of stored resources anew, in the background and without new versions: the part that the database
//! keeps, so that it goes on after a crash.
//!
//! Index keys follow the search parameters, which change while the server runs. Each set of parameters has a *generation*,
//! a number that grows; keys carry the one they were extracted with. Before a job begins, its generation is demanded: from
//! then on the store takes no older keys, and the job gives newer ones to all resources that were there before.

use fhir_search::keys::SearchKeys;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::nodes::NodeNumber;

/// A number of a set of search parameters; a greater one is newer. They are counted anew in each process.
pub type Generation = u64;

/// The jobs of a database, of which one thread does one batch after the other.
pub trait Reindexing {
    /// From now on keys of an older generation are refused with [`StoreError::StaleParameters`], and conditions with
    /// [`StoreError::ConditionChanged`]. A job that is opened afterwards finds all resources that were written before.
    fn demand_generation(&self, generation: Generation);

    /// The oldest generation that is taken. It grows by itself when another process changes the definitions that the index follows.
    fn demanded_generation(&self) -> Generation;

    /// The definitions that the index follows, and whether they are complete.
    fn indexed_definitions(&self) -> Result<Vec<(IndexedDefinition, bool)>, StoreError>;

    /// Opens a job under a new id. Its definitions become incomplete until it is done, and open jobs all of whose
    /// definitions it has are cancelled. If the index follows one of them already, or another open job brings it, nothing is
    /// opened: [`StoreError::ConditionChanged`].
    fn open_job(&self, id: &str, work: Work) -> Result<(), StoreError>;

    /// Cancels a job if it is open.
    fn cancel_job(&self, id: &str) -> Result<(), StoreError>;

    /// The job of that id.
    fn job(&self, id: &str) -> Result<Option<Job>, StoreError>;

    /// The jobs that are open, in the order in which they are done.
    fn open_jobs(&self) -> Result<Vec<Job>, StoreError>;

    /// Live resources of a type whose number is greater than `after`, in the order of their numbers: a few hundred at most.
    fn resources_after(&self, kind: &str, after: i64) -> Result<Vec<Stored>, StoreError>;

    /// Gives resources their new keys and notes how far the job is, all or nothing. If the job is not where the step begins, or
    /// another node has taken it, nothing happens: [`StoreError::ConditionChanged`].
    fn put_keys(&self, step: Step) -> Result<(), StoreError>;
}

/// What a job does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// What asked for it.
    pub kind: JobKind,
    /// The resource types in their order.
    pub types: Vec<Box<str>>,
    /// The definitions whose keys it brings or removes.
    pub definitions: Vec<IndexedDefinition>,
}

/// What asked for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Definitions of search parameters changed.
    SearchParameters,
    /// The operation `$reindex`.
    Reindex,
}

/// A definition of a search parameter as the index follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedDefinition {
    /// The id of the SearchParameter resource.
    pub id: Box<str>,
    /// What keys depend on, as a text that can be compared; `None` when the definition is gone and its keys have to go.
    pub definition: Option<Box<str>>,
    /// The resource types that may have keys of it.
    pub types: Vec<Box<str>>,
}

/// A job as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The name under which clients ask for it.
    pub id: Box<str>,
    /// What it does.
    pub work: Work,
    /// Whether it goes on.
    pub state: JobState,
    /// How far it is.
    pub at: Position,
    /// Resources to do, as counted when it was opened.
    pub total: u64,
    /// Resources done.
    pub done: u64,
    /// When it was opened, microseconds since 1970.
    pub created: i64,
    /// When it last went on, microseconds since 1970.
    pub updated: i64,
    /// The node that made the last step of it.
    pub node: Option<NodeNumber>,
}

/// Whether a job goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum JobState {
    Open,
    Done,
    Cancelled,
}

/// How far a job is: the types before this one are done, and of this one the resources up to this number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Index in [`Work::types`].
    pub kind: usize,
    /// A number of [`Stored`].
    pub rid: i64,
}

/// The current version of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The number of the resource in this database.
    pub rid: i64,
    /// The number of the version in this database.
    pub vid: i64,
    /// The id.
    pub id: Box<str>,
    /// The bytes that are served.
    pub body: Vec<u8>,
}

/// One step of a job.
#[derive(Clone, Debug)]
pub struct Step {
    /// The job.
    pub job: Box<str>,
    /// How far the job was when the step was prepared.
    pub from: Position,
    /// The node that had it then.
    pub taken_from: Option<NodeNumber>,
    /// The node that makes the step, and has it from now on.
    pub node: NodeNumber,
    /// With which search parameters the keys were extracted.
    pub generation: Generation,
    /// The keys. They are not given to a resource that has another version by now, whose keys are newer.
    pub keys: Vec<Rekeyed>,
    /// How far the job is then; behind the last type it is done.
    pub at: Position,
    /// How many resources that was.
    pub done: u64,
}

/// New keys for a version.
#[derive(Clone, Debug)]
pub struct Rekeyed {
    /// As in [`Stored`].
    pub rid: i64,
    /// As in [`Stored`].
    pub vid: i64,
    /// The keys.
    pub keys: SearchKeys,
}
