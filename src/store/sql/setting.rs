//! Values that are made once, with the database.

use diesel::prelude::*;

use super::connection::{Conn, on};
use crate::store::StoreError;
use crate::store::schema::setting;

/// The random bytes kept under a name, made now if there are none.
pub(super) fn secret<const N: usize>(conn: &mut Conn<'_>, name: &str) -> Result<[u8; N], StoreError> {
    let kept = setting::table.select(setting::value).filter(setting::name.eq(name));
    let kept = on!(conn, kept.load::<Vec<u8>>(conn))?;
    if let Some(value) = kept.first() {
        return value
            .as_slice()
            .try_into()
            .map_err(|_| StoreError::Database(format!("setting {name} is damaged")));
    }
    let mut value = [0; N];
    getrandom::fill(&mut value)
        .map_err(|error| StoreError::Unavailable(format!("no random numbers: {error}")))?;
    let row = (setting::name.eq(name), setting::value.eq(&value[..]));
    on!(conn, diesel::insert_into(setting::table).values(row).execute(conn))?;
    Ok(value)
}
