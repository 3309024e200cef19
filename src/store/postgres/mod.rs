//! The database in PostgreSQL, 15 or newer. Several processes may have it open; their writers take turns.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Integer};

use self::nodes::Registered;
use self::replica::Replica;
use super::StoreError;
use super::nodes::Nodes;
use super::sql::SqlStore;
use super::sql::backend::{Backend, Definitions};
use super::sql::connection::{Conn, Link};
use super::sql::dictionary::Dictionary;
use super::sql::statement::{Statement, Value};
use super::sql::write_set::{Last, State};

pub(in crate::store) mod connection;
pub(in crate::store) mod migration;
pub(in crate::store) mod moving;
mod nodes;
pub(in crate::store) mod replica;
mod url;

/// The number of the lock that a writer holds for a transaction: "westway" in ASCII.
const WRITER_LOCK: i64 = 0x0077_6573_7477_6179;

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections that read, each used by one request at a time.
    pub readers: u32,
    /// How long a request waits for one of them.
    pub connection_timeout: Duration,
    /// How long a statement may take; zero for no limit.
    pub statement_timeout: Duration,
    /// A standby for searches, if there is one.
    pub replica: Option<ReplicaOptions>,
    /// Tells the time of writes.
    pub clock: fn() -> SystemTime,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 16,
            connection_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            replica: None,
            clock: SystemTime::now,
        }
    }
}

/// A standby for searches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaOptions {
    /// A url of libpq.
    pub url: String,
    /// How old what it answers may be at most.
    pub max_staleness: Duration,
}

/// Opens the database that a url of libpq names, and brings its schema up to date.
///
/// # Errors
/// [`StoreError::NewerSchema`] for a database of a newer program, [`StoreError::Unavailable`] if it does not answer.
pub fn open(url: &str, options: &Options) -> Result<SqlStore, StoreError> {
    let url = &url::with_patience(url);
    let mut conn = connection::open_writer(url)?;
    migration::migrate(&mut conn)?;
    let definitions = definitions(&mut Conn::Postgres(&mut conn))?;
    let replica = options.replica.as_ref();
    let replica = replica.map(|replica| Replica::start(url, &mut conn, replica, options)).transpose()?;
    drop(conn);
    let readers = connection::open_readers(url, options)?;
    let nodes = Registered::new(url)?;
    let database = PostgresDatabase {
        url: url.to_owned(),
        statement_timeout: options.statement_timeout,
        definitions: AtomicI64::new(definitions),
        nodes,
    };
    SqlStore::start(Arc::new(database), readers, replica, options.clock)
}

/// Waits until no other writer has the lock, and has it until the transaction ends.
pub(in crate::store) fn begin_write(conn: &mut PgConnection) -> Result<(), StoreError> {
    let lock = Statement::<()>::new("SELECT pg_advisory_xact_lock(?)", vec![Value::Integer(WRITER_LOCK)]);
    lock.execute(&mut Conn::Postgres(conn))?;
    Ok(())
}

/// Called before the commit, which may take as long as it needs: a wait for a synchronous standby that a time limit breaks off looks like a
/// commit that is done.
pub(in crate::store) fn end_write(conn: &mut PgConnection) -> Result<(), StoreError> {
    Ok(conn.batch_execute("SET LOCAL statement_timeout = 0")?)
}

/// Takes or gives back the same lock for the session, across transactions.
fn lock_session(conn: &mut PgConnection, take: bool) -> Result<(), StoreError> {
    let text = if take { "SELECT pg_advisory_lock(?)" } else { "SELECT pg_advisory_unlock(?)" };
    Statement::<()>::new(text, vec![Value::Integer(WRITER_LOCK)]).execute(&mut Conn::Postgres(conn))?;
    Ok(())
}

fn definitions(conn: &mut Conn<'_>) -> Result<i64, StoreError> {
    // A number that other definitions hardly ever have.
    const FINGERPRINT: &str = "SELECT coalesce(bit_xor(hashtextextended(id || ' ' || coalesce(definition, ''), 0)), 0) \
        FROM indexed_definition";
    Ok(Statement::<BigInt>::new(FINGERPRINT, Vec::new()).get_result(conn)?)
}

struct PostgresDatabase {
    url: String,
    statement_timeout: Duration,
    /// The definitions when the writer last looked.
    definitions: AtomicI64,
    nodes: Registered,
}

impl Backend for PostgresDatabase {
    fn connect(&self) -> Result<Link, StoreError> {
        let mut conn = connection::open_writer(&self.url)?;
        conn.batch_execute(&format!("SET statement_timeout = {}", self.statement_timeout.as_millis()))?;
        Ok(Link::Postgres(Box::new(conn)))
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn nodes(&self) -> &dyn Nodes {
        &self.nodes
    }

    fn follow(
        &self,
        conn: &mut Conn<'_>,
        dictionary: &Dictionary,
        state: &mut State,
    ) -> Result<Definitions, StoreError> {
        const END: &str = "SELECT (SELECT coalesce(max(vid), 0) FROM version), \
            coalesce((SELECT ts FROM version ORDER BY vid DESC LIMIT 1), 0), \
            (SELECT coalesce(max(rid), 0) FROM resource_id), (SELECT max(code) FROM resource_type), \
            (SELECT coalesce(max(id), 0) FROM search_parameter)";
        type End = (BigInt, BigInt, BigInt, Integer, Integer);
        let end = Statement::<End>::new(END, Vec::new());
        let (vid, ts, rid, types, parameters) = end.get_result::<(i64, i64, i64, i32, i32)>(conn)?;
        state.follow(Last { vid, ts, rid });
        let in_database = (usize::try_from(types), usize::try_from(parameters));
        if in_database != (Ok(dictionary.in_database().0), Ok(dictionary.in_database().1)) {
            dictionary.reload(conn)?;
        }
        let definitions = definitions(conn)?;
        let before = self.definitions.swap(definitions, Ordering::SeqCst);
        Ok(if before == definitions { Definitions::Same } else { Definitions::Changed })
    }

    fn wrote_definitions(&self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        self.definitions.store(definitions(conn)?, Ordering::SeqCst);
        Ok(())
    }

    fn tidy(&self, _: &mut Conn<'_>, _: bool) -> Result<(), StoreError> {
        Ok(())
    }

    fn sizes(&self, conn: &mut Conn<'_>) -> Result<(u64, u64), StoreError> {
        let size = Statement::<BigInt>::new("SELECT pg_database_size(current_database())", Vec::new());
        Ok((size.get_result::<i64>(conn)?.unsigned_abs(), 0))
    }
}
