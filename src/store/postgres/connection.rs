//! Connections and their settings.

use std::time::Duration;

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sql_types::{BigInt, Text};

use super::Options;
use crate::store::StoreError;
use crate::store::sql::connection::{Conn, ReaderPool, Readers};
use crate::store::sql::statement::Statement;

/// How long a search waits for a connection to a standby before the primary answers it.
const REPLICA_TIMEOUT: Duration = Duration::from_secs(1);

/// Searches are written so that each join looks rows up in an index, in the order in which the tables are named: the program has
/// chosen it, knowing what the planner cannot. See `docs/search-engine.md`.
const PLANNER: &str = "SET join_collapse_limit = 1; SET enable_hashjoin = off; SET enable_mergejoin = off; \
    SET enable_seqscan = off; SET random_page_cost = 1.1; SET jit = off; SET max_parallel_workers_per_gather = 0; \
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
    let customizer = ReadOnly { timeout: options.statement_timeout.as_millis(), primary: None };
    let pool = Pool::builder()
        .max_size(options.readers)
        .min_idle(Some(1))
        .test_on_check_out(true)
        .connection_timeout(options.connection_timeout)
        .connection_customizer(Box::new(customizer))
        .build(ConnectionManager::new(url))?;
    Ok(Readers::new(ReaderPool::Postgres(pool)))
}

/// The same for a standby. None is opened before it is needed, for the standby may be away.
pub(super) fn open_replica_readers(url: &str, primary: Identity, options: &Options) -> Readers {
    let customizer = ReadOnly { timeout: options.statement_timeout.as_millis(), primary: Some(primary) };
    let pool = Pool::builder()
        .max_size(options.readers)
        .min_idle(Some(0))
        .test_on_check_out(true)
        .connection_timeout(REPLICA_TIMEOUT)
        .connection_customizer(Box::new(customizer))
        .build_unchecked(ConnectionManager::new(url));
    Readers::new(ReaderPool::Postgres(pool))
}

/// What a primary and its standbys have in common: the number of the cluster, and the name of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    system: i64,
    database: String,
}

/// Which cluster and database a connection leads to.
pub(super) fn identity(conn: &mut PgConnection) -> Result<Identity, StoreError> {
    const IDENTITY: &str = "SELECT system_identifier, current_database()::text FROM pg_control_system()";
    let identity = Statement::<(BigInt, Text)>::new(IDENTITY, Vec::new());
    let (system, database) = identity.get_result::<(i64, String)>(&mut Conn::Postgres(conn))?;
    Ok(Identity { system, database })
}

#[derive(Debug)]
struct ReadOnly {
    /// Milliseconds.
    timeout: u128,
    /// For a standby, what its primary is.
    primary: Option<Identity>,
}

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for ReadOnly {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        let timeout = self.timeout;
        conn.batch_execute(&format!(
            "{PLANNER} SET application_name = 'westway reader'; SET default_transaction_read_only = on; \
             SET statement_timeout = {timeout}; SET idle_in_transaction_session_timeout = {timeout};"
        ))
        .map_err(diesel::r2d2::Error::QueryError)?;
        let Some(primary) = &self.primary else { return Ok(()) };
        match identity(conn) {
            Ok(found) if found == *primary => Ok(()),
            Ok(_) => Err(not_a_standby("the replica is not a standby of this database")),
            Err(error) => Err(not_a_standby(&error.to_string())),
        }
    }
}

fn not_a_standby(reason: &str) -> diesel::r2d2::Error {
    diesel::r2d2::Error::QueryError(diesel::result::Error::QueryBuilderError(reason.into()))
}
