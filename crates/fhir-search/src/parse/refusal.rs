//! Why a parameter of a query is refused.

use fhir_model::{Issue, IssueType};

/// Why one parameter is refused. The text is a sentence for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The server does not do this: ignored under lenient handling.
    Unsupported(String),
    /// The value makes no sense.
    Invalid(String),
    /// More than the limits allow.
    TooCostly(String),
}

impl Refusal {
    /// The refusal with another text.
    pub(crate) fn with(self, text: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Unsupported(old) => Self::Unsupported(text(old)),
            Self::Invalid(old) => Self::Invalid(text(old)),
            Self::TooCostly(old) => Self::TooCostly(text(old)),
        }
    }
}

impl From<Refusal> for Issue {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unsupported(text) => Self::error(IssueType::NotSupported, text),
            Refusal::Invalid(text) => Self::error(IssueType::Invalid, text),
            Refusal::TooCostly(text) => Self::error(IssueType::TooCostly, text),
        }
    }
}

/// A text of a query as a message shows it: cut short when it is long.
pub(crate) fn shown(text: &str) -> String {
    const SHOWN: usize = 64;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
