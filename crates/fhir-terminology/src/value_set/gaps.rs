//! What keeps a value set from being decided for every code.

use std::collections::HashSet;

use super::{Codes, Selection, ValueSet};
use crate::code_systems::Source;
use crate::grammar::Grammar;
use crate::not_checked::NotChecked;
use crate::terminology::Terminology;

/// The reasons for which some codes may be answered with `NotChecked`, each once; none if every code is decided.
pub(crate) fn gaps(terminology: &Terminology, canonical: &str) -> Vec<NotChecked> {
    let mut found = Found { terminology, seen: HashSet::new(), gaps: Vec::new() };
    found.of_canonical(canonical);
    found.gaps
}

/// The same of a value set that is not among the definitions.
pub(crate) fn gaps_of(terminology: &Terminology, set: &ValueSet) -> Vec<NotChecked> {
    let mut found = Found { terminology, seen: HashSet::new(), gaps: Vec::new() };
    found.of_set(set);
    found.gaps
}

struct Found<'a> {
    terminology: &'a Terminology,
    /// The urls of the sets that were looked at.
    seen: HashSet<Box<str>>,
    gaps: Vec<NotChecked>,
}

impl Found<'_> {
    fn of_canonical(&mut self, canonical: &str) {
        if let Some(set) = self.terminology.value_set(canonical) {
            self.of_set(set);
        } else if let Some(set) = ValueSet::implicit(canonical) {
            self.of_set(&set);
        } else {
            self.add(NotChecked::UnknownValueSet(canonical.into()));
        }
    }

    fn of_set(&mut self, set: &ValueSet) {
        let is_expanded = set.expansion.as_ref().is_some_and(|expansion| expansion.is_closed);
        if is_expanded || !self.seen.insert(set.url.as_ref().into()) {
            return;
        }
        match set.defect {
            Some(how) => self.add(NotChecked::Malformed(set.url.clone(), how)),
            None if set.include.is_empty() => self.add(NotChecked::PartOfSet(set.url.clone())),
            None => {}
        }
        for selection in set.include.iter().chain(&set.exclude) {
            self.of_selection(selection);
        }
    }

    fn of_selection(&mut self, selection: &Selection) {
        match &selection.codes {
            Codes::All | Codes::Named { .. } | Codes::UnitsLike(_) => {}
            Codes::Open { reason, .. } => self.add(reason.clone()),
            Codes::Whole(source) | Codes::Filtered { source, .. } => {
                let open = match source {
                    Source::Grammar(Grammar::SnomedCt) => Some(NotChecked::needs("http://snomed.info/sct")),
                    Source::Grammar(Grammar::Loinc) => Some(NotChecked::needs("http://loinc.org")),
                    Source::Grammar(_) => None,
                    listed => self.terminology.systems().listed(*listed).and_then(|system| system.why_open()),
                };
                open.into_iter().for_each(|reason| self.add(reason));
            }
        }
        for import in &selection.imports {
            self.of_canonical(import);
        }
    }

    fn add(&mut self, reason: NotChecked) {
        if !self.gaps.contains(&reason) {
            self.gaps.push(reason);
        }
    }
}
