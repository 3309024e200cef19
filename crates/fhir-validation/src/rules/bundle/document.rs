//! A document brings along what its Composition refers to.
//!
//! # What it checks
//!
//! * `document-reference-found`: the subject, encounter, authors, attesters, custodian, event details and the authors,
//!   foci and entries of sections of the Composition are entries of the document, found by `fullUrl`.
//! * `document-reference-unique`: just one entry is found; of several versions of a resource, one is chosen by
//!   `/_history/`.
//!
//! References to contained resources (`#id`) and by identifier alone are left out.
//!
//! # Why
//!
//! A document is complete in itself: it is signed, filed and read where the sender's server cannot be reached.
//!
//! # Example
//!
//! `"author": [{"reference": "Practitioner/1"}]` without such an entry: reported at
//! `Bundle.entry[0].resource.author[0]`.
//!
//! # Specification
//!
//! R4 Documents, document content (3.3.1); Resolving references in bundles (2.36.4.1).

use fhir_model::{Issue, IssueType, Node};

use super::entries::{Entries, Entry};
use super::targets::inside;
use crate::report::{Path, Report, Step, shortened};

/// Elements of a Composition whose targets are part of the document: paths of names.
const LINKS: &[&[&str]] = &[
    &["subject"],
    &["encounter"],
    &["author"],
    &["attester", "party"],
    &["custodian"],
    &["event", "detail"],
];

/// The same for sections.
const SECTION_LINKS: &[&[&str]] = &[&["author"], &["focus"], &["entry"]];

pub(super) fn check(entries: &Entries<'_>, path: &Path<'_>, report: &mut Report) {
    let Some(first) = entries.all.first() else { return };
    let Some(composition) = first.resource.filter(|it| it.resource_type() == Some("Composition")) else {
        return;
    };
    let mut found = Vec::new();
    for names in LINKS {
        collect(composition, names, "Composition", &mut found);
    }
    collect_sections(composition, "Composition", &mut found);
    let all = path.then(Step::Element("entry"));
    let entry_path = all.then(Step::Item(0));
    for (reference, place) in found {
        if let Some(issue) = problem(entries, first, reference) {
            report.add(issue.at(inside(&entry_path, &place)));
        }
    }
}

/// Adds the literal references under `names`, with their places.
fn collect<'a>(node: Node<'a>, names: &[&str], place: &str, found: &mut Vec<(&'a str, String)>) {
    let Some((name, rest)) = names.split_first() else {
        found.extend(node.get_str("reference").map(|reference| (reference, place.to_owned())));
        return;
    };
    let Some(value) = node.get(name) else { return };
    for (position, item) in value.each().enumerate() {
        let index = if value.is_array() { format!("[{position}]") } else { String::new() };
        collect(item, rest, &format!("{place}.{name}{index}"), found);
    }
}

fn collect_sections<'a>(node: Node<'a>, place: &str, found: &mut Vec<(&'a str, String)>) {
    for (position, section) in node.get("section").into_iter().flat_map(Node::items).enumerate() {
        let place = format!("{place}.section[{position}]");
        for names in SECTION_LINKS {
            collect(section, names, &place, found);
        }
        collect_sections(section, &place, found);
    }
}

fn problem(entries: &Entries<'_>, composition: &Entry<'_>, reference: &str) -> Option<Issue> {
    if reference.starts_with('#') {
        return None;
    }
    let shown = shortened(reference);
    match entries.resolve(*composition, reference).len() {
        1 => None,
        0 => {
            let text = format!("no entry of the document has the fullUrl that \"{shown}\" leads to");
            Some(Issue::error(IssueType::NotFound, text).rule("document-reference-found"))
        }
        several => {
            let text = format!("{several} entries have the fullUrl that \"{shown}\" leads to: expected one");
            Some(Issue::error(IssueType::MultipleMatches, text).rule("document-reference-unique"))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    fn document(base: &str, author: &str) -> String {
        format!(
            r#"{{"resourceType":"Bundle","type":"document","entry":[
            {{"fullUrl":"{base}","resource":{{"resourceType":"Composition","id":"c",
              "author":[{{"reference":"{author}"}}],"section":[{{"section":[{{"entry":[{{"reference":"{author}"}}]}}]}}]}}}},
            {{"fullUrl":"https://example.org/fhir/Practitioner/1","resource":{{"resourceType":"Practitioner","id":"1",
              "meta":{{"versionId":"2"}}}}}}]}}"#
        )
    }

    #[test]
    fn references_of_the_composition_are_entries() {
        let server = "https://example.org/fhir/Composition/c";
        let missing: &[&str] = &[
            "document-entry-reachable error Bundle.entry[1]",
            "document-reference-found error Bundle.entry[0].resource.author[0]",
            "document-reference-found error Bundle.entry[0].resource.section[0].section[0].entry[0]",
        ];
        check(&[
            Check { json: &document(server, "Practitioner/1"), found: &[] },
            Check { json: &document(server, "https://example.org/fhir/Practitioner/1"), found: &[] },
            Check { json: &document(server, "Practitioner/1/_history/2"), found: &[] },
            Check { json: &document(server, "Practitioner/1/_history/3"), found: missing },
            Check { json: &document(server, "Practitioner/2"), found: missing },
            Check {
                json: &document("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "Practitioner/1"),
                found: missing,
            },
        ]);
    }
}
