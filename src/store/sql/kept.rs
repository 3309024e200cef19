//! Answers that are kept: reading them, and what the writer does for them.

use diesel::prelude::*;

use super::connection::{Conn, on};
use crate::store::StoreError;
use crate::store::kept::Kept;
use crate::store::schema::kept_answer;

/// What the writer does for kept answers.
#[derive(Debug)]
pub(super) enum KeptTask {
    Keep(Kept),
    Replace(Kept),
    Forget(Box<str>),
}

impl KeptTask {
    /// Bytes to write.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Keep(kept) | Self::Replace(kept) => kept.content.len(),
            Self::Forget(_) => 0,
        }
    }
}

/// Performs a task within the savepoint of the writer.
pub(super) fn apply(conn: &mut Conn<'_>, task: KeptTask, now: i64) -> Result<(), StoreError> {
    match task {
        KeptTask::Keep(Kept { id, expires, content }) => {
            on!(conn, diesel::delete(kept_answer::table.filter(kept_answer::expires.lt(now))).execute(conn))?;
            let values = (
                kept_answer::id.eq(&*id),
                kept_answer::expires.eq(expires),
                kept_answer::content.eq(content),
            );
            on!(conn, diesel::insert_into(kept_answer::table).values(values).execute(conn))?;
        }
        KeptTask::Replace(Kept { id, expires, content }) => {
            let values = (kept_answer::expires.eq(expires), kept_answer::content.eq(content));
            let row = kept_answer::table.filter(kept_answer::id.eq(&*id));
            on!(conn, diesel::update(row).set(values).execute(conn))?;
        }
        KeptTask::Forget(id) => {
            on!(conn, diesel::delete(kept_answer::table.filter(kept_answer::id.eq(&*id))).execute(conn))?;
        }
    }
    Ok(())
}

/// What is kept under an id.
pub(super) fn find(conn: &mut Conn<'_>, id: &str) -> Result<Option<Kept>, StoreError> {
    let found = kept_answer::table
        .select((kept_answer::expires, kept_answer::content))
        .filter(kept_answer::id.eq(id));
    let found = on!(conn, found.load::<(i64, Vec<u8>)>(conn))?;
    Ok(found.into_iter().next().map(|(expires, content)| Kept { id: id.into(), expires, content }))
}
