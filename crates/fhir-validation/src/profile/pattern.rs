//! A pattern is contained in the value.
//!
//! # What it checks
//!
//! Where a profile gives a pattern, the element has at least what the pattern has: its members with values that match, and for
//! each item of its arrays an item that matches (`pattern-value`). Anything else may be there as well.
//!
//! # Why
//!
//! A pattern asks for one coding among several, and lets a display or further translations pass.
//!
//! # Example
//!
//! The pattern `{"coding":[{"system":"http://loinc.org","code":"85354-9"}]}` is met by a code that also has a SNOMED CT coding.
//!
//! # Specification
//!
//! ElementDefinition.pattern[x].

use fhir_model::{Issue, IssueType, Node};

use super::apply::At;
use super::fixed;
use super::walk::Walk;

/// Checks an element against the value that it must contain.
pub(super) fn check(walk: &mut Walk<'_>, pattern: Node<'_>, at: &At<'_, '_>) {
    if at.element.node.is_some_and(|found| contains(found, pattern)) {
        return;
    }
    let expected = fixed::text(pattern);
    let text = match at.element.node {
        Some(found) => format!("{} does not contain the pattern {expected}", fixed::text(found)),
        None => format!("there is no value: expected one that contains {expected}"),
    };
    walk.report(Issue::error(IssueType::Value, text).at(at.path.to_string()).rule("pattern-value"));
}

/// Whether a value contains a pattern.
pub(super) fn contains(found: Node<'_>, pattern: Node<'_>) -> bool {
    if pattern.is_object() && found.is_object() {
        return pattern
            .members()
            .all(|(name, value)| found.get(name).is_some_and(|own| contains(own, value)));
    }
    if pattern.is_array() && found.is_array() {
        return pattern.items().all(|item| found.items().any(|own| contains(own, item)));
    }
    fixed::equal(pattern, found)
}
