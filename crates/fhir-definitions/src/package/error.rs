//! Why a package is refused, and what in it was passed over.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::path::UnsafePath;

/// Why a package cannot be read, added or removed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackageError {
    /// The archive is damaged, cut short or no gzipped tar archive at all.
    #[error("the archive cannot be read")]
    Archive(#[source] io::Error),
    /// A file or folder cannot be read or written.
    #[error("{}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An entry's name could lead out of the target folder, or to different places on different systems.
    #[error("the archive is refused: the name of an entry {0}")]
    UnsafePath(#[from] UnsafePath),
    /// An entry is neither a file nor a folder.
    #[error("the archive is refused: {path} is a {kind}")]
    UnsafeEntry {
        /// The entry.
        path: String,
        /// What it is: `symbolic link`, `device`.
        kind: &'static str,
    },
    /// A [limit](super::Limits) is exceeded.
    #[error("the package is refused: {what} exceeds the limit of {limit}")]
    TooLarge {
        /// What is too large or too many.
        what: String,
        /// The limit, in bytes or entries.
        limit: u64,
    },
    /// There is no `package/package.json`.
    #[error("there is no package.json in the package")]
    NoManifest,
    /// The manifest is not usable.
    #[error("package.json is not valid: {0}")]
    Manifest(String),
    /// The folder to extract into has something in it.
    #[error("{} is not empty", .0.display())]
    TargetNotEmpty(PathBuf),
    /// A package that is not in the store.
    #[error("the package {name}#{version} is not there")]
    NotInStore {
        /// Its name.
        name: String,
        /// Its version.
        version: String,
    },
}

impl PackageError {
    pub(super) fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }
}

/// A file that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}: {problem}")]
pub struct PackageNote {
    /// Where the file lies in the package.
    pub file: String,
    /// Why it was passed over.
    pub problem: FileProblem,
}

/// Why a file was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileProblem {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// It has no `resourceType`.
    #[error("JSON, but not a resource")]
    NotResource,
    /// It is not a file but a link to one; links are not followed.
    #[error("a symbolic link, which is not followed")]
    Link,
}
