//! A code exists in the code system that it names.
//!
//! # What it checks
//!
//! Wherever a Coding stands, its code is one of its system (`coding-unknown-code`), as far as the code system is known here and
//! complete. Of SNOMED CT and LOINC only the form of codes is known here: a code with a wrong check digit is a warning, since
//! local codes are sent under their name too. A display that the code system does not have is not looked at: displays are translated and abbreviated.
//!
//! # Why
//!
//! A code outside of its system means nothing, whether or not a binding asks for it.
//!
//! # Example
//!
//! `{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMBU"}` is an error: the code is `AMB`.
//!
//! # Specification
//!
//! R4 Data Types, 2.24.0.6 (Coding).

use fhir_model::{Issue, IssueType};
use fhir_terminology::CodeStatus;

use super::apply::At;
use super::walk::Walk;
use crate::report::shortened;

/// Code systems of which only the form of codes can be checked.
const KNOWN_BY_FORM: [&str; 2] = ["http://snomed.info/sct", "http://loinc.org"];

/// Checks a Coding.
pub(super) fn check(walk: &mut Walk<'_>, at: &At<'_, '_>) {
    let Some(node) = at.element.node else { return };
    let (Some(system), Some(code)) = (node.get_str("system"), node.get_str("code")) else { return };
    if walk.engine.terminology.code_system(system, code) == CodeStatus::Unknown {
        let text = format!("{} is not a code of {}", shortened(code), shortened(system));
        let issue = match KNOWN_BY_FORM.contains(&system) {
            true => Issue::warning(IssueType::CodeInvalid, text),
            false => Issue::error(IssueType::CodeInvalid, text),
        };
        walk.report(issue.at(at.path.to_string()).rule("coding-unknown-code"));
    }
}
