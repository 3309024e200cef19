//! References to entries name the type that the entry has.
//!
//! # What it checks
//!
//! * `bundle-target-type`: where `Type/id` finds no entry, and the id is that of an entry with the `fullUrl`
//!   `urn:uuid:id`, that entry's resource has the type.
//!
//! # Why
//!
//! The reference was meant for that entry, and says that it is something else than it is.
//!
//! # Example
//!
//! `Practitioner/5d95...` while `urn:uuid:5d95...` is an Organization: reported at
//! `Bundle.entry[0].resource.generalPractitioner[0]`.
//!
//! # Specification
//!
//! R4 Resolving references in bundles (2.36.4.1).

use std::collections::HashMap;

use fhir_model::reference::{LinkKind, Reference, references};
use fhir_model::{Issue, IssueType, Node};

use super::entries::Entries;
use crate::report::{Path, Report, Step, shortened};
use crate::rules::RuleContext;

pub(super) fn check(context: &RuleContext<'_>, entries: &Entries<'_>, path: &Path<'_>, report: &mut Report) {
    let types_by_uuid: HashMap<&str, &str> = entries
        .all
        .iter()
        .filter_map(|entry| {
            let uuid = entry.full_url?.strip_prefix("urn:uuid:")?;
            Some((uuid, entry.resource.and_then(Node::resource_type)?))
        })
        .collect();
    if types_by_uuid.is_empty() {
        return;
    }
    let path = path.then(Step::Element("entry"));
    for (position, entry) in entries.all.iter().enumerate() {
        let Some(resource) = entry.resource else { continue };
        let links = references(resource, context.registry.types());
        for link in links.filter(|link| matches!(link.kind, LinkKind::Reference)) {
            let Reference::Relative { resource_type, id, .. } = Reference::parse(link.text) else { continue };
            let Some(found) = types_by_uuid.get(id).filter(|found| **found != resource_type) else {
                continue;
            };
            let text = format!(
                "\"{}\" names a {resource_type}, and the entry with that id is a {found}",
                shortened(link.text)
            );
            let entry_path = path.then(Step::Item(position));
            let place = inside(&entry_path, link.path().trim_end_matches(".reference"));
            report.add(Issue::error(IssueType::Value, text).rule("bundle-target-type").at(place));
        }
    }
}

/// The FHIRPath of a place in the resource of an entry, given as `Patient.name`.
pub(super) fn inside(entry: &Path<'_>, place: &str) -> String {
    match place.split_once('.') {
        Some((_, rest)) => format!("{entry}.resource.{rest}"),
        None => format!("{entry}.resource"),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn the_type_in_a_reference_is_that_of_the_entry() {
        let bundle = |named: &str| {
            format!(
                r#"{{"resourceType":"Bundle","type":"collection","entry":[
                {{"fullUrl":"urn:uuid:54fc3e09-e279-4b74-a8ff-2649ec968642","resource":{{"resourceType":"Patient",
                "generalPractitioner":[{{"reference":"{named}/5d9588d8-3cd6-4b32-8fb7-ad13694e069d"}}]}}}},
                {{"fullUrl":"urn:uuid:5d9588d8-3cd6-4b32-8fb7-ad13694e069d","resource":{{"resourceType":"Organization"}}}}]}}"#
            )
        };
        check(&[
            Check { json: &bundle("Organization"), found: &[] },
            Check {
                json: &bundle("Practitioner"),
                found: &["bundle-target-type error Bundle.entry[0].resource.generalPractitioner[0]"],
            },
        ]);
    }
}
