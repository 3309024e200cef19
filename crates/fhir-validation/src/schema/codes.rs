//! The codes of small closed value sets: what a schema can list for a required binding.

use fhir_terminology::Terminology;

/// Value sets with more codes than this are left to terminology.
const MOST_CODES: usize = 256;

/// The codes of a value set that a schema can list, for required bindings of `code` elements.
pub(crate) trait ClosedCodes {
    /// The codes, or `None` where they are not all known, too many to list, or none.
    fn closed_codes(&self, value_set: &str) -> Option<Vec<Box<str>>>;
}

impl ClosedCodes for Terminology {
    fn closed_codes(&self, value_set: &str) -> Option<Vec<Box<str>>> {
        let mut codes: Vec<Box<str>> =
            self.codes(value_set, MOST_CODES)?.into_iter().map(|listed| listed.code.into()).collect();
        codes.sort_unstable();
        codes.dedup();
        (!codes.is_empty()).then_some(codes)
    }
}
