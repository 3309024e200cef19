//! The query of a search as text to a typed [`Query`].
//!
//! Nothing is left out silently: a parameter, modifier or value that cannot be honoured is an error, or under
//! lenient handling is named in [`Query::ignored`]. Values that are not of their form are errors always.

mod clause;
mod control;
mod include;
mod modifier;
mod settings;
mod value;

use std::sync::Arc;

use fhir_model::{Issue, IssueType};
use thiserror::Error;

use self::clause::Clauses;
use self::control::Controls;
pub use self::settings::{Handling, Limits, ParseSettings};
use crate::hash::KeyHasher;
use crate::parameters::Parameters;
use crate::query::{Ignored, Query};

/// A search that is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}", issues.iter().map(|issue| issue.diagnostics.as_str()).collect::<Vec<_>>().join("; "))]
pub struct SearchError {
    /// Everything that is wrong with it, at least one issue.
    pub issues: Vec<Issue>,
}

/// Why one parameter is refused. The text is a sentence for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The server does not do this: ignored under lenient handling.
    Unsupported(String),
    /// The value makes no sense.
    Invalid(String),
    /// More than the limits allow.
    TooCostly(String),
}

/// Parses the searches of one database.
#[derive(Clone)]
pub struct SearchParser {
    parameters: Arc<Parameters>,
    hasher: KeyHasher,
    settings: ParseSettings,
}

impl SearchParser {
    /// A parser for these parameters. `hasher` is that of the database.
    pub fn new(parameters: Arc<Parameters>, hasher: KeyHasher, settings: ParseSettings) -> Self {
        Self { parameters, hasher, settings }
    }

    /// The parameters that searches can use.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Parses a search of one type.
    ///
    /// `pairs` are the names and values of the query, URL-decoded, in their order; `now` is the time in microseconds
    /// since 1970, from which `ap` of dates takes its tolerance.
    ///
    /// # Errors
    /// All that is wrong with the query, as issues of kind `not-supported` (unknown or unsupported parameters and
    /// modifiers; none of those under lenient handling), `invalid` (values) and `too-costly` (limits).
    pub fn parse(
        &self,
        resource_type: &str,
        pairs: &[(String, String)],
        handling: Handling,
        now: i64,
    ) -> Result<Query, SearchError> {
        let mut issues = self.whole_query_issues(resource_type, pairs);
        if !issues.is_empty() {
            return Err(SearchError { issues });
        }
        let clauses = Clauses::new(&self.parameters, &self.hasher, &self.settings, now);
        let mut controls = Controls::new(&self.parameters, &self.settings, resource_type);
        let (mut found, mut applied, mut ignored) = (Vec::new(), Vec::new(), Vec::new());
        for (name, value) in pairs {
            let outcome = match controls.apply(name, value) {
                Some(outcome) => outcome,
                None => clauses.clause(resource_type, name, value).map(|clause| {
                    found.push(clause);
                    value.clone()
                }),
            };
            match outcome {
                Ok(value) => applied.push((name.clone(), value)),
                Err(Refusal::Unsupported(reason)) if handling == Handling::Lenient => {
                    ignored.push(Ignored { name: name.clone(), reason });
                }
                Err(refusal) => issues.push(refusal.into()),
            }
        }
        if issues.is_empty() {
            Ok(Query { clauses: found, applied, ignored, ..controls.finish() })
        } else {
            Err(SearchError { issues })
        }
    }

    /// What is wrong before any parameter is looked at.
    fn whole_query_issues(&self, resource_type: &str, pairs: &[(String, String)]) -> Vec<Issue> {
        let limits = &self.settings.limits;
        let mut issues = Vec::new();
        if !self.parameters.has_type(resource_type) {
            let text = format!("'{resource_type}' is not a resource type that can be searched");
            issues.push(Issue::error(IssueType::NotSupported, text));
        }
        if pairs.len() > limits.parameters {
            let text = format!("a search may have {} parameters, not {}", limits.parameters, pairs.len());
            issues.push(Issue::error(IssueType::TooCostly, text));
        }
        for (name, value) in pairs {
            if name.len() > limits.name_bytes || value.len() > limits.value_bytes {
                let shown: String = name.chars().take(64).collect();
                let text = format!(
                    "parameter '{shown}': a name may have {} bytes and a value {}",
                    limits.name_bytes, limits.value_bytes
                );
                issues.push(Issue::error(IssueType::TooCostly, text));
            }
        }
        issues
    }
}

impl From<Refusal> for Issue {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unsupported(text) => Self::error(IssueType::NotSupported, text),
            Refusal::Invalid(text) => Self::error(IssueType::Invalid, text),
            Refusal::TooCostly(text) => Self::error(IssueType::TooCostly, text),
        }
    }
}
