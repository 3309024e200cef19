//! Conditions that name a resource by a search (R4 HTTP 3.1.0.8.1): resolved before a write, checked again inside it.
//!
//! The store holds no lock while a write is prepared. Instead the write carries the answer that the condition gave, the store
//! asks again at the moment of the write, and a changed answer makes the whole preparation start over. So two clients with the
//! same condition create one resource, never two.

use fhir_search::parse::Scope;

use super::request::parse_query;
use super::{Context, Error, search};
use crate::store::{Check, StoreError};

/// How often a write starts over because its conditions changed, before the client is told to come back.
const ATTEMPTS: usize = 50;

/// A condition with the answer it gave.
pub(super) struct Resolved {
    /// The id of the first match.
    pub(super) existing: Option<String>,
    /// For the store to ask again.
    pub(super) check: Check,
}

/// Resolves a search such as `identifier=a|b` to no or one resource of the type; several are an error.
pub(super) fn resolve(context: &Context, kind: &str, condition: &str) -> Result<Resolved, Error> {
    let pairs = parse_query(condition.trim().trim_start_matches('?').as_bytes())?;
    find(context, kind, &pairs, condition, 1)
}

/// Resolves the search in an address to no or one resource; several are an error.
pub(super) fn resolve_pairs(
    context: &Context,
    kind: &str,
    pairs: &[(String, String)],
) -> Result<Resolved, Error> {
    resolve_several(context, kind, pairs, 1)
}

/// Resolves the search in an address to at most `most` resources; more are an error.
pub(super) fn resolve_several(
    context: &Context,
    kind: &str,
    pairs: &[(String, String)],
    most: usize,
) -> Result<Resolved, Error> {
    find(context, kind, pairs, &condition_text(pairs), most)
}

/// The search in an address, as text.
pub(super) fn condition_text(pairs: &[(String, String)]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    // How the answer is written is no condition.
    text.extend_pairs(pairs.iter().filter(|(name, _)| !matches!(name.as_str(), "_format" | "_pretty")));
    text.finish()
}

fn find(
    context: &Context,
    kind: &str,
    pairs: &[(String, String)],
    condition: &str,
    most: usize,
) -> Result<Resolved, Error> {
    let generation = context.search_state().generation;
    let mut query = search::parse(context, Scope::Type(kind), pairs, false)?;
    if query.clauses.is_empty() {
        return Err(Error::bad_parameter("condition", condition, "a search with at least one parameter"));
    }
    query.count = most + 1;
    let page = context.store.search(&query, None)?;
    let matches: Vec<Box<str>> = page.matches.into_iter().map(|version| version.id).collect();
    if matches.len() > most {
        return Err(Error::MultipleMatches { kind: kind.to_owned(), condition: condition.to_owned() });
    }
    let existing = matches.first().map(|id| id.to_string());
    Ok(Resolved { existing, check: Check { query, matches, generation } })
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
