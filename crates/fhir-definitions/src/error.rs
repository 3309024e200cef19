//! What can go wrong when definitions are read, and what was merely odd about them.

use std::fmt;
use std::path::PathBuf;

/// Why no registry could be built, or no package condensed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DefinitionsError {
    /// The binary's own definitions do not inflate: the binary is damaged.
    #[error("the embedded package {package} cannot be read")]
    Embedded {
        /// Name of the package.
        package: &'static str,
        /// What the decoder said.
        source: std::io::Error,
    },
    /// A type that FHIR itself is built on has no StructureDefinition.
    #[error("the packages define no type {0}")]
    MissingType(&'static str),
    /// A file could not be read or written.
    #[error("{}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A text that should be a definition is not JSON.
    #[error("{file} is not JSON")]
    Json {
        /// Where the text was found.
        file: String,
        /// What the parser said.
        source: serde_json::Error,
    },
}

/// Something odd in a package that was tolerated: the registry works, but an operator may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadNote {
    /// A definition was left out because it is not JSON or has no `url`.
    Unreadable {
        /// Name of the package.
        package: String,
        /// File in the package, or the number of the line.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// An element names a type that no package defines.
    UnknownType {
        /// Path of the element.
        path: String,
        /// The type's code.
        code: String,
    },
    /// The bases of a type lead back to it; it is taken to have none.
    CyclicType {
        /// Name of the type.
        name: String,
    },
    /// A SearchParameter was left out.
    UnusableSearchParameter {
        /// Its canonical url.
        url: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// Two SearchParameters have one code for one type; the one that was loaded later is used.
    ReplacedSearchParameter {
        /// The resource type.
        resource_type: String,
        /// The shared code.
        code: String,
        /// The url of the parameter that is not used.
        replaced: String,
    },
    /// A CapabilityStatement names a profile that no package defines.
    DanglingProfile {
        /// Url of the statement.
        statement: String,
        /// Canonical of the profile that it names.
        profile: String,
    },
}

impl fmt::Display for LoadNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { package, place, reason } => {
                write!(f, "{package}, {place}: left out, {reason}")
            }
            Self::UnknownType { path, code } => write!(f, "{path} has the unknown type {code}"),
            Self::CyclicType { name } => write!(f, "the bases of type {name} lead back to it"),
            Self::UnusableSearchParameter { url, reason } => {
                write!(f, "SearchParameter {url}: left out, {reason}")
            }
            Self::ReplacedSearchParameter { resource_type, code, replaced } => {
                write!(f, "search parameter {code} of {resource_type}: {replaced} is replaced by a later one")
            }
            Self::DanglingProfile { statement, profile } => {
                write!(f, "{statement} names the profile {profile}, which no package defines")
            }
        }
    }
}
