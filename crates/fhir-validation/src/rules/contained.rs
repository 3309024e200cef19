//! Contained resources belong to the resource around them, and to nothing else.
//!
//! # What it checks
//!
//! * `dom-3`: every contained resource is referred to as `#id` from somewhere in the resource, or refers itself to the
//!   resource around it as `#`.
//! * `dom-4`: a contained resource has no `meta.versionId` and no `meta.lastUpdated`.
//! * `dom-5`: a contained resource has no `meta.security`.
//!
//! (That contained resources have distinct ids and contain nothing themselves, `dom-2`, is checked with the structure.)
//!
//! # Why
//!
//! A contained resource has no life of its own. One that nobody refers to is lost content that no reader will ever
//! show; versions and security labels would claim a life that it does not have.
//!
//! # Example
//!
//! A Condition that contains the Practitioner `p1`, while its `asserter` is `Practitioner/p1` instead of `#p1`:
//! reported at `Condition.contained[0]`.
//!
//! # Specification
//!
//! R4 References, contained resources (2.3.0.3); DomainResource invariants dom-3, dom-4, dom-5.

use std::collections::HashSet;

use fhir_model::reference::references;
use fhir_model::{Issue, IssueType, Node};

use super::RuleContext;
use crate::report::{Path, Report, Step, shortened};

pub(super) fn check(context: &RuleContext<'_>, resource: Node<'_>, path: &Path<'_>, report: &mut Report) {
    // What a contained resource contains should not be there at all (dom-2).
    let Some(contained) = resource.get("contained").filter(|_| context.container.is_none()) else { return };
    let used: HashSet<&str> = references(resource, context.registry.types())
        .filter_map(|link| link.text.strip_prefix('#'))
        .filter(|id| !id.is_empty())
        .collect();
    let path = path.then(Step::Element("contained"));
    for (position, inner) in contained.items().enumerate() {
        let path = path.then(Step::Item(position));
        check_meta(inner, &path, report);
        let Some(id) = inner.get_str("id") else { continue };
        let mut links = references(inner, context.registry.types());
        if !used.contains(id) && !links.any(|link| link.text == "#") {
            let id = shortened(id);
            let text = format!(
                "nothing in the resource refers to the contained resource \"{id}\": expected a reference \"#{id}\""
            );
            report.add(Issue::error(IssueType::Invariant, text).rule("dom-3").at(path.to_string()));
        }
    }
}

fn check_meta(inner: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let Some(meta) = inner.get("meta") else { return };
    for (name, rule) in [("versionId", "dom-4"), ("lastUpdated", "dom-4"), ("security", "dom-5")] {
        if meta.get(name).is_some() {
            let text = format!(
                "a contained resource has meta.{name}: expected none, since it has no life of its own"
            );
            let meta = path.then(Step::Element("meta"));
            let place = meta.then(Step::Element(name)).to_string();
            report.add(Issue::error(IssueType::Invariant, text).rule(rule).at(place));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn contained_resources_are_referred_to() {
        let condition = |reference: &str, contained: &str| {
            format!(
                r#"{{"resourceType":"Condition","contained":[{{"resourceType":"Practitioner","id":"p"{contained}}}],
                "asserter":{{"reference":"{reference}"}}}}"#
            )
        };
        let back = r##","extension":[{"url":"urn:x","valueReference":{"reference":"#"}}]"##;
        check(&[
            Check { json: &condition("#p", ""), found: &[] },
            Check { json: &condition("Practitioner/p", back), found: &[] },
            Check { json: &condition("Practitioner/p", ""), found: &["dom-3 error Condition.contained[0]"] },
            Check {
                json: &condition("#p", r#","meta":{"versionId":"1","security":[{"code":"R"}]}"#),
                found: &[
                    "dom-4 error Condition.contained[0].meta.versionId",
                    "dom-5 error Condition.contained[0].meta.security",
                ],
            },
        ]);
    }
}
