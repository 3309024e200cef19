//! The rules of the NHS, each of which can be switched off, warn or reject.

use super::Mode;

/// How strictly the rules of the NHS are applied. By default all of them warn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NhsRules {
    /// NHS numbers have ten digits, of which the last is the check digit (modulus 11).
    pub nhs_number: Mode,
    /// The verification status agrees with the presence of an NHS number.
    pub verification_status: Mode,
    /// ODS codes have their form, and their system its canonical spelling.
    pub ods_code: Mode,
    /// An organisation has one ODS code.
    pub one_ods_code: Mode,
    /// Retired code systems and spellings stand for their successors.
    pub retired_aliases: Mode,
}

/// The system that replaces a retired one, or that a misspelt one means.
pub(crate) fn alias(_system: &str) -> Option<&'static str> {
    None
}
