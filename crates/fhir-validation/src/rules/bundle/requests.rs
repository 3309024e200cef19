//! The requests of a transaction or batch fit the resources beside them, and each other.
//!
//! # What it checks
//!
//! * `bundle-request-resource`: POST and PUT come with a resource of the type that the request's `url` names, and a
//!   PUT to `Type/id` with that id. (Operations, `$...`, take anything.)
//! * `bundle-request-once`: no two PUT, PATCH or DELETE requests of a transaction are for the same resource.
//!
//! # Why
//!
//! A transaction has no order that a client could rely on: two writes to one resource have no defined result. And a
//! request that says one thing while its resource says another would fail only half way.
//!
//! # Example
//!
//! `{"method": "PUT", "url": "Patient/1"}` beside a Patient with the id 2: reported at `Bundle.entry[0].request.url`.
//!
//! # Specification
//!
//! R4 Transaction processing rules (3.1.0.11.2): "if any resource identities overlap, the transaction fails".

use std::collections::HashSet;

use fhir_model::reference::Reference;
use fhir_model::{Issue, IssueType, Node};

use super::entries::Entries;
use crate::report::{Path, Report, Step, shortened};

pub(super) fn check(bundle: Node<'_>, entries: &Entries<'_>, path: &Path<'_>, report: &mut Report) {
    let is_transaction = match bundle.get_str("type") {
        Some("transaction") => true,
        Some("batch") => false,
        _ => return,
    };
    let mut seen = HashSet::new();
    let path = path.then(Step::Element("entry"));
    for (position, entry) in entries.all.iter().enumerate() {
        let Some(request) = entry.node.get("request") else { continue };
        let (Some(method), Some(url)) = (request.get_str("method"), request.get_str("url")) else { continue };
        let mut error = |rule: &str, text: String| {
            let place = format!("{}.request.url", path.then(Step::Item(position)));
            report.add(Issue::error(IssueType::Value, text).rule(rule).at(place));
        };
        if let Some(problem) = mismatch(method, url, entry.resource) {
            error("bundle-request-resource", problem);
        }
        let changes = matches!(method, "PUT" | "PATCH" | "DELETE");
        if is_transaction && changes && !url.contains('?') && !seen.insert(url) {
            let text = format!(
                "an earlier request changes {} too: expected one change of a resource",
                shortened(url)
            );
            error("bundle-request-once", text);
        }
    }
}

/// How a request and its resource disagree.
fn mismatch(method: &str, url: &str, resource: Option<Node<'_>>) -> Option<String> {
    let path = url.split_once('?').map_or(url, |(path, _)| path);
    if !matches!(method, "POST" | "PUT") || path.contains('$') {
        return None;
    }
    let shown = shortened(url);
    let Some(resource) = resource else {
        return Some(format!("{method} {shown} comes without a resource: expected one"));
    };
    let own_type = resource.resource_type()?;
    let (named, id) = match Reference::parse(path).target() {
        Some((named, id)) => (named, Some(id)),
        None => (path, None),
    };
    if !named.is_empty() && named != own_type {
        return Some(format!("{method} {shown} comes with a resource of the type {}", shortened(own_type)));
    }
    let own_id = resource.get_str("id");
    if method == "PUT" && id.is_some() && own_id != id {
        let own = own_id.map_or_else(|| "no id".to_owned(), |own| format!("the id {}", shortened(own)));
        return Some(format!("PUT {shown} comes with a resource that has {own}: expected the same id"));
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    fn transaction(first: &str, second: &str) -> String {
        let entry = |request: &str| {
            let (method, url) = request.split_once(' ').unwrap();
            format!(
                r#"{{"resource":{{"resourceType":"Patient","id":"1"}},"request":{{"method":"{method}","url":"{url}"}}}}"#
            )
        };
        format!(
            r#"{{"resourceType":"Bundle","type":"transaction","entry":[{},{}]}}"#,
            entry(first),
            entry(second)
        )
    }

    #[test]
    fn requests_fit_their_resources() {
        let wrong: &[&str] = &["bundle-request-resource error Bundle.entry[1].request.url"];
        let with = |request: &str| transaction("POST Patient", request);
        check(&[
            Check { json: &with("PUT Patient/1"), found: &[] },
            Check { json: &with("PUT Patient?identifier=a"), found: &[] },
            Check { json: &with("POST Patient/$match"), found: &[] },
            Check { json: &with("PUT Patient/2"), found: wrong },
            Check { json: &with("POST Observation"), found: wrong },
            Check {
                json: &transaction("PUT Patient/1", "DELETE Patient/1"),
                found: &["bundle-request-once error Bundle.entry[1].request.url"],
            },
        ]);
    }
}
