//! Packages as folders: either one with `package/` in it, as an archive unpacks to, or `package/` itself.

use std::fs::{self, DirEntry};
use std::path::Path;

use super::archive::{Budget, create_file};
use super::load::{Loader, Role};
use super::path::SafePath;
use super::{FileProblem, Limits, LoadedPackage, PackageError};

/// Reads the definitions of a folder.
pub fn load_folder(folder: &Path, limits: &Limits) -> Result<LoadedPackage, PackageError> {
    let mut loader = Loader::default();
    let mut links = Vec::new();
    walk(folder, limits, |path, content| match (Role::of(path), content) {
        (Role::Other, _) => Ok(()),
        (_, None) => {
            links.push(path.clone());
            Ok(())
        }
        (role, Some(place)) => {
            let bytes = fs::read(place).map_err(|error| PackageError::file(place, error))?;
            loader.take(path, role, bytes)
        }
    })?;
    for link in links {
        loader.note(link.as_str(), FileProblem::Link);
    }
    loader.finish()
}

/// Copies a package folder into another folder, in the layout of an archive. Links are left out.
pub(super) fn copy(folder: &Path, target: &Path, limits: &Limits) -> Result<(), PackageError> {
    walk(folder, limits, |path, content| {
        let Some(place) = content else { return Ok(()) };
        let content = fs::read(place).map_err(|error| PackageError::file(place, error))?;
        create_file(&path.below(target), &content)
    })
}

/// Shows every file (its place) and link (no place) below a folder, named as an archive would name it.
fn walk(
    folder: &Path,
    limits: &Limits,
    mut visit: impl FnMut(&SafePath, Option<&Path>) -> Result<(), PackageError>,
) -> Result<(), PackageError> {
    let is_inner = !folder.join("package").join("package.json").is_file();
    let mut budget = Budget::new(limits);
    let mut open = vec![(folder.to_owned(), if is_inner { "package/" } else { "" }.to_owned())];
    while let Some((place, name)) = open.pop() {
        for entry in entries(&place)? {
            let name = format!("{name}{}", entry.file_name().to_string_lossy());
            let path = SafePath::parse(name.as_bytes())?;
            let place = entry.path();
            let metadata = entry.metadata().map_err(|error| PackageError::file(&place, error))?;
            budget.spend(path.as_str(), if metadata.is_file() { metadata.len() } else { 0 })?;
            if metadata.is_dir() {
                open.push((place, format!("{name}/")));
            } else {
                visit(&path, metadata.is_file().then_some(&*place))?;
            }
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<DirEntry>, PackageError> {
    let failed = |error| PackageError::file(folder, error);
    let mut entries = fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}
