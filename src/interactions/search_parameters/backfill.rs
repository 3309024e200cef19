//! The thread that performs jobs: step by step, each a transaction of its own that also notes how far the job is.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use fhir_model::Document;

use super::{SearchParameters, SearchState};
use crate::store::reindex::{Job, Position, Rekeyed, Step, Stored};
use crate::store::{Store, StoreError};

/// How long to wait before a step that failed is tried again.
const RETRY: Duration = Duration::from_secs(5);
/// The longest pause after a step.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How long to wait when there is nothing to do.
const IDLE: Duration = Duration::from_secs(3600);
/// The same where another process may change the parameters or open a job.
const LOOK: Duration = Duration::from_secs(1);

/// Starts the thread. It ends when `parameters` are dropped.
pub(super) fn start(parameters: &Arc<SearchParameters>, woken: Receiver<()>) -> Result<(), StoreError> {
    let parameters = Arc::downgrade(parameters);
    thread::Builder::new()
        .name("reindex".to_owned())
        .spawn(move || run(&parameters, &woken))
        .map_err(|error| StoreError::Unavailable(format!("no thread for jobs: {error}")))?;
    Ok(())
}

fn run(parameters: &Weak<SearchParameters>, woken: &Receiver<()>) {
    while let Some(strong) = parameters.upgrade() {
        let pause = match step(&strong) {
            // Clients get at least half of the time.
            Ok(Some(elapsed)) => elapsed.min(LONGEST_PAUSE),
            Ok(None) if strong.ground.store.is_shared() => LOOK,
            Ok(None) => IDLE,
            // The store is closed: the next process goes on.
            Err(StoreError::Unavailable(_)) if strong.ground.store.is_closed() => return,
            Err(error) => {
                log::warn!("a job could not go on, it is tried again: {error}");
                RETRY
            }
        };
        drop(strong);
        if woken.recv_timeout(pause) == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}

/// Does one step of the first job, and tells how long it took; `None` if there is no job.
fn step(parameters: &SearchParameters) -> Result<Option<Duration>, StoreError> {
    let begun = Instant::now();
    if parameters.ground.store.is_shared() {
        parameters.refresh()?;
    }
    let Some(job) = parameters.ground.store.open_jobs()?.into_iter().next() else {
        if parameters.state().is_incomplete() {
            parameters.refresh()?;
        }
        return Ok(None);
    };
    let (resources, at) = next(&*parameters.ground.store, &job)?;
    // Taken after the resources are read: whatever they were written with, this is not older.
    let state = parameters.state();
    let step = Step {
        job: job.id.clone(),
        generation: state.generation,
        keys: resources.iter().filter_map(|stored| rekeyed(&state, stored)).collect(),
        at,
        done: resources.len() as u64,
    };
    match parameters.ground.store.put_keys(step) {
        // The parameters changed meanwhile; the step is done again with the new ones.
        Err(StoreError::ConditionChanged) => {}
        done => done?,
    }
    if at.kind >= job.work.types.len() {
        parameters.refresh()?;
    }
    Ok(Some(begun.elapsed()))
}

/// The resources of the next step, and how far the job is after it.
fn next(store: &dyn Store, job: &Job) -> Result<(Vec<Stored>, Position), StoreError> {
    let mut at = job.at;
    while let Some(kind) = job.work.types.get(at.kind) {
        let resources = store.resources_after(kind, at.rid)?;
        if let Some(last) = resources.last() {
            at.rid = last.rid;
            return Ok((resources, at));
        }
        at = Position { kind: at.kind + 1, rid: 0 };
    }
    Ok((Vec::new(), at))
}

fn rekeyed(state: &SearchState, stored: &Stored) -> Option<Rekeyed> {
    let Stored { rid, vid, id, body } = stored;
    match Document::parse_bytes(body.clone()) {
        Ok(document) => {
            Some(Rekeyed { rid: *rid, vid: *vid, keys: state.extractor.extract(document.root()) })
        }
        Err(error) => {
            log::error!("the stored resource {id} keeps its index keys, for it cannot be read: {error}");
            None
        }
    }
}
