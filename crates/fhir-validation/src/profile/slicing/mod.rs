//! The occurrences of a sliced element belong to its slices as the profile says.
//!
//! # What it checks
//!
//! Each occurrence is given to the first slice whose discriminators it meets. Then every slice is checked: how often it
//! occurs (`slicing-min`, `slicing-max`), and its own rules and re-slices on the occurrences that belong to it. Closed slicings
//! have nothing else (`slicing-closed`), open-at-end ones have it last (`slicing-open-at-end`), ordered ones keep the order of
//! the definition (`slicing-order`). A slice `@default` takes what no other slice does. Slices that their discriminators cannot
//! tell apart are not checked, which is said when the profile is loaded.
//!
//! # Why
//!
//! Slices are how profiles speak about one identifier among many: "if there is an NHS number, it is this and has that".
//!
//! # Example
//!
//! A profile closes `Observation.component` to the slices systolic and diastolic, told apart by `code`: a third component with
//! another code is an error at `Observation.component[2]`.
//!
//! # Specification
//!
//! R4 Profiling, 5.1.0.12 to 5.1.0.15 (slicing, discriminators); ElementDefinition.slicing.

mod matcher;

use fhir_definitions::element_definition::SlicingRules;
use fhir_model::{Issue, IssueType};
use smallvec::SmallVec;

use super::apply::At;
use super::cardinality;
use super::occurrence::Occurrence;
use super::rules::{Profile, RulesId};
use super::walk::Walk;
use crate::report::Path;
pub(super) use matcher::{Criterion, Step, Test};

/// The slices of an element.
#[derive(Debug)]
pub(crate) struct Slicing {
    /// In the order of the definition.
    pub(super) slices: Box<[Slice]>,
    /// What holds for occurrences that are in no slice.
    pub(super) default: Option<RulesId>,
    /// Whether slices must keep their order.
    pub(super) ordered: bool,
    /// What else may occur.
    pub(super) rules: SlicingRules,
}

/// One slice.
#[derive(Debug)]
pub(crate) struct Slice {
    /// Its name.
    pub(super) name: Box<str>,
    /// What holds for its occurrences.
    pub(super) rules: RulesId,
    /// What must all be true of an occurrence of the slice.
    pub(super) criteria: Box<[Criterion]>,
    /// Whether it can be told from the others.
    pub(super) is_distinct: bool,
}

/// Occurrences of one slice. Most have one or two.
type Members<'a> = SmallVec<[Occurrence<'a>; 4]>;

/// Checks the occurrences of a sliced element. `parent` is the element that has them, `path` theirs.
pub(super) fn check<'a>(
    walk: &mut Walk<'a>,
    profile: &'a Profile,
    slicing: &'a Slicing,
    occurrences: &[Occurrence<'a>],
    parent: &At<'a, '_>,
    path: &Path<'_>,
) {
    let mut slice_of: SmallVec<[Option<usize>; 8]> = SmallVec::new();
    for occurrence in occurrences {
        slice_of.push(find(walk, slicing, occurrence, parent));
    }
    check_order(walk, slicing, &slice_of, occurrences, path);
    for (position, slice) in slicing.slices.iter().enumerate().filter(|(_, slice)| slice.is_distinct) {
        let members = members(occurrences, &slice_of, Some(position));
        if let Some(rules) = profile.get(slice.rules) {
            cardinality::check_slice(walk, rules, &slice.name, &members, parent, path);
        }
        walk.apply_each(profile, slice.rules, &members, parent, path);
    }
    if let Some(default) = slicing.default {
        let members = members(occurrences, &slice_of, None);
        walk.apply_each(profile, default, &members, parent, path);
    }
}

fn find<'a>(
    walk: &mut Walk<'a>,
    slicing: &'a Slicing,
    occurrence: &Occurrence<'a>,
    parent: &At<'a, '_>,
) -> Option<usize> {
    let mut slices = slicing.slices.iter();
    slices.position(|slice| {
        !slice.criteria.is_empty()
            && slice.criteria.iter().all(|criterion| criterion.holds(walk, occurrence.element, parent.scope))
    })
}

fn members<'a>(
    occurrences: &[Occurrence<'a>],
    slice_of: &[Option<usize>],
    slice: Option<usize>,
) -> Members<'a> {
    let in_slice = occurrences.iter().zip(slice_of).filter(|(_, own)| **own == slice);
    in_slice.map(|(occurrence, _)| *occurrence).collect()
}

fn check_order(
    walk: &mut Walk<'_>,
    slicing: &Slicing,
    slice_of: &[Option<usize>],
    occurrences: &[Occurrence<'_>],
    path: &Path<'_>,
) {
    let mut latest = 0;
    let last_matched = slice_of.iter().rposition(Option::is_some);
    for (position, (slice, occurrence)) in slice_of.iter().zip(occurrences).enumerate() {
        let place = || occurrence.path(path).to_string();
        match slice {
            Some(slice) if slicing.ordered && *slice < latest => {
                let text = "the slices are out of order: they must come as the profile lists them";
                walk.report(Issue::error(IssueType::Structure, text).at(place()).rule("slicing-order"));
            }
            Some(slice) => latest = *slice,
            None if slicing.rules == SlicingRules::Closed && slicing.default.is_none() => {
                let names: Vec<&str> = slicing.slices.iter().map(|slice| &*slice.name).collect();
                let text = format!(
                    "this is in none of the slices {}, and nothing else is allowed",
                    names.join(", ")
                );
                walk.report(Issue::error(IssueType::Structure, text).at(place()).rule("slicing-closed"));
            }
            None if slicing.rules == SlicingRules::OpenAtEnd
                && last_matched.is_some_and(|last| position < last) =>
            {
                let text = "this is in no slice, and such may only come after all that are in one";
                walk.report(Issue::error(IssueType::Structure, text).at(place()).rule("slicing-open-at-end"));
            }
            None => {}
        }
    }
}
