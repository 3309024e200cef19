//! The writer: the one thread that changes the database.
//!
//! Commits wait for the disk, so the tasks that came in while one commit was under way share the next (group commit, [`Group`]).
//! Callers are answered after the commit. Steps of background jobs wait in the same queue.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::backend::{Backend, Definitions};
use super::connection::Link;
use super::dictionary::{Dictionary, Names};
use super::error::is_conflict;
use super::group::{Answer, Group, Manner, Order, Task};
use super::kept::KeptTask;
use super::reindex::JobTask;
use super::versions;
use super::write_set::State;
use crate::store::reindex::Generation;
use crate::store::{Erasure, StoreError, WriteSet};

/// Tasks that may wait; more callers wait for a place.
const QUEUE: usize = 256;
/// A group is full after so many tasks,
const GROUP_TASKS: usize = 256;
/// or so many bytes of bodies: nobody should wait long for the commit of others.
const GROUP_BYTES: usize = 8 << 20;
/// With nothing to do for so long, the writer tidies up.
const IDLE: Duration = Duration::from_millis(500);
/// How often a group is performed at most.
const ATTEMPTS: u32 = 5;
/// The database gave way to another transaction: so long to wait, longer each time.
const PAUSE: Duration = Duration::from_millis(10);
/// How often to look for a database that went away while it committed, and how long to wait in between.
const LOOKS: u32 = 40;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

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
        let (caller, answered) = sync_channel(1);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if orders.send(Order { task: Some(task), caller }).is_err() {
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

    /// `first` and what waits behind it.
    fn group(&self, first: Order) -> Group {
        let mut orders = Vec::new();
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(order) = next.take() {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            bytes += order.task.as_ref().map_or(0, Task::bytes);
            orders.push(order);
            if orders.len() < GROUP_TASKS && bytes < GROUP_BYTES {
                next = self.orders.try_recv().ok();
            }
        }
        Group::new(orders)
    }

    /// Performs `first` and what waits behind it in one transaction, commits, and answers. Nobody has been answered before, so
    /// what was not committed can be performed again.
    fn commit_group(&mut self, first: Order) {
        let mut group = self.group(first);
        let mut manner = Manner::Together;
        for attempt in 1.. {
            let Err(Failure { error, commit }) = self.attempt(&mut group, manner) else { break };
            self.session = None;
            if self.backend.is_shared() {
                // Another process may give their numbers to other names.
                self.dictionary.forget_unsaved();
            }
            let fate = if commit { self.fate(&group) } else { Fate::NotWritten };
            let next = match fate {
                Fate::Written => break,
                Fate::Unknown => None,
                Fate::NotWritten => next_manner(&error, manner, attempt),
            };
            log::warn!("a group of {} sets was not written: {error}; next: {next:?}", group.len());
            match next {
                Some(next) => manner = next,
                None => return group.answer(Err(error)),
            }
            if is_conflict(&error) {
                sleep(PAUSE * attempt);
            }
        }
        group.answer(Ok(()));
    }

    fn attempt(&mut self, group: &mut Group, manner: Manner) -> Result<(), Failure> {
        let (clock, dictionary) = (self.clock, Arc::clone(&self.dictionary));
        let backend = Arc::clone(&self.backend);
        let generation = Arc::clone(&self.generation);
        let mut commit = false;
        let saved = self.session().and_then(|Session { link, state }| {
            link.conn().write_transaction(|conn| {
                if backend.follow(conn, &dictionary, state)? == Definitions::Changed {
                    generation.fetch_add(1, Ordering::SeqCst);
                }
                group.refuse_outdated(generation.load(Ordering::SeqCst));
                group.perform(conn, &dictionary, state, clock, manner)?;
                if group.has_jobs() {
                    backend.wrote_definitions(conn)?;
                }
                let saved = dictionary.save(conn)?;
                commit = true;
                Ok(saved)
            })
        });
        match saved {
            Ok(saved) => {
                dictionary.saved(&saved);
                Ok(())
            }
            Err(error) => Err(Failure { error, commit }),
        }
    }

    /// Whether a group was written whose commit was not answered: its last version is there or it is not. The transaction is over
    /// by the time that this one begins, for both take the lock of the writer.
    fn fate(&mut self, group: &Group) -> Fate {
        let (true, Some(last)) = (self.backend.is_shared(), group.last_version) else {
            return Fate::Unknown;
        };
        for _ in 0..LOOKS {
            let found = self.session().and_then(|session| {
                session.link.conn().write_transaction(|conn| versions::is_there(conn, &last))
            });
            match found {
                Ok(true) => {
                    self.session = None;
                    return Fate::Written;
                }
                Ok(false) => return Fate::NotWritten,
                Err(error) => log::warn!("whether a group was written cannot be told yet: {error}"),
            }
            self.session = None;
            sleep(BETWEEN_LOOKS);
        }
        Fate::Unknown
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

/// Why a group was not performed.
struct Failure {
    error: StoreError,
    /// Whether it was the commit that failed.
    commit: bool,
}

/// What became of a group.
enum Fate {
    Written,
    NotWritten,
    Unknown,
}

/// How to perform a group next of which nothing is written; `None` if it has failed for good.
fn next_manner(error: &StoreError, manner: Manner, attempt: u32) -> Option<Manner> {
    match error {
        _ if attempt >= ATTEMPTS => None,
        error if is_conflict(error) => Some(manner),
        // The connection was lost, perhaps long ago while there was nothing to do.
        StoreError::Unavailable(_) if attempt == 1 => Some(manner),
        StoreError::Unavailable(_) => None,
        _ if manner == Manner::Together => Some(Manner::OneByOne),
        _ => None,
    }
}

pub(super) fn micros(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
