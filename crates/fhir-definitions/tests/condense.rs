//! Condensing: facts only, in one shape, the same bytes every time.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fhir_definitions::condense::{condense, condense_into, read_lines};
use fhir_definitions::{DefinitionKind, PackageContents, PackageResource};
use serde_json::json;

fn package_of(resources: &[serde_json::Value]) -> PackageContents {
    let resource =
        |json: &serde_json::Value| PackageResource { file: "a.json".into(), json: json.to_string().into() };
    PackageContents { resources: resources.iter().map(resource).collect(), ..PackageContents::default() }
}

fn profiles(package: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fhir-profiles").join(package)
}

fn committed(package: &str) -> BTreeMap<DefinitionKind, String> {
    let file = |kind: DefinitionKind| profiles(package).join(kind.as_str()).with_extension("jsonl");
    DefinitionKind::ALL
        .into_iter()
        .filter_map(|kind| Some((kind, fs::read_to_string(file(kind)).ok()?)))
        .collect()
}

#[test]
fn condensing_condensed_packages_changes_nothing() {
    for package in ["r4-core", "iso", "uk-core", "nw-london"] {
        let condensed = condense(&read_lines(&profiles(package)).unwrap()).unwrap();
        assert!(condensed == committed(package), "{package} would change");
    }
}

#[test]
fn the_uk_core_facts_give_the_committed_files() {
    let shared = std::env::var_os("WESTWAY_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let facts = shared.join("uk-core/facts");
    if !facts.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "CI lacks the UK Core facts in {}", facts.display());
        println!("SKIPPED the comparison with the UK Core facts because {} is absent", facts.display());
        return;
    }
    let condensed = condense(&read_lines(&facts).unwrap()).unwrap();
    assert!(condensed == committed("uk-core"), "fhir-profiles/uk-core does not follow from the facts");
}

#[test]
fn prose_is_left_out_and_facts_stay() {
    let profile = json!({
        "resourceType": "StructureDefinition", "id": "p", "text": {"status": "generated", "div": "<div/>"},
        "url": "http://example.org/p", "name": "P", "description": "Long.", "kind": "resource", "type": "Patient",
        "derivation": "constraint", "snapshot": {"element": []},
        "differential": {"element": [{
            "id": "Patient", "path": "Patient", "short": "A", "definition": "B", "mustSupport": true,
            "constraint": [{"key": "p-1", "severity": "error", "human": "C", "expression": "true", "xpath": "1"}],
            "binding": {"strength": "required", "valueSet": "http://example.org/v", "description": "D"},
            "patternCoding": {"code": "a", "display": "kept: it is part of the pattern"},
        }]},
    });
    let condensed = condense(&package_of(&[profile])).unwrap();
    let expected = json!({
        "resourceType": "StructureDefinition", "id": "p", "url": "http://example.org/p", "name": "P",
        "kind": "resource", "type": "Patient", "derivation": "constraint",
        "differential": {"element": [{
            "id": "Patient", "path": "Patient", "mustSupport": true,
            "constraint": [{"key": "p-1", "severity": "error", "expression": "true"}],
            "binding": {"strength": "required", "valueSet": "http://example.org/v"},
            "patternCoding": {"code": "a", "display": "kept: it is part of the pattern"},
        }]},
    });
    assert_eq!(condensed.get(&DefinitionKind::StructureDefinition).unwrap(), &format!("{expected}\n"));
}

#[test]
fn members_of_the_wrong_shape_are_set_right() {
    let value_set = json!({
        "resourceType": "ValueSet", "url": "http://example.org/v", "status": ["draft"],
        "compose": {"include": {"system": "http://snomed.info/sct", "filter": [{"property": ["constraint"]}]}},
        "expansion": {"total": "5", "contains": {"code": "a", "inactive": "true"}},
    });
    let condensed = condense(&package_of(&[value_set])).unwrap();
    let expected = json!({
        "resourceType": "ValueSet", "url": "http://example.org/v", "status": "draft",
        "compose": {"include": [{"system": "http://snomed.info/sct", "filter": [{"property": "constraint"}]}]},
        "expansion": {"total": 5, "contains": [{"code": "a", "inactive": true}]},
    });
    assert_eq!(condensed.get(&DefinitionKind::ValueSet).unwrap(), &format!("{expected}\n"));
}

#[test]
fn what_only_illustrates_is_left_out() {
    let condensed = condense(&package_of(&[
        json!({"resourceType": "ValueSet", "id": "example-1", "url": "http://example.org/1"}),
        json!({"resourceType": "SearchParameter", "id": "a", "experimental": true, "url": "http://example.org/2"}),
        json!({"resourceType": "StructureDefinition", "id": "b", "kind": "logical", "url": "http://example.org/3"}),
        json!({"resourceType": "CapabilityStatement", "id": "c", "kind": "instance", "url": "http://example.org/4"}),
        json!({"resourceType": "Patient", "id": "d"}),
    ]));
    assert_eq!(condensed.unwrap(), BTreeMap::new());
}

#[test]
fn a_folder_gets_a_file_for_each_kind() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("new");
    let value_set = json!({"resourceType": "ValueSet", "url": "http://example.org/v"});
    condense_into(&package_of(&[value_set]), &target).unwrap();
    let names: Vec<_> = fs::read_dir(&target).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["ValueSet.jsonl"]);
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    let resource = PackageResource { file: "broken.json".into(), json: "{".into() };
    let package = PackageContents { resources: vec![resource], ..PackageContents::default() };
    assert_eq!(condense(&package).unwrap_err().to_string(), "broken.json is not JSON");
}

#[test]
fn the_order_of_files_does_not_matter() {
    let resource = |n: u32| {
        let url = format!("http://example.org/{}", n / 2);
        json!({"resourceType": "ValueSet", "url": url, "version": n.to_string()})
    };
    let forwards = package_of(&(0..12).map(resource).collect::<Vec<_>>());
    let backwards = package_of(&(0..12).rev().map(resource).collect::<Vec<_>>());
    assert_eq!(condense(&forwards).unwrap(), condense(&backwards).unwrap());
}
