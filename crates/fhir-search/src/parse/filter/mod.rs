//! `_filter` (R4 search filter page).

use super::clause::Clauses;
use super::refusal::Refusal;
use crate::query::Clause;

/// The condition of a filter on resources of these types.
pub(super) fn clause(_: &Clauses<'_>, _: &[Box<str>], _: &str) -> Result<Clause, Refusal> {
    Err(Refusal::Unsupported("'_filter' is not supported".to_owned()))
}
