//! Ids of elements are unique within a resource.
//!
//! # What it checks
//!
//! * `element-id-unique`: no two elements of one resource have the same `id`. The elements of a StructureDefinition
//!   are left out, since snapshot and differential name the same elements.
//!
//! # Why
//!
//! Element ids are targets: of links from the narrative to the data and of references within a resource. With two
//! elements of the same id nobody can tell which one is meant.
//!
//! # Example
//!
//! `"name": [{"id": "n1", ...}, {"id": "n1", ...}]`: reported at `Patient.name[1].id`.
//!
//! # Specification
//!
//! R4 Element.id: unique id for the element within a resource.

use std::collections::HashSet;

use fhir_model::types::TypeKind;
use fhir_model::{Issue, IssueType};

use super::walk::Element;
use crate::report::{Report, Step, shortened};

/// The ids met so far in one resource.
#[derive(Default)]
pub(super) struct Seen<'a>(HashSet<&'a str>);

pub(super) fn check<'a>(element: &Element<'a, '_>, seen: &mut Seen<'a>, report: &mut Report) {
    if matches!(element.info.kind, TypeKind::Resource | TypeKind::Primitive)
        || &*element.info.name == "ElementDefinition"
    {
        return;
    }
    let Some(id) = element.node.get_str("id") else { return };
    if !seen.0.insert(id) {
        let text = format!("the id \"{}\" is taken by an earlier element: expected another", shortened(id));
        let place = element.path.then(Step::Element("id")).to_string();
        report.add(Issue::error(IssueType::Value, text).rule("element-id-unique").at(place));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn ids_are_told_apart_within_a_resource() {
        let patient = |id: &str| {
            format!(
                r#"{{"resourceType":"Patient","id":"a","name":[{{"id":"a","family":"A"}},{{"id":"{id}","family":"B"}}],
                "birthDate":"2001","_birthDate":{{"id":"c"}}}}"#
            )
        };
        check(&[
            Check { json: &patient("b"), found: &[] },
            Check { json: &patient("a"), found: &["element-id-unique error Patient.name[1].id"] },
            Check { json: &patient("c"), found: &["element-id-unique error Patient.birthDate.id"] },
        ]);
    }
}
