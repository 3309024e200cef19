//! Where resources come from.

use fhir_model::{Document, Issue};

/// Reads and searches as the server's interactions do.
pub trait Source {
    /// A resource; its current version if none is asked for.
    ///
    /// # Errors
    /// It is not there, was deleted, or must not be seen.
    fn read(&self, target: &Target) -> Result<Document, Failure>;

    /// The searchset Bundle of a search of one type.
    ///
    /// # Errors
    /// A parameter that the server does not honour, or a failure of the server.
    fn search(&self, kind: &str, parameters: &[(String, String)]) -> Result<Document, Failure>;

    /// The parameters in the query of a link of a Bundle, decoded.
    ///
    /// # Errors
    /// A query that cannot be decoded.
    fn parameters(&self, query: &str) -> Result<Vec<(String, String)>, Failure>;

    /// The resource of this server that a literal reference is to.
    fn target(&self, reference: &str) -> Option<Target>;
}

/// A resource of the server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The resource type.
    pub kind: String,
    /// The id.
    pub id: String,
    /// A version; `None` for the current one.
    pub version: Option<String>,
}

/// A read or search that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// HTTP status.
    pub status: u16,
    /// Why.
    pub issues: Vec<Issue>,
}
