//! Connections and their settings.

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};

use super::Options;
use crate::store::StoreError;
use crate::store::sql::connection::Readers;

/// Searches are written so that each join looks rows up in an index, in the order in which the tables are named: the program has
/// chosen it, knowing what the planner cannot. See `docs/search-engine.md`.
const PLANNER: &str = "SET join_collapse_limit = 1; SET enable_hashjoin = off; SET enable_mergejoin = off; \
    SET enable_seqscan = off; SET random_page_cost = 1.1; SET jit = off; \
    SET client_min_messages = warning;";

/// The writer's connection. A commit returns when it is on disk, whatever the server does elsewhere; a standby may be waited for.
/// A writer that hangs loses the lock, and one that waits for it gives up, both after half a minute.
pub(in crate::store) fn open_writer(url: &str) -> Result<PgConnection, StoreError> {
    let mut conn = PgConnection::establish(url)?;
    conn.batch_execute(PLANNER)?;
    conn.batch_execute(
        "SET application_name = 'westway writer'; SET lock_timeout = '30s';
         SET idle_in_transaction_session_timeout = '30s';
         SELECT set_config('synchronous_commit', 'on', false)
         WHERE current_setting('synchronous_commit') IN ('off', 'local');",
    )?;
    Ok(conn)
}

/// The pool of readers, which can only read. Connections are opened when they are first needed, and looked at before they are used,
/// so that those of a server that was restarted are replaced.
pub(super) fn open_readers(url: &str, options: &Options) -> Result<Readers, StoreError> {
    let pool = Pool::builder()
        .max_size(options.readers)
        .min_idle(Some(1))
        .test_on_check_out(true)
        .connection_timeout(options.statement_timeout)
        .connection_customizer(Box::new(ReadOnly { timeout: options.statement_timeout.as_millis() }))
        .build(ConnectionManager::new(url))?;
    Ok(Readers::Postgres(pool))
}

#[derive(Debug)]
struct ReadOnly {
    /// Milliseconds.
    timeout: u128,
}

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for ReadOnly {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        let timeout = self.timeout;
        conn.batch_execute(&format!(
            "{PLANNER} SET application_name = 'westway reader'; SET default_transaction_read_only = on; \
             SET statement_timeout = {timeout}; SET idle_in_transaction_session_timeout = {timeout};"
        ))
        .map_err(diesel::r2d2::Error::QueryError)
    }
}
