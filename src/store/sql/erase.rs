//! Removing versions for good. SQLite is told to overwrite what is removed, not only to mark it as free; PostgreSQL gives the place
//! to other rows when it is vacuumed.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::changes::{Changes, Present, Resource};
use super::connection::{Conn, on};
use super::contained::{self, Container, Parts};
use super::dictionary::Dictionary;
use super::integrity;
use super::statement::{Statement, Value};
use super::write_set::{State, decode};
use crate::store::schema::current;
use crate::store::{Erased, Erasure, StoreError};

/// Performs an erasure within the savepoint of the writer. Of a resource that is not there it removes nothing.
pub(super) fn apply(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    erasure: Erasure,
) -> Result<(), StoreError> {
    let Some(kind) = dictionary.find_type(&erasure.kind) else { return Ok(()) };
    let Some(rid) = state.identities.find(conn, kind, &erasure.id)? else { return Ok(()) };
    overwrite(conn, true)?;
    let removed = match erasure.what {
        Erased::Everything => everything(conn, dictionary, state, rid, &erasure),
        Erased::Earlier => versions(conn, rid, i64::MAX),
        Erased::Version(number) => versions(conn, rid, i64::try_from(number).unwrap_or_default()),
    };
    overwrite(conn, false)?;
    let (live, versions) = removed?;
    const SUBTRACT: &str = "UPDATE type_count SET live = live - ?, versions = versions - ? WHERE type = ?";
    let values = [live, versions, i64::from(kind)].map(Value::Integer).to_vec();
    Statement::<()>::new(SUBTRACT, values).execute(conn)?;
    Ok(())
}

/// Whether removed bytes are overwritten.
fn overwrite(conn: &mut Conn<'_>, on: bool) -> Result<(), StoreError> {
    if let Conn::Sqlite(conn) = conn {
        conn.batch_execute(if on { "PRAGMA secure_delete = ON" } else { "PRAGMA secure_delete = OFF" })?;
    }
    Ok(())
}

/// Removes all of a resource, but for its number: others may refer to it. Returns how many live resources and versions went.
fn everything(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    rid: i64,
    erasure: &Erasure,
) -> Result<(i64, i64), StoreError> {
    let present = current::table
        .select((current::kind, current::number, current::ts, current::deleted, current::keys))
        .filter(current::rid.eq(rid));
    let present = on!(conn, present.load::<(i32, i64, i64, i32, Vec<u8>)>(conn))?;
    let Some((kind, number, ts, deleted, keys)) = present.into_iter().next() else { return Ok((0, 0)) };
    let keys = decode(&keys)?;
    let mut changes = Changes::default();
    let gone = Container { number: 0, vid: 0, ts: 0 };
    let nothing = Changes::default();
    let parts = Parts::default();
    contained::replace(conn, dictionary, state, (&nothing, &mut changes), (&keys, gone, parts))?;
    let before = Present { kind, number, ts, deleted: deleted != 0, keys };
    changes.put(rid, Resource { kind, before: Some(before), now: None });
    changes.write(conn, dictionary, state, &[])?;
    if erasure.enforce_integrity {
        let name = (erasure.kind.clone(), erasure.id.clone());
        integrity::check_deletions(conn, dictionary, state, (&nothing, &nothing), &[(0, rid, name)])?;
    }
    let versions =
        Statement::<()>::new("DELETE FROM version WHERE rid = ?", vec![Value::Integer(rid)]).execute(conn)?;
    Ok((i64::from(deleted == 0), i64::try_from(versions).unwrap_or(i64::MAX)))
}

/// Removes one version, or all with `i64::MAX`, but never the current one.
fn versions(conn: &mut Conn<'_>, rid: i64, number: i64) -> Result<(i64, i64), StoreError> {
    const REMOVE: &str = "DELETE FROM version WHERE rid = ? AND (version = ? OR ? = 9223372036854775807) \
        AND version < (SELECT c.version FROM current AS c WHERE c.rid = ?)";
    let values = [rid, number, number, rid].map(Value::Integer).to_vec();
    let removed = Statement::<()>::new(REMOVE, values).execute(conn)?;
    Ok((0, i64::try_from(removed).unwrap_or(i64::MAX)))
}
