//! Search results and links say what they are.
//!
//! # What it checks
//!
//! * `bundle-link-unique`: no two links of a bundle have the same relation (a warning).
//! * `bundle-outcome-mode`: an entry of a search result with the mode `outcome` holds an OperationOutcome.
//!
//! # Why
//!
//! A client follows *the* link `next`; with two of them it cannot know which. It counts matches by mode, and shows
//! outcomes as messages.
//!
//! # Example
//!
//! `"search": {"mode": "outcome"}` beside a Patient: reported at `Bundle.entry[0].search.mode`.
//!
//! # Specification
//!
//! R4 Bundle.link (2.36.4), Bundle.entry.search.mode; Search (3.1.1.5).

use std::collections::HashSet;

use fhir_model::{Issue, IssueType, Node};

use super::entries::Entries;
use crate::report::{Path, Report, Step, shortened};

pub(super) fn check(bundle: Node<'_>, entries: &Entries<'_>, path: &Path<'_>, report: &mut Report) {
    let mut seen = HashSet::new();
    let links = path.then(Step::Element("link"));
    for (position, link) in bundle.get("link").into_iter().flat_map(Node::items).enumerate() {
        if let Some(relation) = link.get_str("relation").filter(|relation| !seen.insert(*relation)) {
            let text = format!(
                "an earlier link has the relation \"{}\" too: expected one of each",
                shortened(relation)
            );
            let place = links.then(Step::Item(position)).to_string();
            report.add(Issue::warning(IssueType::Value, text).rule("bundle-link-unique").at(place));
        }
    }
    let path = path.then(Step::Element("entry"));
    for (position, entry) in entries.all.iter().enumerate() {
        let is_outcome =
            entry.node.get("search").and_then(|search| search.get_str("mode")) == Some("outcome");
        let found = entry.resource.and_then(Node::resource_type).unwrap_or("nothing");
        if is_outcome && found != "OperationOutcome" {
            let text = format!(
                "an entry of the mode outcome holds {}: expected an OperationOutcome",
                shortened(found)
            );
            let place = format!("{}.search.mode", path.then(Step::Item(position)));
            report.add(Issue::error(IssueType::Value, text).rule("bundle-outcome-mode").at(place));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn links_and_modes_are_told_apart() {
        let result = |relation: &str, held: &str| {
            format!(
                r#"{{"resourceType":"Bundle","type":"searchset",
                "link":[{{"relation":"self","url":"https://a.example"}},{{"relation":"{relation}","url":"https://b.example"}}],
                "entry":[{{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","search":{{"mode":"outcome"}},
                "resource":{{"resourceType":"{held}"}}}}]}}"#
            )
        };
        check(&[
            Check { json: &result("next", "OperationOutcome"), found: &[] },
            Check {
                json: &result("self", "Patient"),
                found: &[
                    "bundle-link-unique warning Bundle.link[1]",
                    "bundle-outcome-mode error Bundle.entry[0].search.mode",
                ],
            },
        ]);
    }
}
