//! Resources that others published are structurally valid.
//!
//! Reads `WESTWAY_SHARED` (by default `shared` beside the workspace): Synthea's transaction bundles and the published
//! UK Core package with its examples.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use fhir_model::Document;

/// Bundles that the test reads; each has hundreds to thousands of resources.
const SYNTHEA_BUNDLES: usize = 12;

/// Where the shared data is; `None` after saying that the test is skipped. Continuous integration must have it.
fn shared(folder: &str) -> Option<PathBuf> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let path = std::env::var_os("WESTWAY_SHARED").map_or_else(default, PathBuf::from).join(folder);
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", path.display());
    println!("SKIPPED: published data because {} is missing", path.display());
    None
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    files.sort();
    files
}

/// The first issues of a resource as text.
fn issues(name: &str, json: Vec<u8>) -> Vec<String> {
    let document = Document::parse_bytes(json).unwrap_or_else(|error| panic!("{name}: {error}"));
    let issues = super::support::validator().validate(document.root());
    issues.iter().take(5).map(|issue| format!("{name}: {issue}")).collect()
}

#[test]
fn synthea_bundles_are_valid() {
    let Some(folder) = shared("synthea") else { return };
    let mut found = Vec::new();
    for path in files(&folder, "bz2").iter().take(SYNTHEA_BUNDLES) {
        let mut json = Vec::new();
        bzip2::read::BzDecoder::new(fs::File::open(path).unwrap()).read_to_end(&mut json).unwrap();
        found.extend(issues(&path.display().to_string(), json));
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_uk_core_package_is_valid() {
    let Some(folder) = shared("uk-core/packages") else { return };
    let (mut found, mut count) = (Vec::new(), 0);
    for path in files(&folder, "tgz") {
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(fs::File::open(path).unwrap()));
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().display().to_string();
            let mut json = Vec::new();
            entry.read_to_end(&mut json).unwrap();
            let is_resource = String::from_utf8_lossy(&json).contains("\"resourceType\"");
            if name.ends_with(".json") && is_resource && !name.ends_with(".index.json") {
                count += 1;
                found.extend(issues(&name, json));
            }
        }
    }
    assert!(count > 300, "only {count} resources were read");
    assert!(found.is_empty(), "{found:#?}");
}
