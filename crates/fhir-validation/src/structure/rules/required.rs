//! Elements with a minimum of 1 are present: primitives and choices, which several members of JSON can satisfy.
//!
//! A required primitive may be present only by its extensions (a data-absent-reason in `_status`), and a required
//! choice under any of its names. An id alone is no content. All other elements are required by the schemas.
//!
//! R4 JSON Format, 2.6.2.3; ElementDefinition.min.

use fhir_model::{Issue, IssueType};

use crate::report::Report;
use crate::shape::Content;
use crate::structure::walk::{Field, Object};

pub(super) fn check(object: &Object<'_>, report: &mut Report) {
    for position in &object.shape.required {
        let fields = object.fields.iter().filter(|field| field.member.element == *position);
        if fields.into_iter().any(has_content) {
            continue;
        }
        let Some(element) = object.info.elements.get(*position) else { continue };
        let names: Vec<&str> = element.types.iter().map(|kind| &*kind.json_name).take(8).collect();
        let more = if names.len() < element.types.len() { ", ..." } else { "" };
        let suffix = if element.is_choice { "[x]" } else { "" };
        let text = format!(
            "{}.{}{suffix} is missing: it is required (expected {}{more})",
            object.info.name,
            element.name,
            names.join(", ")
        );
        report
            .add(Issue::error(IssueType::Required, text).at(object.path.to_string()).rule("cardinality-min"));
    }
}

fn has_content(field: &Field<'_>) -> bool {
    match field.member.content {
        Content::Sibling => field.node.each().any(|sibling| sibling.get("extension").is_some()),
        // A null is reported where it stands, so the element does not count as missing as well.
        Content::Primitive | Content::Complex | Content::Resource => true,
    }
}
