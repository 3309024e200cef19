//! ODS codes look like ODS codes.
//!
//! # What it checks
//!
//! * `ods-code`: the value of an Identifier with the system of ODS organisation or site codes has 3 to 12 upper-case
//!   letters and digits.
//!
//! Setting: off, warn (the default) or reject.
//!
//! # Why
//!
//! The code is looked up in the Organisation Data Service and used to route messages. Lower-case letters and spaces
//! find nothing there.
//!
//! # Example
//!
//! `"value": "rha 01"`: reported at `Organization.identifier[0].value`.
//!
//! # Specification
//!
//! NHS Data Dictionary, ORGANISATION IDENTIFIER and ORGANISATION SITE IDENTIFIER.

use fhir_model::IssueType;

use super::NhsRules;
use crate::report::{Report, Step, shortened};
use crate::rules::walk::Element;

pub(super) fn check(rules: &NhsRules, element: &Element<'_, '_>, report: &mut Report) {
    let Some(value) = element.node.get_str("value") else { return };
    let is_code = (3..=12).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if is_code {
        return;
    }
    let text = format!(
        "\"{}\" is not an ODS code: expected 3 to 12 upper-case letters and digits",
        shortened(value)
    );
    if let Some(issue) = rules.ods_code.issue(IssueType::BusinessRule, text) {
        report.add(issue.rule("ods-code").at(element.path.then(Step::Element("value")).to_string()));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn codes_are_upper_case() {
        let organisation = |value: &str| {
            format!(
                r#"{{"resourceType":"Organization","identifier":[
                {{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"{value}"}}]}}"#
            )
        };
        let wrong: &[&str] = &["ods-code warning Organization.identifier[0].value"];
        check(&[
            Check { json: &organisation("RHA"), found: &[] },
            Check { json: &organisation("A81001"), found: &[] },
            Check { json: &organisation("rha"), found: wrong },
            Check { json: &organisation("R HA"), found: wrong },
        ]);
    }
}
