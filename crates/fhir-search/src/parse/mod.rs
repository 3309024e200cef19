//! The query of a search as text to a typed [`Query`].
//!
//! Nothing is left out silently: a parameter, modifier or value that cannot be honoured is an error, or under
//! lenient handling is named in [`Query::ignored`]. Values that are not of their form are errors always.

mod chain;
mod clause;
mod codes;
mod composite;
mod contained;
pub(crate) mod control;
pub(crate) mod filter;
pub(crate) mod hierarchy;
mod include;
pub(crate) mod modifier;
mod refusal;
mod scope;
mod settings;
mod sort;
pub(crate) mod special;
mod value;
mod words;

use std::cell::RefCell;
use std::sync::Arc;

use fhir_model::{Issue, IssueType};
use thiserror::Error;

use self::clause::Clauses;
pub use self::codes::Codes;
use self::codes::NoCodes;
use self::control::Controls;
pub use self::control::result_parameters;
pub use self::modifier::modifiers;
use self::refusal::{Refusal, shown};
pub use self::scope::Scope;
pub use self::settings::{Handling, Limits, ParseSettings};
pub use self::special::names as special_parameters;
use self::value::Values;
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

/// Parses the searches of one database.
#[derive(Clone)]
pub struct SearchParser {
    parameters: Arc<Parameters>,
    hasher: KeyHasher,
    settings: ParseSettings,
    codes: Arc<dyn Codes>,
}

impl SearchParser {
    /// A parser for these parameters, which knows no terminology. `hasher` is that of the database.
    pub fn new(parameters: Arc<Parameters>, hasher: KeyHasher, settings: ParseSettings) -> Self {
        Self { parameters, hasher, settings, codes: Arc::new(NoCodes) }
    }

    /// The parser with the terminology that `:in`, `:not-in`, `:above` and `:below` of tokens ask.
    #[must_use]
    pub fn with_codes(self, codes: Arc<dyn Codes>) -> Self {
        Self { codes, ..self }
    }

    /// The parameters that searches can use.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Parses a search.
    ///
    /// `pairs` are the names and values of the query, URL-decoded, in their order; `now` is the time in microseconds
    /// since 1970, from which `ap` of dates takes its tolerance.
    ///
    /// # Errors
    /// All that is wrong with the query, as issues of kind `not-supported` (unknown or unsupported parameters and
    /// modifiers; none of those under lenient handling), `invalid` (values) and `too-costly` (limits).
    pub fn parse(
        &self,
        scope: Scope<'_>,
        pairs: &[(String, String)],
        handling: Handling,
        now: i64,
    ) -> Result<Query, SearchError> {
        let mut issues = self.whole_query_issues(pairs);
        if !issues.is_empty() {
            return Err(SearchError { issues });
        }
        let types = self.types(scope, pairs)?;
        let clauses = Clauses::new(&self.parameters, &self.settings, self.values(now));
        let mut controls = Controls::new(&self.parameters, &self.settings, types.clone());
        let in_scope = scope.clause(&self.parameters, &types).map_err(SearchError::from)?;
        let mut found: Vec<_> = in_scope.into_iter().collect();
        let (mut applied, mut ignored) = (Vec::new(), Vec::new());
        for (name, value) in pairs {
            let outcome = match controls.apply(name, value) {
                Some(outcome) => outcome,
                None if name == Scope::TYPE => scope.takes_types().map(|()| value.clone()),
                None => clauses.clause(&types, name, value).map(|clause| {
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
        if !issues.is_empty() {
            return Err(SearchError { issues });
        }
        let bare_ids = clauses.values.bare_ids.take();
        let contained = controls.contained_search();
        let query = controls.finish().map_err(SearchError::from)?;
        let query = Query { clauses: found, applied, ignored, bare_ids, ..query };
        Ok(contained.of(&self.parameters, &self.hasher, &self.settings.limits, query)?)
    }

    /// The types searched.
    fn types(&self, scope: Scope<'_>, pairs: &[(String, String)]) -> Result<Vec<Box<str>>, SearchError> {
        let given = pairs.iter().filter(|(name, _)| name == Scope::TYPE && scope.takes_types().is_ok());
        let mut wanted = given.map(|(_, value)| value.as_str());
        let types = match (wanted.next(), wanted.next()) {
            (_, Some(_)) => Err(Refusal::Invalid("'_type' may be given only once".to_owned())),
            (wanted, None) => scope.types(&self.parameters, wanted),
        };
        types.map_err(SearchError::from)
    }

    fn values(&self, now: i64) -> Values<'_> {
        Values {
            parameters: &self.parameters,
            hasher: &self.hasher,
            settings: &self.settings,
            codes: &*self.codes,
            now,
            bare_ids: RefCell::default(),
        }
    }

    /// What is wrong before any parameter is looked at.
    fn whole_query_issues(&self, pairs: &[(String, String)]) -> Vec<Issue> {
        let limits = &self.settings.limits;
        let mut issues = Vec::new();
        if pairs.len() > limits.parameters {
            let text = format!("a search may have {} parameters, not {}", limits.parameters, pairs.len());
            issues.push(Issue::error(IssueType::TooCostly, text));
        }
        let too_long = |(name, value): &&(String, String)| {
            name.len() > limits.name_bytes || value.len() > limits.value_bytes
        };
        if let Some((name, _)) = pairs.iter().find(too_long) {
            let text = format!(
                "parameter '{}': a name may have {} bytes and a value {}",
                shown(name),
                limits.name_bytes,
                limits.value_bytes
            );
            issues.push(Issue::error(IssueType::TooCostly, text));
        }
        issues
    }
}

impl From<Refusal> for SearchError {
    fn from(refusal: Refusal) -> Self {
        Self { issues: vec![refusal.into()] }
    }
}
