//! Search parameters have expressions that can be compiled.
//!
//! # What it checks
//!
//! * `search-parameter-expression`: `expression`, and those of the components, are FHIRPath for the types in `base`.
//!
//! # Why
//!
//! The expression is what fills the search index. One that cannot be read indexes nothing, and every search finds
//! nothing without a word of why.
//!
//! # Example
//!
//! `"expression": "Patient.name.where("`: reported at `SearchParameter.expression` with the place of the mistake.
//!
//! # Specification
//!
//! R4 SearchParameter.expression, SearchParameter.component.expression.

use fhir_model::{Issue, IssueType, Node};
use fhirpath::Expression;

use super::RuleContext;
use crate::report::{Path, Report, Step};

pub(super) fn check(context: &RuleContext<'_>, resource: Node<'_>, path: &Path<'_>, report: &mut Report) {
    check_expression(context, resource, path, report);
    let components = path.then(Step::Element("component"));
    for (position, component) in resource.get("component").into_iter().flat_map(Node::items).enumerate() {
        check_expression(context, component, &components.then(Step::Item(position)), report);
    }
}

fn check_expression(context: &RuleContext<'_>, holder: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let Some(expression) = holder.get_str("expression") else { return };
    if let Err(error) = Expression::compile(expression, context.registry.types(), None) {
        let text = format!("the expression cannot be compiled: {error}");
        let place = path.then(Step::Element("expression")).to_string();
        report.add(Issue::error(IssueType::Invalid, text).rule("search-parameter-expression").at(place));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn expressions_are_compiled() {
        let parameter = |expression: &str| {
            format!(r#"{{"resourceType":"SearchParameter","base":["Patient"],"expression":"{expression}"}}"#)
        };
        check(&[
            Check { json: &parameter("Patient.name.where(use = 'official').family"), found: &[] },
            Check {
                json: &parameter("Patient.name.where("),
                found: &["search-parameter-expression error SearchParameter.expression"],
            },
        ]);
    }
}
