//! A run: clients that repeat a workload for a time.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use crate::record::Record;
use crate::session::Session;
use crate::target::Target;
use crate::workload::Workload;

/// How much load, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Connections, each with at most one request under way.
    pub(crate) clients: usize,
    /// Iterations a second of all clients together; `None`: each client sends its next request as soon as it has an answer.
    pub(crate) rate: Option<f64>,
    /// Not recorded.
    pub(crate) warm_up: Duration,
    /// Recorded.
    pub(crate) duration: Duration,
    /// Which random choices: the same seed makes the same requests in the same order of each client.
    pub(crate) seed: u64,
}

/// What a run measured.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The requests.
    pub(crate) record: Record,
    /// From the first recorded request to the last answer.
    pub(crate) elapsed: Duration,
}

/// Runs a workload: warms up, then measures.
pub(crate) async fn run(target: &Target, workload: &Rc<Workload>, load: Load) -> Outcome {
    if !load.warm_up.is_zero() {
        phase(target, workload, Load { duration: load.warm_up, seed: load.seed ^ 1, ..load }).await;
    }
    phase(target, workload, load).await
}

async fn phase(target: &Target, workload: &Rc<Workload>, load: Load) -> Outcome {
    let begun = Instant::now();
    let schedule =
        Rc::new(Schedule { begun, end: begun + load.duration, rate: load.rate, next: Cell::new(0) });
    let clients = LocalSet::new();
    let handles: Vec<_> = (0..load.clients)
        .map(|number| {
            let (workload, schedule) = (Rc::clone(workload), Rc::clone(&schedule));
            let mut session = Session::new(target);
            let seed = load.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number as u64);
            clients.spawn_local(async move {
                let mut random = fastrand::Rng::with_seed(seed);
                while schedule.turn(&mut session).await && workload.iterate(&mut session, &mut random).await {
                }
                session.record
            })
        })
        .collect();
    clients.await;
    let mut record = Record::default();
    for handle in handles {
        if let Ok(part) = handle.await {
            record.merge(part);
        }
    }
    Outcome { record, elapsed: begun.elapsed() }
}

/// When clients may begin.
struct Schedule {
    begun: Instant,
    end: Instant,
    rate: Option<f64>,
    /// The next iteration that nobody has taken.
    next: Cell<u64>,
}

impl Schedule {
    /// Waits until the client's next iteration is due; `false` when the time is over.
    async fn turn(&self, session: &mut Session) -> bool {
        if let Some(rate) = self.rate {
            let number = self.next.replace(self.next.get() + 1);
            #[expect(clippy::cast_precision_loss, reason = "iterations are far fewer than 2^52")]
            let due = self.begun + Duration::from_secs_f64(number as f64 / rate);
            if due >= self.end {
                return false;
            }
            tokio::time::sleep_until(due.into()).await;
            session.due_at(due);
        }
        Instant::now() < self.end
    }
}
