//! Deciding membership.

use std::cell::Cell;

use super::{Codes, Selection, ValueSet};
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

    /// Whether a code is in the value set of that canonical.
    pub(crate) fn of_canonical(&self, canonical: &str, asked: Asked<'_>) -> Membership {
        if let Some(set) = self.terminology.value_set(canonical) {
            return self.membership(set, asked);
        }
        match ValueSet::implicit(canonical) {
            Some(set) => self.membership(&set, asked),
            None => Membership::NotChecked(NotChecked::UnknownValueSet(canonical.into())),
        }
    }

    /// Whether a code is in a value set: if its compose or its expansion says so. What the compose leaves open is decided by
    /// an expansion that lists all.
    pub(crate) fn membership(&self, set: &ValueSet, asked: Asked<'_>) -> Membership {
        if let Some(how) = set.defect {
            return Membership::NotChecked(NotChecked::Malformed(set.url.clone(), how));
        }
        let Some(expansion) = &set.expansion else {
            return self.composed(set, asked);
        };
        match self.composed(set, asked) {
            Membership::Member => Membership::Member,
            _ if expansion.contains(asked.system, asked.code) => Membership::Member,
            Membership::NotChecked(_) if expansion.is_closed => Membership::NotMember,
            other => other,
        }
    }

    /// By compose alone; a set without one leaves every code open.
    fn composed(&self, set: &ValueSet, asked: Asked<'_>) -> Membership {
        if set.include.is_empty() {
            return Membership::NotChecked(NotChecked::PartOfSet(set.url.clone()));
        }
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
            Codes::Whole(source) => systems.membership_in(*source, code),
            Codes::Named { codes, source } => Membership::of(
                codes.contains_key(code)
                    || self.as_listed(*source, code).is_some_and(|listed| codes.contains_key(listed)),
            ),
            Codes::Filtered { source, concepts } => match systems.listed(*source) {
                Some(system) => match system.find(code) {
                    Some(concept) => Membership::of(concepts.contains(&concept)),
                    None => system.membership(code),
                },
                None => Membership::NotMember,
            },
            Codes::UnitsLike(unit) => Membership::of(systems.units().is_comparable(code, unit)),
            Codes::Open { known, source, reason } => {
                let impossible = |source| systems.membership_in(source, code) == Membership::NotMember;
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
        self.imports.update(|imports| imports + 1);
        self.level.update(|level| level + 1);
        let membership = self.of_canonical(canonical, asked);
        self.level.update(|level| level - 1);
        membership
    }
}
