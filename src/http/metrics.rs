//! `/metrics` in the format of Prometheus.

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::store::StoreStatus;

/// Upper ends of the buckets of request times.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct MethodLabel {
    method: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct TypeLabel {
    r#type: String,
}

/// Counters and histograms of this process, and gauges of its store.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<MethodLabel, Histogram>,
    resources: Family<TypeLabel, Gauge>,
    waiting_writes: Gauge,
    open_jobs: Gauge,
    database_bytes: Gauge,
    log_bytes: Gauge,
    busy_readers: Gauge,
    open_readers: Gauge,
    most_readers: Gauge,
    waiting_readers: Gauge,
    refused_readers: Counter,
    replica_answered: Counter,
    replica_passed_over: Counter,
    replica_busy_readers: Gauge,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("westway");
        let requests = Family::<RequestLabels, Counter>::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        let seconds = Family::<MethodLabel, Histogram>::new_with_constructor(|| Histogram::new(SECONDS));
        registry.register("http_request_seconds", "Time from request to answer", seconds.clone());
        let resources = Family::<TypeLabel, Gauge>::default();
        registry.register("resources", "Resources that exist", resources.clone());
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let waiting_writes = gauge("store_waiting_writes", "Writes handed to the store and not yet begun");
        let open_jobs = gauge("store_open_jobs", "Jobs that compute index keys anew and are not done");
        let database_bytes = gauge("store_database_bytes", "Size of the database file");
        let log_bytes = gauge("store_log_bytes", "Size of the write-ahead log");
        let busy_readers = gauge("store_busy_readers", "Connections that read at this moment");
        let open_readers = gauge("store_open_readers", "Connections to read with that are open");
        let most_readers = gauge("store_most_readers", "Connections to read with that there can be");
        let waiting_readers =
            gauge("store_waiting_readers", "Requests that wait for a connection to read with");
        let replica_busy_readers =
            gauge("replica_busy_readers", "Connections that read the standby at this moment");
        let mut counter = |name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let refused_readers =
            counter("store_refused_readers", "Requests that waited in vain for a connection to read with");
        let replica_answered =
            counter("replica_answered", "Searches and histories that the standby answered");
        let replica_passed_over = counter(
            "replica_passed_over",
            "Searches and histories that the primary answered, since the standby was too old or failed",
        );
        Self {
            registry,
            requests,
            seconds,
            resources,
            waiting_writes,
            open_jobs,
            database_bytes,
            log_bytes,
            busy_readers,
            open_readers,
            most_readers,
            waiting_readers,
            refused_readers,
            replica_answered,
            replica_passed_over,
            replica_busy_readers,
        }
    }

    /// Takes over how the store is, just before it is told.
    pub(super) fn observe(&self, store: &StoreStatus) {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for kind in &store.types {
            self.resources.get_or_create(&TypeLabel { r#type: kind.kind.to_string() }).set(whole(kind.live));
        }
        self.waiting_writes.set(whole(store.waiting_writes as u64));
        self.open_jobs.set(whole(store.open_jobs as u64));
        self.database_bytes.set(whole(store.file_bytes));
        self.log_bytes.set(whole(store.log_bytes));
        self.busy_readers.set(i64::from(store.readers.busy));
        self.open_readers.set(i64::from(store.readers.open));
        self.most_readers.set(i64::from(store.readers.most));
        self.waiting_readers.set(i64::from(store.readers.waiting));
        raise(&self.refused_readers, store.readers.refused);
        if let Some(replica) = &store.replica {
            self.replica_busy_readers.set(i64::from(replica.readers.busy));
            raise(&self.replica_answered, replica.answered);
            raise(&self.replica_passed_over, replica.passed_over);
        }
    }

    /// Counts one answer. `route` is a pattern, so the number of series stays bounded.
    pub(super) fn count(&self, method: &str, route: &str, status: u16, elapsed: Duration) {
        let labels = RequestLabels { method: method.to_owned(), route: route.to_owned(), status };
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&MethodLabel { method: method.to_owned() }).observe(elapsed.as_secs_f64());
    }

    /// The text to scrape.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        match encode(&mut out, &self.registry) {
            Ok(()) => out,
            Err(_) => String::new(),
        }
    }
}

/// Brings a counter to what the store has counted.
fn raise(counter: &Counter, counted: u64) {
    counter.inc_by(counted.saturating_sub(counter.get()));
}
