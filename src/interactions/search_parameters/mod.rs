//! The search parameters in force, and how they change while the server runs; `docs/search-parameters.md` tells it for operators.
//!
//! What is in force is derived from two things that the database keeps: the SearchParameter resources, and what the index
//! follows. So there is no way to be between them: whatever happened, a survey of both says what is still to be done.

mod backfill;
mod definition;
mod follow;
mod state;
mod survey;
mod table;

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

use fhir_definitions::Registry;
use fhir_model::{Document, Issue};

use self::definition::Definition;
pub use self::state::SearchState;
use self::survey::Survey;
use super::codes::ListedCodes;
use super::context::Limits;
use super::create::new_id;
use super::{Error, Interaction};
use crate::store::nodes::Round;
use crate::store::reindex::{JobKind, Work};
use crate::store::{Change, Store, StoreError, Write, WriteSet, Written};

/// The resource type whose resources take effect here.
const SEARCH_PARAMETER: &str = "SearchParameter";

/// How long a write waits until all nodes have taken it up.
const ALL_FOLLOW: Duration = Duration::from_secs(5);
/// How often a write is tried while other nodes change search parameters.
const ATTEMPTS: usize = 10;
/// How often it is looked whether all nodes follow.
const LOOK: Duration = Duration::from_millis(10);

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
    /// The last round for which this node has not seen all others follow.
    unfollowed: Mutex<Option<Round>>,
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
        let is_shared = ground.store.is_shared();
        let started = Arc::new(Self {
            ground,
            state: RwLock::new(Arc::new(state)),
            changing: Mutex::new(()),
            unfollowed: Mutex::new(None),
            wake,
        });
        if !started.open_job(&job, survey)? {
            started.refresh()?;
        }
        backfill::start(&started, woken)?;
        if is_shared {
            follow::start(&started)?;
        }
        Ok(started)
    }

    /// What is in force.
    pub(super) fn state(&self) -> Arc<SearchState> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Performs a write that concerns SearchParameters: refuses definitions that cannot be honoured, and puts the others in
    /// force, here and on all nodes.
    pub(super) fn write(
        &self,
        mut set: WriteSet,
        write: impl Fn(WriteSet) -> Result<Vec<Written>, Error>,
    ) -> Result<Vec<Written>, Error> {
        let changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut attempts = 1..ATTEMPTS;
        let written = loop {
            self.put_in_force()?;
            self.check(&set)?;
            match write(set) {
                // Another node has changed them since this one looked.
                Err(Error::Store(StoreError::StaleParameters(stale))) if attempts.next().is_some() => {
                    set = self.state().extract_again(*stale)?;
                }
                written => break written?,
            }
        };
        self.put_in_force()?;
        drop(changing);
        // Not under the lock: each node waits for the others, and must be able to follow them meanwhile.
        self.tell_all();
        Ok(written)
    }

    /// Tells all nodes that the search parameters have changed, and waits until they have taken it up. Whether they have is
    /// noted, and true: what is written stays written.
    pub(super) fn tell_all(&self) -> bool {
        let followed = self.ground.store.nodes().announce().and_then(|round| self.wait_for_all(round));
        let unfollowed = match followed {
            Ok(unfollowed) => unfollowed,
            Err(error) => {
                log::warn!("other nodes learn of changed search parameters when they look: {error}");
                Some(Round::MAX)
            }
        };
        *self.unfollowed.lock().unwrap_or_else(PoisonError::into_inner) = unfollowed;
        unfollowed.is_none()
    }

    /// Waits until all nodes follow a round, but not for ever: then the round is given back.
    fn wait_for_all(&self, round: Round) -> Result<Option<Round>, StoreError> {
        let begun = Instant::now();
        while !self.ground.store.nodes().others_follow(round)? {
            if begun.elapsed() > ALL_FOLLOW {
                log::warn!("a node has not taken up the search parameters for {} s", ALL_FOLLOW.as_secs());
                return Ok(Some(round));
            }
            sleep(LOOK);
        }
        Ok(None)
    }

    /// Whether it is not known that the last change of search parameters by this node holds on all nodes.
    pub(super) fn is_ahead(&self) -> bool {
        let mut unfollowed = self.unfollowed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(round) = *unfollowed {
            let nodes = self.ground.store.nodes();
            let round = if round == Round::MAX { nodes.announce() } else { Ok(round) };
            if round.and_then(|round| nodes.others_follow(round)).unwrap_or(false) {
                *unfollowed = None;
            }
        }
        unfollowed.is_some()
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
        while !self.take_up()? {}
        Ok(())
    }

    /// Follows what is stored, unless another node does meanwhile what is to be done for it: then it must be looked at again.
    fn take_up(&self) -> Result<bool, StoreError> {
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

    /// Opens the job that brings what the index lacks, if it lacks something. `false` if another node has been faster.
    fn open_job(&self, id: &str, survey: Survey) -> Result<bool, StoreError> {
        let definitions = survey.changes;
        if definitions.is_empty() {
            return Ok(true);
        }
        let mut types: Vec<Box<str>> =
            definitions.iter().flat_map(|definition| definition.types.iter().cloned()).collect();
        types.sort();
        types.dedup();
        // The job does not begin before all nodes follow this round.
        if let Err(error) = self.ground.store.nodes().announce() {
            log::warn!("other nodes learn of changed search parameters when they look: {error}");
        }
        match self.ground.store.open_job(id, Work { kind: JobKind::SearchParameters, types, definitions }) {
            Err(StoreError::ConditionChanged) => return Ok(false),
            opened => opened?,
        }
        self.wake();
        Ok(true)
    }

    fn wake(&self) {
        // It is full when the thread has been told and has not looked yet.
        let _told = self.wake.try_send(());
    }
}

fn is_definition(write: &Write) -> bool {
    &*write.kind == SEARCH_PARAMETER
}

/// What is told where a change of search parameters is stored and holds on some nodes only.
pub(super) const AHEAD: &str =
    "it is stored, but not all nodes of this server have taken up the change of search parameters yet";

/// Whether an interaction may change search parameters.
pub(super) fn is_changed_by(interaction: &Interaction) -> bool {
    match interaction {
        Interaction::Create { kind }
        | Interaction::Update { kind, .. }
        | Interaction::ConditionalUpdate { kind }
        | Interaction::Patch { kind, .. }
        | Interaction::ConditionalPatch { kind }
        | Interaction::Delete { kind, .. }
        | Interaction::ConditionalDelete { kind } => kind == SEARCH_PARAMETER,
        Interaction::Bundle => true,
        _ => false,
    }
}

/// Whether a set concerns search parameters.
pub(super) fn concerns(set: &WriteSet) -> bool {
    set.writes.iter().any(is_definition)
}
