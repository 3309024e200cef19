//! An organisation has one ODS code.
//!
//! # What it checks
//!
//! * `one-ods-code`: an Organization has at most one identifier that is an ODS organisation code, and at most one that
//!   is an ODS site code; a Location has at most one site code. Retired spellings of the systems count too, which the
//!   slices of the profiles do not see.
//!
//! Setting: off, warn (the default) or reject.
//!
//! # Why
//!
//! The ODS code is the organisation's name between systems. With two of them, messages and statistics go to one or the
//! other by chance.
//!
//! # Example
//!
//! Two identifiers with `https://fhir.nhs.uk/Id/ods-organization-code`: reported at `Organization.identifier[1]`.
//!
//! # Specification
//!
//! UK Core Organization: identifier slices odsOrganisationCode 0..1 and odsSiteCode 0..1; UK Core Location: odsSiteCode.

use fhir_model::{IssueType, Node};

use super::{NhsRules, ODS_ORGANISATION, ODS_SITE, current};
use crate::report::{Path, Report, Step};

pub(in crate::rules) fn check(rules: &NhsRules, resource: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let Some(identifiers) = resource.get("identifier") else { return };
    let path = path.then(Step::Element("identifier"));
    for system in [ODS_ORGANISATION, ODS_SITE] {
        let is_of_system = |node: Node<'_>| node.get_str("system").is_some_and(|it| current(it) == system);
        let found = identifiers.items().enumerate().filter(|(_, identifier)| is_of_system(*identifier));
        for (position, _) in found.skip(1) {
            let text = format!("a second identifier has the system {system}: expected one at most");
            if let Some(issue) = rules.one_ods_code.issue(IssueType::BusinessRule, text) {
                report.add(issue.rule("one-ods-code").at(path.then(Step::Item(position)).to_string()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn a_second_code_is_found_in_any_spelling() {
        let organisation = |first: &str, second: &str| {
            format!(
                r#"{{"resourceType":"Organization","identifier":[
                {{"system":"https://fhir.nhs.uk/{first}","value":"RHA"}},
                {{"system":"https://fhir.nhs.uk/{second}","value":"RHB"}}]}}"#
            )
        };
        check(&[
            Check { json: &organisation("Id/ods-organization-code", "Id/ods-site-code"), found: &[] },
            Check {
                json: &organisation("Id/ods-site-code", "Id/ods-site-code"),
                found: &["one-ods-code warning Organization.identifier[1]"],
            },
            Check {
                json: &organisation("Id/ods-organization-code", "id/ods-organization-code"),
                found: &[
                    "one-ods-code warning Organization.identifier[1]",
                    "retired-alias warning Organization.identifier[1].system",
                ],
            },
        ]);
    }
}
