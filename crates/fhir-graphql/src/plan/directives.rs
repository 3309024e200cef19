//! `@include`, `@skip`, and the directives that change how the answer looks.

use fhir_model::types::TypeId;
use fhirpath::Expression;

use super::Shape;
use super::elements::not_fhirpath;
use super::planner::Planner;
use crate::document::{Directive, Field};
use crate::error::GraphQlError;

impl<'q> Planner<'q> {
    /// Whether `@include` and `@skip` leave a selection in.
    pub(super) fn is_included(&mut self, directives: &'q [Directive]) -> bool {
        let mut included = true;
        for directive in directives {
            let wanted = match directive.name.as_str() {
                "include" => true,
                "skip" => false,
                _ => continue,
            };
            match self.argument(directive, "if").and_then(|argument| self.boolean(argument)) {
                Ok(value) => included &= value == wanted,
                Err(error) => self.fail(error),
            }
        }
        included
    }

    /// The one argument of a directive.
    fn argument(
        &self,
        directive: &'q Directive,
        name: &str,
    ) -> Result<&'q crate::document::Argument, GraphQlError> {
        match directive.arguments.as_slice() {
            [argument] if argument.name == name => Ok(argument),
            _ => {
                let text = format!("@{} takes the argument '{name}' and no other", directive.name);
                Err(GraphQlError::invalid(directive.place, text))
            }
        }
    }

    pub(super) fn has_slice(&self, field: &Field) -> bool {
        field.directives.iter().any(|directive| directive.name == "slice")
    }

    /// The directives of a field; `sliced` is the type around it and its path from there, where it can be sliced. Nothing where they
    /// are wrong.
    pub(super) fn shape(&mut self, field: &'q Field, sliced: Option<(TypeId, &str)>) -> Option<Shape> {
        let mut shape = Shape::default();
        for directive in &field.directives {
            let result = match directive.name.as_str() {
                "include" | "skip" => Ok(()),
                "slice" => self.slice(directive, sliced).map(|slice| shape.slice = Some(slice)),
                name @ ("flatten" | "first" | "singleton") => {
                    shape.flatten |= name == "flatten";
                    shape.first |= name == "first";
                    shape.singleton |= name == "singleton";
                    self.without_arguments(directive)
                }
                name => {
                    let known = "@include, @skip, @flatten, @first, @singleton and @slice are";
                    Err(GraphQlError::invalid(directive.place, format!("@{name} is not known; {known}")))
                }
            };
            if let Err(error) = result {
                self.fail(error);
                return None;
            }
        }
        if shape.flatten && field.selections.is_empty() {
            let text = format!("@flatten is for fields with parts; '{}' has none", field.name);
            self.fail(GraphQlError::invalid(field.place, text));
            return None;
        }
        Some(shape)
    }

    fn without_arguments(&self, directive: &Directive) -> Result<(), GraphQlError> {
        match directive.arguments.first() {
            None => Ok(()),
            Some(argument) => {
                let text = format!("@{} takes no arguments", directive.name);
                Err(GraphQlError::invalid(argument.place, text))
            }
        }
    }

    /// An expression that gives one text for each value of the field, empty where the path gives none.
    fn slice(
        &self,
        directive: &'q Directive,
        sliced: Option<(TypeId, &str)>,
    ) -> Result<Expression, GraphQlError> {
        let argument = self.argument(directive, "path")?;
        let text = self.text(argument)?;
        let Some((parent, path)) = sliced else {
            let text = "@slice is only for elements with parts";
            return Err(GraphQlError::invalid(directive.place, text));
        };
        let whole = format!("{path}.select(iif(({text}\n).empty(), '', ({text}\n).first().toString()))");
        Expression::compile(&whole, self.model, Some(parent))
            .map_err(|error| not_fhirpath(argument, &text, &error))
    }
}
