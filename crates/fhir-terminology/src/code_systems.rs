//! All code systems: those of the registry, those built in, and those known by the form of their codes.

use std::sync::{Arc, OnceLock};

use fhir_definitions::{DefinitionKind, Registry};

use crate::code_status::CodeStatus;
use crate::code_system::{CodeSystem, Content};
use crate::facts::Facts;
use crate::grammar::{Grammar, Units};
use crate::lazy::Lazy;
use crate::membership::Membership;
use crate::not_checked::NotChecked;

/// The code systems of a registry.
#[derive(Debug)]
pub(crate) struct CodeSystems {
    registry: Arc<Registry>,
    listed: Lazy<CodeSystem>,
    facts: [OnceLock<CodeSystem>; Facts::ALL.len()],
    units: Units,
}

/// Where the codes of a system are found; cheap to keep in place of its url.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// A slot of the registry's code systems.
    Listed(usize),
    /// A list that is built in.
    Facts(Facts),
    /// A rule that says which codes there are.
    Grammar(Grammar),
}

impl CodeSystems {
    pub(crate) fn new(registry: Arc<Registry>) -> Self {
        let listed = Lazy::new(DefinitionKind::CodeSystem, &registry);
        Self { registry, listed, facts: Default::default(), units: Units::default() }
    }

    /// Where the codes of that system are; `None` if nothing is known of it. A definition of the registry comes first,
    /// unless it says itself that its codes are elsewhere.
    pub(crate) fn source(&self, url: &str, version: Option<&str>) -> Option<Source> {
        let listed = self.listed.find_version(url, version).map(Source::Listed);
        let has_codes =
            |source: &Source| self.listed(*source).is_some_and(|system| system.content != Content::Absent);
        listed
            .filter(has_codes)
            .or_else(|| Facts::of(url).map(Source::Facts))
            .or_else(|| Grammar::of(url).map(Source::Grammar))
    }

    /// The listed concepts of a source; `None` for a grammar.
    pub(crate) fn listed(&self, source: Source) -> Option<&CodeSystem> {
        match source {
            Source::Listed(slot) => self.listed.get(slot, &self.registry, |url, document| match document {
                Some(document) => CodeSystem::parse(url, document.root()),
                None => CodeSystem::unreadable(url),
            }),
            Source::Facts(facts) => {
                let compiled = self.facts.get(facts as usize)?;
                Some(compiled.get_or_init(|| CodeSystem::from_lines(facts.url(), facts.lines())))
            }
            Source::Grammar(_) => None,
        }
    }

    /// What the system of that url says of a code.
    pub(crate) fn status(&self, url: &str, code: &str) -> CodeStatus<'_> {
        match self.source(url, None) {
            Some(source) => self.status_in(source, code),
            None => CodeStatus::NotChecked(NotChecked::needs(url)),
        }
    }

    /// What a source says of a code.
    pub(crate) fn status_in(&self, source: Source, code: &str) -> CodeStatus<'_> {
        match source {
            Source::Grammar(grammar) => grammar.status(code, self),
            Source::Listed(_) | Source::Facts(_) => {
                self.listed(source).map_or(CodeStatus::Unknown, |system| system.status(code))
            }
        }
    }

    /// Whether a source has a code: its status without the details.
    pub(crate) fn membership_in(&self, source: Source, code: &str) -> Membership {
        match self.listed(source) {
            Some(system) => system.membership(code),
            None => self.status_in(source, code).membership(),
        }
    }

    /// The units of UCUM that were asked for before.
    pub(crate) fn units(&self) -> &Units {
        &self.units
    }
}
