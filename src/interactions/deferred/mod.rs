//! Requests that are performed in the background (R4 asynchronous requests): `Prefer: respond-async`.
//!
//! A few threads perform them, one after the other. What is known of them is in the database: an answer is there also after a restart, until
//! it expires. What a node has taken and cannot do any more, since it is gone, another takes over. A batch or transaction that was begun
//! is not performed again, for what it had done by then is not known: its status says so.

mod record;
mod take_over;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use fhir_model::Document;
use fhir_model::primitive::instant_text;
use serde_json::json;

use self::record::{Done, Found, Record};
use super::context::now_micros;
use super::create::new_id;
use super::jobs::accepted;
use super::{Context, Error, Interaction, Request, Response, dispatch};
use crate::store::StoreError;

/// Requests that may wait for a thread.
const WAITING: usize = 64;
const SECOND: i64 = 1_000_000;
/// Seconds after which a client should ask again.
const ASK_AGAIN: u32 = 2;

/// The threads that perform requests in the background.
pub struct Deferred {
    orders: SyncSender<Order>,
    /// How long an answer is kept, microseconds.
    kept_for: i64,
}

#[derive(Debug)]
struct Order {
    id: String,
    request: Request,
    interaction: Interaction,
    record: Record,
    kept_for: i64,
}

impl Deferred {
    /// Starts `threads` threads, which end with the context; `None` if there are to be none. Answers are kept for `hours`.
    pub fn start(context: &Arc<Context>, threads: usize, hours: u32) -> io::Result<Option<Self>> {
        let (orders, taken) = sync_channel(WAITING);
        let taken = Arc::new(Mutex::new(taken));
        for _ in 0..threads {
            let (context, taken) = (Arc::downgrade(context), Arc::clone(&taken));
            let builder = thread::Builder::new().name("deferred".to_owned());
            builder.spawn(move || work(&context, &taken))?;
        }
        let kept_for = i64::from(hours) * 3600 * SECOND;
        if threads > 0 {
            take_over::start(context, orders.clone(), kept_for)?;
        }
        Ok((threads > 0).then_some(Self { orders, kept_for }))
    }

    /// Takes a request, which came to `address`: 202 with the address of its status, or 429 if too many wait.
    pub fn take(
        &self,
        context: &Context,
        mut request: Request,
        interaction: Interaction,
        address: String,
    ) -> Result<Response, Error> {
        let (id, begun, me) = (new_id(), now_micros(), context.store.nodes().me());
        // The body, which may be long, is not copied with the rest.
        let body = std::mem::take(&mut request.body);
        let record = Record { request: address, begun, order: Some(request.clone()), done: None };
        context.store.keep(record.kept(&id, begun + self.kept_for, Some(me), &body)?)?;
        request.body = body;
        let order = Order { id: id.clone(), request, interaction, record, kept_for: self.kept_for };
        match self.orders.try_send(order) {
            Ok(()) => Ok(accepted(&id)),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                context.store.forget(&id)?;
                Err(Error::TooManyJobs)
            }
        }
    }
}

/// Performs what comes, until nothing can come any more.
fn work(context: &Weak<Context>, orders: &Mutex<Receiver<Order>>) {
    loop {
        // The others wait for the lock meanwhile, which is the same as to wait for an order.
        let order = orders.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let (Ok(order), Some(context)) = (order, context.upgrade()) else { return };
        let id = order.id.clone();
        if let Err(error) = perform(&context, order) {
            log::error!("job {id}: {}", error.detail());
        }
    }
}

/// Performs a request, unless it was cancelled or taken over, and keeps the answer, unless that happens meanwhile.
fn perform(context: &Context, order: Order) -> Result<(), Error> {
    let Order { id, request, interaction, mut record, kept_for } = order;
    let me = context.store.nodes().me();
    if context.store.kept(&id)?.is_none_or(|kept| kept.node != Some(me)) {
        return Ok(());
    }
    record.order = None;
    if interaction.changes_data() {
        let begun = record.kept(&id, now_micros() + kept_for, Some(me), &[])?;
        if !is_ours(context.store.replace_kept(me, begun))? {
            return Ok(());
        }
    }
    let answer = catch_unwind(AssertUnwindSafe(|| dispatch(context, &request, interaction)))
        .unwrap_or_else(|_| Err(Error::Internal("a request in the background panicked".to_owned())));
    if let Some(error) = answer.as_ref().err().filter(|error| error.status() >= 500) {
        log::error!("job {id}: {}", error.detail());
    }
    finish(context, &id, record, answer, kept_for)
}

/// Keeps the answer to a request of this node's.
fn finish(
    context: &Context,
    id: &str,
    mut record: Record,
    answer: Result<Response, Error>,
    kept_for: i64,
) -> Result<(), Error> {
    let (done, body) = Done::of(answer);
    record.done = Some(done);
    let kept = record.kept(id, now_micros() + kept_for, None, &body)?;
    is_ours(context.store.replace_kept(context.store.nodes().me(), kept))?;
    Ok(())
}

/// Whether something was replaced, which it was not if it is forgotten or another node's.
fn is_ours(replaced: Result<(), StoreError>) -> Result<bool, StoreError> {
    match replaced {
        Ok(()) => Ok(true),
        Err(StoreError::ConditionChanged) => Ok(false),
        Err(error) => Err(error),
    }
}

/// How far a request is: 202 as long as it waits or is performed; the failure if it failed; else 200 and where the answer is.
pub(super) fn status(context: &Context, request: &Request, id: &str) -> Result<Response, Error> {
    let Found { record, expires, node, body } = record::find(context, id)?;
    let nodes = context.store.nodes();
    let is_live = || node.map_or(Ok(false), |node| nodes.is_live(node));
    match &record.done {
        // One that waits is taken over if its node is gone.
        None if record.order.is_some() || is_live()? => {
            let seconds = (now_micros() - record.begun) / SECOND;
            let by = node.filter(|_| context.store.is_shared()).map(|node| format!(", by node {node}"));
            let progress = format!("waiting or performed since {seconds} s{}", by.unwrap_or_default());
            Ok(Response { progress: Some(progress), retry_after: Some(ASK_AGAIN), ..accepted(id) })
        }
        None => Err(Error::JobLost(id.to_owned())),
        Some(done) if done.failed => Ok(Response { expires: Some(expires), ..done.response(body) }),
        Some(_) => {
            let kind = kind_of(&body);
            let url = format!("{}/_async/{id}/result", request.base);
            let output = kind.map(|kind| json!({ "type": kind, "url": url }));
            let manifest = json!({
                "transactionTime": instant_text(record.begun),
                "request": record.request,
                "requiresAccessToken": false,
                "output": output.into_iter().collect::<Vec<_>>(),
                "error": [],
            });
            let body = manifest.to_string().into_bytes();
            Ok(Response { expires: Some(expires), plain_json: true, ..Response::resource(body) })
        }
    }
}

/// The answer to a request that is done; until then, or if it failed, its status.
pub(super) fn result(context: &Context, request: &Request, id: &str) -> Result<Response, Error> {
    let Found { record, expires, body, .. } = record::find(context, id)?;
    match record.done.filter(|done| !done.failed) {
        Some(done) => Ok(Response { expires: Some(expires), ..done.response(body) }),
        None => status(context, request, id),
    }
}

/// Cancels a request: one that waits is not performed, and no answer is kept.
pub(super) fn cancel(context: &Context, id: &str) -> Result<Response, Error> {
    record::find(context, id)?;
    context.store.forget(id)?;
    Ok(Response { status: 202, ..Response::default() })
}

/// The type of the resource that an answer is; none if it has no body.
fn kind_of(body: &[u8]) -> Option<String> {
    if body.is_empty() {
        return None;
    }
    // The Bundles that answer long requests begin so, and they can be large.
    if body.starts_with(b"{\"resourceType\":\"Bundle\"") {
        return Some("Bundle".to_owned());
    }
    let document = Document::parse_bytes(body.to_vec()).ok()?;
    Some(document.root().resource_type().unwrap_or("Resource").to_owned())
}
