//! Layer 1: a JSON Schema per resource type, generated from the element definitions and compiled by the `jsonschema`
//! crate when a resource of the type is first seen.

mod codes;
mod generate;
mod primitive;
mod representation;
mod text;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use fhir_definitions::Registry;
use fhir_terminology::Terminology;
use jsonschema::{Draft, Validator};
use thiserror::Error;

pub(crate) use codes::ClosedCodes;
pub(crate) use primitive::PrimitiveForm;
pub(crate) use representation::{DocumentJson, View};

/// A compiled schema that runs over documents.
pub(crate) type Schema = Validator<DocumentJson>;

/// A schema that could not be compiled: the definitions of the type contradict themselves.
#[derive(Debug, Error)]
#[error("the JSON Schema of {resource_type} cannot be compiled: {reason}")]
pub struct SchemaError {
    /// The resource type.
    pub resource_type: Box<str>,
    /// What the compiler said.
    pub reason: String,
}

/// The schemas of all concrete resource types.
pub(crate) struct Schemas {
    compiled: HashMap<Box<str>, OnceLock<Result<Schema, SchemaError>>>,
    terminology: Arc<Terminology>,
}

impl Schemas {
    pub(crate) fn new(registry: &Registry, terminology: Arc<Terminology>) -> Self {
        let types = registry.resource_types().iter();
        Self { compiled: types.map(|name| (name.clone(), OnceLock::new())).collect(), terminology }
    }

    /// The schema of a concrete resource type, compiled if it was not yet; `None` if there is no such type.
    pub(crate) fn of(
        &self,
        registry: &Registry,
        resource_type: &str,
    ) -> Option<Result<&Schema, &SchemaError>> {
        let slot = self.compiled.get(resource_type)?;
        Some(slot.get_or_init(|| self.compile(registry, resource_type)).as_ref())
    }

    fn compile(&self, registry: &Registry, resource_type: &str) -> Result<Schema, SchemaError> {
        let failed = |reason: String| SchemaError { resource_type: resource_type.into(), reason };
        let types = registry.types();
        let id = types.id(resource_type).ok_or_else(|| failed("the type has no definition".into()))?;
        let schema = generate::schema(types, id, &*self.terminology);
        let mut options =
            jsonschema::options_for::<DocumentJson>().with_draft(Draft::Draft7).should_validate_formats(true);
        for (name, check) in PrimitiveForm::formats() {
            options = options.with_format(name, check);
        }
        options.build(&schema).map_err(|error| failed(error.to_string()))
    }
}
