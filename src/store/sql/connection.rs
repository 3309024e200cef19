//! A connection to either database, under one name.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool, PoolError, PooledConnection};
use diesel::sqlite::SqliteConnection;

use super::dialect::Dialect;
use crate::store::{ReaderStatus, StoreError};

/// A connection that is lent for some statements.
pub(in crate::store) enum Conn<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

/// Runs a typed query of Diesel on the database that a [`Conn`] leads to. `$conn` is a variable, and names the connection of
/// Diesel within the query.
macro_rules! on {
    ($conn:ident, $query:expr) => {
        match $conn {
            $crate::store::sql::connection::Conn::Sqlite($conn) => {
                let $conn = &mut **$conn;
                $query
            }
            $crate::store::sql::connection::Conn::Postgres($conn) => {
                let $conn = &mut **$conn;
                $query
            }
        }
    };
}
pub(in crate::store) use on;

impl Conn<'_> {
    /// How SQL is written for it.
    pub(in crate::store) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs statements as they are written, without values and results.
    pub(in crate::store) fn batch(&mut self, text: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(conn) => conn.batch_execute(text)?,
            Self::Postgres(conn) => conn.batch_execute(text)?,
        }
        Ok(())
    }

    /// All of `work` or nothing of it: a transaction, or a savepoint within one.
    pub(in crate::store) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Conn<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(conn) => conn.transaction(|conn| work(&mut Conn::Sqlite(conn))),
            Self::Postgres(conn) => conn.transaction(|conn| work(&mut Conn::Postgres(conn))),
        }
    }

    /// A transaction that will write, which no other does meanwhile if all begin with this.
    pub(in crate::store) fn write_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Conn<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(conn) => conn.immediate_transaction(|conn| work(&mut Conn::Sqlite(conn))),
            Self::Postgres(conn) => conn.transaction(|conn| {
                crate::store::postgres::begin_write(conn)?;
                let done = work(&mut Conn::Postgres(conn))?;
                crate::store::postgres::end_write(conn)?;
                Ok(done)
            }),
        }
    }

    /// All statements of `work` see one state of the database.
    pub(in crate::store) fn read_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Conn<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(conn) => conn.transaction(|conn| work(&mut Conn::Sqlite(conn))),
            Self::Postgres(conn) => conn
                .build_transaction()
                .read_only()
                .repeatable_read()
                .run(|conn| work(&mut Conn::Postgres(conn))),
        }
    }
}

/// A connection of its own.
pub(in crate::store) enum Link {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
}

impl Link {
    pub(in crate::store) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Postgres(conn) => Conn::Postgres(conn),
        }
    }
}

/// The connections that read, and who waits for them.
pub(in crate::store) struct Readers {
    pool: ReaderPool,
    waiting: AtomicU32,
    refused: AtomicU64,
}

/// The connections that read.
pub(in crate::store) enum ReaderPool {
    Sqlite(Pool<ConnectionManager<SqliteConnection>>),
    Postgres(Pool<ConnectionManager<PgConnection>>),
}

/// One of them, in use.
pub(in crate::store) enum Reader {
    Sqlite(PooledConnection<ConnectionManager<SqliteConnection>>),
    Postgres(PooledConnection<ConnectionManager<PgConnection>>),
}

impl Readers {
    pub(in crate::store) fn new(pool: ReaderPool) -> Self {
        Self { pool, waiting: AtomicU32::new(0), refused: AtomicU64::new(0) }
    }

    /// Waits for a connection that is free.
    pub(in crate::store) fn get(&self) -> Result<Reader, StoreError> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let reader = match &self.pool {
            ReaderPool::Sqlite(pool) => pool.get().map(Reader::Sqlite),
            ReaderPool::Postgres(pool) => pool.get().map(Reader::Postgres),
        };
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        reader.map_err(|error| self.refusal(error))
    }

    /// Why there is no connection: all are in use, or the database lets none be opened.
    fn refusal(&self, error: PoolError) -> StoreError {
        self.refused.fetch_add(1, Ordering::Relaxed);
        let ReaderStatus { open, busy, most, .. } = self.status();
        if open == most && busy == open {
            return StoreError::Busy;
        }
        error.into()
    }

    pub(in crate::store) fn status(&self) -> ReaderStatus {
        let (state, most) = match &self.pool {
            ReaderPool::Sqlite(pool) => (pool.state(), pool.max_size()),
            ReaderPool::Postgres(pool) => (pool.state(), pool.max_size()),
        };
        ReaderStatus {
            most,
            open: state.connections,
            busy: state.connections.saturating_sub(state.idle_connections),
            waiting: self.waiting.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

impl Reader {
    pub(in crate::store) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Postgres(conn) => Conn::Postgres(conn),
        }
    }
}
