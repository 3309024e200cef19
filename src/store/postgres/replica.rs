//! A standby that answers searches and histories, as long as it is new enough.
//!
//! How new it is, no clock of a server tells. This process notes how far the log of the primary was written at some times of its own
//! clock. A standby that has replayed the log up to such a mark has all that was acknowledged before that time. It is asked over the
//! connection that is then used, before the transaction begins, so that this holds of what the transaction sees; also where the url leads
//! to several standbys. If the primary writes nothing, its marks stay where they are, and the standby has reached them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::Connection;
use diesel::pg::PgConnection;
use diesel::sql_types::BigInt;

use super::connection;
use super::{Options, ReplicaOptions};
use crate::store::sql::connection::{Conn, Reader, Readers};
use crate::store::sql::statement::Statement;
use crate::store::{ReplicaStatus, StoreError};

/// The longest time between marks.
const MARKS: Duration = Duration::from_millis(500);
/// How long a standby that failed is not asked.
const REST: Duration = Duration::from_secs(5);

/// The standby.
pub(in crate::store) struct Replica {
    readers: Readers,
    max_staleness: Duration,
    marks: Arc<Mutex<Marks>>,
    rests_until: Mutex<Option<Instant>>,
    answered: AtomicU64,
    passed_over: AtomicU64,
}

/// When the log of the primary was how long, oldest first.
type Marks = VecDeque<(Instant, i64)>;

impl Replica {
    /// Opens the pool of connections, and begins to note how far the primary is. `conn` leads to the primary.
    pub(super) fn start(
        primary: &str,
        conn: &mut PgConnection,
        replica: &ReplicaOptions,
        options: &Options,
    ) -> Result<Self, StoreError> {
        let identity = connection::identity(conn)?;
        let marks = Arc::new(Mutex::new(Marks::new()));
        let (url, max_staleness, weak) = (primary.to_owned(), replica.max_staleness, Arc::downgrade(&marks));
        thread::Builder::new()
            .name("replica-marks".to_owned())
            .spawn(move || note_marks(&url, &weak, max_staleness))
            .map_err(|error| StoreError::Unavailable(format!("no thread for the replica: {error}")))?;
        Ok(Self {
            readers: connection::open_replica_readers(&replica.url, identity, options),
            max_staleness,
            marks,
            rests_until: Mutex::new(None),
            answered: AtomicU64::new(0),
            passed_over: AtomicU64::new(0),
        })
    }

    /// A connection to a standby that is new enough now; `None` if there is none.
    pub(in crate::store) fn reader(&self) -> Option<Reader> {
        let reader = self.new_enough().unwrap_or_else(|reason| {
            self.rest(&reason.to_string());
            None
        });
        let count = if reader.is_some() { &self.answered } else { &self.passed_over };
        count.fetch_add(1, Ordering::Relaxed);
        reader
    }

    fn new_enough(&self) -> Result<Option<Reader>, StoreError> {
        let rests_until = *lock(&self.rests_until);
        if rests_until.is_some_and(|until| Instant::now() < until) {
            return Ok(None);
        }
        let mut reader = match self.readers.get() {
            Err(StoreError::Busy) => return Ok(None),
            reader => reader?,
        };
        let Some(needed) = self.needed() else { return Ok(None) };
        let is_new = replayed(&mut reader.conn())? >= needed;
        Ok(is_new.then_some(reader))
    }

    /// How much of the log must be replayed; `None` if it is not known how far the primary is.
    fn needed(&self) -> Option<i64> {
        let marks = lock(&self.marks);
        let mut recent = marks.iter().filter(|(at, _)| at.elapsed() < self.max_staleness);
        recent.next().map(|(_, position)| *position)
    }

    /// Notes that a search that was begun could not be answered.
    pub(in crate::store) fn failed(&self, reason: &str) {
        self.answered.fetch_sub(1, Ordering::Relaxed);
        self.passed_over.fetch_add(1, Ordering::Relaxed);
        self.rest(reason);
    }

    fn rest(&self, reason: &str) {
        log::warn!("the replica is not asked for {} s: {reason}", REST.as_secs());
        *lock(&self.rests_until) = Some(Instant::now() + REST);
    }

    pub(in crate::store) fn status(&self) -> ReplicaStatus {
        ReplicaStatus {
            readers: self.readers.status(),
            answered: self.answered.load(Ordering::Relaxed),
            passed_over: self.passed_over.load(Ordering::Relaxed),
        }
    }
}

/// How much of the log a standby has replayed, bytes; -1 for a server that is none.
fn replayed(conn: &mut Conn<'_>) -> Result<i64, StoreError> {
    const REPLAYED: &str = "SELECT CASE WHEN pg_is_in_recovery() \
        THEN coalesce((pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint, -1) ELSE -1 END";
    Ok(Statement::<BigInt>::new(REPLAYED, Vec::new()).get_result(conn)?)
}

/// Notes again and again how far the log of the primary is, as long as somebody wants to know.
fn note_marks(url: &str, marks: &Weak<Mutex<Marks>>, max_staleness: Duration) {
    let pause = MARKS.min(max_staleness / 4);
    let mut session = None;
    while let Some(marks) = marks.upgrade() {
        // Taken before the primary is asked: what is acknowledged before is in the log by then.
        let at = Instant::now();
        match flushed(url, &mut session) {
            Ok(position) => {
                let mut marks = lock(&marks);
                marks.retain(|(at, _)| at.elapsed() < max_staleness);
                marks.push_back((at, position));
            }
            Err(error) => {
                log::warn!("the replica is not asked, as the primary does not say how far it is: {error}");
                session = None;
            }
        }
        drop(marks);
        thread::sleep(pause);
    }
}

/// How much of the log of the primary is on its disk, bytes. All that is acknowledged is.
fn flushed(url: &str, session: &mut Option<PgConnection>) -> Result<i64, StoreError> {
    const FLUSHED: &str = "SELECT (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint";
    let conn = match session {
        Some(conn) => conn,
        None => session.insert(PgConnection::establish(url)?),
    };
    Ok(Statement::<BigInt>::new(FLUSHED, Vec::new()).get_result(&mut Conn::Postgres(conn))?)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
