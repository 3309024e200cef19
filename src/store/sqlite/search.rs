//! Search: runs a typed query.

use diesel::sqlite::SqliteConnection;
use fhir_search::query::Query;

use super::dictionary::Dictionary;
use crate::store::{Cursor, SearchPage, StoreError};

/// A page of matches with what is included. The caller has opened a transaction, so all statements see one state.
pub(super) fn page(
    _conn: &mut SqliteConnection,
    _dictionary: &Dictionary,
    _query: &Query,
    _cursor: Option<&Cursor>,
) -> Result<SearchPage, StoreError> {
    Ok(SearchPage::default())
}

/// The ids of the first `limit` matches; also called by the writer, within its transaction.
pub(super) fn matching_ids(
    _conn: &mut SqliteConnection,
    _dictionary: &Dictionary,
    _query: &Query,
    _limit: usize,
) -> Result<Vec<Box<str>>, StoreError> {
    Ok(Vec::new())
}
