//! Rows of `version`, and of `current` for the newest.

use super::connection::Conn;
use super::dialect::Dialect;
use super::statement::{Statement, Value};
use crate::store::StoreError;
use crate::store::keys_blob::StoredKeys;

/// A version that becomes the current one.
pub(super) struct NewVersion<'a> {
    pub(super) vid: i64,
    pub(super) rid: i64,
    /// Type code.
    pub(super) kind: i32,
    pub(super) number: i64,
    pub(super) ts: i64,
    /// Code of the method.
    pub(super) method: i32,
    pub(super) deleted: bool,
    pub(super) body: &'a [u8],
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

const INSERT_VERSION: &str =
    "INSERT INTO version (vid, rid, version, type, ts, method, body) VALUES (?, ?, ?, ?, ?, ?, ?)";

const PUT_CURRENT: &str = "INSERT INTO current (rid, type, version, vid, ts, deleted, keys) \
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (rid) DO UPDATE SET type = excluded.type, version = excluded.version, \
    vid = excluded.vid, ts = excluded.ts, deleted = excluded.deleted, keys = excluded.keys";

/// The same for many rows in one statement.
const POSTGRES: &str = "WITH new AS (SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
        AS n (vid, rid, version, type, ts, method, body, deleted, keys, parameters, sort_texts)), \
    added AS (INSERT INTO version (vid, rid, version, type, ts, method, body) \
        SELECT vid, rid, version, type, ts, method, body FROM new) \
    INSERT INTO current (rid, type, version, vid, ts, deleted, keys, parameters, sort_texts) \
    SELECT rid, type, version, vid, ts, deleted, keys, parameters::integer[], sort_texts::jsonb FROM new \
    ON CONFLICT (rid) DO UPDATE SET version = excluded.version, vid = excluded.vid, ts = excluded.ts, \
        deleted = excluded.deleted, keys = excluded.keys, parameters = excluded.parameters, \
        sort_texts = excluded.sort_texts";

/// Adds versions of different resources and makes them the current ones.
pub(super) fn add(conn: &mut Conn<'_>, versions: &[NewVersion<'_>]) -> Result<(), StoreError> {
    match conn.dialect() {
        _ if versions.is_empty() => {}
        Dialect::Sqlite => {
            for version in versions {
                let NewVersion { vid, rid, number, ts, method, body, .. } = version;
                let head = [*vid, *rid, *number, version.kind.into(), *ts, i64::from(*method)];
                let values = head.map(Value::Integer).into_iter().chain([Value::Blob(body)]);
                Statement::<()>::new(INSERT_VERSION, values.collect()).execute(conn)?;
                let head = [*rid, version.kind.into(), *number, *vid, *ts, version.deleted.into()];
                let values = head.map(Value::Integer).into_iter().chain([Value::Blob(&version.keys.blob)]);
                Statement::<()>::new(PUT_CURRENT, values.collect()).execute(conn)?;
            }
        }
        Dialect::Postgres => {
            let row = |version: &NewVersion<'_>| {
                let NewVersion { vid, rid, number, ts, method, .. } = version;
                [*vid, *rid, *number, version.kind.into(), *ts, i64::from(*method)]
            };
            let rows: Vec<[i64; 6]> = versions.iter().map(row).collect();
            let column = |index: usize| {
                Value::integers(
                    rows.iter().filter_map(move |row| row.get(index).copied()).collect::<Vec<_>>(),
                )
            };
            let aside = |part: fn(&Aside) -> &String| {
                let asides = versions.iter().filter_map(|version| version.keys.aside.as_ref());
                Value::texts(asides.map(|aside| part(aside).as_str()))
            };
            let mut values: Vec<Value<'_>> = (0..6).map(column).collect();
            values.extend([
                Value::blobs(versions.iter().map(|version| version.body)),
                Value::integers(versions.iter().map(|version| version.deleted.into())),
                Value::blobs(versions.iter().map(|version| version.keys.blob.as_slice())),
                aside(|aside| &aside.parameters),
                aside(|aside| &aside.sort_texts),
            ]);
            Statement::<()>::new(POSTGRES, values).execute(conn)?;
        }
    }
    Ok(())
}

/// A contained resource: its version is that of its container.
pub(super) struct ContainedRow {
    pub(super) rid: i64,
    /// Type code.
    pub(super) kind: i32,
    pub(super) number: i64,
    pub(super) vid: i64,
    pub(super) ts: i64,
    pub(super) keys: CurrentKeys,
}

/// Gives a contained resource the version that its container has.
pub(super) fn put_contained(conn: &mut Conn<'_>, row: &ContainedRow) -> Result<(), StoreError> {
    const POSTGRES: &str = "INSERT INTO current (rid, type, version, vid, ts, deleted, keys, parameters, sort_texts) \
        VALUES (?, ?, ?, ?, ?, ?, ?, (?)::integer[], (?)::jsonb) ON CONFLICT (rid) DO UPDATE SET version = excluded.version, \
        vid = excluded.vid, ts = excluded.ts, keys = excluded.keys, parameters = excluded.parameters, \
        sort_texts = excluded.sort_texts";
    let ContainedRow { rid, number, vid, ts, keys, .. } = row;
    let mut values: Vec<Value<'_>> =
        [*rid, row.kind.into(), *number, *vid, *ts, 0].map(Value::Integer).to_vec();
    values.push(Value::Blob(&keys.blob));
    let text = match &keys.aside {
        None => PUT_CURRENT,
        Some(Aside { parameters, sort_texts }) => {
            values.extend([Value::text(parameters), Value::text(sort_texts)]);
            POSTGRES
        }
    };
    Statement::<()>::new(text, values).execute(conn)?;
    Ok(())
}

/// Gives the current version of a resource other keys.
pub(super) fn set_keys(conn: &mut Conn<'_>, rid: i64, keys: &CurrentKeys) -> Result<(), StoreError> {
    let Some(Aside { parameters, sort_texts }) = &keys.aside else {
        let values = vec![Value::Blob(&keys.blob), Value::Integer(rid)];
        Statement::<()>::new("UPDATE current SET keys = ? WHERE rid = ?", values).execute(conn)?;
        return Ok(());
    };
    let text =
        "UPDATE current SET keys = ?, parameters = (?)::integer[], sort_texts = (?)::jsonb WHERE rid = ?";
    let values =
        vec![Value::Blob(&keys.blob), Value::text(parameters), Value::text(sort_texts), Value::Integer(rid)];
    Statement::<()>::new(text, values).execute(conn)?;
    Ok(())
}
