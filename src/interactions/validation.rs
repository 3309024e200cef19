//! What resources must be: the operator's choice of profiles and rules over the validator.

use std::collections::BTreeMap;
use std::sync::Arc;

use fhir_definitions::Registry;
use fhir_model::{Issue, Node, Severity};
use fhir_terminology::Terminology;
use fhir_validation::{Detached, Mode, Settings, Validator};
use thiserror::Error as ThisError;

use super::Error;
use crate::config::{OnInvalid, ValidationSettings};

/// The validator with what the operator asks of resources.
pub struct Validation {
    validator: Validator,
    on_invalid: OnInvalid,
}

/// A profile that the operator requires and that cannot be used.
#[derive(Debug, ThisError)]
#[error("the profile {url} cannot be used: {reason}")]
pub struct UnusableProfile {
    url: String,
    reason: String,
}

impl Validation {
    /// A validator for the definitions; required profiles that cannot be used are an error now, not at the first resource.
    pub fn new(registry: &Arc<Registry>, settings: &ValidationSettings) -> Result<Self, UnusableProfile> {
        let mut required: BTreeMap<Box<str>, Vec<Box<str>>> = BTreeMap::new();
        for kind in registry.resource_types().iter().filter(|_| settings.uk_core) {
            required.entry(kind.clone()).or_default().extend(registry.resource_profile(kind).map(Box::from));
        }
        for (kind, url) in &settings.required {
            required.entry(kind.as_str().into()).or_default().push(url.as_str().into());
        }
        let validator_settings = Settings {
            required_profiles: required,
            unknown_profile: match settings.unknown_profile {
                Mode::Reject => Severity::Error,
                _ => Severity::Warning,
            },
            nhs: settings.nhs,
            html_in_strings: settings.html_in_strings,
            ..Settings::default()
        };
        let terminology = Arc::new(Terminology::new(registry.clone()));
        let validator = Validator::new(registry.clone(), terminology, validator_settings);
        let validation = Self { validator, on_invalid: settings.on_invalid };
        settings.required.iter().try_for_each(|(_, url)| validation.must_know(url))?;
        Ok(validation)
    }

    /// Whether a profile can be used; if not, why.
    pub fn must_know(&self, url: &str) -> Result<(), UnusableProfile> {
        match self.profile_issues(url).into_iter().find(Issue::is_error) {
            Some(issue) => Err(UnusableProfile { url: url.to_owned(), reason: issue.to_string() }),
            None => Ok(()),
        }
    }

    /// What in a profile cannot be used: errors if nothing of it can, warnings for its parts.
    pub fn profile_issues(&self, url: &str) -> Vec<Issue> {
        self.validator.check_profile(url)
    }

    /// All that can be said of a resource: structure, the profiles of its type, those it claims, and `profiles`.
    pub fn issues(&self, resource: Node<'_>, profiles: &[&str]) -> Vec<Issue> {
        self.validator.validate(resource, profiles, &Detached)
    }

    /// What is wrong with the structure of a resource.
    pub fn structure(&self, resource: Node<'_>) -> Vec<Issue> {
        self.validator.structure(resource)
    }

    /// Refuses a resource that must not be stored, and returns what else there is to say of it.
    ///
    /// A broken structure is always refused, with 400; a broken profile or rule as the operator wants, with 422 (R4 HTTP 3.1.0.8).
    pub fn check(&self, resource: Node<'_>) -> Result<Vec<Issue>, Error> {
        self.check_issues(resource, |_| true)
    }

    /// As [`Validation::check`] for the resources in a Bundle that is a request: what is wrong with the request itself is told by
    /// those who perform it.
    pub fn check_entries(&self, bundle: Node<'_>) -> Result<Vec<Issue>, Error> {
        self.check_issues(bundle, is_of_entry_resource)
    }

    fn check_issues(&self, resource: Node<'_>, counts: impl Fn(&Issue) -> bool) -> Result<Vec<Issue>, Error> {
        let structure = self.structure(resource);
        if structure.iter().any(Issue::is_error) {
            return Err(Error::Invalid(structure));
        }
        if self.on_invalid == OnInvalid::Store {
            return Ok(structure);
        }
        let mut issues = self.validator.validate_further(resource, structure, &[], &Detached);
        issues.retain(counts);
        let first = issues.iter().find(|issue| issue.is_error());
        match (first, self.on_invalid) {
            (Some(_), OnInvalid::Reject) => Err(Error::Unprocessable(issues)),
            (Some(first), _) => {
                let (kind, rule) = (resource.resource_type().unwrap_or_default(), first.rule.as_deref());
                log::warn!("a {kind} was stored that breaks {}", rule.unwrap_or("a rule"));
                Ok(issues)
            }
            (None, _) => Ok(issues),
        }
    }
}

/// Whether an issue of a Bundle is about the resource in one of its entries.
pub(super) fn is_of_entry_resource(issue: &Issue) -> bool {
    issue.expression.iter().any(|expression| {
        expression.strip_prefix("Bundle.entry[").is_some_and(|rest| rest.contains("].resource"))
    })
}
