//! Listing the codes of a value set, for messages and choices.

use std::collections::HashSet;

use super::{Asked, Codes, Evaluation, Selection, ValueSet};
use crate::code_system::Concept;
use crate::membership::Membership;
use crate::terminology::Terminology;

/// A code of a value set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListedCode<'a> {
    /// The url of the code system.
    pub system: &'a str,
    /// The code.
    pub code: &'a str,
    /// How the value set or else the code system displays it.
    pub display: Option<&'a str>,
}

/// How deep imports are followed.
const MOST_LEVELS: u32 = 8;

/// All codes of a value set, sorted by system and code; `None` if they cannot be listed or are more than `most`.
pub(crate) fn list<'a>(
    terminology: &'a Terminology,
    set: &'a ValueSet,
    most: usize,
) -> Option<Vec<ListedCode<'a>>> {
    let mut listing = Listing { terminology, most, seen: HashSet::new(), codes: Vec::new() };
    listing.candidates(set, 0)?;
    let mut codes = listing.codes;
    codes.retain(|listed| {
        let asked = Asked { system: Some(listed.system), code: listed.code };
        Evaluation::new(terminology).membership(set, asked) == Membership::Member
    });
    codes.sort_by_key(|listed| (listed.system, listed.code));
    (codes.len() <= most).then_some(codes)
}

/// Codes of which some may turn out to be excluded.
struct Listing<'a> {
    terminology: &'a Terminology,
    most: usize,
    seen: HashSet<(&'a str, &'a str)>,
    codes: Vec<ListedCode<'a>>,
}

impl<'a> Listing<'a> {
    /// Adds all codes that can be in the set; `None` if they cannot be listed.
    fn candidates(&mut self, set: &'a ValueSet, level: u32) -> Option<()> {
        if set.defect.is_some() || level > MOST_LEVELS {
            return None;
        }
        for selection in &set.include {
            if self.selected(selection, level).is_none() {
                return self.expanded(set);
            }
        }
        if set.include.is_empty() { self.expanded(set) } else { Some(()) }
    }

    fn expanded(&mut self, set: &'a ValueSet) -> Option<()> {
        let expansion = set.expansion.as_ref().filter(|expansion| expansion.is_closed)?;
        for (system, codes) in &expansion.codes {
            for (code, display) in codes {
                self.add(system, code, display.as_deref())?;
            }
        }
        Some(())
    }

    fn selected(&mut self, selection: &'a Selection, level: u32) -> Option<()> {
        let systems = self.terminology.systems();
        let system = selection.system.as_deref().unwrap_or_default();
        match &selection.codes {
            // All imports must have a code, so the codes of one of them are enough.
            Codes::All => {
                self.candidates(self.terminology.value_set(selection.imports.first()?)?, level + 1)?;
            }
            Codes::Named { codes, .. } => {
                for (code, display) in codes {
                    let display = display.as_deref().or_else(|| self.terminology.display(system, code));
                    self.add(system, code, display)?;
                }
            }
            Codes::Whole(source) => {
                let listed = systems.listed(*source).filter(|listed| listed.why_open().is_none())?;
                self.add_concepts(system, listed.concepts.iter())?;
            }
            Codes::Filtered { source, concepts } => {
                let listed = systems.listed(*source).filter(|listed| listed.why_open().is_none())?;
                self.add_concepts(
                    system,
                    concepts.iter().filter_map(|concept| listed.concepts.get(*concept)),
                )?;
            }
            Codes::UnitsLike(_) | Codes::Open { .. } => return None,
        }
        Some(())
    }

    fn add_concepts(&mut self, system: &'a str, concepts: impl Iterator<Item = &'a Concept>) -> Option<()> {
        for concept in concepts {
            self.add(system, &concept.code, concept.display.as_deref())?;
        }
        Some(())
    }

    /// Adds one code; `None` once there are far too many, even if some of them were excluded.
    fn add(&mut self, system: &'a str, code: &'a str, display: Option<&'a str>) -> Option<()> {
        if self.seen.insert((system, code)) {
            self.codes.push(ListedCode { system, code, display });
        }
        (self.codes.len() <= self.most.saturating_mul(2)).then_some(())
    }
}
