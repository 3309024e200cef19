//! Packages of an operator beside the embedded ones.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use fhir_definitions::{LoadNote, PackageContents, PackageResource, Registry};
use serde_json::{Value, json};

fn registry_with(resources: &[Value]) -> Registry {
    let resource = |json: &Value| PackageResource { file: "a.json".into(), json: json.to_string().into() };
    Registry::build(vec![PackageContents {
        name: "example.local".into(),
        version: "1.0.0".into(),
        resources: resources.iter().map(resource).collect(),
    }])
    .unwrap()
}

fn search_parameter(url: &str, code: &str) -> Value {
    json!({"resourceType": "SearchParameter", "url": url, "code": code, "type": "token", "status": "active",
        "base": ["Patient"], "expression": "Patient.extension('http://example.org/x').value"})
}

#[test]
fn packages_are_loaded_after_the_embedded_ones() {
    let registry = registry_with(&[]);
    let names: Vec<&str> = registry.packages().iter().map(|package| &*package.name).collect();
    assert_eq!(
        names,
        ["hl7.fhir.r4.core", "westway.iso", "fhir.r4.ukcore.stu3", "westway.nw-london", "example.local"]
    );
}

#[test]
fn a_search_parameter_of_a_package_is_used() {
    let registry = registry_with(&[search_parameter("http://example.org/sp", "borough")]);
    assert_eq!(&*registry.search_parameter("Patient", "borough").unwrap().url, "http://example.org/sp");
    assert!(registry.search_parameter("Group", "borough").is_none());
}

#[test]
fn a_parameter_of_the_same_code_replaces_the_embedded_one_and_is_noted() {
    let registry = registry_with(&[search_parameter("http://example.org/sp", "gender")]);
    assert_eq!(&*registry.search_parameter("Patient", "gender").unwrap().url, "http://example.org/sp");
    assert!(registry.notes().contains(&LoadNote::ReplacedSearchParameter {
        resource_type: "Patient".into(),
        code: "gender".into(),
        replaced: "http://hl7.org/fhir/SearchParameter/individual-gender".into(),
    }));
}

#[test]
fn of_two_versions_the_later_one_is_found_unless_one_is_asked_for() {
    let version = |version: &str| json!({"resourceType": "ValueSet", "url": "http://example.org/v", "version": version});
    let registry = registry_with(&[version("1.10.0"), version("1.9.0")]);
    let found =
        |canonical: &str| registry.value_set(canonical).map(|set| set.root().get_str("version").unwrap());
    assert_eq!(found("http://example.org/v"), Some("1.10.0"));
    assert_eq!(found("http://example.org/v|1.9.0"), Some("1.9.0"));
    assert_eq!(found("http://example.org/v|1.8.0"), None);
}

#[test]
fn the_same_definition_again_replaces_the_first() {
    let named = |name: &str| json!({"resourceType": "ValueSet", "url": "http://example.org/v", "name": name});
    let registry = registry_with(&[named("First"), named("Second")]);
    let set = registry.value_set("http://example.org/v").unwrap();
    assert_eq!(set.root().get_str("name"), Some("Second"));
}

#[test]
fn what_cannot_be_used_is_noted_and_the_rest_works() {
    let retired =
        json!({"resourceType": "SearchParameter", "url": "http://example.org/r", "status": "retired"});
    let mut package = PackageContents { name: "odd".into(), ..PackageContents::default() };
    package.push_lines("a.jsonl", &format!("{{\n\n{}\n{retired}\n", json!({"resourceType": "ValueSet"})));
    let registry = Registry::build(vec![package]).unwrap();
    let notes: Vec<String> = registry.notes().iter().map(ToString::to_string).collect();
    assert!(notes.iter().any(|note| note.starts_with("odd, a.jsonl:1: left out, ")), "{notes:?}");
    assert!(notes.contains(&"odd, a.jsonl:3: left out, it has no url".to_owned()), "{notes:?}");
    assert!(notes.contains(&"SearchParameter http://example.org/r: left out, it is retired".to_owned()));
    assert!(registry.search_parameter("Patient", "family").is_some());
}

/// A StructureDefinition of a type that claims to specialise another one.
fn type_definition(url: &str, name: &str, base: &str) -> Value {
    json!({
        "resourceType": "StructureDefinition", "url": url, "name": name, "status": "active", "kind": "complex-type",
        "abstract": false, "type": name, "derivation": "specialization",
        "baseDefinition": format!("http://hl7.org/fhir/StructureDefinition/{base}"),
        "differential": {"element": [
            {"id": name, "path": name},
            {"id": format!("{name}.a"), "path": format!("{name}.a"), "type": [{"code": format!("{name}.a")}]},
            {"id": format!("{name}.a.b"), "path": format!("{name}.a.b"), "type": [{"code": "string"}]},
        ]},
    })
}

#[test]
fn types_that_specialise_each_other_end_somewhere() {
    let registry = registry_with(&[
        type_definition("http://example.org/One", "One", "Two"),
        type_definition("http://example.org/Two", "Two", "One"),
        type_definition("http://example.org/Three", "Three", "Three.a"),
    ]);
    assert!(registry.notes().contains(&LoadNote::CyclicType { name: "One".into() }));
    let types = registry.types();
    let element = types.id("Element").unwrap();
    for name in ["One", "One.a", "Two", "Two.a", "Three", "Three.a"] {
        assert!(!types.is_a(types.id(name).unwrap(), element), "{name}");
    }
}

#[test]
fn a_package_cannot_define_a_type_of_fhir_anew() {
    let registry = registry_with(&[type_definition("http://example.org/Patient", "Patient", "Element")]);
    let patient = registry.types().by_name("Patient").unwrap();
    assert!(patient.element("a").is_none() && patient.element("birthDate").is_some());
}

#[test]
fn a_profile_of_a_package_has_a_snapshot() {
    let registry = registry_with(&[json!({
        "resourceType": "StructureDefinition", "url": "http://example.org/p", "name": "P", "status": "active",
        "kind": "resource", "abstract": false, "type": "Patient", "derivation": "constraint",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
        "differential": {"element": [{"id": "Patient.birthDate", "path": "Patient.birthDate", "min": 1}]},
    })]);
    let profile = registry.structure_definition("http://example.org/p").unwrap();
    let snapshot = profile.snapshot(&registry).unwrap();
    assert_eq!(snapshot.element("Patient.birthDate").unwrap().min, Some(1));
    assert!(snapshot.element("Patient.link").is_some());
}
