//! One file for each type of search parameter, with both directions of it: what an element contributes to the
//! index, and what the text of a query tests.
//!
//! The functions that read elements ignore what does not fit their type: extraction never fails, whatever a
//! resource holds. The functions that read queries refuse it, and say what was expected.

pub(crate) mod composite;
pub(crate) mod date;
pub(crate) mod near;
pub(crate) mod number;
pub(crate) mod prefix;
pub(crate) mod quantity;
pub(crate) mod reference;
pub(crate) mod string;
pub(crate) mod token;
pub(crate) mod ucum;
pub(crate) mod uri;

use thiserror::Error;

use crate::extract::element::DataType;
use crate::parameters::ParameterKind;

/// A value of a query that is not of the form its parameter type asks for.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("'{value}' is not a valid {kind} value: expected {expected}")]
pub(crate) struct ValueError {
    /// The value, cut short when it is long.
    value: String,
    /// The parameter type.
    kind: &'static str,
    /// The rest of the sentence "expected ...".
    expected: &'static str,
}

impl ValueError {
    pub(crate) fn new(kind: ParameterKind, value: &str, expected: &'static str) -> Self {
        const SHOWN: usize = 64;
        let mut shown: String = value.chars().take(SHOWN).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        Self { value: shown, kind: kind.code(), expected }
    }
}

/// Whether a parameter type can read a data type (the tables of R4 search, section 3.1.1.4.4 and after).
pub(crate) fn reads(kind: ParameterKind, data_type: DataType) -> bool {
    use DataType as D;
    match kind {
        ParameterKind::Number => matches!(data_type, D::Number | D::Range),
        ParameterKind::Date => matches!(data_type, D::Date | D::Period | D::Timing),
        ParameterKind::String => matches!(
            data_type,
            D::Text | D::Code | D::Uri | D::HumanName | D::Address | D::ContactPoint | D::Annotation
        ),
        ParameterKind::Token => matches!(
            data_type,
            D::Boolean
                | D::Text
                | D::Code
                | D::Uri
                | D::Canonical
                | D::Number
                | D::Coding
                | D::CodeableConcept
                | D::Identifier
                | D::ContactPoint
        ),
        ParameterKind::Reference => matches!(data_type, D::Reference | D::Canonical | D::Uri | D::Resource),
        ParameterKind::Quantity => {
            matches!(data_type, D::Quantity | D::Money | D::Range | D::SampledData | D::Number)
        }
        ParameterKind::Uri => matches!(data_type, D::Uri | D::Canonical | D::Text),
        // A composite selects elements of any type; its components are checked one by one.
        ParameterKind::Composite => true,
        ParameterKind::Special => data_type == D::Position,
    }
}
