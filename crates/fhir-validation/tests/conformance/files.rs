//! Reading the shared data: resources in JSON or XML, and where they are.

use std::fs;
use std::path::{Path, PathBuf};

use fhir_model::Document;
use fhir_model::types::TypeModel;

/// A folder of `WESTWAY_SHARED` (by default `shared` beside the workspace); `None` after saying that the test is
/// skipped. Continuous integration must have it.
pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let path = std::env::var_os("WESTWAY_SHARED").map_or_else(default, PathBuf::from).join(folder);
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", path.display());
    println!("SKIPPED because {} is missing", path.display());
    None
}

/// The files of a folder with that extension, sorted.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    files.sort();
    files
}

/// The resource of a file, or why it cannot be read.
pub(crate) fn read_resource(path: &Path, types: &TypeModel) -> Result<Document, String> {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if path.extension().is_some_and(|extension| extension == "xml") {
        let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
        let text = text.trim_start_matches('\u{feff}');
        return fhir_model::xml::to_json(text, types).map_err(|error| error.to_string());
    }
    Document::parse_bytes(bytes).map_err(|error| error.to_string())
}
