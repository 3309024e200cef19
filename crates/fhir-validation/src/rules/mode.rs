//! How strictly a rule that not everybody wants is applied.

use fhir_model::{Issue, IssueType};

/// What a broken rule means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Not checked.
    Off,
    /// A warning.
    #[default]
    Warn,
    /// An error: the resource is invalid.
    Reject,
}

impl Mode {
    /// The issue of a broken rule; `None` when the rule is off.
    pub(crate) fn issue(self, code: IssueType, diagnostics: impl Into<String>) -> Option<Issue> {
        match self {
            Self::Off => None,
            Self::Warn => Some(Issue::warning(code, diagnostics)),
            Self::Reject => Some(Issue::error(code, diagnostics)),
        }
    }
}
