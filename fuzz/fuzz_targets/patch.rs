//! Any text is a patch of each kind, or is refused; any patch is applied or refused, and leaves a resource of the same type.
#![no_main]

use std::sync::OnceLock;

use fhir_definitions::Registry;
use fhir_model::Document;
use fhir_patch::{Limits, Patch, PatchFormat};
use libfuzzer_sys::fuzz_target;

const PATIENT: &str = include_str!("../../crates/fhirpath/benches/patient.json");
const FORMATS: [PatchFormat; 4] =
    [PatchFormat::JsonPatch, PatchFormat::XmlPatch, PatchFormat::FhirPathJson, PatchFormat::FhirPathXml];

fuzz_target!(|text: &str| {
    static SHARED: OnceLock<(Registry, Document)> = OnceLock::new();
    let (registry, document) = SHARED.get_or_init(|| {
        let registry = Registry::embedded().expect("the embedded definitions load");
        (registry, Document::parse(PATIENT).expect("the example is JSON"))
    });
    let limits = Limits { max_operations: 50, ..Limits::default() };
    for format in FORMATS {
        let Ok(patch) = Patch::parse(format, text, registry.types(), limits) else { continue };
        if let Ok(patched) = patch.apply(document.root(), registry.types(), limits) {
            assert_eq!(patched.root().resource_type(), Some("Patient"));
        }
    }
});
