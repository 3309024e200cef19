//! Why a patch was refused, and by which of its operations.

use std::fmt;

use fhir_model::{Issue, IssueType};

/// A patch that is none, or that cannot be applied to this resource.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub struct PatchError {
    /// What kind of failure it is.
    pub kind: PatchErrorKind,
    /// The position of the operation in the patch, from 0; `None` if it is about the patch or the result as a whole.
    pub operation: Option<usize>,
    /// Where the operation was to be applied, as it was written: a JSON pointer, FHIRPath or XPath, the beginning if
    /// it is long. May be empty.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

/// What is wrong with a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchErrorKind {
    /// It is not a patch of its kind: 400 (RFC 5789, "malformed patch document").
    Syntax,
    /// A `test` of a JSON Patch has failed: 422 (R4 http.html, "patch").
    TestFailed,
    /// It cannot be applied to this resource: 422 (RFC 5789, "unprocessable request").
    NotApplicable,
    /// It exceeds one of the [`Limits`](crate::Limits): 422.
    TooCostly,
}

/// How many characters of a message are kept; it may quote the patch.
const MAX_MESSAGE: usize = 500;
/// How many characters of a path are kept.
const MAX_PATH: usize = 200;

impl PatchError {
    fn new(kind: PatchErrorKind, message: impl Into<String>) -> Self {
        Self { kind, operation: None, path: String::new(), message: shorten(message.into(), MAX_MESSAGE) }
    }

    pub(crate) fn syntax(message: impl Into<String>) -> Self {
        Self::new(PatchErrorKind::Syntax, message)
    }

    pub(crate) fn test_failed(message: impl Into<String>) -> Self {
        Self::new(PatchErrorKind::TestFailed, message)
    }

    pub(crate) fn not_applicable(message: impl Into<String>) -> Self {
        Self::new(PatchErrorKind::NotApplicable, message)
    }

    pub(crate) fn too_costly(message: impl Into<String>) -> Self {
        Self::new(PatchErrorKind::TooCostly, message)
    }

    /// The same, with the operation that failed.
    pub(crate) fn in_operation(self, operation: usize, path: &str) -> Self {
        Self { operation: Some(operation), path: shorten(path.to_owned(), MAX_PATH), ..self }
    }

    /// Whether the patch could not be understood at all, which is 400; everything else is 422.
    pub fn is_syntax(&self) -> bool {
        self.kind == PatchErrorKind::Syntax
    }

    /// The error as an issue of an OperationOutcome.
    pub fn issue(&self) -> Issue {
        let code = match self.kind {
            PatchErrorKind::Syntax => IssueType::Structure,
            PatchErrorKind::TestFailed => IssueType::Conflict,
            PatchErrorKind::NotApplicable => IssueType::Processing,
            PatchErrorKind::TooCostly => IssueType::TooCostly,
        };
        Issue::error(code, self.to_string())
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation {
            write!(f, "operation {operation} of the patch")?;
            if !self.path.is_empty() {
                write!(f, " ({})", self.path)?;
            }
            f.write_str(": ")?;
        } else {
            f.write_str("the patch is refused: ")?;
        }
        f.write_str(&self.message)
    }
}

/// The beginning of a text that is longer than so many characters.
pub(crate) fn shorten(mut text: String, max_characters: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(max_characters) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_patch_says_is_quoted_in_short() {
        let error = PatchError::syntax("ä".repeat(1000)).in_operation(3, &"/x".repeat(1000));
        assert_eq!((error.message.chars().count(), error.path.chars().count()), (501, 201));
        assert!(error.to_string().starts_with("operation 3 of the patch (/x/x"));
    }
}
