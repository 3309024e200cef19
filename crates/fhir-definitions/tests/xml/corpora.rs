//! Whole corpora through both directions: nothing may change on the way.

use std::path::{Path, PathBuf};

use fhir_model::Document;
use fhir_model::xml::{self, Layout, Limits};

use crate::{through_xml, types, value};

fn shared(folder: &str) -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("WESTWAY_SHARED").map_or(default, PathBuf::from);
    found_or_skipped(shared.join(folder), "WESTWAY_SHARED")
}

fn found_or_skipped(folder: PathBuf, variable: &str) -> Option<PathBuf> {
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is needed in CI", folder.display());
    println!("SKIPPED XML of {} because there is no such folder; ${variable} tells where", folder.display());
    None
}

/// The files with that extension in a folder and the folders in it, sorted.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// XML to JSON to XML to JSON.
fn check_xml(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).unwrap();
    let read = xml::to_document(&text, types(), Limits::default()).map_err(|error| error.to_string())?;
    let again = through_xml(read.document.root(), Layout::Pretty)?;
    if again == value(&read.document) { Ok(()) } else { Err("changed".to_owned()) }
}

/// JSON to XML to JSON.
fn check_json(path: &Path) -> Result<(), String> {
    let document = Document::parse_bytes(std::fs::read(path).unwrap()).map_err(|error| error.to_string())?;
    let again = through_xml(document.root(), Layout::Compact)?;
    if again == value(&document) { Ok(()) } else { Err("changed".to_owned()) }
}

/// Checks every file; prints how many are unchanged, and fails if that is not all of them.
fn check_all(paths: &[PathBuf], what: &str, check: fn(&Path) -> Result<(), String>) {
    let failures: Vec<(&PathBuf, String)> =
        paths.iter().filter_map(|path| Some((path, check(path).err()?))).collect();
    println!("XML: {} {what}", paths.len() - failures.len());
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn xml_is_read_and_written_back_unchanged() {
    let folders = ["uk-core/examples", "suites/validator", "suites/fhirpath/input"];
    let paths: Vec<PathBuf> =
        folders.into_iter().filter_map(shared).flat_map(|folder| files(&folder, "xml")).collect();
    check_all(&paths, "documents read and written back unchanged", check_xml);
}

#[test]
fn json_is_written_as_xml_and_read_back_unchanged() {
    let folder = std::env::var_os("WESTWAY_R4_EXAMPLES").map(PathBuf::from).unwrap_or_default();
    let Some(folder) = found_or_skipped(folder, "WESTWAY_R4_EXAMPLES") else { return };
    let mut paths = files(&folder, "json");
    paths.retain(|path| !path.ends_with("package.json") && !path.ends_with(".index.json"));
    check_all(&paths, "JSON documents written and read back unchanged", check_json);
}

/// Examples that UK Core publishes with elements in the wrong order.
const DISORDERED: [&str; 3] = [
    "Extension-UKCore-CodingSCT-IllicitDrugs-Example.xml",
    "UKCore-Observation-Lab-Albumin-Example.xml",
    "UKCore-Questionnaire-EOLPlan-Example.xml",
];

#[test]
fn examples_of_uk_core_follow_the_format_but_for_known_ones() {
    let Some(folder) = shared("uk-core/examples") else { return };
    let mut disordered = Vec::new();
    for path in files(&folder, "xml") {
        let text = std::fs::read_to_string(&path).unwrap();
        if let Err(error) = xml::to_json(&text, types()) {
            assert!(error.to_string().contains("must stand before"), "{}: {error}", path.display());
            disordered.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    assert_eq!(disordered, DISORDERED);
}
