//! A group of tasks that one transaction performs.
//!
//! Sets of writes are applied in memory, each on what the earlier ones have changed ([`write_set`]), and the changes of all are
//! written together at the end ([`Changes`]): a statement for each table. A set that must be refused leaves nothing behind.
//! They are written earlier only where something looks into the tables: a condition that they may concern, a job, an erasure.
//! If the database itself refuses what was written together, the group is performed once more, each set in a savepoint
//! of its own, so that one set fails alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::SyncSender;
use std::time::SystemTime;

use fhir_search::keys::Target;

use super::changes::{Added, Answers, Changes};
use super::checks;
use super::connection::Conn;
use super::dialect::Dialect;
use super::dictionary::{Dictionary, Names};
use super::erase;
use super::identity;
use super::kept::{self, KeptTask};
use super::reindex::{self, JobTask};
use super::write_set::{self, State};
use super::writer;
use crate::store::reindex::Generation;
use crate::store::{Change, Check, Erasure, StoreError, WriteSet, Written};

/// What the caller of the writer gets.
pub(super) type Answer = Result<Vec<Written>, StoreError>;

/// A task, and where its answer goes.
pub(super) struct Order {
    /// `None` when it was given back with the answer.
    pub(super) task: Option<Task>,
    pub(super) caller: SyncSender<Answer>,
}

/// What the writer does, all of it or nothing.
pub(super) enum Task {
    Write(WriteSet),
    Job(JobTask),
    /// Gives numbers to names.
    Names(Names),
    /// Removes versions for good.
    Erase(Erasure),
    /// Keeps answers.
    Kept(KeptTask),
}

impl Task {
    /// About how many bytes it writes.
    pub(super) fn bytes(&self) -> usize {
        let set = match self {
            Self::Write(set) => set,
            Self::Kept(task) => return task.bytes(),
            Self::Job(_) | Self::Names(_) | Self::Erase(_) => return 0,
        };
        let bytes = set.writes.iter().map(|write| match &write.change {
            Change::Put(prepared) => prepared.body.approximate_len(),
            Change::Delete => 0,
        });
        bytes.sum()
    }

    /// Gives an order back whose task follows search parameters that are replaced: `generation` is the oldest that is taken.
    fn outdated(task: &mut Option<Self>, generation: Generation) -> Option<StoreError> {
        match task.take()? {
            Self::Write(set) if set.checks.iter().any(|check| check.generation < generation) => {
                Some(StoreError::ConditionChanged)
            }
            Self::Write(set) if set.generation().is_some_and(|oldest| oldest < generation) => {
                Some(StoreError::StaleParameters(Box::new(set)))
            }
            Self::Job(JobTask::Step(step)) if step.generation < generation => {
                Some(StoreError::ConditionChanged)
            }
            current => {
                *task = Some(current);
                None
            }
        }
    }
}

/// How the sets of a group are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// All together.
    Together,
    /// Each in a savepoint of its own.
    OneByOne,
}

/// Tasks that are committed together, and the answers to them.
pub(super) struct Group {
    orders: Vec<Order>,
    answers: Vec<Option<Answer>>,
    /// The version that was added last when the tasks were performed last.
    pub(super) last_version: Option<Added>,
}

impl Group {
    pub(super) fn new(orders: Vec<Order>) -> Self {
        let answers = orders.iter().map(|_| None).collect();
        Self { orders, answers, last_version: None }
    }

    pub(super) fn len(&self) -> usize {
        self.orders.len()
    }

    /// Whether definitions of search parameters may change.
    pub(super) fn has_jobs(&self) -> bool {
        self.orders.iter().any(|order| matches!(order.task, Some(Task::Job(_))))
    }

    /// Refuses tasks that follow search parameters older than `generation`.
    pub(super) fn refuse_outdated(&mut self, generation: Generation) {
        for (order, answer) in self.orders.iter_mut().zip(&mut self.answers) {
            if let Some(error) = Task::outdated(&mut order.task, generation) {
                *answer = Some(Err(error));
            }
        }
    }

    /// Performs the tasks within a transaction of the writer. An error is one of the transaction: nothing stays.
    pub(super) fn perform(
        &mut self,
        conn: &mut Conn<'_>,
        dictionary: &Dictionary,
        state: &mut State,
        clock: fn() -> SystemTime,
        manner: Manner,
    ) -> Result<(), StoreError> {
        state.begin_transaction();
        self.last_version = None;
        look_ahead(conn, dictionary, state, &self.orders)?;
        let mut performance = Performance {
            conn,
            dictionary,
            state,
            answers: &mut self.answers,
            changes: Changes::default(),
            verified: Vec::new(),
            last_version: None,
        };
        for (place, order) in self.orders.iter().enumerate() {
            let now = writer::micros(clock());
            match &order.task {
                None => {}
                Some(Task::Write(set)) if manner == Manner::Together => performance.add(place, set, now)?,
                Some(Task::Write(set)) => performance.write_alone(place, set, now),
                Some(task) => performance.other(place, task, now)?,
            }
        }
        performance.write_changes()?;
        self.last_version = performance.last_version;
        Ok(())
    }

    /// Answers everyone. If the group was not committed then nothing of it was written.
    pub(super) fn answer(self, committed: Result<(), StoreError>) {
        let failure = committed.err().map(|error| error.to_string());
        for (order, answer) in self.orders.into_iter().zip(self.answers) {
            let answer = answer.unwrap_or_else(|| Ok(Vec::new()));
            let answer = match &failure {
                Some(text) => answer.and_then(|_| Err(StoreError::Unavailable(text.clone()))),
                None => answer,
            };
            // A caller who has gone away does not mind.
            let _ = order.caller.send(answer);
        }
    }
}

/// A group being performed.
struct Performance<'p, 'c, 'g> {
    conn: &'p mut Conn<'c>,
    dictionary: &'p Dictionary,
    state: &'p mut State,
    answers: &'p mut Answers,
    /// Of the sets so far, and not written yet.
    changes: Changes<'g>,
    /// Conditions that hold as long as `changes` does not concern them.
    verified: Vec<&'g Check>,
    last_version: Option<Added>,
}

impl<'g> Performance<'_, '_, 'g> {
    fn answer(&mut self, place: usize, answer: Answer) {
        if let Some(slot) = self.answers.get_mut(place) {
            *slot = Some(answer);
        }
    }

    /// Adds what a set changes, or refuses it.
    fn add(&mut self, place: usize, set: &'g WriteSet, now: i64) -> Result<(), StoreError> {
        match self.apply(place, set, now) {
            Ok((written, changes)) => {
                self.changes.merge(changes);
                self.answer(place, Ok(written));
            }
            Err(error) if is_refusal(&error) => self.answer(place, Err(error)),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// What a set changes; `self.changes` stay as they are but for being written where a condition needs them.
    fn apply(
        &mut self,
        place: usize,
        set: &'g WriteSet,
        now: i64,
    ) -> Result<(Vec<Written>, Changes<'g>), StoreError> {
        for check in &set.checks {
            self.verify(check)?;
        }
        self.state.begin();
        let Self { conn, dictionary, state, changes, .. } = self;
        let applied = catch_panic(|| write_set::apply(conn, dictionary, state, changes, (set, place), now));
        if applied.is_err() {
            self.state.roll_back();
        }
        applied
    }

    fn verify(&mut self, check: &'g Check) -> Result<(), StoreError> {
        if checks::depends_on(&check.query, self.dictionary, &self.changes) {
            self.write_changes()?;
        } else if self.verified.iter().any(|verified| is_same(verified, check)) {
            return Ok(());
        }
        checks::verify(self.conn, self.dictionary, check)?;
        self.verified.push(check);
        Ok(())
    }

    /// Writes what the sets so far have changed.
    fn write_changes(&mut self) -> Result<(), StoreError> {
        let changes = std::mem::take(&mut self.changes);
        self.verified.clear();
        self.last_version = changes.last_version().or(self.last_version);
        let Self { conn, dictionary, state, answers, .. } = self;
        catch_panic(|| changes.write(conn, dictionary, state, answers))
    }

    /// Performs a set in a savepoint.
    fn write_alone(&mut self, place: usize, set: &'g WriteSet, now: i64) {
        let before = self.last_version;
        let written = self.savepoint(|alone| {
            let (written, changes) = alone.apply(place, set, now)?;
            alone.changes = changes;
            // The bodies are taken from there.
            alone.answer(place, Ok(written));
            alone.write_changes()
        });
        if let Err(error) = written {
            self.answer(place, Err(error));
            self.last_version = before;
        }
    }

    /// Performs another task in a savepoint.
    fn other(&mut self, place: usize, task: &'g Task, now: i64) -> Result<(), StoreError> {
        if matches!(task, Task::Job(_) | Task::Erase(_)) {
            self.write_changes()?;
        }
        let done = match task {
            Task::Names(names) => names.give(self.dictionary),
            Task::Kept(task) => self.conn.transaction(|conn| kept::apply(conn, task.clone(), now)),
            Task::Job(task) => {
                self.savepoint(|own| reindex::apply(own.conn, own.dictionary, own.state, task.clone(), now))
            }
            Task::Erase(erasure) => {
                self.savepoint(|own| erase::apply(own.conn, own.dictionary, own.state, erasure.clone()))
            }
            Task::Write(_) => Ok(()),
        };
        self.answer(place, done.map(|()| Vec::new()));
        Ok(())
    }

    /// Runs `work` in a savepoint, with no changes waiting. What is known of the tables is looked up again afterwards, but for
    /// what [`Changes`] has noted.
    fn savepoint(
        &mut self,
        work: impl FnOnce(&mut Performance<'_, '_, 'g>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Self { conn, dictionary, state, answers, .. } = self;
        let mut last_version = self.last_version;
        state.begin();
        let done = conn.transaction(|conn| {
            let mut inner = Performance {
                conn,
                dictionary,
                state,
                answers,
                changes: Changes::default(),
                verified: Vec::new(),
                last_version,
            };
            let done = catch_panic(|| work(&mut inner));
            last_version = inner.last_version;
            done
        });
        self.last_version = last_version;
        self.verified.clear();
        match done {
            Ok(()) => self.state.known.forget(),
            Err(_) => {
                self.state.roll_back();
                self.state.forget();
            }
        }
        done
    }
}

/// Whether a set is refused for what it asks, the database being in order.
fn is_refusal(error: &StoreError) -> bool {
    match error {
        StoreError::VersionConflict { .. }
        | StoreError::ConditionChanged
        | StoreError::StaleParameters(_)
        | StoreError::DanglingReference { .. }
        | StoreError::Referenced { .. } => true,
        StoreError::BadCursor
        | StoreError::Unavailable(_)
        | StoreError::Busy
        | StoreError::TooSlow
        | StoreError::NewerSchema { .. }
        | StoreError::Database(_) => false,
    }
}

fn is_same(one: &Check, other: &Check) -> bool {
    one.matches == other.matches && one.query == other.query
}

fn catch_panic<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|_| Err(StoreError::Database("the writer panicked".to_owned())))
}

/// Looks up what the sets will ask for, all at once.
fn look_ahead(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    orders: &[Order],
) -> Result<(), StoreError> {
    if conn.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let sets = || {
        orders.iter().filter_map(|order| match &order.task {
            Some(Task::Write(set)) => Some(set),
            _ => None,
        })
    };
    let code = |kind: &str| dictionary.find_type(kind);
    let (mut targets, mut required, mut referred) = (Vec::new(), Vec::new(), Vec::new());
    for write in sets().flat_map(|set| &set.writes) {
        targets.extend(code(&write.kind).map(|kind| (kind, &*write.id)));
        let Change::Put(prepared) = &write.change else { continue };
        let references = prepared.references.iter();
        required.extend(references.filter_map(|one| Some((code(&one.kind)?, &*one.id))));
        referred.extend(prepared.keys.references.iter().filter_map(|key| match &key.target {
            Target::Resource { kind, id } => Some((code(kind)?, &**id)),
            Target::Url(url) => Some((identity::URL, &**url)),
        }));
    }
    let names = targets.iter().chain(&required).chain(&referred).copied();
    state.identities.look_ahead(conn, names)?;
    let targets = state.identities.known_numbers(&targets);
    let mut required = state.identities.known_numbers(&required);
    required.retain(|rid| targets.binary_search(rid).is_err());
    state.known.look_ahead(conn, &targets, &required)
}
