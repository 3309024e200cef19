//! Whole validations (structure, types, UK Core profile, bindings, invariants) of ordinary resources, definitions warm.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use fhir_definitions::Registry;
use fhir_model::{Document, Issue};
use fhir_terminology::Terminology;
use fhir_validation::{Detached, Settings, Validator};

const RESOURCES: &[(&str, &str, &str)] = &[
    ("patient", "UKCore-Patient", include_str!("resources/patient.json")),
    ("encounter", "UKCore-Encounter", include_str!("resources/encounter.json")),
    ("service_request", "UKCore-ServiceRequest", include_str!("resources/service_request.json")),
    ("care_plan", "UKCore-CarePlan", include_str!("resources/care_plan.json")),
    (
        "blood_pressure",
        "UKCore-Observation-VitalSigns-BloodPressure",
        include_str!("resources/blood_pressure.json"),
    ),
];

#[expect(clippy::unwrap_used, reason = "a benchmark without its inputs has nothing to measure")]
fn validate(criterion: &mut Criterion) {
    let registry = Arc::new(Registry::embedded().unwrap());
    let terminology = Arc::new(Terminology::new(Arc::clone(&registry)));
    let validator = Validator::new(Arc::clone(&registry), terminology, Settings::default());
    let mut group = criterion.benchmark_group("validate");
    for (name, profile, json) in RESOURCES {
        let document = Document::parse(*json).unwrap();
        let canonical = format!("https://fhir.hl7.org.uk/StructureDefinition/{profile}");
        let profiles: Vec<&str> =
            registry.structure_definition(&canonical).iter().map(|_| canonical.as_str()).collect();
        let issues = validator.validate(document.root(), &profiles, &Detached);
        assert!(!issues.iter().any(Issue::is_error), "{name}: {issues:#?}");
        group.bench_function(*name, |bencher| {
            bencher.iter(|| validator.validate(black_box(document.root()), &profiles, &Detached));
        });
    }
    group.finish();
}

criterion_group!(benches, validate);
criterion_main!(benches);
