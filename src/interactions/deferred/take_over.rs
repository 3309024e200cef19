//! The thread that looks for requests of nodes that are gone: an earlier process on this database, or another node that died.

use std::io;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use super::record::{self, Found};
use super::{Order, finish};
use crate::interactions::{Context, Error, Interaction};
use crate::store::StoreError;
use crate::store::nodes::NodeNumber;

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);

/// Starts the thread, which ends with the context. What it takes over goes to `orders`.
pub(super) fn start(context: &Arc<Context>, orders: SyncSender<Order>, kept_for: i64) -> io::Result<()> {
    let context = Arc::downgrade(context);
    let builder = thread::Builder::new().name("take-over".to_owned());
    builder.spawn(move || run(&context, &orders, kept_for))?;
    Ok(())
}

fn run(context: &Weak<Context>, orders: &SyncSender<Order>, kept_for: i64) {
    loop {
        let lost = match context.upgrade() {
            Some(context) if !context.store.is_closed() => lost(&context),
            _ => return,
        };
        match lost {
            Ok(lost) => {
                for (id, node) in lost {
                    let Some(context) = context.upgrade() else { return };
                    let taken = take_over(&context, &id, node, kept_for);
                    drop(context);
                    match taken {
                        // Waits while too many wait for a thread: then other nodes may take the rest.
                        Ok(Some(order)) => {
                            if orders.send(order).is_err() {
                                return;
                            }
                        }
                        Ok(None) => {}
                        Err(error) => log::warn!("job {id} is not taken over: {}", error.detail()),
                    }
                }
            }
            Err(error) => log::warn!("jobs of nodes that are gone are not looked for: {error}"),
        }
        // No other process has a file open.
        if context.upgrade().is_none_or(|context| !context.store.is_shared()) {
            return;
        }
        thread::sleep(LOOK);
    }
}

/// What nodes that are gone have not finished.
fn lost(context: &Context) -> Result<Vec<(Box<str>, NodeNumber)>, StoreError> {
    let nodes = context.store.nodes();
    let mut lost = Vec::new();
    for (id, node) in context.store.unfinished()? {
        if !nodes.is_live(node)? {
            lost.push((id, node));
        }
    }
    Ok(lost)
}

/// Takes a request over from a node, and gives what is to be performed. One that may not be performed again is closed instead.
fn take_over(context: &Context, id: &str, from: NodeNumber, kept_for: i64) -> Result<Option<Order>, Error> {
    let me = context.store.nodes().me();
    match context.store.take_over(id, from, me) {
        // Another node was faster, or it was cancelled.
        Err(StoreError::ConditionChanged) => return Ok(None),
        taken => taken?,
    }
    log::info!("node {me} takes job {id} over from node {from}, which is gone");
    let Found { mut record, body, .. } = record::find(context, id)?;
    let Some(mut request) = record.order.take() else {
        finish(context, id, record, Err(Error::JobLost(id.to_owned())), kept_for)?;
        return Ok(None);
    };
    request.body = body;
    let interaction = Interaction::of(context, &request)?;
    Ok(Some(Order { id: id.to_owned(), request, interaction, record, kept_for }))
}
