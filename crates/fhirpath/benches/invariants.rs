//! What typical constraints cost on a Patient of about 2 kB, compiled beforehand.
#![expect(clippy::unwrap_used, reason = "a benchmark on fixed input")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use fhir_definitions::Registry;
use fhir_model::Document;
use fhirpath::{Context, Element, Expression};

const EXPRESSIONS: [&str; 9] = [
    "Patient.name.where(use='official').given",
    "name.exists() or telecom.exists()",
    "Patient.birthDate",
    "Patient.deceased.exists() and Patient.deceased != false",
    "contained.contained.empty()",
    "text.`div`.exists()",
    "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())",
    "hasValue() or (children().count() > id.count())",
    "descendants().count()",
];

fn invariants(criterion: &mut Criterion) {
    let registry = Registry::embedded().unwrap();
    let model = registry.types();
    let document = Document::parse(include_str!("patient.json")).unwrap();
    let patient = Element::resource(model, document.root()).unwrap();
    let context = Context::new(model, document.root());
    for text in EXPRESSIONS {
        let expression = Expression::compile(text, model, Some(patient.type_id)).unwrap();
        criterion.bench_function(text, |bencher| {
            bencher.iter(|| black_box(expression.evaluate_element(&context, black_box(patient))));
        });
    }
    criterion.bench_function("compile", |bencher| {
        bencher.iter(|| {
            black_box(Expression::compile(
                "contact.all(name.exists() or telecom.exists())",
                model,
                Some(patient.type_id),
            ))
        });
    });
}

criterion_group!(benches, invariants);
criterion_main!(benches);
