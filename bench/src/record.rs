//! What was measured: for each class of requests the latencies, and what went wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

/// Latencies above are recorded as this: an hour, in microseconds.
const MOST_MICROS: u64 = 3_600_000_000;

/// The requests of one class.
#[derive(Clone, Debug)]
pub(crate) struct Measure {
    /// Latencies in microseconds, of answers as expected.
    pub(crate) latencies: Histogram<u64>,
    /// How often what went wrong: `status 500`, `connection closed`.
    pub(crate) failures: BTreeMap<String, u64>,
    /// Bytes of all bodies.
    pub(crate) bytes: u64,
    /// What the class counts beside requests: resources written, downloaded or counted.
    pub(crate) resources: u64,
}

impl Measure {
    fn new() -> Option<Self> {
        let latencies = Histogram::new_with_bounds(1, MOST_MICROS, 3).ok()?;
        Some(Self { latencies, failures: BTreeMap::new(), bytes: 0, resources: 0 })
    }
}

/// All classes of a run, or of one client in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    classes: BTreeMap<String, Measure>,
}

impl Record {
    /// An answer as expected.
    pub(crate) fn success(&mut self, class: &str, latency: Duration, bytes: usize, resources: u64) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(MOST_MICROS);
        if let Some(measure) = self.class(class) {
            measure.latencies.saturating_record(micros.max(1));
            measure.bytes += bytes as u64;
            measure.resources += resources;
        }
    }

    /// An answer that was not, or none.
    pub(crate) fn failure(&mut self, class: &str, what: String) {
        if let Some(measure) = self.class(class) {
            *measure.failures.entry(what).or_default() += 1;
        }
    }

    fn class(&mut self, class: &str) -> Option<&mut Measure> {
        if !self.classes.contains_key(class) {
            self.classes.insert(class.to_owned(), Measure::new()?);
        }
        self.classes.get_mut(class)
    }

    /// Adds what another client measured.
    pub(crate) fn merge(&mut self, other: Self) {
        for (class, measure) in other.classes {
            let Some(mine) = self.class(&class) else { continue };
            // Both have the same bounds, so nothing is out of range.
            let _ = mine.latencies.add(&measure.latencies);
            mine.bytes += measure.bytes;
            mine.resources += measure.resources;
            for (what, count) in measure.failures {
                *mine.failures.entry(what).or_default() += count;
            }
        }
    }

    /// The classes by name.
    pub(crate) fn classes(&self) -> impl Iterator<Item = (&str, &Measure)> {
        self.classes.iter().map(|(class, measure)| (class.as_str(), measure))
    }

    /// All classes as one.
    pub(crate) fn all(&self) -> Option<Measure> {
        let mut all = Self::default();
        for (_, measure) in self.classes() {
            all.merge(Self { classes: BTreeMap::from([(String::new(), measure.clone())]) });
        }
        all.classes.remove("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_add_up() {
        let (mut one, mut other) = (Record::default(), Record::default());
        one.success("read", Duration::from_millis(2), 10, 1);
        other.success("read", Duration::from_millis(4), 5, 1);
        other.failure("write", "status 500".to_owned());
        one.merge(other);
        let all = one.all().unwrap();
        assert_eq!((all.latencies.len(), all.bytes, all.resources), (2, 15, 2));
        assert_eq!(all.failures.get("status 500"), Some(&1));
        assert_eq!(one.classes().map(|(class, _)| class).collect::<Vec<_>>(), ["read", "write"]);
    }
}
