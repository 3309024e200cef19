//! What a transaction of the writer knows of the newest versions: looked up once, for many resources at a time where each look is
//! a way to the database and back. Nobody else writes meanwhile, so it stays true until the transaction ends.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use diesel::sql_types::{BigInt, Binary, Integer};

use super::changes::Present;
use super::connection::Conn;
use super::dialect::{Dialect, IS_IN_LIST};
use super::statement::{Statement, Value};
use super::versions::CurrentRow;
use super::write_set::decode;
use crate::store::StoreError;

/// The rows of `current` as far as they were looked up.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// By `rid`; `None` if there is no such row.
    rows: HashMap<i64, Option<CurrentVersion>>,
    /// By `rid`: whether the resource is live.
    live: HashMap<i64, bool>,
}

#[derive(Debug)]
struct CurrentVersion {
    kind: i32,
    number: i64,
    ts: i64,
    deleted: bool,
    keys: Vec<u8>,
}

impl Known {
    /// Another transaction begins, or something was changed that this does not know of.
    pub(super) fn forget(&mut self) {
        self.rows.clear();
        self.live.clear();
    }

    /// Looks many resources up: `rows` whole, of `live` only whether they are.
    pub(super) fn look_ahead(
        &mut self,
        conn: &mut Conn<'_>,
        rows: &[i64],
        live: &[i64],
    ) -> Result<(), StoreError> {
        if conn.dialect() == Dialect::Sqlite {
            return Ok(());
        }
        if !rows.is_empty() {
            self.rows.extend(rows.iter().map(|rid| (*rid, None)));
            self.load(conn, rows)?;
        }
        if !live.is_empty() {
            let text = format!("SELECT rid FROM current WHERE deleted = 0 AND rid {IS_IN_LIST}");
            let values = vec![Value::integers(live.iter().copied())];
            self.live.extend(live.iter().map(|rid| (*rid, false)));
            let found = Statement::<BigInt>::new(&text, values).load::<i64>(conn)?;
            self.live.extend(found.into_iter().map(|rid| (rid, true)));
        }
        Ok(())
    }

    fn load(&mut self, conn: &mut Conn<'_>, rids: &[i64]) -> Result<(), StoreError> {
        let text =
            format!("SELECT rid, type, version, ts, deleted, keys FROM current WHERE rid {IS_IN_LIST}");
        let values = vec![Value::integers(rids.iter().copied())];
        let found = Statement::<(BigInt, Integer, BigInt, BigInt, Integer, Binary)>::new(&text, values);
        for row in found.load::<(i64, i32, i64, i64, i32, Vec<u8>)>(conn)? {
            let (rid, kind, number, ts, deleted, keys) = row;
            self.rows.insert(rid, Some(CurrentVersion { kind, number, ts, deleted: deleted != 0, keys }));
        }
        Ok(())
    }

    /// The newest version of a resource.
    pub(super) fn present(&mut self, conn: &mut Conn<'_>, rid: i64) -> Result<Option<Present>, StoreError> {
        if let Entry::Vacant(row) = self.rows.entry(rid) {
            row.insert(None);
            self.load(conn, &[rid])?;
        }
        let Some(Some(CurrentVersion { kind, number, ts, deleted, keys })) = self.rows.get(&rid) else {
            return Ok(None);
        };
        Ok(Some(Present { kind: *kind, number: *number, ts: *ts, deleted: *deleted, keys: decode(keys)? }))
    }

    /// Whether a resource is live.
    pub(super) fn is_live(&mut self, conn: &mut Conn<'_>, rid: i64) -> Result<bool, StoreError> {
        if let Some(row) = self.rows.get(&rid) {
            return Ok(row.as_ref().is_some_and(|row| !row.deleted));
        }
        if let Some(live) = self.live.get(&rid) {
            return Ok(*live);
        }
        let text = "SELECT deleted FROM current WHERE rid = ?";
        let found = Statement::<Integer>::new(text, vec![Value::Integer(rid)]).load::<i32>(conn)?;
        let is_live = found.first() == Some(&0);
        self.live.insert(rid, is_live);
        Ok(is_live)
    }

    /// These rows were removed and written.
    pub(super) fn note_written(&mut self, gone: Vec<i64>, written: Vec<CurrentRow>) {
        self.rows.extend(gone.into_iter().map(|rid| (rid, None)));
        self.rows.extend(written.into_iter().map(|row| {
            let CurrentRow { rid, kind, number, ts, deleted, keys, .. } = row;
            (rid, Some(CurrentVersion { kind, number, ts, deleted, keys: keys.blob }))
        }));
    }
}
