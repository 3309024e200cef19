//! The schemas of all resource types can be compiled.

use fhir_definitions::Registry;
use fhir_model::IssueType;

#[test]
fn the_schema_of_every_resource_type_compiles() {
    let registry = Registry::embedded().unwrap();
    assert!(registry.resource_types().len() > 140);
    for name in registry.resource_types() {
        let issues = super::support::validate(&format!(r#"{{"resourceType":"{name}"}}"#));
        // What is required is missing; a schema that does not compile would say so with another code.
        assert!(issues.iter().all(|issue| issue.code == IssueType::Required), "{name}: {issues:?}");
    }
}
