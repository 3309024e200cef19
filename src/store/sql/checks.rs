//! The criteria of conditional writes, asked again in the transaction of the write.

use fhir_search::query::{Clause, Query, Test};

use super::changes::Changes;
use super::connection::Conn;
use super::dictionary::Dictionary;
use super::search;
use crate::store::{Check, StoreError};

/// Refuses a set if a criterion does not match what it matched when the set was prepared.
pub(super) fn verify(conn: &mut Conn<'_>, dictionary: &Dictionary, check: &Check) -> Result<(), StoreError> {
    let mut matches = search::matching_ids(conn, dictionary, &check.query, check.matches.len() + 1)?;
    let mut expected = check.matches.clone();
    matches.sort_unstable();
    expected.sort_unstable();
    if matches == expected { Ok(()) } else { Err(StoreError::ConditionChanged) }
}

/// Whether changes that are not written yet may alter what a query matches: if in doubt, they may.
pub(super) fn depends_on(query: &Query, dictionary: &Dictionary, changes: &Changes<'_>) -> bool {
    if changes.is_empty() {
        return false;
    }
    let looks_elsewhere =
        query.contained || query.types.is_empty() || !query.clauses.iter().all(is_of_resource_itself);
    looks_elsewhere
        || query
            .types
            .iter()
            .any(|kind| dictionary.find_type(kind).is_some_and(|kind| changes.concern_type(kind)))
}

/// Whether what a clause says of a resource depends on no other resource.
fn is_of_resource_itself(clause: &Clause) -> bool {
    match clause {
        Clause::Parameter { test: Test::Hierarchy { .. }, .. }
        | Clause::Chain { .. }
        | Clause::Has { .. }
        | Clause::Resource { .. } => false,
        Clause::Parameter { .. }
        | Clause::Id(_)
        | Clause::LastUpdated(_)
        | Clause::Present(_)
        | Clause::Words { .. } => true,
        Clause::Not(clause) => is_of_resource_itself(clause),
        Clause::Any(clauses) | Clause::All(clauses) | Clause::Of { clauses, .. } => {
            clauses.iter().all(is_of_resource_itself)
        }
    }
}
