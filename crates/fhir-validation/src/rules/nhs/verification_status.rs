//! The verification status agrees with the presence of an NHS number.
//!
//! # What it checks
//!
//! * `nhs-number-status`: an NHS number Identifier whose verification status is "number present and verified" (01) or
//!   "present but not traced" (02) has a value; one whose status is "number not present and trace not required" (07)
//!   has none.
//!
//! Setting: off, warn (the default) or reject.
//!
//! # Why
//!
//! The status tells a reader how far a number can be relied on. A status about a number that is not there, or one that
//! denies the number beside it, cannot be acted on.
//!
//! # Example
//!
//! An identifier with status 01 and without `value`: reported at `Patient.identifier[0]`.
//!
//! # Specification
//!
//! UK Core, Extension-UKCore-NHSNumberVerificationStatus; NHS Data Dictionary, NHS NUMBER STATUS INDICATOR CODE.

use fhir_model::{IssueType, Node};

use super::{NhsRules, successor};
use crate::report::Report;
use crate::rules::walk::Element;

const EXTENSION: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus";

pub(super) fn check(rules: &NhsRules, element: &Element<'_, '_>, report: &mut Report) {
    let Some(status) = status(element.node) else { return };
    let has_value = element.node.get("value").is_some();
    let text = match (status, has_value) {
        ("01" | "02", false) => {
            format!("the verification status {status} says that there is an NHS number, and there is none")
        }
        ("07", true) => {
            "the verification status 07 says that there is no NHS number, and there is one".to_owned()
        }
        _ => return,
    };
    if let Some(issue) = rules.verification_status.issue(IssueType::BusinessRule, text) {
        report.add(issue.rule("nhs-number-status").at(element.path.to_string()));
    }
}

/// The code of the status, a retired one as its successor.
fn status(identifier: Node<'_>) -> Option<&str> {
    let extension = identifier.get("extension")?.items().find(|it| it.get_str("url") == Some(EXTENSION))?;
    let coding = extension.get("valueCodeableConcept")?.get("coding")?.items().next()?;
    let code = coding.get_str("code")?;
    Some(successor(coding.get_str("system")?, code).map_or(code, |(_, code)| code))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn status_and_value_agree() {
        let patient = |status: &str, value: &str| {
            format!(
                r#"{{"resourceType":"Patient","identifier":[{{"extension":[{{
                "url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
                "valueCodeableConcept":{{"coding":[{{
                "system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland",
                "code":"{status}"}}]}}}}],"system":"https://fhir.nhs.uk/Id/nhs-number"{value}}}]}}"#
            )
        };
        let value = r#","value":"9434765919""#;
        let wrong: &[&str] = &["nhs-number-status warning Patient.identifier[0]"];
        check(&[
            Check { json: &patient("01", value), found: &[] },
            Check { json: &patient("01", ""), found: wrong },
            Check { json: &patient("07", ""), found: &[] },
            Check { json: &patient("07", value), found: wrong },
            Check { json: &patient("03", ""), found: &[] },
        ]);
    }
}
