//! The values in use of a parameter whose index has no more of them than hashes: one resource for each.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::rows;
use crate::store::schema::{ix_token, ix_uri};
use crate::store::sqlite::dictionary::Dictionary;
use crate::store::{StoreError, Version};

/// One resource for each key of a token or uri parameter, each resource once.
///
/// The index is sorted by key, so each step seeks the next key and skips all further resources that have it: the work grows with
/// the number of different keys, not with that of resources.
pub(in crate::store::sqlite) fn samples(
    conn: &mut SqliteConnection,
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

fn tokens(conn: &mut SqliteConnection, parameter: i32) -> Result<Vec<i64>, StoreError> {
    let mut rids = Vec::new();
    let mut last = None;
    loop {
        let mut next = ix_token::table.filter(ix_token::parameter.eq(parameter)).into_boxed();
        if let Some(last) = last {
            next = next.filter(ix_token::hash.gt(last));
        }
        let next = next.order((ix_token::hash, ix_token::rid)).select((ix_token::hash, ix_token::rid));
        let Some((hash, rid)) = next.first::<(i64, i64)>(conn).optional()? else { return Ok(rids) };
        rids.push(rid);
        last = Some(hash);
    }
}

fn uris(conn: &mut SqliteConnection, parameter: i32) -> Result<Vec<i64>, StoreError> {
    let mut rids = Vec::new();
    let mut last: Option<String> = None;
    loop {
        let mut next = ix_uri::table.filter(ix_uri::parameter.eq(parameter)).into_boxed();
        if let Some(last) = last {
            next = next.filter(ix_uri::value.gt(last));
        }
        let next = next.order((ix_uri::value, ix_uri::rid)).select((ix_uri::value, ix_uri::rid));
        let Some((value, rid)) = next.first::<(String, i64)>(conn).optional()? else { return Ok(rids) };
        rids.push(rid);
        last = Some(value);
    }
}
