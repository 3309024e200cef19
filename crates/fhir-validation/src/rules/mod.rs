//! What profiles do not say: rules of the specification's text that belong to a type or to all resources, and the
//! rules of the NHS. One rule (or one closely knit group) a file; its `//!` doc is its documentation, from which
//! `docs/validation.md` is put together.

mod mode;
pub(crate) mod nhs;

use fhir_definitions::Registry;
use fhir_model::Node;

use crate::report::{Path, Report};
use crate::shape::Shapes;
pub use mode::Mode;
pub use nhs::NhsRules;

/// Keys of constraints that rules here and in `structure/rules` check, so that nobody evaluates their FHIRPath.
pub(crate) const NATIVE_CONSTRAINTS: &[&str] =
    &["dom-2", "dom-3", "dom-4", "dom-5", "ele-1", "ext-1", "txt-1", "txt-2"];

/// What rules may look at beside the resource itself.
#[derive(Clone, Copy)]
pub(crate) struct RuleContext<'a> {
    /// All definitions.
    pub(crate) registry: &'a Registry,
    /// What member names mean.
    pub(crate) shapes: &'a Shapes,
    /// Which rules of the NHS apply, and how strictly.
    pub(crate) nhs: &'a NhsRules,
    /// What text that looks like HTML means where HTML has no place.
    pub(crate) html_in_strings: Mode,
    /// The resource around the one that is checked, if it is contained.
    pub(crate) container: Option<Node<'a>>,
    /// Finds a resource outside of the outermost one by reference or canonical.
    pub(crate) resolve: &'a dyn Fn(&str) -> Option<Node<'a>>,
}

/// Runs all rules over one resource, but not over the resources in it (contained, entries, parameters).
pub(crate) fn check<'a>(
    _context: &RuleContext<'a>,
    _resource: Node<'a>,
    _path: &Path<'_>,
    _report: &mut Report,
) {
}
