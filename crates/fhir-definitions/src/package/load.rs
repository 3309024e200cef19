//! The definitions of a package from its files, wherever these come from.

use std::borrow::Cow;

use serde::Deserialize;

use super::path::SafePath;
use super::{FileProblem, Manifest, PackageError, PackageNote};
use crate::contents::{PackageContents, PackageResource};

/// A package in memory.
#[derive(Clone, Debug)]
pub struct LoadedPackage {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Its resources, sorted by the place of their files.
    pub contents: PackageContents,
    /// Files that were passed over although they looked like resources.
    pub notes: Vec<PackageNote>,
}

/// Takes the files of a package one by one.
#[derive(Default)]
pub(super) struct Loader {
    manifest: Option<Manifest>,
    resources: Vec<PackageResource>,
    notes: Vec<PackageNote>,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, rename = "resourceType")]
    resource_type: Option<Cow<'a, str>>,
}

/// What a file of a package is by its place and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// `package/package.json`
    Manifest,
    /// Any other JSON file in `package/`.
    Resource,
    /// Examples, indexes, XML, pictures and whatever lies beside `package/`.
    Other,
}

impl Role {
    pub(super) fn of(path: &SafePath) -> Self {
        let Some(inside) = path.as_str().strip_prefix("package/") else { return Self::Other };
        if inside == "package.json" {
            return Self::Manifest;
        }
        let mut names = inside.split('/').rev();
        let name = names.next().unwrap_or_default();
        let is_example = names.any(|folder| matches!(folder, "example" | "examples"));
        let is_definition = name.ends_with(".json") && !name.starts_with('.') && name != "package.json";
        if is_definition && !is_example { Self::Resource } else { Self::Other }
    }
}

impl Loader {
    /// Takes a file of the role that its path has.
    pub(super) fn take(&mut self, path: &SafePath, role: Role, bytes: Vec<u8>) -> Result<(), PackageError> {
        match role {
            Role::Manifest => self.manifest = Some(Manifest::parse(&bytes)?),
            Role::Resource => {
                let file = path.as_str().strip_prefix("package/").unwrap_or(path.as_str());
                match read_resource(bytes) {
                    Ok(json) => self.resources.push(PackageResource { file: file.to_owned(), json }),
                    Err(problem) => self.note(file, problem),
                }
            }
            Role::Other => {}
        }
        Ok(())
    }

    pub(super) fn note(&mut self, file: &str, problem: FileProblem) {
        self.notes.push(PackageNote { file: file.to_owned(), problem });
    }

    pub(super) fn finish(mut self) -> Result<LoadedPackage, PackageError> {
        let manifest = self.manifest.ok_or(PackageError::NoManifest)?;
        self.resources.sort_by(|a, b| a.file.cmp(&b.file));
        let contents = PackageContents {
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            resources: self.resources,
        };
        Ok(LoadedPackage { manifest, contents, notes: self.notes })
    }
}

fn read_resource(mut bytes: Vec<u8>) -> Result<Box<str>, FileProblem> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let text = String::from_utf8(bytes).map_err(|error| FileProblem::NotJson(error.to_string()))?;
    match serde_json::from_str::<Head<'_>>(&text) {
        Ok(Head { resource_type: Some(_) }) => Ok(text.into_boxed_str()),
        Ok(Head { resource_type: None }) => Err(FileProblem::NotResource),
        Err(error) if error.is_data() => Err(FileProblem::NotResource),
        Err(error) => Err(FileProblem::NotJson(error.to_string())),
    }
}
