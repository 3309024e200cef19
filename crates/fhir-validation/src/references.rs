//! What lies outside of a resource: the targets of its references.

use fhir_model::Node;

/// Finds resources beyond the one that is validated. Contained resources and entries of a Bundle are found without it.
pub trait References {
    /// The resource that a literal reference or canonical (`Patient/1`, `https://example.org/Questionnaire/q|2`) means.
    /// `None` where it is not known: its type is then taken from the reference, and its content is not looked at.
    fn resolve(&self, reference: &str) -> Option<Node<'_>>;
}

/// Knows no other resources: for resources that are validated by themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Detached;

impl References for Detached {
    fn resolve(&self, _reference: &str) -> Option<Node<'_>> {
        None
    }
}
