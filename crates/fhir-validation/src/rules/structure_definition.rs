//! Profiles and types can be used for validation.
//!
//! # What it checks
//!
//! * `definition-base-known`: the base definition is among the definitions at hand, and its chain ends.
//! * `definition-type-known`: a profile is on a type that R4 has.
//! * `definition-element-known`: the differential constrains elements that the base has, and does not loosen the base:
//!   cardinalities and types stay within it. Lesser defects are warnings under `definition-element`.
//! * `definition-expression`: the expressions of constraints are FHIRPath.
//! * `definition-binding-type`: a binding stands at an element that can hold a code.
//!
//! # Why
//!
//! A profile with such a mistake says less than its author believes: what it says of an element that does not exist is
//! said of nothing.
//!
//! # Example
//!
//! `"path": "Observation.valueBla"` in a profile on Observation: reported at
//! `StructureDefinition.differential.element[0]`.
//!
//! # Specification
//!
//! R4 StructureDefinition, ElementDefinition; Profiling FHIR (5.1).

use fhir_definitions::StructureDefinition;
use fhir_definitions::snapshot::{Defect, Note, SnapshotError};
use fhir_model::types::TypeKind;
use fhir_model::{Issue, IssueType, Node};
use fhirpath::Expression;

use super::RuleContext;
use crate::report::{Path, Report, Step, shortened};

pub(super) fn check(context: &RuleContext<'_>, resource: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let elements = resource.get("differential").and_then(|it| it.get("element"));
    let differential = path.then(Step::Element("differential"));
    let elements_path = differential.then(Step::Element("element"));
    for (position, element) in elements.into_iter().flat_map(Node::items).enumerate() {
        let path = elements_path.then(Step::Item(position));
        check_expressions(context, element, &path, report);
        check_binding(context, element, &path, report);
    }
    check_type(context, resource, path, report);
    let Ok(definition) = StructureDefinition::parse(resource) else { return };
    match definition.snapshot(context.registry) {
        Ok(snapshot) => {
            for note in &snapshot.notes {
                let position =
                    elements.into_iter().flat_map(Node::items).position(|it| is_at(it, &note.element));
                let place = position.map(|position| elements_path.then(Step::Item(position)).to_string());
                report.add(defect(note).at(place.unwrap_or_else(|| path.to_string())));
            }
        }
        Err(SnapshotError::Empty { .. }) => {}
        Err(error) => {
            let place = path.then(Step::Element("baseDefinition")).to_string();
            report.add(
                Issue::error(IssueType::NotFound, error.to_string()).rule("definition-base-known").at(place),
            );
        }
    }
}

fn is_at(element: Node<'_>, id: &str) -> bool {
    element.get_str("id").or_else(|| element.get_str("path")) == Some(id)
        || element.get_str("path") == Some(id)
}

fn defect(note: &Note) -> Issue {
    let text = note.to_string();
    match note.defect {
        Defect::UnknownElement | Defect::WiderCardinality(_) | Defect::UnknownType(_) => {
            Issue::error(IssueType::BusinessRule, text).rule("definition-element-known")
        }
        _ => Issue::warning(IssueType::BusinessRule, text).rule("definition-element"),
    }
}

fn check_type(context: &RuleContext<'_>, resource: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let is_profile = resource.get_str("derivation") == Some("constraint");
    let Some(name) = resource.get_str("type").filter(|_| is_profile) else { return };
    if resource.get_str("kind") != Some("logical") && context.registry.types().id(name).is_none() {
        let text = format!("\"{}\" is not a type of FHIR R4", shortened(name));
        let place = path.then(Step::Element("type")).to_string();
        report.add(Issue::error(IssueType::NotFound, text).rule("definition-type-known").at(place));
    }
}

fn check_expressions(context: &RuleContext<'_>, element: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let constraints = path.then(Step::Element("constraint"));
    for (position, constraint) in element.get("constraint").into_iter().flat_map(Node::items).enumerate() {
        let Some(expression) = constraint.get_str("expression") else { continue };
        if let Err(error) = Expression::compile(expression, context.registry.types(), None) {
            let text = format!("the expression cannot be compiled: {error}");
            let place = format!("{}.expression", constraints.then(Step::Item(position)));
            report.add(Issue::error(IssueType::Invalid, text).rule("definition-expression").at(place));
        }
    }
}

/// Primitive types whose values can be codes.
const CODED: &[&str] = &["canonical", "code", "id", "markdown", "oid", "string", "uri", "url", "uuid"];

fn check_binding(context: &RuleContext<'_>, element: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let types = || element.get("type").into_iter().flat_map(Node::items).filter_map(|it| it.get_str("code"));
    if element.get("binding").is_none() || types().next().is_none() {
        return;
    }
    let is_codeless = |name: &str| {
        let info = context.registry.types().by_name(name);
        info.is_some_and(|info| info.kind == TypeKind::Primitive) && !CODED.contains(&name)
    };
    if types().all(is_codeless) {
        let names: Vec<&str> = types().collect();
        let text =
            format!("a binding stands at an element of the type {}, which holds no code", names.join(", "));
        let place = path.then(Step::Element("binding")).to_string();
        report.add(Issue::error(IssueType::BusinessRule, text).rule("definition-binding-type").at(place));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    fn profile(base: &str, element: &str) -> String {
        format!(
            r#"{{"resourceType":"StructureDefinition","url":"https://example.org/p","kind":"resource","type":"Patient",
            "baseDefinition":"http://hl7.org/fhir/StructureDefinition/{base}","derivation":"constraint",
            "differential":{{"element":[{{"id":"Patient","path":"Patient"}},{element}]}}}}"#
        )
    }

    #[test]
    fn defects_of_profiles_are_found_where_they_stand() {
        let place = "StructureDefinition.differential.element[1]";
        let of = |element: &str| profile("Patient", element);
        check(&[
            Check { json: &of(r#"{"id":"Patient.name","path":"Patient.name","min":1}"#), found: &[] },
            Check {
                json: &of(r#"{"id":"Patient.nickname","path":"Patient.nickname"}"#),
                found: &[&format!("definition-element-known error {place}")],
            },
            Check {
                json: &of(r#"{"id":"Patient.gender","path":"Patient.gender","max":"2"}"#),
                found: &[&format!("definition-element-known error {place}")],
            },
            Check {
                json: &of(
                    r#"{"id":"Patient.name","path":"Patient.name","constraint":[{"key":"x","expression":"name.("}]}"#,
                ),
                found: &[&format!("definition-expression error {place}.constraint[0].expression")],
            },
            Check {
                json: &of(r#"{"id":"Patient.birthDate","path":"Patient.birthDate","type":[{"code":"date"}],
                    "binding":{"strength":"required"}}"#),
                found: &[&format!("definition-binding-type error {place}.binding")],
            },
            Check {
                json: &profile("Unknown", r#"{"id":"Patient.name","path":"Patient.name"}"#),
                found: &["definition-base-known error StructureDefinition.baseDefinition"],
            },
        ]);
    }
}
