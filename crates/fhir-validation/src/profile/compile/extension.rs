//! Where an extension may stand, from its definition.

use fhir_definitions::StructureDefinition;
use fhir_definitions::structure_definition::ExtensionContext;
use fhirpath::Expression;

use super::{Compiler, corrections};
use crate::profile::rules::{AllowedContext, ExtensionFacts};

/// The facts of an extension's definition; of other definitions none.
pub(super) fn facts(compiler: &mut Compiler<'_>, definition: &StructureDefinition) -> ExtensionFacts {
    if &*definition.type_name != "Extension" {
        return ExtensionFacts::default();
    }
    let root = compiler.snapshot.root().cloned();
    let is_modifier = root.as_ref().is_some_and(|root| root.is_modifier == Some(true));
    let contexts =
        definition.contexts.iter().filter_map(|context| compiler.context(&definition.url, context)).collect();
    let mut invariants = Vec::new();
    for text in &definition.context_invariants {
        match Expression::compile(text, compiler.model(), None) {
            Ok(expression) => invariants.push(expression),
            Err(error) => {
                if let Some(root) = &root {
                    compiler.defect(root, format!("the context invariant {text} cannot be checked: {error}"));
                }
            }
        }
    }
    ExtensionFacts { is_modifier, contexts, invariants }
}

impl Compiler<'_> {
    fn context(&mut self, url: &str, context: &ExtensionContext) -> Option<AllowedContext> {
        let expression = corrections::context(url, &context.expression);
        match &*context.kind {
            "element" => Some(AllowedContext::Element(expression.replace("[x]", "").into())),
            "extension" => Some(AllowedContext::Extension(expression.into())),
            _ => match Expression::compile(expression, self.model(), None) {
                Ok(compiled) => Some(AllowedContext::FhirPath(compiled)),
                Err(error) => {
                    if let Some(root) = self.snapshot.root() {
                        self.defect(root, format!("the context {expression} cannot be checked: {error}"));
                    }
                    None
                }
            },
        }
    }
}
