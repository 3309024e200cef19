//! Constraints of the definitions hold.
//!
//! # What it checks
//!
//! Every constraint of the element, its type and the profile, as FHIRPath. A constraint of severity error that is not true is an
//! error, one of severity warning a warning; the rule is the key of the constraint (`pat-1`). A constraint that is neither true
//! nor false (empty in FHIRPath: `2026-01 <= 2026-01-15`) is a warning, since nothing is known against it. Constraints that cannot be
//! evaluated on the content at hand are told of as warnings (`constraint-not-evaluated`). `ele-1`, `ext-1`, `dom-2` to `dom-5`
//! and those of narrative are checked without FHIRPath, by rules of their own.
//!
//! # Why
//!
//! Invariants say what cardinalities cannot: that a contact has at least a name or a way to reach it.
//!
//! # Example
//!
//! `pat-1`: a `Patient.contact` with nothing but a gender is an error.
//!
//! # Specification
//!
//! ElementDefinition.constraint; R4 Profiling, 5.1.0.8.

use fhir_model::{Issue, IssueType, Severity};
use fhirpath::EvaluateError;

use super::apply::At;
use super::rules::ConstraintRule;
use super::walk::Walk;

/// Checks the constraints of an element.
pub(super) fn check<'a>(walk: &mut Walk<'a>, constraints: &'a [ConstraintRule], at: &At<'a, '_>) {
    for constraint in constraints {
        let Some(severity) = severity(walk, constraint) else { continue };
        match constraint.expression.test(&at.scope.context, at.element) {
            Ok(Some(true)) => {}
            Ok(Some(false)) => {
                let issue = Issue::error(IssueType::Invariant, text(constraint));
                let issue = Issue { severity, ..issue };
                walk.report(issue.at(at.path.to_string()).rule(constraint.key.clone()));
            }
            Ok(None) => {
                let (key, expression) = (&constraint.key, constraint.expression.text());
                let text = format!("{key} is neither true nor false of this content: {expression}");
                let issue = Issue::warning(IssueType::Invariant, text);
                walk.report(issue.at(at.path.to_string()).rule(constraint.key.clone()));
            }
            Err(error) => not_evaluated(walk, constraint, &error, at),
        }
    }
}

fn severity(walk: &Walk<'_>, constraint: &ConstraintRule) -> Option<Severity> {
    if constraint.is_best_practice {
        return walk.engine.settings.best_practice;
    }
    Some(if constraint.is_error { Severity::Error } else { Severity::Warning })
}

fn text(constraint: &ConstraintRule) -> String {
    let (key, expression) = (&constraint.key, constraint.expression.text());
    match &constraint.human {
        Some(human) => format!("{key}: {human} ({expression})"),
        None => format!("{key} does not hold: {expression}"),
    }
}

/// Content that is built wrongly makes expressions fail; that has been reported where it is wrong.
fn not_evaluated(walk: &mut Walk<'_>, constraint: &ConstraintRule, error: &EvaluateError, at: &At<'_, '_>) {
    if walk.has_broken_structure() {
        return;
    }
    let text = format!("{} cannot be evaluated: {error} ({})", constraint.key, constraint.expression.text());
    let issue = Issue::warning(IssueType::Incomplete, text);
    walk.report(issue.at(at.path.to_string()).rule("constraint-not-evaluated"));
}
