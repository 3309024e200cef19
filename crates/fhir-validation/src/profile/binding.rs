//! Codes come from the value set that the element is bound to.
//!
//! # What it checks
//!
//! The code of a code, Coding, CodeableConcept (one of its codings), Quantity, string or uri is in the value set of the binding:
//! of a required one it must be (`binding-required`, error), of an extensible one it should be (`binding-extensible`, warning), of
//! a preferred one it is recommended to be (`binding-preferred`, information). A maximum value set binds like a required one
//! (`binding-max-value-set`). A concept that has only text is an error under a required binding and a warning under an extensible
//! one. What cannot be told without a terminology server is never reported as wrong; a setting makes it known
//! (`binding-not-checked`).
//!
//! # Why
//!
//! Programs act on codes; a code that the receiver does not know is lost.
//!
//! # Example
//!
//! `AdministrativeGender` binds `Patient.gender` as required: `"m"` is an error.
//!
//! # Specification
//!
//! ElementDefinition.binding; R4 Terminology, 4.1.5 (binding strengths).

use fhir_definitions::element_definition::BindingStrength;
use fhir_model::{Issue, IssueType, Node, Severity};
use fhir_terminology::{Membership, NotChecked};
use fhirpath::Element;
use smallvec::SmallVec;

use super::apply::At;
use super::rules::BindingRule;
use super::walk::Walk;
use crate::report::shortened;
use crate::rules::nhs;

/// A code, and its system where the type carries one.
#[derive(Clone, Copy)]
struct Coded<'a> {
    system: Option<&'a str>,
    code: &'a str,
}

/// What an element says in codes.
struct Codes<'a> {
    codes: SmallVec<[Coded<'a>; 2]>,
    /// Whether there are words instead.
    has_text: bool,
    /// Whether the type carries systems.
    has_systems: bool,
}

/// Checks the codes of an element.
pub(super) fn check<'a>(walk: &mut Walk<'a>, rule: &'a BindingRule, at: &At<'a, '_>) {
    let Some(codes) = codes(walk, at.element) else { return };
    if codes.codes.is_empty() {
        if codes.has_text {
            check_text(walk, rule, at);
        }
        return;
    }
    match membership(walk, &codes, &rule.value_set) {
        Membership::Member => return,
        Membership::NotMember => {
            let (severity, id) = match rule.strength {
                BindingStrength::Required => (Severity::Error, "binding-required"),
                BindingStrength::Extensible => (Severity::Warning, "binding-extensible"),
                BindingStrength::Preferred | BindingStrength::Example => {
                    (Severity::Information, "binding-preferred")
                }
            };
            not_member(walk, severity, id, &codes, &rule.value_set, at);
        }
        Membership::NotChecked(reason) => not_checked(walk, &reason, &codes, &rule.value_set, at),
    }
    if let Some(value_set) = &rule.max_value_set
        && membership(walk, &codes, value_set) == Membership::NotMember
    {
        not_member(walk, Severity::Error, "binding-max-value-set", &codes, value_set, at);
    }
}

/// Whether a code of the element is surely in a value set.
pub(super) fn is_member(walk: &Walk<'_>, element: Element<'_>, value_set: &str) -> bool {
    codes(walk, element).is_some_and(|codes| membership(walk, &codes, value_set) == Membership::Member)
}

/// The same question where it may be left open: `None` if it cannot be told.
pub(super) fn member_of(walk: &Walk<'_>, element: Element<'_>, value_set: &str) -> Option<bool> {
    match membership(walk, &codes(walk, element)?, value_set) {
        Membership::Member => Some(true),
        Membership::NotMember => Some(false),
        Membership::NotChecked(_) => None,
    }
}

fn codes<'a>(walk: &Walk<'_>, element: Element<'a>) -> Option<Codes<'a>> {
    let node = element.node?;
    let coding = |node: Node<'a>| Some(Coded { system: node.get_str("system"), code: node.get_str("code")? });
    let found = match walk.engine.model().name(element.type_id) {
        "CodeableConcept" => {
            let codings = node.get("coding").into_iter().flat_map(Node::items);
            let has_text = node.get("text").is_some();
            Codes { codes: codings.filter_map(coding).collect(), has_text, has_systems: true }
        }
        _ if node.is_object() => {
            Codes { codes: coding(node).into_iter().collect(), has_text: false, has_systems: true }
        }
        _ => {
            let code = node.as_str().map(|code| Coded { system: None, code });
            Codes { codes: code.into_iter().collect(), has_text: false, has_systems: false }
        }
    };
    Some(found)
}

/// Membership of the codes: one member is enough, and what is open stays open.
fn membership(walk: &Walk<'_>, codes: &Codes<'_>, value_set: &str) -> Membership {
    let mut result = Membership::NotMember;
    for coded in &codes.codes {
        // A coding without a system has no meaning that could be looked up.
        if codes.has_systems && coded.system.is_none() {
            continue;
        }
        match of_code(walk, *coded, value_set) {
            Membership::Member => return Membership::Member,
            Membership::NotMember => {}
            open @ Membership::NotChecked(_) => result = open,
        }
    }
    result
}

fn of_code(walk: &Walk<'_>, coded: Coded<'_>, value_set: &str) -> Membership {
    let terminology = &walk.engine.terminology;
    let found = terminology.membership(value_set, coded.system, coded.code);
    let accepts_aliases = walk.engine.settings.nhs.retired_aliases != crate::rules::Mode::Reject;
    let retired = coded.system.filter(|_| accepts_aliases && found == Membership::NotMember);
    match retired.and_then(|system| nhs::successor(system, coded.code)) {
        Some((system, code)) => terminology.membership(value_set, Some(system), code),
        None => found,
    }
}

fn check_text(walk: &mut Walk<'_>, rule: &BindingRule, at: &At<'_, '_>) {
    let (severity, id) = match (rule.strength, &rule.max_value_set) {
        (BindingStrength::Required, _) => (Severity::Error, "binding-required"),
        (_, Some(_)) => (Severity::Error, "binding-max-value-set"),
        (BindingStrength::Extensible, None) => (Severity::Warning, "binding-extensible"),
        (BindingStrength::Preferred | BindingStrength::Example, None) => return,
    };
    let text = format!("there is only text: expected a code of {}", rule.value_set);
    let issue = Issue { severity, ..Issue::error(IssueType::CodeInvalid, text) };
    walk.report(issue.at(at.path.to_string()).rule(id));
}

fn not_member(
    walk: &mut Walk<'_>,
    severity: Severity,
    id: &'static str,
    codes: &Codes<'_>,
    value_set: &str,
    at: &At<'_, '_>,
) {
    let verb = if severity == Severity::Error { "must" } else { "should" };
    let text = format!("{} is not in {value_set}, from which a code {verb} come", codes.text());
    let issue = Issue { severity, ..Issue::error(IssueType::CodeInvalid, text) };
    walk.report(issue.at(at.path.to_string()).rule(id));
}

fn not_checked(
    walk: &mut Walk<'_>,
    reason: &NotChecked,
    codes: &Codes<'_>,
    value_set: &str,
    at: &At<'_, '_>,
) {
    if walk.engine.settings.report_unchecked {
        let text = format!("not checked whether {} is in {value_set}: {reason}", codes.text());
        let issue = Issue::information(IssueType::Incomplete, text);
        walk.report(issue.at(at.path.to_string()).rule("binding-not-checked"));
    }
}

impl Codes<'_> {
    fn text(&self) -> String {
        let names: Vec<String> = self.codes.iter().map(Coded::text).collect();
        names.join(", ")
    }
}

impl Coded<'_> {
    fn text(&self) -> String {
        match self.system {
            Some(system) => format!("{}#{}", shortened(system), shortened(self.code)),
            None => format!("\"{}\"", shortened(self.code)),
        }
    }
}
