//! What each database has of its own besides its language.

use super::connection::{Conn, Link};
use super::dictionary::Dictionary;
use super::write_set::State;
use crate::store::StoreError;
use crate::store::nodes::Nodes;

/// The definitions of search parameters that the index follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Definitions {
    /// No other process has changed them.
    Same,
    /// Keys extracted before may lack some.
    Changed,
}

/// A database as the store keeps it.
pub(in crate::store) trait Backend: Send + Sync {
    /// Opens the connection of the writer.
    fn connect(&self) -> Result<Link, StoreError>;

    /// Whether other processes write to the database.
    fn is_shared(&self) -> bool;

    /// The processes that have it open.
    fn nodes(&self) -> &dyn Nodes;

    /// Called at the beginning of a transaction of the writer: what it knows of the database without asking must be true. Tells
    /// whether the definitions that the index follows are those of the last time.
    fn follow(
        &self,
        conn: &mut Conn<'_>,
        dictionary: &Dictionary,
        state: &mut State,
    ) -> Result<Definitions, StoreError>;

    /// Called at the end of a transaction that may have changed the definitions: they are this process's own.
    fn wrote_definitions(&self, conn: &mut Conn<'_>) -> Result<(), StoreError>;

    /// Called when the writer has nothing to do, and before it ends.
    fn tidy(&self, conn: &mut Conn<'_>, ending: bool) -> Result<(), StoreError>;

    /// Bytes of the database and of its log.
    fn sizes(&self, conn: &mut Conn<'_>) -> Result<(u64, u64), StoreError>;
}
