//! The thread that follows changes of search parameters by other nodes: at once when they are announced, and within a second
//! where the announcement does not come through.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use super::SearchParameters;
use crate::store::StoreError;

/// How long to wait for an announcement before looking anyway.
const LOOK: Duration = Duration::from_secs(1);

/// Starts the thread. It ends when `parameters` are dropped.
pub(super) fn start(parameters: &Arc<SearchParameters>) -> Result<(), StoreError> {
    let parameters = Arc::downgrade(parameters);
    thread::Builder::new()
        .name("follow".to_owned())
        .spawn(move || run(&parameters))
        .map_err(|error| StoreError::Unavailable(format!("no thread to follow other nodes: {error}")))?;
    Ok(())
}

fn run(parameters: &Weak<SearchParameters>) {
    let mut is_lost = false;
    while let Some(parameters) = parameters.upgrade() {
        if parameters.ground.store.is_closed() {
            return;
        }
        match follow(&parameters) {
            Ok(()) => is_lost = false,
            Err(error) => {
                if !std::mem::replace(&mut is_lost, true) {
                    log::warn!("changes of other nodes are looked for once a second: {error}");
                }
                thread::sleep(LOOK);
            }
        }
    }
}

/// Takes up what is stored, says so, and waits until there may be something new.
fn follow(parameters: &SearchParameters) -> Result<(), StoreError> {
    let nodes = parameters.ground.store.nodes();
    // Asked for before what is stored is read, which so is not older.
    let round = nodes.round();
    parameters.refresh()?;
    nodes.follow(round?)?;
    if nodes.listen(LOOK)? {
        // Perhaps a job was opened.
        parameters.wake();
    }
    Ok(())
}
