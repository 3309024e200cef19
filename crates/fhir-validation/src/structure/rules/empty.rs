//! Objects and arrays are never empty: what has no content is left out.
//!
//! An empty object says nothing and cannot be written in XML; an empty array is refused for the same reason. Empty
//! strings are no values of any primitive type, which the formats of the schemas say.
//!
//! R4 JSON Format, 2.6.2.2: "objects are never empty", "arrays ... never empty".

use fhir_model::{Issue, IssueType};

use crate::report::Report;
use crate::structure::walk::Object;

pub(super) fn check(object: &Object<'_>, report: &mut Report) {
    if object.node.is_empty() {
        let text = format!("the {} is empty: leave it out, or give it content", object.info.name);
        report.add(Issue::error(IssueType::Structure, text).at(object.path.to_string()).rule("ele-1"));
    }
    for field in object.fields.iter().filter(|field| field.node.is_array() && field.node.is_empty()) {
        if let Some(element) = object.element(field) {
            let text = format!("\"{}\" is an empty array: leave it out, or give it items", field.name);
            let issue = Issue::error(IssueType::Structure, text).at(object.path_to(&element.name));
            report.add(issue.rule("ele-1"));
        }
    }
}
