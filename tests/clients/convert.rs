//! Our XML as programs of others see it: the parser of Python on all examples of UK Core, the npm package `fhir`, a converter, on a
//! sample of the R4 examples.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use fhir_definitions::Registry;
use fhir_model::Document;
use fhir_model::xml::{self, Layout, Limits};
use serde_json::Value;

use crate::{common, install};

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

/// Examples that UK Core publishes with elements in the wrong order; they are written in the right one.
const DISORDERED: [&str; 3] = [
    "Extension-UKCore-CodingSCT-IllicitDrugs-Example.xml",
    "UKCore-Observation-Lab-Albumin-Example.xml",
    "UKCore-Questionnaire-EOLPlan-Example.xml",
];

#[test]
fn xml_examples_of_uk_core_are_written_back_as_equal_infosets() {
    let (Some(examples), Some(python)) = (common::shared("uk-core/examples"), install::python()) else {
        return;
    };
    let written = tempfile::tempdir().unwrap();
    let mut count = 0;
    for file in files(&examples, ".xml") {
        let text = fs::read_to_string(&file).unwrap();
        let read = xml::to_document(&text, REGISTRY.types(), Limits::default()).unwrap();
        let again = xml::from_document(read.document.root(), REGISTRY.types(), Layout::Compact).unwrap();
        fs::write(written.path().join(file.file_name().unwrap()), again).unwrap();
        count += 1;
    }
    let script = install::source("infoset.py");
    let printed = install::run(Command::new(python).arg(script).arg(&examples).arg(written.path())).unwrap();
    let expected: String = DISORDERED.map(|name| format!("{name}: in another order\n")).concat();
    assert_eq!(printed, format!("{expected}{} equal\n", count - DISORDERED.len()));
    println!(
        "XML of UK Core: {} of {count} infosets equal, {} put in order",
        count - DISORDERED.len(),
        DISORDERED.len()
    );
}

#[test]
fn another_converter_agrees_but_for_what_is_explained() {
    let (Some(examples), Some(node)) = (common::r4_examples(), install::node()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let sample: Vec<PathBuf> =
        files(&examples, ".json").into_iter().filter(|file| is_instance(file)).step_by(5).collect();
    for file in &sample {
        let name = file.file_name().unwrap();
        fs::copy(file, folder.path().join(name)).unwrap();
        let document = Document::parse(fs::read_to_string(file).unwrap()).unwrap();
        let ours = xml::from_document(document.root(), REGISTRY.types(), Layout::Compact).unwrap();
        fs::write(folder.path().join(name).with_extension("ours.xml"), ours).unwrap();
    }
    let script = install::source("convert.cjs");
    install::run(Command::new("node").arg(script).arg(folder.path()).current_dir(node)).unwrap();

    let mut found = BTreeSet::new();
    for file in &sample {
        let copy = folder.path().join(file.file_name().unwrap());
        let name = file.file_name().unwrap().to_str().unwrap();
        let sent = value(&fs::read_to_string(&copy).unwrap());
        let mut differences = Vec::new();
        let theirs = fs::read_to_string(copy.with_extension("theirs.json")).unwrap();
        compare(Some(&sent), Some(&value(&theirs)), sent["resourceType"].as_str().unwrap(), &mut differences);
        let theirs = fs::read_to_string(copy.with_extension("theirs.xml")).unwrap();
        match xml::to_document(&theirs, REGISTRY.types(), Limits::default()) {
            Ok(read) => {
                let read = value(read.document.source());
                compare(Some(&sent), Some(&read), sent["resourceType"].as_str().unwrap(), &mut differences);
            }
            Err(_) => differences.push("not XML".to_owned()),
        }
        found.extend(differences.into_iter().map(|difference| format!("{name} {difference}")));
    }
    let explained = include_str!("converter-differences.txt");
    let explained: BTreeSet<String> =
        explained.lines().filter(|line| line.contains(".json ")).map(str::to_owned).collect();
    assert_eq!(found, explained);
    println!(
        "XML and the npm package fhir: {} examples both ways, {} differences, all explained",
        sample.len(),
        found.len()
    );
}

/// The files in a folder whose name ends so, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.to_str().unwrap().ends_with(ending)).collect();
    paths.sort();
    paths
}

/// Whether it is an instance, of a size that the converter is made for: no definition, of which there are thousands alike, and none of the
/// Bundles of them, which have megabytes.
fn is_instance(file: &Path) -> bool {
    const OTHERS: [&str; 10] = [
        "StructureDefinition-",
        "SearchParameter-",
        "ValueSet-",
        "CodeSystem-",
        "ConceptMap-",
        "OperationDefinition-",
        "CompartmentDefinition-",
        "NamingSystem-",
        "package",
        ".index",
    ];
    let name = file.file_name().unwrap().to_str().unwrap();
    !OTHERS.iter().any(|other| name.starts_with(other)) && fs::metadata(file).unwrap().len() < 500_000
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The paths at which two resources differ; what `converter-differences.txt` says of all examples does not count.
fn compare(ours: Option<&Value>, theirs: Option<&Value>, path: &str, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Some(Value::Object(ours)), Some(Value::Object(theirs))) => {
            let names: BTreeSet<&String> =
                ours.keys().chain(theirs.keys()).filter(|name| *name != "div").collect();
            for name in names {
                compare(ours.get(name), theirs.get(name), &format!("{path}.{name}"), found);
            }
        }
        (Some(Value::Array(ours)), Some(Value::Array(theirs))) if ours.len() == theirs.len() => {
            for (position, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                compare(Some(ours), Some(theirs), &format!("{path}[{position}]"), found);
            }
        }
        // The digits are those of the original: this is what the string tells.
        (Some(Value::Number(ours)), Some(Value::String(theirs))) if ours.to_string() == *theirs => {}
        (Some(Value::Number(ours)), Some(Value::Number(theirs))) if ours.as_f64() == theirs.as_f64() => {}
        (None, Some(Value::Array(theirs))) if theirs.is_empty() => {}
        _ if ours == theirs => {}
        _ => found.push(path.to_owned()),
    }
}
