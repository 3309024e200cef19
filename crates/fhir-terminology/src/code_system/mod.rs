//! A code system whose concepts are listed: by code, with their hierarchy.

mod concept;
mod filter;
mod hierarchy;
mod parse;

use std::sync::Arc;

pub(crate) use concept::Concept;
pub(crate) use filter::Filter;
use foldhash::HashMap;
use hierarchy::Hierarchy;

use crate::code_status::CodeStatus;
use crate::membership::Membership;
use crate::not_checked::NotChecked;

/// A code system, compiled for look-ups.
#[derive(Debug)]
pub(crate) struct CodeSystem {
    pub(crate) url: Arc<str>,
    pub(crate) content: Content,
    pub(crate) concepts: Vec<Concept>,
    by_code: HashMap<Box<str>, usize>,
    /// Concepts by their code in lower case, if case does not matter in this system.
    by_folded_code: Option<HashMap<Box<str>, usize>>,
    hierarchy: Hierarchy,
    /// The codes of the properties that the system declares.
    properties: Vec<Box<str>>,
}

/// How many of its concepts a code system lists (`CodeSystem.content`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// All: what is not listed does not exist.
    Complete,
    /// Some (`fragment`, `example`): what is not listed may exist.
    Partial,
    /// None of its own (`not-present`, `supplement`).
    Absent,
    /// The definition cannot be used.
    Malformed(&'static str),
}

impl CodeSystem {
    /// The concept of a code; in any case where the system does not insist on case. FHIR R4 asks to accept any case
    /// if `caseSensitive` is not given.
    pub(crate) fn find(&self, code: &str) -> Option<usize> {
        let exact = self.by_code.get(code).copied();
        exact.or_else(|| self.by_folded_code.as_ref()?.get(code.to_lowercase().as_str()).copied())
    }

    /// What this system says of a code.
    pub(crate) fn status(&self, code: &str) -> CodeStatus<'_> {
        match self.find(code).and_then(|position| self.concepts.get(position)) {
            Some(concept) => CodeStatus::Known {
                display: concept.display.as_deref(),
                selectable: concept.is_selectable(),
                active: concept.is_active(),
            },
            None => match self.why_open() {
                None => CodeStatus::Unknown,
                Some(reason) => CodeStatus::NotChecked(reason),
            },
        }
    }

    /// Whether this system has a code.
    pub(crate) fn membership(&self, code: &str) -> Membership {
        match (self.find(code), self.why_open()) {
            (Some(_), _) => Membership::Member,
            (None, None) => Membership::NotMember,
            (None, Some(reason)) => Membership::NotChecked(reason),
        }
    }

    /// The codes that a code subsumes, itself among them; `None` if there is no such code.
    pub(crate) fn descendants(&self, code: &str) -> Option<Vec<&str>> {
        Some(self.codes(self.hierarchy.descendants_or_self(self.find(code)?)))
    }

    /// The codes that subsume a code, itself among them; `None` if there is no such code.
    pub(crate) fn ancestors(&self, code: &str) -> Option<Vec<&str>> {
        Some(self.codes(self.hierarchy.ancestors_or_self(self.find(code)?)))
    }

    /// The codes of concepts, sorted.
    fn codes(&self, concepts: impl IntoIterator<Item = usize>) -> Vec<&str> {
        let concepts = concepts.into_iter().filter_map(|concept| self.concepts.get(concept));
        let mut codes: Vec<&str> = concepts.map(|concept| &*concept.code).collect();
        codes.sort_unstable();
        codes
    }

    /// Why a code that is not listed may exist all the same; `None` if it cannot.
    pub(crate) fn why_open(&self) -> Option<NotChecked> {
        match self.content {
            Content::Complete => None,
            Content::Partial => Some(NotChecked::PartOfSystem(Arc::clone(&self.url))),
            Content::Absent => Some(NotChecked::needs(&self.url)),
            Content::Malformed(how) => Some(NotChecked::Malformed(Arc::clone(&self.url), how)),
        }
    }
}
