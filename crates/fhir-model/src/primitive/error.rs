//! Why a text is not a value of a primitive type.

use thiserror::Error;

/// How much of a wrong value an error repeats, in characters.
const SHOWN: usize = 64;

/// A text that is not a value of its FHIR primitive type.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("'{value}' is not a valid {type_name}: expected {expected}")]
pub struct PrimitiveError {
    /// The FHIR type: `date`, `decimal`, ...
    pub type_name: &'static str,
    /// The value, cut short when it is long.
    pub value: String,
    /// What was expected, as the rest of the sentence "expected ...".
    pub expected: &'static str,
}

impl PrimitiveError {
    pub(crate) fn new(type_name: &'static str, value: &str, expected: &'static str) -> Self {
        let mut shown: String = value.chars().take(SHOWN).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        Self { type_name, value: shown, expected }
    }
}
