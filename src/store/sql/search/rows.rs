//! Resources by their numbers.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Text};

use crate::store::query::{Fragment, integers};
use crate::store::sql::connection::Conn;
use crate::store::sql::dialect::{JOIN, list};
use crate::store::sql::dictionary::Dictionary;
use crate::store::sql::method;
use crate::store::{StoreError, Version};

/// A live resource.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) rid: i64,
    /// Code of its type.
    pub(super) kind: i32,
    /// Its index keys, encoded; empty if they were not asked for.
    pub(super) keys: Vec<u8>,
    pub(super) version: Version,
}

#[derive(Queryable)]
struct Row {
    rid: i64,
    kind: i32,
    ts: i64,
    number: i64,
    keys: Vec<u8>,
    id: String,
    method: i32,
    body: Vec<u8>,
}

type RowTypes = (BigInt, Integer, BigInt, BigInt, Binary, Text, Integer, Binary);

/// The resources with these numbers, in their order, with their keys if these are needed; deleted ones are left out. Contained
/// resources, which have no versions of their own, are found with their keys only.
pub(super) fn load(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    rids: &[i64],
    with_keys: bool,
) -> Result<Vec<Resource>, StoreError> {
    if rids.is_empty() {
        return Ok(Vec::new());
    }
    let text = if with_keys {
        format!(
            "SELECT c.rid, c.type, c.ts, c.version, c.keys, i.fhir_id, v.method, v.body \
             FROM {}{JOIN}current AS c ON c.rid = j.value \
             {JOIN}resource_id AS i ON i.rid = c.rid{JOIN}version AS v ON v.vid = c.vid \
             WHERE c.deleted = 0",
            list("j")
        )
    } else {
        // The newest version is the one with the greatest number, of which a small index tells: `current`, with its keys, need not
        // be read. Method 4 deletes.
        format!(
            "SELECT i.rid, v.type, v.ts, v.version, {{x''|''::bytea}}, i.fhir_id, v.method, v.body \
             FROM {}{JOIN}resource_id AS i ON i.rid = j.value {JOIN}version AS v ON v.vid = \
             (SELECT n.vid FROM version AS n WHERE n.rid = i.rid ORDER BY n.version DESC LIMIT 1) \
             WHERE v.method <> 4",
            list("j")
        )
    };
    let sql = Fragment::new(text, [integers(rids.iter().copied())]);
    let mut found = HashMap::with_capacity(rids.len());
    for row in sql.statement::<RowTypes>().load::<Row>(conn)? {
        let resource = Resource {
            rid: row.rid,
            kind: row.kind,
            keys: row.keys,
            version: Version {
                kind: dictionary.type_name(row.kind),
                id: row.id.into(),
                version: row.number.unsigned_abs(),
                last_updated: row.ts,
                method: method::from_code(row.method)?,
                body: row.body,
            },
        };
        found.insert(resource.rid, resource);
    }
    Ok(rids.iter().filter_map(|rid| found.remove(rid)).collect())
}

/// The ids of resources, in no order.
pub(super) fn ids(conn: &mut Conn<'_>, rids: &[i64]) -> Result<Vec<Box<str>>, StoreError> {
    if rids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("SELECT i.fhir_id FROM {}{JOIN}resource_id AS i ON i.rid = j.value", list("j"));
    let sql = Fragment::new(text, [integers(rids.iter().copied())]);
    Ok(sql.statement::<Text>().load::<String>(conn)?.into_iter().map(String::into_boxed_str).collect())
}

/// Those of the numbers that belong to live resources, of this type if one is given, in no order.
pub(super) fn live(conn: &mut Conn<'_>, rids: &[i64], kind: Option<i32>) -> Result<Vec<i64>, StoreError> {
    let text =
        format!("SELECT c.rid FROM {}{JOIN}current AS c ON c.rid = j.value WHERE c.deleted = 0", list("j"));
    let mut sql = Fragment::new(text, [integers(rids.iter().copied())]);
    if let Some(kind) = kind {
        sql = sql.append(Fragment::new(" AND c.type = ?", [kind.into()]));
    }
    Ok(sql.statement::<BigInt>().load(conn)?)
}
