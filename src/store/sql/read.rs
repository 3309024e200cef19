//! Reading one version of one resource.

use diesel::prelude::*;

use super::connection::{Conn, on};
use super::method;
use crate::store::schema::{current, resource_id, version};
use crate::store::{StoreError, Version};

#[derive(Queryable)]
struct Row {
    number: i64,
    ts: i64,
    method: i32,
    body: Vec<u8>,
}

impl Row {
    fn into_version(self, kind: &str, id: &str) -> Result<Version, StoreError> {
        Ok(Version {
            kind: kind.into(),
            id: id.into(),
            version: self.number.unsigned_abs(),
            last_updated: self.ts,
            method: method::from_code(self.method)?,
            body: self.body,
        })
    }
}

/// The newest version of the resource `kind`/`id`; `code` is the code of the type.
pub(super) fn current(
    conn: &mut Conn<'_>,
    code: i32,
    kind: &str,
    id: &str,
) -> Result<Option<Version>, StoreError> {
    // Without LIMIT, which costs more than it saves on a unique key.
    let found = resource_id::table
        .inner_join(current::table.on(current::rid.eq(resource_id::rid)))
        .inner_join(version::table.on(version::vid.eq(current::vid)))
        .filter(resource_id::kind.eq(code))
        .filter(resource_id::fhir_id.eq(id))
        .select((version::number, version::ts, version::method, version::body));
    let rows = on!(conn, found.load::<Row>(conn))?;
    rows.into_iter().next().map(|row| row.into_version(kind, id)).transpose()
}

/// The version `number` of the resource `kind`/`id`; `code` is the code of the type.
pub(super) fn version(
    conn: &mut Conn<'_>,
    code: i32,
    kind: &str,
    id: &str,
    number: u64,
) -> Result<Option<Version>, StoreError> {
    let Ok(number) = i64::try_from(number) else { return Ok(None) };
    let found = resource_id::table
        .inner_join(version::table.on(version::rid.eq(resource_id::rid)))
        .filter(resource_id::kind.eq(code))
        .filter(resource_id::fhir_id.eq(id))
        .filter(version::number.eq(number))
        .select((version::number, version::ts, version::method, version::body));
    let rows = on!(conn, found.load::<Row>(conn))?;
    rows.into_iter().next().map(|row| row.into_version(kind, id)).transpose()
}
