//! The two arrays of a repeating primitive are in step, and nulls stand only where the other array has something.
//!
//! `"given": ["Ada", null]` with `"_given": [null, {"extension": [...]}]` is two names: the second has only extensions.
//! Arrays of different length, a place that is null in both, or a null without a partner mean nothing.
//!
//! R4 JSON Format, 2.6.2.3: "JSON null values are used to fill out both arrays".

use fhir_model::{Issue, IssueType, Node};

use crate::report::{Report, Step};
use crate::shape::Content;
use crate::structure::walk::{Field, Object};

pub(super) fn check(object: &Object<'_>, report: &mut Report) {
    for field in object.fields.iter().filter(|field| field.node.is_array() && field.member.is_array) {
        match field.member.content {
            Content::Primitive => check_pair(object, field, partner(object, field, Content::Sibling), report),
            // Met with the values, if there are any.
            Content::Sibling if partner(object, field, Content::Primitive).is_none() => {
                check_pair(object, field, None, report);
            }
            Content::Sibling | Content::Complex | Content::Resource => {}
        }
    }
}

/// The other array of the same element.
fn partner<'a>(object: &Object<'a>, field: &Field<'_>, content: Content) -> Option<Field<'a>> {
    let (element, choice) = (field.member.element, field.member.choice);
    object
        .fields
        .iter()
        .find(|other| {
            let member = other.member;
            member.element == element && member.choice == choice && member.content == content
        })
        .filter(|other| other.node.is_array())
        .copied()
}

fn check_pair(object: &Object<'_>, field: &Field<'_>, partner: Option<Field<'_>>, report: &mut Report) {
    let Some(element) = object.element(field) else { return };
    if let Some(partner) = partner.filter(|partner| partner.node.len() != field.node.len()) {
        let text = format!(
            "\"{}\" has {} items and \"{}\" has {}: expected the same number, with null where one has nothing",
            field.name,
            field.node.len(),
            partner.name,
            partner.node.len()
        );
        let issue = Issue::error(IssueType::Structure, text).at(object.path_to(&element.name));
        report.add(issue.rule("primitive-arrays"));
    }
    let mut partners = partner.iter().flat_map(|partner| partner.node.items());
    for (position, item) in field.node.items().enumerate() {
        let other = partners.next();
        if item.is_null() && other.is_none_or(Node::is_null) {
            let path = object.path.then(Step::Element(&element.name));
            let text = format!(
                "item {position} of \"{}\" is null: expected a value, or extensions in the array beside it",
                field.name
            );
            let expression = path.then(Step::Item(position)).to_string();
            report.add(Issue::error(IssueType::Structure, text).at(expression).rule("primitive-arrays"));
        }
    }
}
