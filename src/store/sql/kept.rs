//! Answers that are kept: reading them, and what the writer does for them.

use diesel::prelude::*;

use super::connection::{Conn, on};
use crate::store::StoreError;
use crate::store::kept::Kept;
use crate::store::nodes::NodeNumber;
use crate::store::schema::kept_answer;

/// What the writer does for kept answers.
#[derive(Clone, Debug)]
pub(super) enum KeptTask {
    Keep(Kept),
    Replace(NodeNumber, Kept),
    TakeOver { id: Box<str>, from: NodeNumber, to: NodeNumber },
    Forget(Box<str>),
}

impl KeptTask {
    /// Bytes to write.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Keep(kept) | Self::Replace(_, kept) => kept.content.len(),
            Self::TakeOver { .. } | Self::Forget(_) => 0,
        }
    }
}

/// Performs a task within the savepoint of the writer.
pub(super) fn apply(conn: &mut Conn<'_>, task: KeptTask, now: i64) -> Result<(), StoreError> {
    match task {
        KeptTask::Keep(Kept { id, expires, content, node }) => {
            on!(conn, diesel::delete(kept_answer::table.filter(kept_answer::expires.lt(now))).execute(conn))?;
            let values = (
                kept_answer::id.eq(&*id),
                kept_answer::expires.eq(expires),
                kept_answer::content.eq(content),
                kept_answer::node.eq(node),
            );
            on!(conn, diesel::insert_into(kept_answer::table).values(values).execute(conn))?;
        }
        KeptTask::Replace(from, Kept { id, expires, content, node }) => {
            let values = (
                kept_answer::expires.eq(expires),
                kept_answer::content.eq(content),
                kept_answer::node.eq(node),
            );
            let row = kept_answer::table.filter(kept_answer::id.eq(&*id)).filter(kept_answer::node.eq(from));
            one(on!(conn, diesel::update(row).set(values).execute(conn))?)?;
        }
        KeptTask::TakeOver { id, from, to } => {
            let row = kept_answer::table.filter(kept_answer::id.eq(&*id)).filter(kept_answer::node.eq(from));
            one(on!(conn, diesel::update(row).set(kept_answer::node.eq(to)).execute(conn))?)?;
        }
        KeptTask::Forget(id) => {
            on!(conn, diesel::delete(kept_answer::table.filter(kept_answer::id.eq(&*id))).execute(conn))?;
        }
    }
    Ok(())
}

/// That many rows were found; there should be one.
fn one(rows: usize) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::ConditionChanged) }
}

/// What is not finished, with the node that works on it.
pub(super) fn unfinished(conn: &mut Conn<'_>) -> Result<Vec<(Box<str>, NodeNumber)>, StoreError> {
    let found = kept_answer::table
        .select((kept_answer::id, kept_answer::node.assume_not_null()))
        .filter(kept_answer::node.is_not_null())
        .order(kept_answer::id);
    let found = on!(conn, found.load::<(String, NodeNumber)>(conn))?;
    Ok(found.into_iter().map(|(id, node)| (id.into_boxed_str(), node)).collect())
}

/// What is kept under an id.
pub(super) fn find(conn: &mut Conn<'_>, id: &str) -> Result<Option<Kept>, StoreError> {
    let found = kept_answer::table
        .select((kept_answer::expires, kept_answer::content, kept_answer::node))
        .filter(kept_answer::id.eq(id));
    let found = on!(conn, found.load::<(i64, Vec<u8>, Option<NodeNumber>)>(conn))?;
    let kept = |(expires, content, node)| Kept { id: id.into(), expires, content, node };
    Ok(found.into_iter().next().map(kept))
}
