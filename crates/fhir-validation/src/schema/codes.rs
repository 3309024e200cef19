//! The codes of small closed value sets, read from the registry: what a schema can list for a required binding.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use fhir_definitions::Registry;
use fhir_model::Node;

use super::generate::ClosedCodes;

/// Value sets with more codes than this are left to terminology.
const MOST_CODES: usize = 256;

/// What was found about value sets, by canonical URL: many types share the common ones.
#[derive(Default)]
pub(crate) struct RegistryCodes {
    found: Mutex<HashMap<Box<str>, ListedCodes>>,
}

/// The codes of a value set, if they can be listed.
type ListedCodes = Option<Vec<Box<str>>>;

/// The codes of one registry.
pub(crate) struct Codes<'a> {
    cache: &'a RegistryCodes,
    registry: &'a Registry,
}

impl RegistryCodes {
    /// Whether the schemas list the codes of a value set, and so check a required binding to it.
    pub(crate) fn lists(&self, registry: &Registry, value_set: &str) -> bool {
        self.of(registry).codes(value_set).is_some()
    }

    pub(crate) fn of<'a>(&'a self, registry: &'a Registry) -> Codes<'a> {
        Codes { cache: self, registry }
    }
}

impl ClosedCodes for Codes<'_> {
    fn codes(&self, value_set: &str) -> Option<Vec<Box<str>>> {
        let mut found = self.cache.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = found.get(value_set) {
            return known.clone();
        }
        let codes = listed_codes(self.registry, value_set);
        found.insert(value_set.into(), codes.clone());
        codes
    }
}

/// All codes of a value set that only includes whole, complete code systems and lists of codes.
fn listed_codes(registry: &Registry, value_set: &str) -> Option<Vec<Box<str>>> {
    let document = registry.value_set(value_set)?;
    let compose = document.root().get("compose")?;
    if compose.get("exclude").is_some() {
        return None;
    }
    let mut codes = Vec::new();
    for include in compose.get("include")?.each() {
        if include.get("filter").is_some() || include.get("valueSet").is_some() {
            return None;
        }
        match include.get("concept") {
            Some(concepts) => collect(concepts, &mut codes)?,
            None => {
                let system = registry.code_system(include.get_str("system")?)?;
                let complete = system.root().get_str("content") == Some("complete");
                collect(system.root().get("concept").filter(|_| complete)?, &mut codes)?;
            }
        }
    }
    (!codes.is_empty()).then_some(codes)
}

/// Adds the codes of concepts and of those under them; `None` once they are too many.
fn collect(concepts: Node<'_>, codes: &mut Vec<Box<str>>) -> Option<()> {
    for concept in concepts.each() {
        codes.push(concept.get_str("code")?.into());
        if codes.len() > MOST_CODES {
            return None;
        }
        if let Some(children) = concept.get("concept") {
            collect(children, codes)?;
        }
    }
    Some(())
}
