//! The packages that an operator added, on disk: `<data>/packages/<name>#<version>/package/...`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::manifest::is_plain;
use super::{
    Dependency, Limits, LoadedPackage, Manifest, PackageError, PackageNote, extract, folder, load_folder,
};

/// A folder of packages. Adding and removing are all or nothing: a reader sees the old state or the new one.
#[derive(Clone, Debug)]
pub struct PackageStore {
    root: PathBuf,
    limits: Limits,
}

/// What came of adding a package.
#[derive(Clone, Debug)]
pub struct Added {
    /// What the package says of itself.
    pub manifest: Manifest,
    /// Number of its resources.
    pub resources: usize,
    /// Whether the same version was there before.
    pub replaced: bool,
    /// Dependencies that are neither in the store nor among the packages the caller has anyway. The package works
    /// without them, but for what builds on them.
    pub missing: Vec<Dependency>,
    /// Files that were passed over.
    pub notes: Vec<PackageNote>,
}

/// Names of work in progress begin with a dot, which no package's name does.
const INCOMING: &str = ".incoming-";
const OUTGOING: &str = ".outgoing-";
const REMOVED: &str = ".removed-";

impl PackageStore {
    /// Opens the store below a data folder, makes its folder where needed, and tidies up what a crash may have left.
    pub fn open(data: &Path, limits: Limits) -> Result<Self, PackageError> {
        let root = data.join("packages");
        fs::create_dir_all(&root).map_err(|error| PackageError::file(&root, error))?;
        let store = Self { root, limits };
        store.recover()?;
        Ok(store)
    }

    /// Adds a package from a `.tgz` file or a folder; the same version is replaced. `at_hand` are packages outside the
    /// store, as name and version, that dependencies may be met by.
    pub fn add(&self, source: &Path, at_hand: &[(&str, &str)]) -> Result<Added, PackageError> {
        let failed = |error| PackageError::file(&self.root, error);
        let incoming = tempfile::Builder::new().prefix(INCOMING).tempdir_in(&self.root).map_err(failed)?;
        if source.is_dir() {
            folder::copy(source, incoming.path(), &self.limits)?;
        } else {
            let archive = File::open(source).map_err(|error| PackageError::file(source, error))?;
            extract(archive, incoming.path(), &self.limits)?;
        }
        let LoadedPackage { manifest, contents, notes } = load_folder(incoming.path(), &self.limits)?;
        let name = folder_name(&manifest.name, &manifest.version);
        let replaced = self.put_in_place(incoming.path(), &name)?;
        let known = self.list()?;
        let known = known.iter().map(|package| (package.name.as_str(), package.version.as_str()));
        let missing = manifest.missing_dependencies(at_hand.iter().copied().chain(known));
        Ok(Added { manifest, resources: contents.resources.len(), replaced, missing, notes })
    }

    /// The manifests of all packages, sorted by name and version.
    pub fn list(&self) -> Result<Vec<Manifest>, PackageError> {
        self.folders()?.iter().map(|folder| read_manifest(folder)).collect()
    }

    /// Reads all packages, sorted by name and version.
    pub fn load_all(&self) -> Result<Vec<LoadedPackage>, PackageError> {
        self.folders()?.iter().map(|folder| load_folder(folder, &self.limits)).collect()
    }

    /// Removes a package.
    pub fn remove(&self, name: &str, version: &str) -> Result<(), PackageError> {
        let missing = || PackageError::NotInStore { name: name.to_owned(), version: version.to_owned() };
        if !is_plain(name) || !is_plain(version) {
            return Err(missing());
        }
        match self.put_away(&folder_name(name, version), REMOVED)? {
            Some(outgoing) => {
                fs::remove_dir_all(&outgoing).map_err(|error| PackageError::file(&outgoing, error))
            }
            None => Err(missing()),
        }
    }

    /// Moves a complete folder to its place. Returns whether another one had to go for it.
    fn put_in_place(&self, incoming: &Path, name: &str) -> Result<bool, PackageError> {
        let place = self.root.join(name);
        let outgoing = self.put_away(name, OUTGOING)?;
        if let Err(error) = fs::rename(incoming, &place) {
            if let Some(outgoing) = &outgoing {
                // The old one stays the one. Should even that fail, opening the store brings it back.
                let _ = fs::rename(outgoing, &place);
            }
            return Err(PackageError::file(&place, error));
        }
        sync_folder(&self.root)?;
        if let Some(outgoing) = &outgoing {
            fs::remove_dir_all(outgoing).map_err(|error| PackageError::file(outgoing, error))?;
        }
        Ok(outgoing.is_some())
    }

    /// Takes a package out of sight, under a prefix that tells [`PackageStore::recover`] what is to become of it.
    fn put_away(&self, name: &str, prefix: &str) -> Result<Option<PathBuf>, PackageError> {
        let place = self.root.join(name);
        let outgoing = self.root.join(format!("{prefix}{name}"));
        match fs::rename(&place, &outgoing) {
            Ok(()) => Ok(Some(outgoing)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PackageError::file(&place, error)),
        }
    }

    /// Finishes what a crash interrupted: half-unpacked and half-removed packages go; a package that was to be
    /// replaced and whose successor did not arrive comes back.
    fn recover(&self) -> Result<(), PackageError> {
        for (name, place) in self.entries()? {
            let outcome = if let Some(package) = name.strip_prefix(OUTGOING) {
                let back = self.root.join(package);
                if back.exists() { fs::remove_dir_all(&place) } else { fs::rename(&place, &back) }
            } else if name.starts_with(INCOMING) || name.starts_with(REMOVED) {
                fs::remove_dir_all(&place)
            } else {
                Ok(())
            };
            outcome.map_err(|error| PackageError::file(&place, error))?;
        }
        Ok(())
    }

    fn folders(&self) -> Result<Vec<PathBuf>, PackageError> {
        let entries = self.entries()?.into_iter();
        let packages =
            entries.filter(|(name, place)| !name.starts_with('.') && name.contains('#') && place.is_dir());
        Ok(packages.map(|(_, place)| place).collect())
    }

    fn entries(&self) -> Result<Vec<(String, PathBuf)>, PackageError> {
        let failed = |error| PackageError::file(&self.root, error);
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            entries.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
        }
        entries.sort();
        Ok(entries)
    }
}

fn folder_name(name: &str, version: &str) -> String {
    format!("{name}#{version}")
}

fn read_manifest(folder: &Path) -> Result<Manifest, PackageError> {
    let place = folder.join("package").join("package.json");
    let json = fs::read(&place).map_err(|error| PackageError::file(&place, error))?;
    Manifest::parse(&json)
}

/// Makes a renaming last through a power cut.
fn sync_folder(folder: &Path) -> Result<(), PackageError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| PackageError::file(folder, error))
}
