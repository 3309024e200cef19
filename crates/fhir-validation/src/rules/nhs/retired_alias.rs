//! Retired code systems and misspelt systems stand for their successors.
//!
//! # What it checks
//!
//! * `retired-alias`: the system of a Coding or Identifier is one that national examples and services still send,
//!   though UK Core has replaced it or never spelt it so: the first code system of NHS number verification statuses,
//!   `https://fhir.nhs.uk/id/...` for `.../Id/...`, `ods-organisation-code` for `ods-organization-code`;
//!   or it is another name of the same codes, as ISO 639-1 is of the language tags of BCP 47.
//!
//! Setting: off or warn (the default): accepted, and bindings look at the successor; reject: an error.
//!
//! # Why
//!
//! Senders that follow an earlier release of UK Core are not wrong, only behind, and refusing them would refuse the
//! published traffic of national services. Who stores their data should know of it, though: the canonical system is what
//! others will search for.
//!
//! # Example
//!
//! `"system": "https://fhir.nhs.uk/id/ods-organization-code"`: reported at `Organization.identifier[0].system` with
//! the canonical spelling.
//!
//! # Specification
//!
//! UK Core code systems UKCore-NHSNumberVerificationStatus (retired) and UKCore-NHSNumberVerificationStatusEngland; HL7
//! UK System Identifiers.

use fhir_model::IssueType;

use super::{NHS_NUMBER, NhsRules, ODS_ORGANISATION, ODS_SITE};
use crate::report::{Report, Step, shortened};
use crate::rules::walk::Element;

const STATUS: &str = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus";
const STATUS_ENGLAND: &str = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland";

/// What is sent, and what it means.
const SYSTEMS: &[(&str, &str)] = &[
    (STATUS, STATUS_ENGLAND),
    ("https://fhir.nhs.uk/id/nhs-number", NHS_NUMBER),
    ("https://fhir.nhs.uk/id/ods-organization-code", ODS_ORGANISATION),
    ("https://fhir.nhs.uk/Id/ods-organisation-code", ODS_ORGANISATION),
    ("https://fhir.nhs.uk/id/ods-organisation-code", ODS_ORGANISATION),
    ("https://fhir.nhs.uk/id/ods-site-code", ODS_SITE),
    ("https://fhir.nhs.uk/id/dos-service-id", "https://fhir.nhs.uk/Id/dos-service-id"),
    ("https://fhir.nhs.uk/id/sds-user-id", "https://fhir.nhs.uk/Id/sds-user-id"),
    ("https://fhir.nhs.uk/id/sds-role-profile-id", "https://fhir.nhs.uk/Id/sds-role-profile-id"),
    (
        "https://fhir.nhs.uk/id/cross-care-setting-identifier",
        "https://fhir.nhs.uk/Id/cross-care-setting-identifier",
    ),
    ("http://read.info/readctv3", "http://read.info/ctv3"),
    ("http://id.loc.gov/vocabulary/iso639-1", "urn:ietf:bcp:47"),
];

/// The codes of the retired verification status that have become numbers.
const STATUS_CODES: &[(&str, &str)] = &[
    ("number-present-and-verified", "01"),
    ("number-present-but-not-traced", "02"),
    ("trace-required", "03"),
    ("trace-attempted", "04"),
    ("trace-needs-to-be-resolved", "05"),
    ("trace-in-progress", "06"),
    ("number-not-present-and-trace-not-required", "07"),
    ("trace-postponed", "08"),
];

/// The system that replaces a retired one, or that a misspelt one means.
pub(super) fn alias(system: &str) -> Option<&'static str> {
    SYSTEMS.iter().find(|(sent, _)| *sent == system).map(|(_, meant)| *meant)
}

/// System and code that replace a retired coding, for looking it up in a value set: codes that have not changed stay.
pub(crate) fn successor<'c>(system: &str, code: &'c str) -> Option<(&'static str, &'c str)> {
    let meant = alias(system)?;
    let renamed = STATUS_CODES.iter().find(|(sent, _)| system == STATUS && *sent == code);
    Some((meant, renamed.map_or(code, |(_, code)| code)))
}

/// Looks at the system of a Coding or Identifier.
pub(in crate::rules) fn check(rules: &NhsRules, element: &Element<'_, '_>, report: &mut Report) {
    let Some(system) = element.node.get_str("system") else { return };
    let Some(meant) = alias(system) else { return };
    let text = format!("\"{}\" is retired or misspelt: expected {meant}", shortened(system));
    if let Some(issue) = rules.retired_aliases.issue(IssueType::BusinessRule, text) {
        report.add(issue.rule("retired-alias").at(element.path.then(Step::Element("system")).to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_lead_to_systems_that_are_no_aliases() {
        for (sent, meant) in SYSTEMS {
            assert!(alias(meant).is_none(), "{sent} leads to {meant}, which is an alias itself");
        }
    }

    #[test]
    fn codes_of_the_retired_status_become_numbers() {
        assert_eq!(successor(STATUS, "number-present-and-verified"), Some((STATUS_ENGLAND, "01")));
        assert_eq!(successor(STATUS, "01"), Some((STATUS_ENGLAND, "01")));
        assert_eq!(successor(STATUS_ENGLAND, "01"), None);
    }
}
