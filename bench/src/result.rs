//! The result of a run as a file: what `compare` reads, and anyone else.

use std::path::Path;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::record::Measure;
use crate::run::{Load, Outcome};

/// One run of one workload against one server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunResult {
    /// What the report calls the server.
    pub(crate) server: String,
    /// The name of the workload.
    pub(crate) workload: String,
    /// Free text about machine, commit, durability, data.
    pub(crate) notes: Vec<String>,
    /// Connections.
    pub(crate) clients: usize,
    /// Iterations a second that were asked for; absent in the closed model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rate: Option<f64>,
    /// Seconds that were measured.
    pub(crate) seconds: f64,
    /// Resident memory of the server after the run, in bytes, where its process is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) memory_bytes: Option<u64>,
    /// All requests together; its name is empty.
    pub(crate) all: ClassResult,
    /// Each class of requests.
    pub(crate) classes: Vec<ClassResult>,
}

/// The requests of one class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ClassResult {
    /// Its name.
    pub(crate) name: String,
    /// Answers as expected.
    pub(crate) requests: u64,
    /// Those a second.
    pub(crate) per_second: f64,
    /// Resources written or downloaded a second.
    pub(crate) resources_per_second: f64,
    /// Latencies in milliseconds.
    pub(crate) p50_ms: f64,
    /// 90 of 100 are as quick.
    pub(crate) p90_ms: f64,
    /// 99 of 100.
    pub(crate) p99_ms: f64,
    /// The slowest.
    pub(crate) max_ms: f64,
    /// Mean size of the bodies of answers.
    pub(crate) mean_bytes: f64,
    /// What went wrong, and how often.
    pub(crate) failures: Vec<(String, u64)>,
}

impl RunResult {
    /// The result of a run.
    pub(crate) fn new(server: &str, workload: &str, load: Load, outcome: &Outcome) -> Self {
        let seconds = outcome.elapsed.as_secs_f64();
        let classes = outcome.record.classes();
        let classes = classes.map(|(name, measure)| ClassResult::new(name, measure, seconds)).collect();
        let all = outcome.record.all().map(|all| ClassResult::new("", &all, seconds));
        Self {
            server: server.to_owned(),
            workload: workload.to_owned(),
            notes: Vec::new(),
            clients: load.clients,
            rate: load.rate,
            seconds,
            memory_bytes: None,
            all: all.unwrap_or_else(ClassResult::none),
            classes,
        }
    }

    /// Reads a file that [`RunResult`] was written to as JSON.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        serde_json::from_str(&text)
            .map_err(|error| format!("{} is no result of a run: {error}", path.display()))
    }

    /// Answers that were not as expected.
    pub(crate) fn failed(&self) -> u64 {
        self.all.failed()
    }
}

impl ClassResult {
    fn none() -> Self {
        Self {
            name: String::new(),
            requests: 0,
            per_second: 0.0,
            resources_per_second: 0.0,
            p50_ms: 0.0,
            p90_ms: 0.0,
            p99_ms: 0.0,
            max_ms: 0.0,
            mean_bytes: 0.0,
            failures: Vec::new(),
        }
    }

    fn new(name: &str, measure: &Measure, seconds: f64) -> Self {
        let requests = measure.latencies.len();
        let millis = |quantile: f64| real(measure.latencies.value_at_quantile(quantile)) / 1000.0;
        Self {
            name: name.to_owned(),
            requests,
            per_second: real(requests) / seconds,
            resources_per_second: real(measure.resources) / seconds,
            p50_ms: millis(0.5),
            p90_ms: millis(0.9),
            p99_ms: millis(0.99),
            max_ms: slowest(&measure.latencies),
            mean_bytes: if requests == 0 { 0.0 } else { real(measure.bytes) / real(requests) },
            failures: measure.failures.iter().map(|(what, count)| (what.clone(), *count)).collect(),
        }
    }

    /// Answers that were not as expected.
    pub(crate) fn failed(&self) -> u64 {
        self.failures.iter().map(|(_, count)| count).sum()
    }
}

fn slowest(latencies: &Histogram<u64>) -> f64 {
    real(latencies.max()) / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn real(count: u64) -> f64 {
    count as f64
}
