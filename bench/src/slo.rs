//! The highest load within an objective: the 99th percentile below a limit, hardly any failure.

use std::rc::Rc;
use std::time::Duration;

use crate::result::RunResult;
use crate::run::{self, Load};
use crate::target::Target;
use crate::workload::Workload;

/// Of a thousand answers so many may fail.
const FAILURES_PER_THOUSAND: u64 = 1;
/// Halvings of the interval after the first rate that is too high.
const STEPS: usize = 5;

/// Raises the rate until the objective is missed, then halves the interval; the best run within the objective, or the first run
/// if none was.
pub(crate) async fn highest(
    server: &str,
    name: &str,
    target: &Target,
    workload: &Rc<Workload>,
    load: Load,
    limit: Duration,
) -> RunResult {
    let attempt = async |rate: f64| {
        let load = Load { rate: Some(rate), ..load };
        RunResult::new(server, name, load, &run::run(target, workload, load).await)
    };
    let mut rate = load.rate.unwrap_or(100.0);
    let mut best = attempt(rate).await;
    if !holds(&best, rate, limit) {
        return best;
    }
    let mut too_high = loop {
        let result = attempt(rate * 2.0).await;
        if !holds(&result, rate * 2.0, limit) {
            break rate * 2.0;
        }
        rate *= 2.0;
        best = result;
    };
    for _ in 0..STEPS {
        let middle = f64::midpoint(rate, too_high);
        let result = attempt(middle).await;
        if holds(&result, middle, limit) {
            rate = middle;
            best = result;
        } else {
            too_high = middle;
        }
    }
    best
}

/// Whether a run kept the objective, and its rate.
fn holds(result: &RunResult, rate: f64, limit: Duration) -> bool {
    result.all.p99_ms <= limit.as_secs_f64() * 1000.0
        && result.failed() * 1000 <= result.all.requests * FAILURES_PER_THOUSAND
        && result.all.per_second >= rate * 0.95
}
