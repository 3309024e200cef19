//! References point to what the element allows.
//!
//! # What it checks
//!
//! The target of a Reference has a type that the element allows (`reference-target`); the type is that of the resource, where it
//! is contained, an entry of the same Bundle or otherwise at hand, and else the one that the literal or `type` names. Where the
//! element asks for a profile and the resource is at hand, it meets the profile (`reference-profile`). The reference is of a kind
//! that the element allows: contained, bundled or referenced (`reference-aggregation`).
//!
//! # Why
//!
//! A program that follows `Encounter.subject` expects a Patient or a Group, not an Organization.
//!
//! # Example
//!
//! `"subject": {"reference": "Practitioner/1"}` in an Encounter is an error at `Encounter.subject`.
//!
//! # Specification
//!
//! R4 References, 2.3.0; ElementDefinition.type.targetProfile and .aggregation.

use fhir_model::{Issue, IssueType, Node, Severity};
use fhirpath::Element;

use super::apply::At;
use super::resolver::Place;
use super::rules::{Target, TypeRules};
use super::walk::Walk;
use crate::report::shortened;

/// Checks a reference by what its element allows.
pub(super) fn check<'a>(walk: &mut Walk<'a>, typed: &'a [TypeRules], at: &At<'a, '_>) {
    let own = typed.iter().find(|rules| rules.type_id == at.element.type_id);
    let Some(rules) = own.filter(|rules| !rules.targets.is_empty() || !rules.aggregation.is_empty()) else {
        return;
    };
    if !rules.targets.is_empty() {
        check_target(walk, &rules.targets, at);
    }
    check_aggregation(walk, &rules.aggregation, at);
}

fn check_target<'a>(walk: &mut Walk<'a>, targets: &'a [Target], at: &At<'a, '_>) {
    for target in targets.iter().filter(|target| target.type_id.is_none()) {
        if let Some(profile) = &target.profile {
            return walk.report_unknown_profile(&profile.canonical, at.path);
        }
    }
    let Some(found) = walk.target_type(at.element, at.scope) else { return };
    let model = walk.engine.model();
    let is_allowed = |target: &&Target| target.type_id.is_some_and(|allowed| model.is_a(found, allowed));
    if !targets.iter().any(|target| is_allowed(&target)) {
        let names: Vec<&str> =
            targets.iter().filter_map(|target| target.type_id).map(|id| model.name(id)).collect();
        let text = format!("the target is {}: expected {}", model.name(found), names.join(" or "));
        walk.report(
            Issue::error(IssueType::Structure, text).at(at.path.to_string()).rule("reference-target"),
        );
        return;
    }
    check_profiles(walk, targets.iter().filter(is_allowed), at);
}

fn check_profiles<'a>(walk: &mut Walk<'a>, targets: impl Iterator<Item = &'a Target>, at: &At<'a, '_>) {
    let Some(target) = walk.target(at.element, at.scope) else { return };
    let Some(element) = Element::resource(walk.engine.model(), target.node) else { return };
    let container = matches!(target.place, Place::Contained).then(|| at.scope.owner());
    let scope = walk.scope(target.node, container);
    let mut reasons = Vec::new();
    for target in targets {
        let Some(id) = target.profile.as_ref().and_then(|profile| profile.id) else { return };
        match walk.conforms(id, element, &scope) {
            None => return,
            Some(issue) => reasons.push(issue.to_string()),
        }
    }
    let reference = at.element.node.and_then(|node| node.get_str("reference")).unwrap_or_default();
    let text =
        format!("the target {} meets no profile allowed here: {}", shortened(reference), reasons.join("; "));
    walk.report(Issue::error(IssueType::Structure, text).at(at.path.to_string()).rule("reference-profile"));
}

fn check_aggregation<'a>(walk: &mut Walk<'a>, allowed: &[Box<str>], at: &At<'a, '_>) {
    let Some(reference) = at.element.node.and_then(|node| node.get_str("reference")) else { return };
    if allowed.is_empty() {
        return;
    }
    let found = match walk.target(at.element, at.scope).map(|target| target.place) {
        _ if reference.starts_with('#') => "contained",
        Some(Place::Bundled) => "bundled",
        Some(Place::Contained | Place::Outside) | None => "referenced",
    };
    // Whoever may refer to anything may refer to an entry of the Bundle too.
    let fits = |mode: &str| mode == found || (found == "bundled" && mode == "referenced");
    if !allowed.iter().any(|mode| fits(mode)) {
        let text = format!("the target is {found}: expected it to be {}", allowed.join(" or "));
        walk.report(
            Issue::error(IssueType::Structure, text).at(at.path.to_string()).rule("reference-aggregation"),
        );
    }
}

/// Tells of a reference whose target is nowhere, if the settings ask for it.
pub(super) fn check_exists<'a>(walk: &mut Walk<'a>, at: &At<'a, '_>) {
    let Some(severity) = walk.engine.settings.unresolved_reference else { return };
    let reference = at.element.node.and_then(|node: Node<'_>| node.get_str("reference"));
    // A fragment without its target breaks ref-1.
    let Some(reference) = reference.filter(|reference| !reference.starts_with('#')) else { return };
    if walk.target(at.element, at.scope).is_none() {
        let text = format!("the target {} is not found", shortened(reference));
        let issue = Issue { severity, ..Issue::error(IssueType::NotFound, text) };
        walk.report(issue.at(at.path.to_string()).rule("reference-not-found"));
    }
}

/// How bad it is that something claims a profile that is not known.
pub(super) fn unknown_profile_issue(severity: Severity, canonical: &str) -> Issue {
    let text = format!("not checked: the profile {} is not known", shortened(canonical));
    Issue { severity, ..Issue::error(IssueType::NotFound, text) }.rule("profile-unknown")
}
