//! Conditions that name a resource by a search (R4 HTTP 3.1.0.8.1): resolved before a write, checked again inside it.
//!
//! The store holds no lock while a write is prepared. Instead the write carries the answer that the condition gave, the store
//! asks again at the moment of the write, and a changed answer makes the whole preparation start over. So two clients with the
//! same condition create one resource, never two.

use super::request::parse_query;
use super::{Context, Error, search};
use crate::store::{Check, StoreError};

/// How often a write starts over because its conditions changed, before the client is told to come back.
const ATTEMPTS: usize = 50;

/// A condition with the answer it gave.
pub(super) struct Resolved {
    /// The id of the one match.
    pub(super) existing: Option<String>,
    /// For the store to ask again.
    pub(super) check: Check,
}

/// Resolves a search such as `identifier=a|b` to no or one resource of the type; several are an error.
pub(super) fn resolve(context: &Context, kind: &str, condition: &str) -> Result<Resolved, Error> {
    let pairs = parse_query(condition.trim().trim_start_matches('?'));
    let mut query = search::parse(context, kind, &pairs, false)?;
    if query.clauses.is_empty() {
        return Err(Error::bad_parameter("condition", condition, "a search with at least one parameter"));
    }
    query.count = 2;
    let page = context.store.search(&query, None)?;
    let mut ids = page.matches.into_iter().map(|version| version.id);
    let existing = ids.next();
    if ids.next().is_some() {
        return Err(Error::MultipleMatches { kind: kind.to_owned(), condition: condition.to_owned() });
    }
    let matches = existing.iter().cloned().collect();
    Ok(Resolved { existing: existing.map(String::from), check: Check { query, matches } })
}

/// Runs a conditional write again as long as the store finds that its conditions changed meanwhile.
pub(super) fn retry_while_changing<T>(mut attempt: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    for _ in 0..ATTEMPTS {
        match attempt() {
            Err(Error::Store(StoreError::ConditionChanged)) => {}
            done => return done,
        }
    }
    Err(Error::Contention)
}
