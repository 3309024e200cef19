//! Every expression published in the registry compiles: search parameters and constraints of profiles.

use std::collections::BTreeSet;

use fhir_definitions::{DefinitionKind, ElementDefinition, Registry};
use fhir_model::types::{TypeId, TypeModel};
use fhirpath::Expression;

#[test]
fn search_parameter_expressions_compile() {
    let registry = Registry::embedded().unwrap();
    let model = registry.types();
    let (mut count, mut problems) = (0, Vec::new());
    for resource_type in registry.resource_types() {
        for parameter in registry.search_parameters(resource_type) {
            let Some(text) = &parameter.expression else { continue };
            count += 1;
            if let Err(error) = Expression::compile(text, model, model.id(resource_type)) {
                problems.push(format!("{resource_type} {}: {error}: {text}", parameter.code));
            }
        }
    }
    println!("{count} expressions of search parameters");
    assert!(problems.is_empty(), "{} of {count} do not compile:\n{}", problems.len(), problems.join("\n"));
    assert!(count > 1000);
}

/// Constraints that are wrong as published, because they name elements that do not exist where they stand.
const WRONG_AS_PUBLISHED: [(&str, &str); 2] = [
    // ChargeItemDefinition has no `name`.
    ("http://hl7.org/fhir/StructureDefinition/ChargeItemDefinition", "cid-0"),
    // Names elements of AllergyIntolerance, but stands on the extension.
    ("http://hl7.org/fhir/StructureDefinition/allergyintolerance-substanceExposureRisk", "inv-1"),
];

#[test]
fn constraints_compile() {
    let registry = Registry::embedded().unwrap();
    let model = registry.types();
    let (mut seen, mut problems) = (BTreeSet::new(), Vec::new());
    for definition in registry.canonical_resources(DefinitionKind::StructureDefinition) {
        let structure = registry.structure_definition(&definition.url).unwrap();
        for element in structure.differential.iter().chain(&structure.published_snapshot) {
            let context = context(model, element);
            for constraint in &element.constraints {
                let Some(text) = &constraint.expression else { continue };
                if !seen.insert((context, text.clone())) {
                    continue;
                }
                let is_wrong = WRONG_AS_PUBLISHED.contains(&(&*structure.url, &*constraint.key));
                let compiled = Expression::compile(text, model, context);
                assert!(!is_wrong || compiled.is_err(), "{} is no longer wrong", constraint.key);
                if let Err(error) = compiled
                    && !is_wrong
                {
                    problems.push(format!(
                        "{} {} {}: {error}: {text}",
                        structure.url, element.path, constraint.key
                    ));
                }
            }
        }
    }
    println!("{} expressions of constraints", seen.len());
    assert!(problems.is_empty(), "{} do not compile:\n{}", problems.len(), problems.join("\n"));
    assert!(seen.len() > 200);
}

/// The type of an element, where it has only one.
fn context(model: &TypeModel, element: &ElementDefinition) -> Option<TypeId> {
    model.id(&element.path).or_else(|| match element.types.as_slice() {
        [only] => model.id(&only.code),
        _ => None,
    })
}
