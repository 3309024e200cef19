//! Elements have content: an id alone says nothing.
//!
//! # What it checks
//!
//! * `ele-1`: an element has a value or children beside its `id`; a primitive has a value or extensions.
//!
//! (Objects with nothing at all are reported with the structure.)
//!
//! # Why
//!
//! An element that is there without saying anything counts as present in every rule that asks for it.
//!
//! # Example
//!
//! `"_implicitRules": {"id": "a"}` without `implicitRules`: reported at `Patient.implicitRules`.
//!
//! # Specification
//!
//! R4 Element, invariant ele-1.

use fhir_model::types::TypeKind;
use fhir_model::{Issue, IssueType, Node};

use super::walk::Element;
use crate::report::{Report, Step};

pub(super) fn check(element: &Element<'_, '_>, report: &mut Report) {
    if !element.node.is_object() {
        return;
    }
    // What stands beside a primitive is looked at from its parent, which has the value too.
    let is_sibling = &*element.info.name == "Element";
    if element.info.kind != TypeKind::Resource && !is_sibling && has_only_id(element.node) {
        report.add(nothing().at(element.path.to_string()));
    }
    for (name, siblings) in element.node.members() {
        let Some(name) = name.strip_prefix('_') else { continue };
        let mut values = element.node.get(name).into_iter().flat_map(Node::each);
        for (position, sibling) in siblings.each().enumerate() {
            let has_value = values.next().is_some_and(|value| !value.is_null());
            if !has_value && has_only_id(sibling) {
                let path = element.path.then(Step::Element(name));
                let place = if siblings.is_array() {
                    path.then(Step::Item(position)).to_string()
                } else {
                    path.to_string()
                };
                report.add(nothing().at(place));
            }
        }
    }
}

fn has_only_id(node: Node<'_>) -> bool {
    !node.is_empty() && node.is_object() && node.members().all(|(name, _)| name == "id")
}

fn nothing() -> Issue {
    let text = "the element has nothing but an id: expected a value, children or extensions";
    Issue::error(IssueType::Invariant, text).rule("ele-1")
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn an_id_alone_is_no_content() {
        let name = |content: &str| format!(r#"{{"resourceType":"Patient","id":"a","name":[{{{content}}}]}}"#);
        check(&[
            Check { json: r#"{"resourceType":"Patient","id":"a"}"#, found: &[] },
            Check { json: &name(r#""id":"a","family":"A","_family":{"id":"b"}"#), found: &[] },
            Check { json: &name(r#""given":["A",null],"_given":[{"id":"b"},{"extension":[]}]"#), found: &[] },
            Check { json: &name(r#""id":"a""#), found: &["ele-1 error Patient.name[0]"] },
            Check { json: &name(r#""_family":{"id":"b"}"#), found: &["ele-1 error Patient.name[0].family"] },
            Check {
                json: &name(r#""given":["A",null],"_given":[null,{"id":"b"}]"#),
                found: &["ele-1 error Patient.name[0].given[1]"],
            },
        ]);
    }
}
