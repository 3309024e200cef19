//! Any text is an expression, or is refused; any expression evaluates, or gives an error, in bounded time.
#![no_main]

use std::sync::OnceLock;

use fhir_definitions::Registry;
use fhir_model::Document;
use fhirpath::{Context, Expression};
use libfuzzer_sys::fuzz_target;

const PATIENT: &str = include_str!("../../crates/fhirpath/benches/patient.json");

fuzz_target!(|text: &str| {
    static SHARED: OnceLock<(Registry, Document)> = OnceLock::new();
    let (registry, document) = SHARED.get_or_init(|| {
        let registry = Registry::embedded().expect("the embedded definitions load");
        (registry, Document::parse(PATIENT).expect("the example is JSON"))
    });
    let model = registry.types();
    let Ok(expression) = Expression::compile(text, model, model.id("Patient")) else { return };
    let context = Context { max_steps: 100_000, ..Context::new(model, document.root()) };
    let _ = expression.evaluate(&context, document.root());
});
