//! FHIR NPM packages: reading them from `.tgz` archives and from folders, and the store of those an operator added.
//!
//! A package is a gzipped tar archive (or a folder) whose definitions lie in `package/`, next to the manifest
//! `package/package.json`. Folders inside `package/` are read as well, but for `example` and `examples`; what lies
//! beside `package/` is kept and not read. The index `.index.json` is not used: what a file is, its content says.
//!
//! Archives are hostile until shown otherwise: every name is checked before anything is written, links and devices
//! are refused, sizes and counts have [`Limits`], and files are only ever created, never opened for overwriting.

mod archive;
mod error;
mod folder;
mod load;
mod manifest;
mod path;
mod store;

use std::fs::File;
use std::path::Path;

pub use archive::{extract, load_archive};
pub use error::{FileProblem, PackageError, PackageNote};
pub use folder::load_folder;
pub use load::LoadedPackage;
pub use manifest::{Dependency, Manifest};
pub use path::UnsafePath;
pub use store::{Added, PackageStore};

/// What a package may not exceed once unpacked.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of all files.
    pub total_bytes: u64,
    /// Files and folders.
    pub entries: usize,
}

impl Default for Limits {
    /// Room for the largest packages in use (some 200 MB in some 5,000 files), and then some.
    fn default() -> Self {
        Self { file_bytes: 64 << 20, total_bytes: 512 << 20, entries: 50_000 }
    }
}

/// Reads a package from a `.tgz` file or a folder.
pub fn load(source: &Path, limits: &Limits) -> Result<LoadedPackage, PackageError> {
    if source.is_dir() {
        return load_folder(source, limits);
    }
    let file = File::open(source).map_err(|error| PackageError::file(source, error))?;
    load_archive(file, limits)
}
