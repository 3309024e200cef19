//! Ids and values that the server has, for requests that must find something.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::exchange::Request;
use crate::session::Session;
use crate::target::Target;

/// The types of which ids are taken.
const TYPES: [&str; 6] = ["Patient", "Encounter", "Practitioner", "Location", "Organization", "Observation"];
/// What [`Samples::take`] asks for Patients.
pub(crate) const SAMPLE_OF_PATIENTS: &str = "/Patient?_count=100";
/// So many of each.
const COUNT: usize = 100;

/// Ids by resource type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples {
    ids: BTreeMap<String, Vec<String>>,
}

/// Why there are no samples.
#[derive(Debug, Error)]
pub(crate) enum SampleError {
    /// The server could not be asked, or a file not be read.
    #[error("the workload cannot be prepared: {0}")]
    Unreachable(#[from] std::io::Error),
    /// There is nothing to ask for.
    #[error("the server has no {0}; load data first, for example with `westway demo` or `westway load`")]
    Missing(&'static str),
}

impl Samples {
    /// Asks the server for resources of each type that it has.
    pub(crate) async fn take(target: &Target) -> Result<Self, SampleError> {
        let mut session = Session::new(target);
        let mut samples = Self::default();
        for kind in TYPES {
            let answer = session.send(&Request::get(format!("/{kind}?_count={COUNT}"))).await?.json();
            let entries =
                answer.get("entry").and_then(|entries| entries.as_array()).cloned().unwrap_or_default();
            let ids =
                entries.iter().filter_map(|entry| entry.pointer("/resource/id")?.as_str().map(str::to_owned));
            samples.ids.insert(kind.to_owned(), ids.collect());
        }
        Ok(samples)
    }

    /// The ids of the type.
    pub(crate) fn all(&self, kind: &str) -> &[String] {
        self.ids.get(kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// An id of the type, any.
    pub(crate) fn any(&self, kind: &str, random: &mut fastrand::Rng) -> Option<&str> {
        random.choice(self.ids.get(kind)?).map(String::as_str)
    }

    /// Whether there are ids of the type.
    pub(crate) fn need(&self, kind: &'static str) -> Result<(), SampleError> {
        if self.ids.get(kind).is_some_and(|ids| !ids.is_empty()) {
            Ok(())
        } else {
            Err(SampleError::Missing(kind))
        }
    }

    /// The path with `{Patient}` and the like replaced by ids; `None` if the server has none of a type.
    pub(crate) fn fill(&self, path: &str, random: &mut fastrand::Rng) -> Option<String> {
        let mut filled = String::with_capacity(path.len() + 40);
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            let (kind, after) = after.split_once('}')?;
            filled.push_str(before);
            filled.push_str(self.any(kind, random)?);
            rest = after;
        }
        filled.push_str(rest);
        Some(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_filled() {
        let samples = Samples { ids: BTreeMap::from([("Patient".to_owned(), vec!["7".to_owned()])]) };
        let mut random = fastrand::Rng::with_seed(1);
        assert_eq!(
            samples.fill("/Observation?patient={Patient}&x=1", &mut random).unwrap(),
            "/Observation?patient=7&x=1"
        );
        assert_eq!(samples.fill("/Encounter/{Encounter}", &mut random), None);
        assert!(samples.need("Patient").is_ok() && samples.need("Location").is_err());
    }
}
