//! The search parameters in force, and how they change while the server runs; `docs/search-parameters.md` tells it for operators.
//!
//! What is in force is derived from two things that the database keeps: the SearchParameter resources, and what the index
//! follows. So there is no way to be between them: whatever happened, a survey of both says what is still to be done.

mod backfill;
mod definition;
mod state;
mod survey;
mod table;

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use fhir_definitions::Registry;
use fhir_model::{Document, Issue};

use self::definition::Definition;
pub use self::state::SearchState;
use self::survey::Survey;
use super::Error;
use super::codes::ListedCodes;
use super::context::Limits;
use super::create::new_id;
use crate::store::reindex::{JobKind, Work};
use crate::store::{Change, Store, StoreError, Write, WriteSet, Written};

/// The resource type whose resources take effect here.
const SEARCH_PARAMETER: &str = "SearchParameter";

/// What the parameters in force are made from, besides what is stored.
pub(super) struct Ground {
    pub(super) registry: Arc<Registry>,
    pub(super) store: Arc<dyn Store>,
    pub(super) codes: Arc<ListedCodes>,
    pub(super) limits: Limits,
}

/// Keeps what is in force in step with the SearchParameter resources.
pub struct SearchParameters {
    ground: Ground,
    state: RwLock<Arc<SearchState>>,
    /// Held from the check of definitions until they are in force, so that no other change comes in between.
    changing: Mutex<()>,
    /// Tells the thread of jobs that there is one.
    wake: SyncSender<()>,
}

impl SearchParameters {
    /// Puts in force what is stored, and goes on with the jobs of an earlier process.
    pub(super) fn start(ground: Ground) -> Result<Arc<Self>, StoreError> {
        let survey = Survey::new(&ground.registry, &*ground.store)?;
        let job = new_id();
        let state = SearchState::new(&ground, &survey, &job, 0)?;
        let (wake, woken) = sync_channel(1);
        let started =
            Arc::new(Self { ground, state: RwLock::new(Arc::new(state)), changing: Mutex::new(()), wake });
        started.open_job(&job, survey)?;
        backfill::start(&started, woken)?;
        Ok(started)
    }

    /// What is in force.
    pub(super) fn state(&self) -> Arc<SearchState> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Performs a write that concerns SearchParameters: refuses definitions that cannot be honoured, and puts the others in
    /// force.
    pub(super) fn write(
        &self,
        set: WriteSet,
        write: impl FnOnce(WriteSet) -> Result<Vec<Written>, Error>,
    ) -> Result<Vec<Written>, Error> {
        let changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.put_in_force()?;
        self.check(&set)?;
        let written = write(set)?;
        self.put_in_force()?;
        drop(changing);
        Ok(written)
    }

    /// Opens a job that computes all keys of the types anew, or finds one that is open and has not begun. Gives its id.
    pub(super) fn reindex(&self, types: Vec<Box<str>>) -> Result<Box<str>, StoreError> {
        let work = Work { kind: JobKind::Reindex, types, definitions: Vec::new() };
        let waiting =
            self.ground.store.open_jobs()?.into_iter().find(|job| job.work == work && job.done == 0);
        if let Some(job) = waiting {
            return Ok(job.id);
        }
        let id = new_id().into_boxed_str();
        self.ground.store.open_job(&id, work)?;
        self.wake();
        Ok(id)
    }

    /// Looks again at what is stored, since a job has brought something or another process has changed it.
    pub(super) fn refresh(&self) -> Result<(), StoreError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.put_in_force()
    }

    /// Refuses a set after which definitions could not be honoured.
    fn check(&self, set: &WriteSet) -> Result<(), Error> {
        let written = |id: &str| set.writes.iter().any(|write| is_definition(write) && &*write.id == id);
        let in_force = Survey::new(&self.ground.registry, &*self.ground.store)?.definitions.into_iter();
        let mut after: Vec<Definition> = in_force
            .map(|surveyed| surveyed.definition)
            .filter(|definition| !written(&definition.id))
            .collect();
        for (position, write) in set.writes.iter().enumerate().filter(|(_, write)| is_definition(write)) {
            let Change::Put(prepared) = &write.change else { continue };
            let document = Document::parse_bytes(prepared.body.stamp(1, ""))?;
            let read = Definition::read(&self.ground.registry, &write.id, document.root());
            after.extend(read.map_err(|issues| Error::BadDefinition { write: position, issues })?);
        }
        let Some(problem) = table::problems(&self.ground.registry, &after).into_iter().next() else {
            return Ok(());
        };
        let own = set.writes.iter().position(|write| is_definition(write) && write.id == problem.id);
        let issue = match own {
            Some(_) => problem.issue,
            None => Issue {
                diagnostics: format!(
                    "SearchParameter/{} needs what this changes: {}",
                    problem.id, problem.issue.diagnostics
                ),
                ..problem.issue
            },
        };
        let write = own.or_else(|| set.writes.iter().position(is_definition)).unwrap_or_default();
        Err(Error::BadDefinition { write, issues: vec![issue] })
    }

    /// Follows what is stored. Only under the lock `changing`.
    fn put_in_force(&self) -> Result<(), StoreError> {
        // Asked for before the survey, which so is not older.
        let demanded = self.ground.store.demanded_generation();
        let survey = Survey::new(&self.ground.registry, &*self.ground.store)?;
        let job = new_id();
        let before = self.state();
        let in_force = SearchState::in_force(&survey, &job);
        if !before.has(&in_force) || before.generation < demanded {
            let generation = demanded.max(before.generation + u64::from(!before.extracts(&in_force)));
            let state = SearchState::new(&self.ground, &survey, &job, generation)?;
            *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
            // From here on nothing is written without the new keys; what was written before is found by the job.
            self.ground.store.demand_generation(generation);
        }
        self.open_job(&job, survey)
    }

    fn open_job(&self, id: &str, survey: Survey) -> Result<(), StoreError> {
        let definitions = survey.changes;
        if definitions.is_empty() {
            return Ok(());
        }
        let mut types: Vec<Box<str>> =
            definitions.iter().flat_map(|definition| definition.types.iter().cloned()).collect();
        types.sort();
        types.dedup();
        self.ground.store.open_job(id, Work { kind: JobKind::SearchParameters, types, definitions })?;
        self.wake();
        Ok(())
    }

    fn wake(&self) {
        // It is full when the thread has been told and has not looked yet.
        let _told = self.wake.try_send(());
    }
}

fn is_definition(write: &Write) -> bool {
    &*write.kind == SEARCH_PARAMETER
}

/// Whether a set concerns search parameters.
pub(super) fn concerns(set: &WriteSet) -> bool {
    set.writes.iter().any(is_definition)
}
