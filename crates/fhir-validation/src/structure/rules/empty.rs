//! Objects and arrays are never empty: what has no content is left out.
//!
//! An empty object says nothing and cannot be written in XML; an empty array is refused for the same reason. Empty
//! strings are no values of any primitive type, which the formats of the schemas say. A primitive without a value has
//! extensions: an id alone is no content.
//!
//! R4 JSON Format, 2.6.2.2: "objects are never empty", "arrays ... never empty".

use fhir_model::{Issue, IssueType};

use crate::report::Report;
use crate::shape::Content;
use crate::structure::walk::{Field, Object};

pub(super) fn check(object: &Object<'_>, report: &mut Report) {
    if object.node.is_empty() {
        let text = format!("the {} is empty: leave it out, or give it content", object.info.name);
        report.add(Issue::error(IssueType::Structure, text).at(object.path.to_string()).rule("ele-1"));
    }
    for field in object.fields.iter().filter(|field| field.member.content == Content::Sibling) {
        check_primitive(object, field, report);
    }
    for field in object.fields.iter().filter(|field| field.node.is_array() && field.node.is_empty()) {
        if let Some(element) = object.element(field) {
            let text = format!("\"{}\" is an empty array: leave it out, or give it items", field.name);
            let issue = Issue::error(IssueType::Structure, text).at(object.path_to(&element.name));
            report.add(issue.rule("ele-1"));
        }
    }
}

/// Checks the members beside the value of a primitive, or of each value of a list.
fn check_primitive(object: &Object<'_>, field: &Field<'_>, report: &mut Report) {
    let Some(element) = object.element(field) else { return };
    let is_value = |other: &&Field<'_>| {
        let member = other.member;
        member.content == Content::Primitive
            && (member.element, member.choice) == (field.member.element, field.member.choice)
    };
    let mut values = object.fields.iter().find(is_value).into_iter().flat_map(|values| values.node.each());
    for sibling in field.node.each() {
        let has_value = values.next().is_some_and(|value| !value.is_null());
        if !has_value && sibling.is_object() && !sibling.is_empty() && sibling.get("extension").is_none() {
            let text = format!("{} has an id but neither value nor extensions (ele-1)", element.name);
            let issue = Issue::error(IssueType::Invariant, text).at(object.path_to(&element.name));
            report.add(issue.rule("ele-1"));
        }
    }
}
