//! Requests that are performed in the background (R4 asynchronous requests): `Prefer: respond-async`.
//!
//! A few threads perform them, one after the other. What is known of them is in the database: an answer is there also after a restart, until
//! it expires. A request that a process took and did not finish is not performed again, for what it had done by then is not known: its
//! status says so.

mod record;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use fhir_model::Document;
use fhir_model::primitive::instant_text;
use serde_json::json;

use self::record::{Done, Record};
use super::context::now_micros;
use super::create::new_id;
use super::jobs::accepted;
use super::{Context, Error, Interaction, Request, Response, dispatch};

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
        Ok((threads > 0).then_some(Self { orders, kept_for }))
    }

    /// Takes a request, which came to `address`: 202 with the address of its status, or 429 if too many wait.
    pub fn take(
        &self,
        context: &Context,
        request: Request,
        interaction: Interaction,
        address: String,
    ) -> Result<Response, Error> {
        let (id, begun) = (new_id(), now_micros());
        let record = Record { process: context.process.clone(), request: address, begun, done: None };
        context.store.keep(record.kept(&id, begun + self.kept_for, &[])?)?;
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

/// Performs a request, unless it was cancelled, and keeps the answer, unless it is cancelled meanwhile.
fn perform(context: &Context, order: Order) -> Result<(), Error> {
    let Order { id, request, interaction, mut record, kept_for } = order;
    if context.store.kept(&id)?.is_none() {
        return Ok(());
    }
    let answer = catch_unwind(AssertUnwindSafe(|| dispatch(context, &request, interaction)))
        .unwrap_or_else(|_| Err(Error::Internal("a request in the background panicked".to_owned())));
    if let Some(error) = answer.as_ref().err().filter(|error| error.status() >= 500) {
        log::error!("job {id}: {}", error.detail());
    }
    let (done, body) = Done::of(answer);
    record.done = Some(done);
    Ok(context.store.replace_kept(record.kept(&id, now_micros() + kept_for, &body)?)?)
}

/// How far a request is: 202 as long as it waits or is performed; the failure if it failed; else 200 and where the answer is.
pub(super) fn status(context: &Context, request: &Request, id: &str) -> Result<Response, Error> {
    let (record, expires, body) = record::find(context, id)?;
    match &record.done {
        None if record.process == context.process => {
            let seconds = (now_micros() - record.begun) / SECOND;
            let progress = Some(format!("waiting or performed since {seconds} s"));
            Ok(Response { progress, retry_after: Some(ASK_AGAIN), ..accepted(id) })
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
    let (record, expires, body) = record::find(context, id)?;
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
