//! Any document is validated without a panic, and every issue says something about some place.
#![no_main]

use std::sync::{Arc, LazyLock};

use fhir_definitions::Registry;
use fhir_model::Document;
use fhir_terminology::Terminology;
use fhir_validation::StructureValidator;
use libfuzzer_sys::fuzz_target;

static VALIDATOR: LazyLock<StructureValidator> = LazyLock::new(|| {
    let registry = Arc::new(Registry::embedded().expect("the embedded definitions are sound"));
    let terminology = Arc::new(Terminology::new(Arc::clone(&registry)));
    StructureValidator::new(registry, terminology)
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::parse_bytes(bytes.to_vec()) else { return };
    for issue in VALIDATOR.validate(document.root()) {
        assert!(!issue.diagnostics.is_empty());
    }
});
