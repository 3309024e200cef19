//! Condensing: a FHIR package to its facts as text that git can diff, one definition a line.
//!
//! What the prose of a specification explains is left out, and so is what the snapshot generator restores
//! from differentials. The result is sorted and repeatable: the same package gives the same bytes.

mod facts;
mod repair;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use fhir_model::Document;
use fhir_model::types::TypeModel;
use serde_json::Value;

use crate::contents::{PackageContents, PackageResource};
use crate::definition::{Defines, DefinitionKind, Head};
use crate::error::DefinitionsError;
use crate::registry::Registry;
use crate::types::type_model;

/// Condenses the definitions of a package: for each kind of definition that it has the text of a file
/// `<kind>.jsonl`, with one definition a line, sorted by url and version.
///
/// Members that carry the wrong shape for FHIR's JSON (`"type": ["Patient"]` for `"type": "Patient"`) are set
/// right by the package's own types, or the embedded ones where it defines none.
pub fn condense(package: &PackageContents) -> Result<BTreeMap<DefinitionKind, String>, DefinitionsError> {
    let types = types_for(package)?;
    let mut lines: BTreeMap<DefinitionKind, BTreeMap<(String, String), String>> = BTreeMap::new();
    for resource in &package.resources {
        let definition: Value = serde_json::from_str(&resource.json)
            .map_err(|source| DefinitionsError::Json { file: resource.file.clone(), source })?;
        let text = |member: &str| definition.get(member).and_then(Value::as_str).unwrap_or_default();
        let (kind, url, version) = (DefinitionKind::of(text("resourceType")), text("url"), text("version"));
        if let Some(kind) = kind.filter(|_| !url.is_empty() && !is_left_out(&definition)) {
            let key = (url.to_owned(), version.to_owned());
            let facts = repair::repair(facts::facts(kind, definition), kind.as_str(), &types);
            lines.entry(kind).or_default().insert(key, facts.to_string());
        }
    }
    let file = |lines: BTreeMap<_, String>| lines.into_values().map(|line| line + "\n").collect();
    Ok(lines.into_iter().map(|(kind, lines)| (kind, file(lines))).collect())
}

/// Condenses a package into a folder: writes `<kind>.jsonl` for each kind that the package has. The folder's
/// `package.json` is not touched; it is written by hand.
pub fn condense_into(package: &PackageContents, folder: &Path) -> Result<(), DefinitionsError> {
    fs::create_dir_all(folder).map_err(in_file(folder))?;
    for (kind, lines) in condense(package)? {
        let file = folder.join(kind.as_str()).with_extension("jsonl");
        fs::write(&file, lines).map_err(in_file(&file))?;
    }
    Ok(())
}

/// Reads the `.jsonl` files of a folder, as [`condense_into`] writes them, by file name. Name and version of the
/// package stay empty.
pub fn read_lines(folder: &Path) -> Result<PackageContents, DefinitionsError> {
    let entries = fs::read_dir(folder).map_err(in_file(folder))?;
    let mut files: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<Result<_, io::Error>>().map_err(in_file(folder))?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut package = PackageContents::default();
    for file in files {
        let lines = fs::read_to_string(&file).map_err(in_file(&file))?;
        package.push_lines(&file.to_string_lossy(), &lines);
    }
    Ok(package)
}

fn in_file(path: &Path) -> impl FnOnce(io::Error) -> DefinitionsError {
    let path = path.to_owned();
    move |source| DefinitionsError::File { path, source }
}

/// The types that say what shape each member has.
fn types_for(package: &PackageContents) -> Result<Arc<TypeModel>, DefinitionsError> {
    let own: Vec<Document> = package.resources.iter().filter_map(type_definition).collect();
    match type_model(&own, &mut Vec::new()) {
        Ok(types) => Ok(Arc::new(types)),
        Err(_) => Registry::embedded().map(|registry| Arc::clone(registry.types())),
    }
}

fn type_definition(resource: &PackageResource) -> Option<Document> {
    let head: Head<'_> = serde_json::from_str(&resource.json).ok()?;
    (head.defines() == Defines::Type).then(|| Document::parse(resource.json.clone()).ok())?
}

/// Definitions that only illustrate: the specification's examples, its logical models, experimental search
/// parameters, and statements of what some server can do rather than of what is required.
fn is_left_out(definition: &Value) -> bool {
    let text = |member: &str| definition.get(member).and_then(Value::as_str).unwrap_or_default();
    let is = |member: &str, value: &str| text(member) == value;
    let id = text("id");
    let is_example = id.strip_prefix("example").is_some_and(|rest| !rest.starts_with(char::is_alphabetic));
    let is_experimental = definition.get("experimental").and_then(Value::as_bool).unwrap_or(false);
    is_example
        || is("resourceType", "SearchParameter") && is_experimental
        || is("resourceType", "StructureDefinition") && is("kind", "logical")
        // Those of the specification are examples.
        || is("resourceType", "MessageDefinition") && text("url").starts_with("http://hl7.org/fhir/")
        || is("resourceType", "CapabilityStatement") && !is("kind", "requirements")
}
