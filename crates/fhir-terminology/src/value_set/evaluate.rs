//! Deciding membership.

use std::cell::Cell;

use super::{Codes, Selection, ValueSet};
use crate::code_status::CodeStatus;
use crate::code_systems::Source;
use crate::membership::Membership;
use crate::not_checked::NotChecked;
use crate::terminology::Terminology;

/// How many imports one question may follow: more than any sane set has, and value sets may import each other.
const MOST_IMPORTS: u32 = 256;

/// How deep imports may be nested.
const MOST_LEVELS: u32 = 32;

/// The code that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// `None` for a bare code, which may be of any system of the set.
    pub(crate) system: Option<&'a str>,
    pub(crate) code: &'a str,
}

/// One question, with what it has cost so far.
pub(crate) struct Evaluation<'a> {
    terminology: &'a Terminology,
    imports: Cell<u32>,
    level: Cell<u32>,
}

impl<'a> Evaluation<'a> {
    pub(crate) fn new(terminology: &'a Terminology) -> Self {
        Self { terminology, imports: Cell::new(0), level: Cell::new(0) }
    }

    /// Whether a code is in a value set: by its compose, and where that leaves it open by its expansion.
    pub(crate) fn membership(&self, set: &ValueSet, asked: Asked<'_>) -> Membership {
        if let Some(how) = set.defect {
            return Membership::NotChecked(NotChecked::Malformed(set.url.clone(), how));
        }
        let composed = self.composed(set, asked);
        match (&set.expansion, &composed) {
            (Some(expansion), Membership::NotChecked(_)) => {
                let listed = expansion.contains(asked.system, asked.code);
                if listed || expansion.is_closed { Membership::of(listed) } else { composed }
            }
            (Some(expansion), Membership::NotMember) if set.include.is_empty() => {
                let listed = expansion.contains(asked.system, asked.code);
                if listed || expansion.is_closed {
                    Membership::of(listed)
                } else {
                    Membership::NotChecked(NotChecked::PartOfSystem(set.url.clone()))
                }
            }
            _ => composed,
        }
    }

    fn composed(&self, set: &ValueSet, asked: Asked<'_>) -> Membership {
        self.any(&set.include, set, asked).and(|| self.any(&set.exclude, set, asked).not())
    }

    fn any(&self, selections: &[Selection], set: &ValueSet, asked: Asked<'_>) -> Membership {
        selections
            .iter()
            .fold(Membership::NotMember, |found, selection| found.or(|| self.selected(selection, set, asked)))
    }

    fn selected(&self, selection: &Selection, set: &ValueSet, asked: Asked<'_>) -> Membership {
        let system = match (&selection.system, asked.system) {
            (Some(own), Some(system)) if **own != *system => return Membership::NotMember,
            (own, system) => own.as_deref().or(system),
        };
        let asked = Asked { system, code: asked.code };
        selection.imports.iter().fold(self.has_code(&selection.codes, asked.code), |found, import| {
            found.and(|| self.imported(import, set, asked))
        })
    }

    fn has_code(&self, codes: &Codes, code: &str) -> Membership {
        let systems = self.terminology.systems();
        match codes {
            Codes::All => Membership::Member,
            Codes::Whole(source) => systems.status_in(*source, code).membership(),
            Codes::Named { codes, source } => Membership::of(
                codes.contains_key(code)
                    || self.as_listed(*source, code).is_some_and(|listed| codes.contains_key(listed)),
            ),
            Codes::Filtered { source, concepts } => match systems.listed(*source) {
                Some(system) => match system.find(code) {
                    Some(concept) => Membership::of(concepts.contains(&concept)),
                    None => system.status(code).membership(),
                },
                None => Membership::NotMember,
            },
            Codes::UnitsLike(unit) => Membership::of(systems.units().is_comparable(code, unit)),
            Codes::Open { known, source, reason } => {
                let impossible = |source| matches!(systems.status_in(source, code), CodeStatus::Unknown);
                if known.contains(code) {
                    Membership::Member
                } else if source.is_some_and(impossible) {
                    Membership::NotMember
                } else {
                    Membership::NotChecked(reason.clone())
                }
            }
        }
    }

    /// How a listed system itself writes a code, if case does not matter to it.
    fn as_listed(&self, source: Option<Source>, code: &str) -> Option<&str> {
        let system = self.terminology.systems().listed(source?)?;
        Some(&system.concepts.get(system.find(code)?)?.code)
    }

    fn imported(&self, canonical: &str, importing: &ValueSet, asked: Asked<'_>) -> Membership {
        if self.imports.get() >= MOST_IMPORTS || self.level.get() >= MOST_LEVELS {
            return Membership::NotChecked(NotChecked::Imports(importing.url.clone()));
        }
        let Some(set) = self.terminology.value_set(canonical) else {
            return Membership::NotChecked(NotChecked::UnknownValueSet(canonical.into()));
        };
        self.imports.update(|imports| imports + 1);
        self.level.update(|level| level + 1);
        let membership = self.membership(set, asked);
        self.level.update(|level| level - 1);
        membership
    }
}
