//! Strings are no longer than the profile says.
//!
//! # What it checks
//!
//! The characters of a string, code, uri or the like are no more than `maxLength` (`max-length`).
//!
//! # Why
//!
//! Receivers store what fits their columns; a silent cut would change the meaning.
//!
//! # Example
//!
//! With `maxLength` 10 for `Identifier.value`, `12345678901` is an error.
//!
//! # Specification
//!
//! ElementDefinition.maxLength.

use fhir_model::{Issue, IssueType, Node};

use super::apply::At;
use super::walk::Walk;

/// Checks the length of a string.
pub(super) fn check(walk: &mut Walk<'_>, most: u32, at: &At<'_, '_>) {
    let Some(text) = at.element.node.and_then(Node::as_str) else { return };
    let length = text.chars().count();
    if length > most as usize {
        let text = format!("the value has {length} characters: expected at most {most}");
        walk.report(Issue::error(IssueType::Value, text).at(at.path.to_string()).rule("max-length"));
    }
}
