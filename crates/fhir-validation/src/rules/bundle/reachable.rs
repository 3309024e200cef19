//! Everything in a document has to do with its Composition.
//!
//! # What it checks
//!
//! * `document-entry-reachable`: every entry is reached from the Composition by references, followed forwards or
//!   backwards over any number of entries.
//!
//! # Why
//!
//! What is not connected is shown by no reader and attested by nobody, though it travels in the signed document.
//!
//! # Example
//!
//! An Organization in a document to which no entry refers: reported at `Bundle.entry[2]`.
//!
//! # Specification
//!
//! R4 Documents, document content (3.3.1): the bundle holds only what is part of the graph of the Composition.

use fhir_model::reference::references;
use fhir_model::{Issue, IssueType};

use super::entries::Entries;
use crate::report::{Path, Report, Step};
use crate::rules::RuleContext;

pub(super) fn check(context: &RuleContext<'_>, entries: &Entries<'_>, path: &Path<'_>, report: &mut Report) {
    let path = path.then(Step::Element("entry"));
    for (position, reached) in reached(context, entries).into_iter().enumerate() {
        if !reached {
            let text = "no chain of references connects the entry with the Composition of the document";
            let issue = Issue::error(IssueType::Structure, text).rule("document-entry-reachable");
            report.add(issue.at(path.then(Step::Item(position)).to_string()));
        }
    }
}

/// Which entries are connected with the first.
fn reached(context: &RuleContext<'_>, entries: &Entries<'_>) -> Vec<bool> {
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); entries.all.len()];
    for (from, entry) in entries.all.iter().enumerate() {
        let Some(resource) = entry.resource else { continue };
        for link in references(resource, context.registry.types()) {
            for to in entries.resolve(*entry, link.text) {
                if let Some(own) = neighbours.get_mut(from) {
                    own.push(to);
                }
                if let Some(others) = neighbours.get_mut(to) {
                    others.push(from);
                }
            }
        }
    }
    let mut reached = vec![false; entries.all.len()];
    let mut next = vec![0];
    while let Some(position) = next.pop() {
        match reached.get_mut(position) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        next.extend(neighbours.get(position).into_iter().flatten());
    }
    reached
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn entries_are_reached_in_both_directions() {
        let document = |subject: &str| {
            format!(
                r#"{{"resourceType":"Bundle","type":"document","entry":[
                {{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{{"resourceType":"Composition",
                  "subject":{{"reference":"urn:uuid:00000000-0000-4000-8000-000000000002"}}}}}},
                {{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":{{"resourceType":"Patient"}}}},
                {{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000003","resource":{{"resourceType":"Provenance",
                  "target":[{{"reference":"urn:uuid:00000000-0000-4000-8000-00000000000{subject}"}}]}}}}]}}"#
            )
        };
        check(&[
            Check { json: &document("2"), found: &[] },
            Check { json: &document("9"), found: &["document-entry-reachable error Bundle.entry[2]"] },
        ]);
    }
}
