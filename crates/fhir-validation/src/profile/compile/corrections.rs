//! Expressions of R4 whose published text is not what was meant, and what was: facts of the errata and of later releases.
//!
//! Most of them give nothing (instead of true) where an optional element is absent, so that taken by the letter they
//! refuse resources that are right, such as a Reference that has only a display.

/// Key, published expression, and the expression that was meant.
const CONSTRAINTS: &[(&str, &str, &str)] = &[
    (
        "ref-1",
        "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))",
        "reference.empty() or reference.startsWith('#').not() or reference = '#' or (reference.substring(1) in %rootResource.contained.id)",
    ),
    (
        "bdl-8",
        "fullUrl.contains('/_history/').not()",
        "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    ),
    (
        "ras-2",
        "probability is decimal implies (probability as decimal) <= 100",
        "(probability as decimal).exists() implies (probability as decimal) <= 100",
    ),
    (
        "que-7",
        "operator = 'exists' implies (answer is Boolean)",
        "operator = 'exists' implies (answer is boolean)",
    ),
    (
        "que-12",
        "enableWhen.count() > 2 implies enableBehavior.exists()",
        "enableWhen.count() > 1 implies enableBehavior.exists()",
    ),
];

/// Extension, published context, and the context in which R4's own definitions use it.
const CONTEXTS: &[(&str, &str, &str)] = &[
    (
        "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type",
        "ElementDefinition.type.code",
        "ElementDefinition.type",
    ),
    (
        "http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version",
        "StructureDefinition",
        "Element",
    ),
];

/// The expression to evaluate for a constraint.
pub(super) fn constraint<'e>(key: &str, published: &'e str) -> &'e str {
    corrected(CONSTRAINTS, key, published)
}

/// The context to compare with for an extension.
pub(super) fn context<'e>(extension: &str, published: &'e str) -> &'e str {
    corrected(CONTEXTS, extension, published)
}

fn corrected<'e>(table: &[(&str, &str, &'static str)], name: &str, published: &'e str) -> &'e str {
    let row = table.iter().find(|row| row.0 == name && row.1 == published);
    row.map_or(published, |row| row.2)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use fhir_definitions::{DefinitionKind, Registry};

    use super::*;

    /// A correction whose text is not the published one would correct nothing.
    #[test]
    fn every_published_text_is_in_the_definitions() {
        let registry = Registry::embedded().unwrap();
        let definitions = registry.canonical_resources(DefinitionKind::StructureDefinition);
        let snapshots: Vec<_> = definitions
            .filter_map(|definition| definition.structure())
            .filter(|definition| definition.url.starts_with("http://hl7.org/fhir/StructureDefinition/"))
            .filter_map(|definition| Some((Arc::clone(definition), definition.snapshot(&registry).ok()?)))
            .collect();
        for (key, published, _) in CONSTRAINTS {
            let elements = snapshots.iter().flat_map(|(_, snapshot)| &snapshot.elements);
            let mut constraints = elements.flat_map(|element| &element.constraints);
            let is_it = |text: Option<&str>| text == Some(published);
            assert!(constraints.any(|own| &*own.key == *key && is_it(own.expression.as_deref())), "{key}");
        }
        for (url, published, _) in CONTEXTS {
            let definition = registry.structure_definition(url).unwrap();
            assert!(definition.contexts.iter().any(|context| &*context.expression == *published), "{url}");
        }
    }
}
