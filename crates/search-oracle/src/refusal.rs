//! Why a search has no answer.

use thiserror::Error;

/// A search that must be refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// A parameter or modifier that does not exist, or that `docs/search.md` lists as not supported.
    #[error("not supported: {0}")]
    Unsupported(String),
    /// A value that is not of its form.
    #[error("invalid: {0}")]
    Invalid(String),
    /// More than the documented limits allow.
    #[error("too costly: {0}")]
    TooCostly(String),
}

impl Refusal {
    pub(crate) fn unsupported<T>(text: impl Into<String>) -> Result<T, Self> {
        Err(Self::Unsupported(text.into()))
    }

    pub(crate) fn invalid<T>(text: impl Into<String>) -> Result<T, Self> {
        Err(Self::Invalid(text.into()))
    }
}
