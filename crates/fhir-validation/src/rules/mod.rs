//! What profiles do not say: rules of the specification's text that belong to a type or to all resources, and the
//! rules of the NHS. One rule (or one closely knit group) a file; its `//!` doc is its documentation, from which
//! `docs/validation.md` is put together.
//!
//! A rule expects anything: it also runs where the structural layer found errors, and passes over what that layer has
//! reported. A new rule is a new file with a `check`, and a line in [`check`] here.

mod bundle;
mod code_system;
mod contained;
#[cfg(test)]
mod documentation;
mod element_content;
mod element_ids;
mod mode;
mod narrative;
pub(crate) mod nhs;
mod questionnaire;
mod questionnaire_response;
mod reference_form;
mod search_parameter;
mod strings;
mod structure_definition;
#[cfg(test)]
mod testing;
mod value_set;
mod walk;

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
pub(crate) fn check<'a>(context: &RuleContext<'a>, resource: Node<'a>, path: &Path<'_>, report: &mut Report) {
    contained::check(context, resource, path, report);
    let mut ids = element_ids::Seen::default();
    walk::elements(context, resource, path, &mut |element| {
        element_content::check(element, report);
        element_ids::check(element, &mut ids, report);
        match &*element.info.name {
            "string" | "markdown" => strings::check(element, context.html_in_strings, report),
            "xhtml" => narrative::check(element, report),
            "Reference" => reference_form::check(context, element, report),
            "Identifier" => nhs::check_identifier(context.nhs, element, report),
            "Coding" => nhs::retired_alias::check(context.nhs, element, report),
            _ => {}
        }
    });
    match resource.resource_type() {
        Some("Bundle") => bundle::check(context, resource, path, report),
        Some("CodeSystem") => code_system::check(resource, path, report),
        Some("Organization" | "Location") => nhs::one_ods_code::check(context.nhs, resource, path, report),
        Some("Questionnaire") => questionnaire::check(resource, path, report),
        Some("QuestionnaireResponse") => questionnaire_response::check(context, resource, path, report),
        Some("SearchParameter") => search_parameter::check(context, resource, path, report),
        Some("StructureDefinition") => structure_definition::check(context, resource, path, report),
        Some("ValueSet") => value_set::check(context, resource, path, report),
        _ => {}
    }
}
