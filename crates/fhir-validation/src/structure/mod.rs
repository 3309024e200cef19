//! The structural layer: every write passes here first. A resource runs through the compiled schema of its type
//! ([`schema`](crate::schema)) and through the [`rules`] of what a schema cannot say.

mod rules;
mod walk;

use std::sync::Arc;

use fhir_definitions::Registry;
use fhir_model::{Issue, Node};
use fhir_terminology::Terminology;

use crate::schema::Schemas;
use crate::shape::Shapes;
use walk::Walk;

/// Checks that resources are built as FHIR R4 says: known elements, cardinalities, types, primitive values, closed
/// required code sets, and resources in resources. Cheap to share; schemas are compiled when first needed.
pub struct StructureValidator {
    registry: Arc<Registry>,
    schemas: Schemas,
    shapes: Shapes,
}

impl StructureValidator {
    /// A validator for the types of a registry, and the terminology of the same registry.
    pub fn new(registry: Arc<Registry>, terminology: Arc<Terminology>) -> Self {
        let (schemas, shapes) = (Schemas::new(&registry, terminology), Shapes::new(registry.types()));
        Self { registry, schemas, shapes }
    }

    /// The issues of a resource; none if it is structurally valid. At most 50, then a note of how many more there are.
    pub fn validate(&self, resource: Node<'_>) -> Vec<Issue> {
        Walk::new(&self.registry, &self.schemas, &self.shapes).run(resource)
    }
}
