//! How far a transfer is. It is kept in the target, among the settings, as long as the target is not whole: whoever opens it sees
//! that, and a transfer that was interrupted goes on.

use diesel::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::read::Place;
use crate::store::StoreError;
use crate::store::schema::setting;
use crate::store::sql::connection::{Conn, on};

/// The setting that an unfinished target has.
const TRANSFER: &str = "transfer";

/// What an unfinished target knows of its transfer.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// The source as it was.
    pub(super) source: String,
    /// Statements that bring back what was taken away for the time of the transfer: indexes and constraints.
    pub(super) rebuild: Vec<String>,
}

/// How far a table is.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The last row that is in the target.
    pub(super) at: Option<Place>,
    pub(super) is_done: bool,
    pub(super) rows: u64,
}

impl State {
    /// The state of a target that was begun.
    pub(super) fn load(conn: &mut Conn<'_>) -> Result<Option<Self>, StoreError> {
        load(conn, TRANSFER)
    }

    pub(super) fn save(&self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        save(conn, TRANSFER, self)
    }
}

impl Progress {
    pub(super) fn load(conn: &mut Conn<'_>, table: &str) -> Result<Self, StoreError> {
        Ok(load(conn, &format!("{TRANSFER} {table}"))?.unwrap_or_default())
    }

    pub(super) fn save(&self, conn: &mut Conn<'_>, table: &str) -> Result<(), StoreError> {
        save(conn, &format!("{TRANSFER} {table}"), self)
    }
}

/// Refuses a database that a transfer has begun to fill.
pub(in crate::store::sql) fn refuse_unfinished(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    if State::load(conn)?.is_none() {
        return Ok(());
    }
    let reason = "a move of all data into it is not finished; run the same `westway migrate --to` again, and it goes on";
    Err(StoreError::Unavailable(reason.to_owned()))
}

fn load<T: DeserializeOwned>(conn: &mut Conn<'_>, name: &str) -> Result<Option<T>, StoreError> {
    let value = setting::table.select(setting::value).filter(setting::name.eq(name));
    let values = on!(conn, value.load::<Vec<u8>>(conn))?;
    let Some(value) = values.first() else { return Ok(None) };
    let damaged = |error| StoreError::Database(format!("setting {name} is damaged: {error}"));
    serde_json::from_slice(value).map(Some).map_err(damaged)
}

fn save(conn: &mut Conn<'_>, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
    let value = serde_json::to_vec(value).map_err(|error| StoreError::Database(error.to_string()))?;
    on!(conn, diesel::delete(setting::table.filter(setting::name.eq(name))).execute(conn))?;
    let row = (setting::name.eq(name), setting::value.eq(value));
    on!(conn, diesel::insert_into(setting::table).values(row).execute(conn))?;
    Ok(())
}
