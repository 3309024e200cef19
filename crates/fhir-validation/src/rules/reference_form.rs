//! References have a form that can lead to a resource.
//!
//! # What it checks
//!
//! * `reference-form`: a literal reference has no white space, and one that is not absolute is `Type/id`, `#id` or, in
//!   a transaction, `Type?query` (a warning, since some senders use private schemes).
//! * `reference-type-known`: the type in `Type/id` or `[base]/Type/id` is a resource type of R4.
//! * `reference-type-agrees`: `Reference.type` names the same type as the literal reference.
//!
//! # Why
//!
//! A reference is resolved, searched and checked by the type and id that it names. One with a type that does not exist
//! leads nowhere and is found by no search.
//!
//! # Example
//!
//! `{"reference": "Pateint/1"}`: reported at `Encounter.subject.reference` with the closest type, `Patient`.
//!
//! # Specification
//!
//! R4 References (2.3.0), Reference.reference and Reference.type.

use fhir_definitions::Registry;
use fhir_model::reference::Reference;
use fhir_model::{Issue, IssueType};

use super::RuleContext;
use super::walk::Element;
use crate::report::{Report, Step, shortened, similar};

pub(super) fn check(context: &RuleContext<'_>, element: &Element<'_, '_>, report: &mut Report) {
    let Some(text) = element.node.get_str("reference") else { return };
    let place = || element.path.then(Step::Element("reference")).to_string();
    let shown = shortened(text);
    if text.chars().any(char::is_whitespace) {
        let text = format!("\"{shown}\" is not a reference: expected a URL without white space");
        report.add(Issue::error(IssueType::Value, text).rule("reference-form").at(place()));
        return;
    }
    let reference = Reference::parse(text);
    let named = match reference {
        Reference::Conditional { resource_type, .. } => Some(resource_type),
        _ => reference.target().map(|(resource_type, _)| resource_type),
    };
    if matches!(reference, Reference::Other(_)) && !has_scheme(text) {
        let text = format!("\"{shown}\" leads to no resource: expected Type/id, #id or an absolute URL");
        report.add(Issue::warning(IssueType::Value, text).rule("reference-form").at(place()));
    }
    let Some(named) = named else { return };
    if !is_resource_type(context.registry, named) {
        let close = similar(named, context.registry.resource_types().iter().map(|known| &**known));
        let hint =
            if close.is_empty() { String::new() } else { format!(": did you mean {}?", close.join(", ")) };
        let text =
            format!("\"{named}\" in the reference \"{shown}\" is not a resource type of FHIR R4{hint}");
        report.add(Issue::error(IssueType::Value, text).rule("reference-type-known").at(place()));
    } else if let Some(declared) = element.node.get_str("type") {
        let declared = declared.strip_prefix("http://hl7.org/fhir/StructureDefinition/").unwrap_or(declared);
        // A type that does not exist is for the binding of the element to tell.
        if declared != named && is_resource_type(context.registry, declared) {
            let text = format!(
                "the reference \"{shown}\" leads to a {named}, but its type is {}: expected the same",
                shortened(declared)
            );
            report.add(Issue::error(IssueType::Value, text).rule("reference-type-agrees").at(place()));
        }
    }
}

/// Whether R4 has resources of that type.
pub(super) fn is_resource_type(registry: &Registry, name: &str) -> bool {
    registry.resource_types().binary_search_by(|known| (**known).cmp(name)).is_ok()
}

/// Whether a URL starts with a scheme (RFC 3986, 3.1).
pub(super) fn has_scheme(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn references_lead_to_resources() {
        let encounter = |subject: &str| format!(r#"{{"resourceType":"Encounter","subject":{{{subject}}}}}"#);
        let of = |reference: &str| encounter(&format!(r#""reference":"{reference}""#));
        for reference in [
            "Patient/1",
            "Patient/1/_history/2",
            "https://example.org/fhir/Patient/1",
            "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
            "Patient?identifier=a|b",
            "https://example.org/somewhere",
            "#p",
        ] {
            check(&[Check { json: &of(reference), found: &[] }]);
        }
        let place = "Encounter.subject.reference";
        check(&[
            Check { json: &of("Pateint/1"), found: &[&format!("reference-type-known error {place}")] },
            Check {
                json: &of("https://a.example/Chicken/1"),
                found: &[&format!("reference-type-known error {place}")],
            },
            Check {
                json: &of("ht tps://a.example/Patient/1"),
                found: &[&format!("reference-form error {place}")],
            },
            Check { json: &of("nowhere"), found: &[&format!("reference-form warning {place}")] },
            Check { json: &encounter(r#""reference":"Patient/1","type":"Patient""#), found: &[] },
            Check { json: &encounter(r#""reference":"Patient/1","type":"Chicken""#), found: &[] },
            Check {
                json: &encounter(r#""reference":"Patient/1","type":"Group""#),
                found: &[&format!("reference-type-agrees error {place}")],
            },
        ]);
    }
}
