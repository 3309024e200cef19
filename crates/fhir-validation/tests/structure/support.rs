//! What the tests of this crate share: one validator over the embedded definitions.

use std::sync::{Arc, OnceLock};

use fhir_definitions::Registry;
use fhir_model::{Document, Issue};
use fhir_terminology::Terminology;
use fhir_validation::StructureValidator;

/// The validator, built once for all tests of a file.
pub(crate) fn validator() -> &'static StructureValidator {
    static VALIDATOR: OnceLock<StructureValidator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        let registry = Arc::new(Registry::embedded().unwrap());
        let terminology = Arc::new(Terminology::new(Arc::clone(&registry)));
        StructureValidator::new(registry, terminology)
    })
}

/// The issues of a resource given as JSON.
pub(crate) fn validate(json: &str) -> Vec<Issue> {
    validator().validate(Document::parse(json).unwrap().root())
}
