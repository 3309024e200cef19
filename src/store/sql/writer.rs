//! The writer: the one thread that changes the database.
//!
//! Commits wait for the disk, so the sets that came in while one commit was under way share the next (group commit). Each
//! set has a savepoint of its own and fails alone; callers are answered after the commit. Steps of background jobs wait in the
//! same queue.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::backend::{Backend, Definitions};
use super::connection::{Conn, Link};
use super::dictionary::{Dictionary, Names};
use super::erase;
use super::kept::{self, KeptTask};
use super::reindex::{self, JobTask};
use super::resource_text;
use super::write_set::{self, State};
use crate::store::reindex::Generation;
use crate::store::{Change, Erasure, StoreError, WriteSet, Written};

/// Sets that may wait; more callers wait for a place.
const QUEUE: usize = 256;
/// A group is full after so many sets,
const GROUP_SETS: usize = 256;
/// or so many bytes of bodies: nobody should wait long for the commit of others.
const GROUP_BYTES: usize = 8 << 20;
/// With nothing to do for so long, the writer tidies up.
const IDLE: Duration = Duration::from_millis(500);

type Answer = Result<Vec<Written>, StoreError>;

struct Order {
    task: Task,
    answer: SyncSender<Answer>,
}

/// What is applied in one savepoint.
enum Task {
    Write(WriteSet),
    Job(JobTask),
    /// Gives numbers to names.
    Names(Names),
    /// Removes versions for good.
    Erase(Erasure),
    /// Keeps answers.
    Kept(KeptTask),
}

/// The way to the writer's thread.
pub(super) struct Writer {
    /// `None` after [`Writer::stop`].
    orders: RwLock<Option<SyncSender<Order>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    waiting: Arc<AtomicUsize>,
    generation: Arc<AtomicU64>,
}

impl Writer {
    pub(super) fn start(
        backend: Arc<dyn Backend>,
        clock: fn() -> SystemTime,
        dictionary: Arc<Dictionary>,
    ) -> Result<Self, StoreError> {
        let (sender, orders) = sync_channel(QUEUE);
        let waiting = Arc::new(AtomicUsize::new(0));
        let generation = Arc::new(AtomicU64::new(0));
        let mut worker = Worker {
            backend,
            clock,
            dictionary,
            orders,
            waiting: Arc::clone(&waiting),
            generation: Arc::clone(&generation),
            session: None,
        };
        worker.session()?;
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || worker.run())
            .map_err(|error| StoreError::Unavailable(format!("no thread for the writer: {error}")))?;
        Ok(Self { orders: RwLock::new(Some(sender)), thread: Mutex::new(Some(thread)), waiting, generation })
    }

    /// Hands a set to the writer and waits until it is on disk.
    pub(super) fn write(&self, set: WriteSet) -> Answer {
        self.order(Task::Write(set))
    }

    /// Gives numbers to names, and waits until these are on disk.
    pub(super) fn name(&self, names: Names) -> Result<(), StoreError> {
        self.order(Task::Names(names)).map(|_| ())
    }

    /// Hands a task of a job to the writer and waits until it is on disk.
    pub(super) fn work(&self, task: JobTask) -> Result<(), StoreError> {
        self.order(Task::Job(task)).map(|_| ())
    }

    /// Removes versions for good, and waits until they are gone.
    pub(super) fn erase(&self, erasure: Erasure) -> Result<(), StoreError> {
        self.order(Task::Erase(erasure)).map(|_| ())
    }

    /// Hands a task for kept answers to the writer and waits until it is on disk.
    pub(super) fn keep(&self, task: KeptTask) -> Result<(), StoreError> {
        self.order(Task::Kept(task)).map(|_| ())
    }

    fn order(&self, task: Task) -> Answer {
        let stopped = || StoreError::Unavailable("the writer has stopped".to_owned());
        let orders =
            self.orders.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(stopped)?;
        let (answer, answered) = sync_channel(1);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if orders.send(Order { task, answer }).is_err() {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(stopped());
        }
        answered.recv().unwrap_or_else(|_| Err(stopped()))
    }

    /// Refuses older keys from now on.
    pub(super) fn demand_generation(&self, generation: Generation) {
        self.generation.fetch_max(generation, Ordering::SeqCst);
    }

    /// The oldest generation that is taken.
    pub(super) fn demanded_generation(&self) -> Generation {
        self.generation.load(Ordering::SeqCst)
    }

    /// Sets handed over and not yet begun.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn is_alive(&self) -> bool {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Takes no more sets, finishes those that wait, empties the log and ends the thread.
    pub(super) fn stop(&self) {
        drop(self.orders.write().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(_)) = thread.map(JoinHandle::join) {
            log::error!("the writer's thread panicked");
        }
    }
}

struct Worker {
    backend: Arc<dyn Backend>,
    clock: fn() -> SystemTime,
    dictionary: Arc<Dictionary>,
    orders: Receiver<Order>,
    waiting: Arc<AtomicUsize>,
    generation: Arc<AtomicU64>,
    /// Opened again after an error of a transaction, of which the database and we may have different ideas.
    session: Option<Session>,
}

struct Session {
    link: Link,
    state: State,
}

impl Worker {
    fn run(mut self) {
        let mut is_tidy = false;
        loop {
            let order = if is_tidy {
                self.orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                self.orders.recv_timeout(IDLE)
            };
            match order {
                Ok(order) => {
                    self.commit_group(order);
                    is_tidy = false;
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.tidy(false);
                    is_tidy = true;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.tidy(true);
    }

    fn session(&mut self) -> Result<&mut Session, StoreError> {
        let session = match self.session.take() {
            Some(session) => session,
            None => {
                let mut link = self.backend.connect()?;
                let state = State::load(&mut link.conn())?;
                Session { link, state }
            }
        };
        Ok(self.session.insert(session))
    }

    /// Applies `first` and what waits behind it in one transaction, commits, and answers.
    fn commit_group(&mut self, first: Order) {
        let mut group = Group { next: Some(first), answers: Vec::new() };
        let mut result = self.apply_group(&mut group);
        if result.is_err() && group.answers.is_empty() {
            // Nothing has begun: perhaps the connection was lost while there was nothing to do.
            self.session = None;
            result = self.apply_group(&mut group);
        }
        if let Err(error) = &result {
            log::error!("a group of {} sets was not written: {error}", group.answers.len());
            self.session = None;
            if self.backend.is_shared() {
                // Another process may give their numbers to other names.
                self.dictionary.forget_unsaved();
            }
        }
        group.answer(result);
    }

    fn apply_group(&mut self, group: &mut Group) -> Result<(), StoreError> {
        let (clock, dictionary) = (self.clock, Arc::clone(&self.dictionary));
        self.session()?;
        let (orders, waiting, generation) = (&self.orders, &self.waiting, &self.generation);
        let backend = &self.backend;
        let Some(Session { link, state }) = self.session.as_mut() else { return Ok(()) };
        let saved = link.conn().write_transaction(|conn| {
            if backend.follow(conn, &dictionary, state)? == Definitions::Changed {
                generation.fetch_add(1, Ordering::SeqCst);
            }
            let (mut bytes, mut has_jobs) = (0, false);
            while let Some(Order { task, answer }) = group.next.take() {
                waiting.fetch_sub(1, Ordering::Relaxed);
                bytes += body_bytes(&task);
                has_jobs |= matches!(task, Task::Job(_));
                if reads_texts(&task) {
                    state.texts.write(conn)?;
                }
                let generation = generation.load(Ordering::SeqCst);
                let outcome = apply(conn, &dictionary, state, task, generation, micros(clock()));
                group.answers.push((answer, outcome));
                if group.answers.len() < GROUP_SETS && bytes < GROUP_BYTES {
                    group.next = orders.try_recv().ok();
                }
            }
            state.texts.write(conn)?;
            if has_jobs {
                backend.wrote_definitions(conn)?;
            }
            dictionary.save(conn)
        })?;
        dictionary.saved(&saved);
        Ok(())
    }

    /// Does what is better done when nobody waits.
    fn tidy(&mut self, ending: bool) {
        let backend = Arc::clone(&self.backend);
        let result = self.session().and_then(|session| backend.tidy(&mut session.link.conn(), ending));
        if let Err(error) = result {
            log::warn!("the database could not be tidied up now: {error}");
        }
    }
}

/// Sets that are committed together.
struct Group {
    /// Taken from the queue and not yet begun.
    next: Option<Order>,
    answers: Vec<(SyncSender<Answer>, Answer)>,
}

impl Group {
    /// Answers everyone. If the group was not committed then nothing of it was written.
    fn answer(self, committed: Result<(), StoreError>) {
        let failure = committed.err().map(|error| error.to_string());
        let begun = self.answers.into_iter();
        let not_begun = self.next.into_iter().map(|order| (order.answer, Ok(Vec::new())));
        for (caller, answer) in begun.chain(not_begun) {
            let answer = match &failure {
                Some(text) => answer.and_then(|_| Err(StoreError::Unavailable(text.clone()))),
                None => answer,
            };
            // A caller who has gone away does not mind.
            let _ = caller.send(answer);
        }
    }
}

/// Applies one task within its savepoint. `generation` is the oldest that is taken.
fn apply(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    task: Task,
    generation: Generation,
    now: i64,
) -> Answer {
    let task = current_task(task, generation)?;
    state.begin();
    let answer = conn.transaction(|conn| {
        let applied = catch_unwind(AssertUnwindSafe(|| match task {
            Task::Write(set) => write_set::apply(conn, dictionary, state, set, now),
            Task::Job(task) => reindex::apply(conn, dictionary, state, task, now).map(|()| Vec::new()),
            Task::Names(names) => names.give(dictionary).map(|()| Vec::new()),
            Task::Erase(erasure) => erase::apply(conn, dictionary, state, erasure).map(|()| Vec::new()),
            Task::Kept(task) => kept::apply(conn, task, now).map(|()| Vec::new()),
        }));
        applied.unwrap_or_else(|_| Err(StoreError::Database("the writer panicked".to_owned())))
    });
    if answer.is_err() {
        state.roll_back();
    }
    answer
}

/// The task, unless something of it follows search parameters that are replaced.
fn current_task(task: Task, generation: Generation) -> Result<Task, StoreError> {
    match task {
        Task::Write(set) if set.checks.iter().any(|check| check.generation < generation) => {
            Err(StoreError::ConditionChanged)
        }
        Task::Write(set) if set.generation().is_some_and(|oldest| oldest < generation) => {
            Err(StoreError::StaleParameters(Box::new(set)))
        }
        Task::Job(JobTask::Step(step)) if step.generation < generation => Err(StoreError::ConditionChanged),
        task => Ok(task),
    }
}

/// Whether a condition of the task looks at the text index, which then must hold what the group has changed.
fn reads_texts(task: &Task) -> bool {
    match task {
        Task::Write(set) => set.checks.iter().any(|check| resource_text::is_read_by(&check.query)),
        Task::Job(_) | Task::Names(_) | Task::Erase(_) | Task::Kept(_) => false,
    }
}

fn body_bytes(task: &Task) -> usize {
    let set = match task {
        Task::Write(set) => set,
        Task::Kept(task) => return task.bytes(),
        Task::Job(_) | Task::Names(_) | Task::Erase(_) => return 0,
    };
    let bytes = set.writes.iter().map(|write| match &write.change {
        Change::Put(prepared) => prepared.body.approximate_len(),
        Change::Delete => 0,
    });
    bytes.sum()
}

fn micros(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
