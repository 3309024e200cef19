//! The values in use of a parameter whose index has no more of them than hashes: one resource for each.

use diesel::sql_types::{BigInt, Text};

use super::rows;
use crate::store::query::{Bound, Fragment};
use crate::store::sql::connection::Conn;
use crate::store::sql::dictionary::Dictionary;
use crate::store::{StoreError, Version};

/// One resource for each key of a token or uri parameter, each resource once.
///
/// The index is sorted by key, so each step seeks the next key and skips all further resources that have it: the work grows with
/// the number of different keys, not with that of resources.
pub(in crate::store) fn samples(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    parameter: i32,
) -> Result<Vec<Version>, StoreError> {
    let mut rids = tokens(conn, parameter)?;
    rids.extend(uris(conn, parameter)?);
    rids.sort_unstable();
    rids.dedup();
    let found = rows::load(conn, dictionary, &rids, false)?;
    Ok(found.into_iter().map(|resource| resource.version).collect())
}

fn tokens(conn: &mut Conn<'_>, parameter: i32) -> Result<Vec<i64>, StoreError> {
    let mut rids = Vec::new();
    let mut last = None;
    loop {
        let mut next =
            Fragment::new("SELECT hash, rid FROM ix_token WHERE parameter = ?", [parameter.into()]);
        if let Some(last) = last {
            next = next.append(Fragment::new(" AND hash > ?", [Bound::Integer(last)]));
        }
        let next = next.push(" ORDER BY parameter, hash, rid LIMIT 1");
        let found = next.statement::<(BigInt, BigInt)>().load::<(i64, i64)>(conn)?;
        let Some((hash, rid)) = found.into_iter().next() else { return Ok(rids) };
        rids.push(rid);
        last = Some(hash);
    }
}

fn uris(conn: &mut Conn<'_>, parameter: i32) -> Result<Vec<i64>, StoreError> {
    let mut rids = Vec::new();
    let mut last: Option<String> = None;
    loop {
        let mut next = Fragment::new("SELECT value, rid FROM ix_uri WHERE parameter = ?", [parameter.into()]);
        if let Some(last) = last {
            next = next.append(Fragment::new(" AND value > ?", [Bound::Text(last)]));
        }
        let next = next.push(" ORDER BY parameter, value, rid LIMIT 1");
        let found = next.statement::<(Text, BigInt)>().load::<(String, i64)>(conn)?;
        let Some((value, rid)) = found.into_iter().next() else { return Ok(rids) };
        rids.push(rid);
        last = Some(value);
    }
}
