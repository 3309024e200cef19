//! Elements and slices occur as often as the profile says.
//!
//! # What it checks
//!
//! An element that a profile requires is present (`cardinality-min`), and occurs no more often than the profile allows
//! (`cardinality-max`); likewise for each slice (`slicing-min`, `slicing-max`). A primitive that has only extensions is present.
//! The cardinalities of R4 itself belong to the structural layer.
//!
//! # Why
//!
//! Receivers build on what a profile promises to be there.
//!
//! # Example
//!
//! UK Core asks for `value` in an identifier whose system is the NHS number: without it, `Patient.identifier[0]` is in error.
//!
//! # Specification
//!
//! R4 Conformance Rules, 1.4.1 (cardinality); ElementDefinition.min and max.

use fhir_model::{Issue, IssueType};

use super::apply::At;
use super::occurrence::Occurrence;
use super::rules::Rules;
use super::walk::Walk;
use crate::report::Path;

/// Checks how often an element occurs. Issues stand at the element that has it.
pub(super) fn check(
    walk: &mut Walk<'_>,
    rules: &Rules,
    occurrences: &[Occurrence<'_>],
    parent: &At<'_, '_>,
    path: &Path<'_>,
) {
    let name = || path.to_string();
    if let Some(text) = too_few(rules, occurrences.len(), name) {
        walk.report(
            Issue::error(IssueType::Required, text).at(parent.path.to_string()).rule("cardinality-min"),
        );
    }
    if let Some(text) = too_many(rules, occurrences.len(), name) {
        walk.report(
            Issue::error(IssueType::Structure, text).at(parent.path.to_string()).rule("cardinality-max"),
        );
    }
}

/// Checks how often a slice occurs. Issues stand at the element that has the sliced one.
pub(super) fn check_slice(
    walk: &mut Walk<'_>,
    rules: &Rules,
    slice: &str,
    occurrences: &[Occurrence<'_>],
    parent: &At<'_, '_>,
    path: &Path<'_>,
) {
    let name = || format!("the slice {slice} of {path}");
    if let Some(text) = too_few(rules, occurrences.len(), name) {
        walk.report(Issue::error(IssueType::Required, text).at(parent.path.to_string()).rule("slicing-min"));
    }
    if let Some(text) = too_many(rules, occurrences.len(), name) {
        walk.report(Issue::error(IssueType::Structure, text).at(parent.path.to_string()).rule("slicing-max"));
    }
}

fn too_few(rules: &Rules, count: usize, name: impl FnOnce() -> String) -> Option<String> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    (count < rules.min).then(|| match count {
        0 => format!("{} is missing: expected at least {}", name(), rules.min),
        _ => format!("{} occurs {count} times: expected at least {}", name(), rules.min),
    })
}

fn too_many(rules: &Rules, count: usize, name: impl FnOnce() -> String) -> Option<String> {
    let max = rules.max.filter(|max| count > *max as usize)?;
    Some(match max {
        0 => format!("{} is not allowed here", name()),
        _ => format!("{} occurs {count} times: expected at most {max}", name()),
    })
}
