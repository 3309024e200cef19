//! A fixed value is met exactly.
//!
//! # What it checks
//!
//! Where a profile fixes a value, the element is exactly that: the same members, the same items in the same order, nothing
//! missing and nothing added (`fixed-value`). Issues stand where the difference is. Decimals are compared as numbers.
//!
//! # Why
//!
//! Fixed values identify: the system of an identifier, the code of a panel.
//!
//! # Example
//!
//! UK Core fixes `system` in the slice of the ODS code: another system is an error at `Organization.identifier[0].system`.
//!
//! # Specification
//!
//! ElementDefinition.fixed[x].

use fhir_model::primitive::decimal;
use fhir_model::{Issue, IssueType, Kind, Node, write};

use super::apply::At;
use super::walk::Walk;
use crate::report::{Path, Step, shortened};

/// Checks an element against the value that it must be.
pub(super) fn check(walk: &mut Walk<'_>, expected: Node<'_>, at: &At<'_, '_>) {
    match at.element.node {
        Some(found) => compare(walk, expected, found, at.path),
        None => {
            let text = format!("there is no value: expected {}", text(expected));
            walk.report(Issue::error(IssueType::Value, text).at(at.path.to_string()).rule("fixed-value"));
        }
    }
}

/// Whether two values are the same.
pub(super) fn equal(expected: Node<'_>, found: Node<'_>) -> bool {
    match (expected.kind(), found.kind()) {
        (Kind::Object, Kind::Object) => {
            let has = |(name, value)| found.get(name).is_some_and(|own| equal(value, own));
            expected.len() == found.len() && expected.members().all(has)
        }
        (Kind::Array, Kind::Array) => {
            expected.len() == found.len() && expected.items().zip(found.items()).all(|(a, b)| equal(a, b))
        }
        (Kind::Number, Kind::Number) => equal_numbers(expected, found),
        (own, other) => own == other && expected.primitive_text() == found.primitive_text(),
    }
}

fn equal_numbers(expected: Node<'_>, found: Node<'_>) -> bool {
    let value = |node: Node<'_>| node.as_number().and_then(|text| decimal::parse(text).ok());
    match (value(expected), value(found)) {
        (Some(expected), Some(found)) => expected == found,
        _ => expected.as_number() == found.as_number(),
    }
}

fn compare(walk: &mut Walk<'_>, expected: Node<'_>, found: Node<'_>, path: &Path<'_>) {
    if !(expected.is_object() && found.is_object()) {
        if !equal(expected, found) {
            let text = format!("{} is not the fixed value: expected {}", text(found), text(expected));
            walk.report(Issue::error(IssueType::Value, text).at(path.to_string()).rule("fixed-value"));
        }
        return;
    }
    for (name, value) in expected.members() {
        let at = path.then(Step::Element(name));
        match found.get(name) {
            Some(own) => compare(walk, value, own, &at),
            None => {
                let text = format!("{name} is missing: the fixed value has {}", text(value));
                walk.report(Issue::error(IssueType::Value, text).at(path.to_string()).rule("fixed-value"));
            }
        }
    }
    for (name, _) in found.members().filter(|(name, _)| expected.get(name).is_none()) {
        let at = path.then(Step::Element(name.strip_prefix('_').unwrap_or(name)));
        let text = format!("{name} is not part of the fixed value: expected it to be left out");
        walk.report(Issue::error(IssueType::Value, text).at(at.to_string()).rule("fixed-value"));
    }
}

/// A value as JSON, cut where it gets long.
pub(super) fn text(node: Node<'_>) -> String {
    shortened(&String::from_utf8_lossy(&write::to_vec(node)))
}
