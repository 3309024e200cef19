//! Values have a type that the profile allows, and meet the profile on their type.
//!
//! # What it checks
//!
//! Where a profile narrows the types of an element, or the resources that may stand there, the value has one of them
//! (`type-not-allowed`). Where a type comes with profiles, the value meets at least one (`type-profile`).
//!
//! # Why
//!
//! A choice such as `value[x]` is narrowed so that receivers need not be ready for everything.
//!
//! # Example
//!
//! A profile allows only Quantity for `Observation.value[x]`: `valueString` is an error at `Observation.value`.
//!
//! # Specification
//!
//! ElementDefinition.type.code and .profile; R4 Profiling, 5.1.0.6.

use fhir_model::types::TypeId;
use fhir_model::{Issue, IssueType};

use super::apply::At;
use super::library::ProfileId;
use super::rules::{Rules, RulesId, TypeRules};
use super::walk::Walk;

/// Checks that an element has one of the allowed types.
pub(super) fn check(walk: &mut Walk<'_>, rules: &Rules, allowed: &[TypeId], at: &At<'_, '_>) {
    let model = walk.engine.model();
    if allowed.iter().any(|id| model.is_a(at.element.type_id, *id)) {
        return;
    }
    let names: Vec<&str> = allowed.iter().map(|id| model.name(*id)).collect();
    let found = model.name(at.element.type_id);
    let text = format!("{} may not be {found}: expected {}", rules.id, names.join(" or "));
    walk.report(Issue::error(IssueType::Structure, text).at(at.path.to_string()).rule("type-not-allowed"));
}

/// Checks that an element meets one of the profiles on its type.
pub(super) fn check_profiles<'a>(walk: &mut Walk<'a>, typed: &'a [TypeRules], at: &At<'a, '_>) {
    let model = walk.engine.model();
    let own = typed.iter().find(|rules| model.is_a(at.element.type_id, rules.type_id));
    let Some(rules) = own.filter(|rules| !rules.profiles.is_empty()) else { return };
    let mut known: Vec<ProfileId> = Vec::new();
    for profile in &rules.profiles {
        match profile.id {
            Some(id) => known.push(id),
            None => return walk.report_unknown_profile(&profile.canonical, at.path),
        }
    }
    match known.as_slice() {
        [only] => match walk.engine.get(*only) {
            Ok(profile) => walk.with_profile(profile, |walk| walk.apply(profile, RulesId::ROOT, at)),
            Err(error) => walk.report_unusable(&error, at.path),
        },
        choices => check_choice(walk, choices, at),
    }
}

fn check_choice<'a>(walk: &mut Walk<'a>, choices: &[ProfileId], at: &At<'a, '_>) {
    let mut reasons = Vec::new();
    for id in choices {
        match walk.conforms(*id, at.element, at.scope) {
            None => return,
            Some(issue) => reasons.push(issue.to_string()),
        }
    }
    let text = format!("the value meets none of the profiles allowed here: {}", reasons.join("; "));
    walk.report(Issue::error(IssueType::Structure, text).at(at.path.to_string()).rule("type-profile"));
}
