//! Rows of `version`, and of `current` for the newest.

use diesel::sql_types::BigInt;

use super::changes::Added;
use super::connection::Conn;
use super::dialect::{Dialect, IS_IN_LIST};
use super::statement::{Statement, Value};
use crate::store::StoreError;
use crate::store::keys_blob::StoredKeys;

/// A version to add.
pub(super) struct NewVersion<'a> {
    pub(super) vid: i64,
    pub(super) rid: i64,
    /// Type code.
    pub(super) kind: i32,
    pub(super) number: i64,
    pub(super) ts: i64,
    /// Code of the method.
    pub(super) method: i32,
    pub(super) body: &'a [u8],
}

/// The newest version of a resource. One that is contained has the version of its container.
pub(super) struct CurrentRow {
    pub(super) rid: i64,
    /// Type code.
    pub(super) kind: i32,
    pub(super) number: i64,
    pub(super) vid: i64,
    pub(super) ts: i64,
    pub(super) deleted: bool,
    pub(super) keys: CurrentKeys,
}

/// The keys of a resource as `current` holds them.
pub(super) struct CurrentKeys {
    pub(super) blob: Vec<u8>,
    /// What PostgreSQL keeps beside the blob, which it cannot read.
    aside: Option<Aside>,
}

/// Columns of PostgreSQL, as texts: the parameters that have keys, as an array; the texts to sort by, as JSON.
struct Aside {
    parameters: String,
    sort_texts: String,
}

impl CurrentKeys {
    pub(super) fn new(keys: &StoredKeys, dialect: Dialect) -> Self {
        let aside = (dialect == Dialect::Postgres).then(|| Aside::new(keys));
        Self { blob: keys.encode(), aside }
    }
}

impl Aside {
    fn new(keys: &StoredKeys) -> Self {
        let parameters: Vec<String> = keys.parameters().iter().map(ToString::to_string).collect();
        Self { parameters: format!("{{{}}}", parameters.join(",")), sort_texts: sort_texts(keys) }
    }
}

/// What PostgreSQL keeps of the texts to sort by.
pub(super) fn sort_texts(keys: &StoredKeys) -> String {
    // There is no zero in a text of PostgreSQL.
    let text = |text: &str| serde_json::Value::from(text.replace('\0', "\u{1}"));
    let texts = keys.sort_texts.iter().map(|key| {
        (key.parameter.0.to_string(), serde_json::Value::from(vec![text(&key.least), text(&key.greatest)]))
    });
    let texts: serde_json::Map<_, _> = texts.collect();
    serde_json::Value::from(texts).to_string()
}

/// Adds versions, in the order of their numbers.
pub(super) fn add(conn: &mut Conn<'_>, versions: &[NewVersion<'_>]) -> Result<(), StoreError> {
    const SQLITE: &str =
        "INSERT INTO version (vid, rid, version, type, ts, method, body) VALUES (?, ?, ?, ?, ?, ?, ?)";
    const POSTGRES: &str = "INSERT INTO version (vid, rid, version, type, ts, method, body) \
        SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?)";
    let head = |version: &NewVersion<'_>| {
        let NewVersion { vid, rid, number, ts, .. } = version;
        [*vid, *rid, *number, version.kind.into(), *ts, version.method.into()]
    };
    match conn.dialect() {
        _ if versions.is_empty() => {}
        Dialect::Sqlite => {
            for version in versions {
                let values = head(version).map(Value::Integer).into_iter();
                let values = values.chain([Value::Blob(version.body)]).collect();
                Statement::<()>::new(SQLITE, values).execute(conn)?;
            }
        }
        Dialect::Postgres => {
            let mut values = columns(versions.iter().map(head));
            values.push(Value::blobs(versions.iter().map(|version| version.body)));
            Statement::<()>::new(POSTGRES, values).execute(conn)?;
        }
    }
    Ok(())
}

/// Makes versions the current ones, each of another resource.
pub(super) fn put_current(conn: &mut Conn<'_>, rows: &[CurrentRow]) -> Result<(), StoreError> {
    const SQLITE: &str = "INSERT INTO current (rid, type, version, vid, ts, deleted, keys) \
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (rid) DO UPDATE SET type = excluded.type, version = excluded.version, \
        vid = excluded.vid, ts = excluded.ts, deleted = excluded.deleted, keys = excluded.keys";
    const POSTGRES: &str = "INSERT INTO current (rid, type, version, vid, ts, deleted, keys, parameters, sort_texts) \
        SELECT rid, type, version, vid, ts, deleted, keys, parameters::integer[], sort_texts::jsonb \
        FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?) \
            AS n (rid, type, version, vid, ts, deleted, keys, parameters, sort_texts) \
        ON CONFLICT (rid) DO UPDATE SET version = excluded.version, vid = excluded.vid, ts = excluded.ts, \
            deleted = excluded.deleted, keys = excluded.keys, parameters = excluded.parameters, \
            sort_texts = excluded.sort_texts";
    let head =
        |row: &CurrentRow| [row.rid, row.kind.into(), row.number, row.vid, row.ts, i64::from(row.deleted)];
    match conn.dialect() {
        _ if rows.is_empty() => {}
        Dialect::Sqlite => {
            for row in rows {
                let values = head(row).map(Value::Integer).into_iter();
                let values = values.chain([Value::Blob(&row.keys.blob)]).collect();
                Statement::<()>::new(SQLITE, values).execute(conn)?;
            }
        }
        Dialect::Postgres => {
            let aside = |part: fn(&Aside) -> &String| {
                let asides = rows.iter().filter_map(|row| row.keys.aside.as_ref());
                Value::texts(asides.map(|aside| part(aside).as_str()))
            };
            let mut values = columns(rows.iter().map(head));
            values.extend([
                Value::blobs(rows.iter().map(|row| row.keys.blob.as_slice())),
                aside(|aside| &aside.parameters),
                aside(|aside| &aside.sort_texts),
            ]);
            Statement::<()>::new(POSTGRES, values).execute(conn)?;
        }
    }
    Ok(())
}

/// Rows of integers as a list for each column.
pub(super) fn columns<'v, const N: usize>(rows: impl Iterator<Item = [i64; N]>) -> Vec<Value<'v>> {
    let mut columns = [const { Vec::new() }; N];
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns.map(Value::integers).to_vec()
}

/// Removes the rows of resources of which nothing stays.
pub(super) fn remove_current(conn: &mut Conn<'_>, rids: &[i64]) -> Result<(), StoreError> {
    if rids.is_empty() {
        return Ok(());
    }
    let text = format!("DELETE FROM current WHERE rid {IS_IN_LIST}");
    Statement::<()>::new(&text, vec![Value::integers(rids.iter().copied())]).execute(conn)?;
    Ok(())
}

/// Whether a version is in the database.
pub(super) fn is_there(conn: &mut Conn<'_>, version: &Added) -> Result<bool, StoreError> {
    let Added { vid, rid, number, ts, .. } = *version;
    let text = "SELECT vid FROM version WHERE vid = ? AND rid = ? AND version = ? AND ts = ?";
    let values = [vid, rid, number, ts].map(Value::Integer).to_vec();
    Ok(!Statement::<BigInt>::new(text, values).load::<i64>(conn)?.is_empty())
}
