//! The way in: questions about codes, answered from the definitions of a registry.

use std::fmt;
use std::sync::Arc;

use fhir_definitions::{DefinitionKind, Registry};
use fhir_model::Node;

use crate::code_status::CodeStatus;
use crate::code_system::CodeSystem;
use crate::code_systems::CodeSystems;
use crate::display::{DisplayCheck, is_same};
use crate::lazy::Lazy;
use crate::membership::Membership;
use crate::not_checked::NotChecked;
use crate::value_set::{Asked, Evaluation, ListedCode, ValueSet, gaps, gaps_of, list};

/// The code systems and value sets of a registry. Share it in an `Arc`; each definition is compiled when it is first
/// asked for, and answers after that are hash look-ups.
pub struct Terminology {
    registry: Arc<Registry>,
    systems: CodeSystems,
    value_sets: Lazy<ValueSet>,
}

impl Terminology {
    /// The terminology of a registry. Only the urls are read here.
    pub fn new(registry: Arc<Registry>) -> Self {
        Self {
            systems: CodeSystems::new(Arc::clone(&registry)),
            value_sets: Lazy::new(DefinitionKind::ValueSet, &registry),
            registry,
        }
    }

    /// Whether a code is in a value set, given by canonical (`url` or `url|version`). Without a `system` the code is that of
    /// a `code` element, and may be of any system of the set.
    pub fn membership(&self, value_set: &str, system: Option<&str>, code: &str) -> Membership {
        Evaluation::new(self).of_canonical(value_set, Asked { system, code })
    }

    /// Whether a code exists in the code system of that url.
    pub fn code_system(&self, system: &str, code: &str) -> CodeStatus<'_> {
        self.systems.status(system, code)
    }

    /// How the code system of that url displays a code.
    pub fn display(&self, system: &str, code: &str) -> Option<&str> {
        match self.code_system(system, code) {
            CodeStatus::Known { display, .. } => display,
            CodeStatus::Unknown | CodeStatus::NotChecked(_) => None,
        }
    }

    /// Compares the display of a coding with that of its code system, but for case and white space.
    pub fn check_display(&self, system: &str, code: &str, display: &str) -> DisplayCheck<'_> {
        match self.display(system, code) {
            None => DisplayCheck::NotKnown,
            Some(known) if is_same(known, display) => DisplayCheck::Agrees,
            Some(known) => DisplayCheck::Differs(known),
        }
    }

    /// All codes of a value set, sorted by system and code: for messages ("one of ...") and choices. `None` if they cannot
    /// be listed, or are more than `most`.
    pub fn codes(&self, value_set: &str, most: usize) -> Option<Vec<ListedCode<'_>>> {
        list(self, self.value_set(value_set)?, most)
    }

    /// System and code of all members of a ValueSet resource that is not among the definitions; `url` is for messages.
    ///
    /// # Errors
    /// Why they cannot be listed; nothing if they are more than `most`.
    pub fn codes_of(
        &self,
        url: &str,
        value_set: Node<'_>,
        most: usize,
    ) -> Result<Vec<(String, String)>, Vec<NotChecked>> {
        let set = ValueSet::compile(url, Some(value_set), &self.systems);
        let codes = list(self, &set, most).ok_or_else(|| gaps_of(self, &set))?;
        Ok(codes.iter().map(|listed| (listed.system.to_owned(), listed.code.to_owned())).collect())
    }

    /// The codes of a system that a code subsumes, itself among them; `None` if the system has no such code.
    ///
    /// # Errors
    /// Where not all codes of the system are here, and so the answer might be incomplete.
    pub fn descendants(&self, system: &str, code: &str) -> Result<Option<Vec<&str>>, NotChecked> {
        Ok(self.whole_system(system)?.descendants(code))
    }

    /// The codes of a system that subsume a code, itself among them; `None` if the system has no such code.
    ///
    /// # Errors
    /// As for [`descendants`](Self::descendants).
    pub fn ancestors(&self, system: &str, code: &str) -> Result<Option<Vec<&str>>, NotChecked> {
        Ok(self.whole_system(system)?.ancestors(code))
    }

    /// A code system of which all codes are listed here.
    fn whole_system(&self, url: &str) -> Result<&CodeSystem, NotChecked> {
        let source = self.systems.source(url, None);
        let system = source.and_then(|source| self.systems.listed(source));
        let system = system.ok_or_else(|| NotChecked::needs(url))?;
        system.why_open().map_or(Ok(system), Err)
    }

    /// What would have to be known to decide every code of a value set; nothing if all can be decided.
    pub fn gaps(&self, value_set: &str) -> Vec<NotChecked> {
        gaps(self, value_set)
    }

    pub(crate) fn systems(&self) -> &CodeSystems {
        &self.systems
    }

    pub(crate) fn value_set(&self, canonical: &str) -> Option<&ValueSet> {
        self.value_sets.get(self.value_sets.find(canonical)?, &self.registry, |url, document| {
            ValueSet::compile(url, document.map(|document| document.root()), &self.systems)
        })
    }
}

impl fmt::Debug for Terminology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminology").finish_non_exhaustive()
    }
}
