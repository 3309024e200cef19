//! The relational form of the types that analysts join in SQL.

use diesel::sqlite::SqliteConnection;
use fhir_model::Node;
use fhir_search::keys::Target;

use super::StoreError;

/// The relational rows of one resource.
#[derive(Clone, Debug)]
pub enum Rows {}

/// The rows of a resource, or `None` for a type without a relational form.
pub fn rows(_resource: Node<'_>) -> Option<Rows> {
    None
}

/// Replaces the rows of the resource `rid`. `resolve` gives the number of what a reference points to.
pub fn write(
    _conn: &mut SqliteConnection,
    _rid: i64,
    rows: &Rows,
    _resolve: &mut dyn FnMut(&mut SqliteConnection, &Target) -> Result<i64, StoreError>,
) -> Result<(), StoreError> {
    match *rows {}
}

/// Removes the rows of the resource `rid` of type `kind`.
pub fn delete(_conn: &mut SqliteConnection, _kind: &str, _rid: i64) -> Result<(), StoreError> {
    Ok(())
}
