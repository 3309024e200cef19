//! The register of nodes in PostgreSQL.
//!
//! A node lives as long as its session holds the advisory lock of its number: when the process dies, the session ends and the lock
//! with it, whatever clocks say. The same session listens to the channel of the schema, on which rounds are announced.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Bool, Integer};

use crate::store::StoreError;
use crate::store::nodes::{NodeNumber, Nodes, Round};
use crate::store::sql::connection::Conn;
use crate::store::sql::statement::{Statement, Value};

/// How often the session is asked for what was announced. It is a look at a socket, without a way to the server.
const POLL: Duration = Duration::from_millis(20);

/// The numbers of nodes that live; its value is [`Session::class`].
const LIVE: &str = "SELECT objid::bigint FROM pg_locks \
    WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid::bigint = ? \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// A node of the register, and its session there.
pub(super) struct Registered {
    url: String,
    number: NodeNumber,
    /// The round that this node follows.
    follows: AtomicI64,
    /// Opened again after an error.
    session: Mutex<Option<Session>>,
}

struct Session {
    conn: PgConnection,
    /// The first number of the locks, which is another for each schema.
    class: i64,
}

impl Registered {
    /// Registers this process under a new number. What it reads of search parameters afterwards is not older than the round it
    /// follows then.
    pub(super) fn new(url: &str) -> Result<Self, StoreError> {
        let mut session = Session::open(url)?;
        let mut number = session.new_number()?;
        while !session.try_lock(number)? {
            number = session.new_number()?;
        }
        let round = session.round()?;
        session.note(number, round)?;
        Ok(Self {
            url: url.to_owned(),
            number,
            follows: AtomicI64::new(round),
            session: Mutex::new(Some(session)),
        })
    }

    /// Does something in the session, which is opened again if it was lost.
    fn in_session<T>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut guard: MutexGuard<'_, Option<Session>> =
            self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let mut session = match guard.take() {
            Some(session) => session,
            None => self.reopened()?,
        };
        let done = work(&mut session)?;
        *guard = Some(session);
        Ok(done)
    }

    fn reopened(&self) -> Result<Session, StoreError> {
        let mut session = Session::open(&self.url)?;
        session.take_lock(self.number)?;
        session.note(self.number, self.follows.load(Ordering::SeqCst))?;
        log::info!("node {} is in the register again", self.number);
        Ok(session)
    }
}

impl Nodes for Registered {
    fn me(&self) -> NodeNumber {
        self.number
    }

    fn is_live(&self, node: NodeNumber) -> Result<bool, StoreError> {
        if node == self.number {
            return Ok(true);
        }
        let text = format!("SELECT ? IN ({LIVE})");
        self.in_session(|session| {
            let values = vec![Value::Integer(node.into()), Value::Integer(session.class)];
            Ok(Statement::<Bool>::new(&text, values).get_result(&mut Conn::Postgres(&mut session.conn))?)
        })
    }

    fn listen(&self, longest: Duration) -> Result<bool, StoreError> {
        let begun = Instant::now();
        while !self.in_session(Session::was_notified)? {
            if begun.elapsed() >= longest {
                return Ok(false);
            }
            sleep(POLL);
        }
        Ok(true)
    }

    fn announce(&self) -> Result<Round, StoreError> {
        const NEXT: &str = "SELECT nextval('definitions_round')";
        const TELL: &str = "SELECT pg_notify('westway_' || current_schema(), '')";
        self.in_session(|session| {
            let conn = &mut Conn::Postgres(&mut session.conn);
            let round = Statement::<BigInt>::new(NEXT, Vec::new()).get_result(conn)?;
            Statement::<()>::new(TELL, Vec::new()).execute(conn)?;
            Ok(round)
        })
    }

    fn round(&self) -> Result<Round, StoreError> {
        self.in_session(Session::round)
    }

    fn follow(&self, round: Round) -> Result<(), StoreError> {
        if self.follows.fetch_max(round, Ordering::SeqCst) >= round {
            return Ok(());
        }
        self.in_session(|session| session.note(self.number, round))
    }

    fn others_follow(&self, round: Round) -> Result<bool, StoreError> {
        let text = format!(
            "SELECT count(*) FROM node WHERE follows < ? AND number <> ? AND number::bigint IN ({LIVE})"
        );
        self.in_session(|session| {
            let values = [round, self.number.into(), session.class].map(Value::Integer).to_vec();
            let behind = Statement::<BigInt>::new(&text, values);
            Ok(behind.get_result::<i64>(&mut Conn::Postgres(&mut session.conn))? == 0)
        })
    }
}

impl Session {
    fn open(url: &str) -> Result<Self, StoreError> {
        let mut conn = PgConnection::establish(url)?;
        // A node whose machine is gone must not live for two hours, as TCP would have it.
        conn.batch_execute(
            "SET application_name = 'westway node'; SET lock_timeout = '10s'; SET synchronous_commit = off; \
             SET client_min_messages = warning; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; \
             SET tcp_keepalives_count = 3;",
        )?;
        const CLASS: &str = "SELECT (hashtext('westway node ' || current_schema()) & 2147483647)::bigint";
        const LISTEN: &str =
            "DO $$ BEGIN EXECUTE format('LISTEN %I', 'westway_' || current_schema()); END $$";
        let class = Statement::<BigInt>::new(CLASS, Vec::new()).get_result(&mut Conn::Postgres(&mut conn))?;
        conn.batch_execute(LISTEN)?;
        Ok(Self { conn, class })
    }

    fn new_number(&mut self) -> Result<NodeNumber, StoreError> {
        let next = Statement::<Integer>::new("SELECT nextval('node_number')::integer", Vec::new());
        Ok(next.get_result(&mut Conn::Postgres(&mut self.conn))?)
    }

    fn try_lock(&mut self, number: NodeNumber) -> Result<bool, StoreError> {
        const LOCK: &str = "SELECT pg_try_advisory_lock(?::integer, ?::integer)";
        let lock = Statement::<Bool>::new(LOCK, self.lock_numbers(number));
        Ok(lock.get_result(&mut Conn::Postgres(&mut self.conn))?)
    }

    /// Takes the lock from the lost session of this process, should the server still wait for that.
    fn take_lock(&mut self, number: NodeNumber) -> Result<(), StoreError> {
        if self.try_lock(number)? {
            return Ok(());
        }
        const END: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks \
            WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid::bigint = ? AND objid::bigint = ? \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let lock_numbers = self.lock_numbers(number);
        let conn = &mut Conn::Postgres(&mut self.conn);
        Statement::<BigInt>::new(END, lock_numbers.clone()).get_result::<i64>(conn)?;
        Statement::<()>::new("SELECT pg_advisory_lock(?::integer, ?::integer)", lock_numbers)
            .execute(conn)?;
        Ok(())
    }

    fn lock_numbers(&self, number: NodeNumber) -> Vec<Value<'static>> {
        vec![Value::Integer(self.class), Value::Integer(number.into())]
    }

    /// Notes which round a node follows, and removes what dead ones have left.
    fn note(&mut self, number: NodeNumber, follows: Round) -> Result<(), StoreError> {
        const NOTE: &str = "INSERT INTO node (number, name, follows) VALUES (?::integer, ?, ?) \
            ON CONFLICT (number) DO UPDATE SET follows = excluded.follows";
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let name = format!("{} process {}", host.trim(), std::process::id());
        let values = vec![Value::Integer(number.into()), Value::text(&name), Value::Integer(follows)];
        let conn = &mut Conn::Postgres(&mut self.conn);
        Statement::<()>::new(NOTE, values).execute(conn)?;
        let sweep = format!("DELETE FROM node WHERE number::bigint NOT IN ({LIVE})");
        Statement::<()>::new(&sweep, vec![Value::Integer(self.class)]).execute(conn)?;
        Ok(())
    }

    fn round(&mut self) -> Result<Round, StoreError> {
        let last = Statement::<BigInt>::new("SELECT last_value FROM definitions_round", Vec::new());
        Ok(last.get_result(&mut Conn::Postgres(&mut self.conn))?)
    }

    /// Whether something was announced since this was last asked.
    fn was_notified(&mut self) -> Result<bool, StoreError> {
        let mut was_notified = false;
        for notification in self.conn.notifications_iter() {
            notification?;
            was_notified = true;
        }
        Ok(was_notified)
    }
}
