//! What the type of an element says already, so that a profile need not check it again.

use std::sync::Arc;

use fhir_definitions::element_definition::Constraint;
use fhir_definitions::{ElementDefinition, Snapshot};
use fhir_model::types::TypeInfo;

use crate::profile::library::{Engine, TYPE_URL};

/// The snapshot of a type of FHIR.
pub(super) fn type_snapshot(engine: &Engine, type_name: &str) -> Option<Arc<Snapshot>> {
    let definition = engine.registry.structure_definition(&format!("{TYPE_URL}{type_name}"))?;
    definition.snapshot(&*engine.registry).ok()
}

/// The definition of an element in the type or backbone element that has it.
pub(super) fn element(engine: &Engine, owner: &TypeInfo, name: &str) -> Option<Arc<ElementDefinition>> {
    let definition = owner.name.split('.').next()?;
    let snapshot = type_snapshot(engine, definition)?;
    let is_element = |element: &&Arc<ElementDefinition>| {
        let below = element.path.strip_prefix(&*owner.name).and_then(|rest| rest.strip_prefix('.'));
        below.is_some_and(|rest| rest.strip_suffix("[x]").unwrap_or(rest) == name)
            && element.slice_name.is_none()
    };
    snapshot.elements.iter().find(is_element).cloned()
}

/// Whether a constraint is among others.
pub(super) fn has(constraints: &[Arc<Constraint>], constraint: &Constraint) -> bool {
    constraints.iter().any(|own| own.key == constraint.key && own.expression == constraint.expression)
}
