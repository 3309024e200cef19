//! The number of all matches.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::plan::{is_impossible, most_selective};
use super::select::{self, Search};
use crate::store::StoreError;
use crate::store::query::{Condition, Types};
use crate::store::schema::type_count;
use crate::store::sql::connection::{Conn, on};

/// Conditions are compared up to so many rows.
const COMPARED: i64 = 10_000;

/// How many live resources the types have.
pub(in crate::store::sql) fn resources(conn: &mut Conn<'_>, types: &Types) -> Result<i64, StoreError> {
    Ok(live(conn, types)?.into_iter().map(|(_, live)| live).sum())
}

/// The types that have live resources, each with their number.
pub(super) fn live(conn: &mut Conn<'_>, types: &Types) -> Result<Vec<(i32, i64)>, StoreError> {
    let mut counts = all_live(conn)?;
    counts.retain(|(code, _)| types.codes().contains(code));
    Ok(counts)
}

/// Whether these are several types to which most resources belong.
pub(super) fn are_most(conn: &mut Conn<'_>, types: &Types) -> Result<bool, StoreError> {
    let sum = |counts: Vec<(i32, i64)>| counts.into_iter().map(|(_, live)| live).sum::<i64>();
    Ok(types.codes().len() > 1 && 2 * resources(conn, types)? > sum(all_live(conn)?))
}

fn all_live(conn: &mut Conn<'_>) -> Result<Vec<(i32, i64)>, StoreError> {
    let counts =
        type_count::table.select((type_count::kind, type_count::live)).filter(type_count::live.gt(0));
    Ok(on!(conn, counts.load::<(i32, i64)>(conn))?)
}

/// How many resources match.
pub(super) fn matches(conn: &mut Conn<'_>, search: &Search<'_>) -> Result<u64, StoreError> {
    let conditions = search.conditions.as_slice();
    let is_link = |condition: &Condition| matches!(condition, Condition::Chain(_) | Condition::Has(_));
    let driver = match conditions {
        [] => return Ok(resources(conn, &search.types)?.unsigned_abs()),
        conditions if is_impossible(conditions) => return Ok(0),
        [condition] if !is_link(condition) => condition.sources().rows().map(|_| (0, 0)),
        conditions => most_selective(conn, conditions, COMPARED)?,
    };
    let unsorted = Search { sort: &[], ..search.clone() };
    let sql = match driver {
        Some((driver, rows))
            if rows < COMPARED
                || conditions.get(driver).is_some_and(|driver| driver.is_unique() || !is_link(driver)) =>
        {
            select::count_collected(&unsorted, driver)
        }
        // Cheaper than to follow so many links from their far end and to sort out duplicates.
        _ => select::of_types(&unsorted, None).count(),
    };
    Ok(sql.statement::<BigInt>().get_result::<i64>(conn)?.unsigned_abs())
}
