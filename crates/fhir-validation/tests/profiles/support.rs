//! One validator over the embedded definitions and the profiles of `definitions.ndjson`.

use std::sync::{Arc, OnceLock};

use fhir_definitions::{PackageContents, Registry};
use fhir_model::{Document, Issue, Severity};
use fhir_terminology::Terminology;
use fhir_validation::{Detached, Settings, Validator};

/// The validator, built once for all tests.
pub(crate) fn validator() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        let mut package = PackageContents { name: "test".into(), version: "1".into(), resources: Vec::new() };
        package.push_lines("definitions.ndjson", include_str!("definitions.ndjson"));
        let registry = Arc::new(Registry::build(vec![package]).unwrap());
        Validator::new(Arc::clone(&registry), Arc::new(Terminology::new(registry)), Settings::default())
    })
}

/// All issues of a resource by a profile of `definitions.ndjson`.
pub(crate) fn issues(profile: &str, json: &str) -> Vec<Issue> {
    let canonical = format!("http://example.org/{profile}");
    let document = Document::parse(json).unwrap();
    validator().validate(document.root(), &[&canonical], &Detached)
}

/// The issues worth a warning or more, each as `severity rule expression`, sorted.
pub(crate) fn found(profile: &str, json: &str) -> Vec<String> {
    let issues = issues(profile, json);
    let shown = issues.iter().filter(|issue| issue.severity <= Severity::Warning);
    let mut shown: Vec<String> = shown
        .map(|issue| {
            let rule = issue.rule.as_deref().unwrap_or("structure");
            format!("{} {rule} {}", issue.severity.code(), issue.expression.join(","))
        })
        .collect();
    shown.sort();
    shown
}

/// Nothing is found.
pub(crate) const NOTHING: [&str; 0] = [];
