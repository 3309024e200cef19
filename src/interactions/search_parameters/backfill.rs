//! The thread that performs jobs: step by step, each a transaction of its own that also notes how far the job is. Of several nodes
//! one has a job, and another takes it over when that one does not live any more.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use fhir_model::Document;

use super::{SearchParameters, SearchState};
use crate::interactions::context::now_micros;
use crate::store::nodes::Nodes;
use crate::store::reindex::{Job, JobKind, Position, Rekeyed, Step, Stored};
use crate::store::{Store, StoreError};

/// How long to wait before a step that failed is tried again.
const RETRY: Duration = Duration::from_secs(5);
/// The longest pause after a step.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How long to wait when there is nothing to do.
const IDLE: Duration = Duration::from_secs(3600);
/// The same where another node may open a job, or die with one.
const LOOK: Duration = Duration::from_secs(1);
/// How long to wait before looking again whether all nodes have taken up what the job is about.
const ALL_FOLLOW: Duration = Duration::from_millis(20);
/// A node that lives and has not taken it up for so long, microseconds, does not hold a job up any longer.
const LONGEST_WAIT: i64 = 30_000_000;

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

/// Does one step of the first job, and tells how long to pause; `None` if there is no job for this node.
fn step(parameters: &SearchParameters) -> Result<Option<Duration>, StoreError> {
    let begun = Instant::now();
    let nodes = parameters.ground.store.nodes();
    let Some(job) = parameters.ground.store.open_jobs()?.into_iter().next() else {
        if parameters.state().is_incomplete() {
            parameters.refresh()?;
        }
        return Ok(None);
    };
    if let Some(node) = job.node.filter(|node| *node != nodes.me()) {
        if nodes.is_live(node)? {
            return Ok(None);
        }
        log::info!("node {} takes job {} over from node {node}, which is gone", nodes.me(), job.id);
    }
    if !may_begin(nodes, &job) {
        return Ok(Some(ALL_FOLLOW));
    }
    let (resources, at) = next(&*parameters.ground.store, &job)?;
    // Taken after the resources are read: whatever they were written with, this is not older.
    let state = parameters.state();
    let step = Step {
        job: job.id.clone(),
        from: job.at,
        taken_from: job.node,
        node: nodes.me(),
        generation: state.generation,
        keys: resources.iter().filter_map(|stored| rekeyed(&state, stored)).collect(),
        at,
        done: resources.len() as u64,
    };
    match parameters.ground.store.put_keys(step) {
        // The parameters changed meanwhile, and the step is done again with the new ones; or another node has the job.
        Err(StoreError::ConditionChanged) => return Ok(Some(begun.elapsed())),
        done => done?,
    }
    if at.kind >= job.work.types.len() {
        parameters.refresh()?;
        if job.work.kind == JobKind::SearchParameters {
            nodes.announce()?;
        }
    }
    Ok(Some(begun.elapsed()))
}

/// Whether all nodes have taken up the definitions whose keys the job brings or removes: until then one may search for keys that
/// the job takes away.
fn may_begin(nodes: &dyn Nodes, job: &Job) -> bool {
    let begins = job.work.kind == JobKind::SearchParameters && job.node.is_none();
    let is_followed = || nodes.round().and_then(|round| nodes.others_follow(round)).unwrap_or(false);
    !begins || now_micros() - job.created > LONGEST_WAIT || is_followed()
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
