//! The number of all matches.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::sqlite::SqliteConnection;

use super::plan::most_selective;
use super::select::{self, Search};
use crate::store::StoreError;
use crate::store::query::{Condition, Types};
use crate::store::schema::type_count;

/// Conditions are compared up to so many rows.
const COMPARED: i64 = 10_000;

/// How many live resources the types have.
pub(super) fn resources(conn: &mut SqliteConnection, types: &Types) -> Result<i64, StoreError> {
    let mut total = 0;
    for code in types.codes() {
        let counts = type_count::table.select(type_count::live).filter(type_count::kind.eq(code));
        total += counts.load::<i64>(conn)?.into_iter().sum::<i64>();
    }
    Ok(total)
}

/// How many resources match.
pub(super) fn matches(conn: &mut SqliteConnection, search: &Search<'_>) -> Result<u64, StoreError> {
    let count = match search.conditions.as_slice() {
        [] => return Ok(resources(conn, &search.types)?.unsigned_abs()),
        conditions if conditions.iter().any(|condition| condition.sources().is_empty()) => return Ok(0),
        [_] => Some((0, 0)),
        conditions => most_selective(conn, conditions, COMPARED)?,
    };
    let (driver, _) = count.unwrap_or_default();
    let is_link = matches!(search.conditions.get(driver), Some(Condition::Chain(_) | Condition::Has(_)));
    let unsorted = Search { sort: &[], ..search.clone() };
    let sql = if is_link && is_weak(conn, search, driver)? {
        // Cheaper than to follow so many links from their far end and to sort out duplicates.
        select::of_types(&unsorted, None).count()
    } else {
        select::count_collected(&unsorted, driver)
    };
    Ok(sql.statement::<BigInt>().get_result::<i64>(conn)?.unsigned_abs())
}

fn is_weak(conn: &mut SqliteConnection, search: &Search<'_>, driver: usize) -> Result<bool, StoreError> {
    let conditions = search.conditions.get(driver..=driver).unwrap_or_default();
    Ok(most_selective(conn, conditions, COMPARED)?.is_some_and(|(_, rows)| rows >= COMPARED))
}
