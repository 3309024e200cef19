//! The rules of the NHS in England, each of which can be switched off, warn or reject.

mod nhs_number;
mod ods_code;
pub(super) mod one_ods_code;
pub(crate) mod retired_alias;
mod verification_status;

use super::Mode;
use super::walk::Element;
use crate::report::Report;
use retired_alias::alias;
pub(crate) use retired_alias::successor;

/// Identifier.system of NHS numbers.
const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// Identifier.system of ODS codes of organisations.
const ODS_ORGANISATION: &str = "https://fhir.nhs.uk/Id/ods-organization-code";

/// Identifier.system of ODS codes of sites.
const ODS_SITE: &str = "https://fhir.nhs.uk/Id/ods-site-code";

/// How strictly the rules of the NHS are applied. By default all of them warn: official examples break each of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NhsRules {
    /// NHS numbers have ten digits, of which the last is the check digit (modulus 11).
    pub nhs_number: Mode,
    /// The verification status agrees with the presence of an NHS number.
    pub verification_status: Mode,
    /// ODS codes have their form.
    pub ods_code: Mode,
    /// An organisation has one ODS code, and one as a site.
    pub one_ods_code: Mode,
    /// Retired code systems and spellings stand for their successors, and are accepted unless this rejects them.
    pub retired_aliases: Mode,
}

/// Runs the rules for identifiers.
pub(super) fn check_identifier(rules: &NhsRules, element: &Element<'_, '_>, report: &mut Report) {
    let Some(system) = element.node.get_str("system") else { return };
    retired_alias::check(rules, element, report);
    match current(system) {
        NHS_NUMBER => {
            nhs_number::check(rules, element, report);
            verification_status::check(rules, element, report);
        }
        ODS_ORGANISATION | ODS_SITE => ods_code::check(rules, element, report),
        _ => {}
    }
}

/// The system that a system means: itself, unless it is retired or misspelt.
fn current(system: &str) -> &str {
    alias(system).unwrap_or(system)
}
