//! The `fullUrl` of an entry identifies its resource.
//!
//! # What it checks
//!
//! * `bundle-full-url-absolute`: a `fullUrl` is absolute: `https://...`, `urn:uuid:...`, `urn:oid:...`.
//! * `bundle-full-url-agrees`: one that looks like the address of a resource on a server ends with type and id of the
//!   resource beside it, which has an id then.
//! * `bundle-full-url-missing`: entries with a resource have one, but for transactions, batches and their responses
//!   (a warning).
//!
//! # Why
//!
//! References between entries are resolved by `fullUrl` and by nothing else. Where it is relative or names another
//! resource, they lead nowhere or to the wrong one.
//!
//! # Example
//!
//! `"fullUrl": "https://example.org/Patient/1"` beside a Practitioner: reported at `Bundle.entry[0].fullUrl`.
//!
//! # Specification
//!
//! R4 Bundle.entry.fullUrl; Resolving references in bundles (2.36.4.1).

use fhir_model::reference::Reference;
use fhir_model::{Issue, IssueType, Node};

use super::entries::{Entries, Entry};
use crate::report::{Path, Report, Step, shortened};
use crate::rules::RuleContext;
use crate::rules::reference_form::{has_scheme, is_resource_type};

pub(super) fn check(
    context: &RuleContext<'_>,
    bundle: Node<'_>,
    entries: &Entries<'_>,
    path: &Path<'_>,
    report: &mut Report,
) {
    let kind = bundle.get_str("type").unwrap_or_default();
    let may_be_missing = matches!(kind, "transaction" | "batch" | "transaction-response" | "batch-response");
    let path = path.then(Step::Element("entry"));
    for (position, entry) in entries.all.iter().enumerate() {
        let path = path.then(Step::Item(position));
        match entry.full_url {
            Some(url) => check_url(context, entry, url, &path, report),
            None if entry.resource.is_some() && !may_be_missing => {
                let text =
                    format!("the entry has no fullUrl: in a bundle of type {kind} nothing can refer to it");
                let issue = Issue::warning(IssueType::Required, text).rule("bundle-full-url-missing");
                report.add(issue.at(path.to_string()));
            }
            None => {}
        }
    }
}

fn check_url(context: &RuleContext<'_>, entry: &Entry<'_>, url: &str, path: &Path<'_>, report: &mut Report) {
    let shown = shortened(url);
    let mut error = |rule: &str, text: String| {
        let place = path.then(Step::Element("fullUrl")).to_string();
        report.add(Issue::error(IssueType::Value, text).rule(rule).at(place));
    };
    if !has_scheme(url) {
        error(
            "bundle-full-url-absolute",
            format!("the fullUrl \"{shown}\" is not absolute: expected a whole URL"),
        );
        return;
    }
    let (Reference::Absolute { resource_type, id, .. }, Some(resource)) =
        (Reference::parse(url), entry.resource)
    else {
        return;
    };
    let own_type = resource.resource_type().unwrap_or_default();
    if !is_resource_type(context.registry, resource_type) || own_type.is_empty() {
        return;
    }
    match resource.get_str("id") {
        None => error(
            "bundle-full-url-agrees",
            format!("the fullUrl \"{shown}\" is an address on a server, and the resource has no id"),
        ),
        Some(own) if own != id || own_type != resource_type => error(
            "bundle-full-url-agrees",
            format!(
                "the fullUrl \"{shown}\" does not end with type and id of the resource: expected {own_type}/{own}"
            ),
        ),
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    fn bundle(kind: &str, full_url: &str, id: &str) -> String {
        format!(
            r#"{{"resourceType":"Bundle","type":"{kind}","entry":[{{{full_url}
            "resource":{{"resourceType":"Patient"{id}}}}}]}}"#
        )
    }

    #[test]
    fn a_full_url_identifies_its_resource() {
        let wrong: &[&str] = &["bundle-full-url-agrees error Bundle.entry[0].fullUrl"];
        let of = |url: &str, id: &str| bundle("collection", &format!(r#""fullUrl":"{url}","#), id);
        check(&[
            Check { json: &of("https://example.org/fhir/Patient/1", r#","id":"1""#), found: &[] },
            Check { json: &of("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", ""), found: &[] },
            Check { json: &of("https://example.org/notes/1", r#","id":"2""#), found: &[] },
            Check { json: &of("https://example.org/fhir/Patient/2", r#","id":"1""#), found: wrong },
            Check { json: &of("https://example.org/fhir/Group/1", r#","id":"1""#), found: wrong },
            Check { json: &of("https://example.org/fhir/Patient/1", ""), found: wrong },
            Check {
                json: &of("Patient/1", r#","id":"1""#),
                found: &["bundle-full-url-absolute error Bundle.entry[0].fullUrl"],
            },
        ]);
    }

    #[test]
    fn what_is_sent_to_be_stored_needs_none() {
        check(&[
            Check {
                json: &bundle("collection", "", ""),
                found: &["bundle-full-url-missing warning Bundle.entry[0]"],
            },
            Check { json: &bundle("batch-response", "", ""), found: &[] },
        ]);
    }
}
