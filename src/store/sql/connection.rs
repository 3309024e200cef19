//! A connection to either database, under one name.

use diesel::connection::Connection;
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool, PooledConnection};
use diesel::sqlite::SqliteConnection;

use super::dialect::Dialect;
use crate::store::StoreError;

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
                crate::store::postgres::lock(conn)?;
                work(&mut Conn::Postgres(conn))
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

/// The connections that read.
pub(in crate::store) enum Readers {
    Sqlite(Pool<ConnectionManager<SqliteConnection>>),
    Postgres(Pool<ConnectionManager<PgConnection>>),
}

/// One of them, in use.
pub(in crate::store) enum Reader {
    Sqlite(PooledConnection<ConnectionManager<SqliteConnection>>),
    Postgres(PooledConnection<ConnectionManager<PgConnection>>),
}

impl Readers {
    /// Waits for a connection that is free.
    pub(in crate::store) fn get(&self) -> Result<Reader, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => Reader::Sqlite(pool.get()?),
            Self::Postgres(pool) => Reader::Postgres(pool.get()?),
        })
    }

    /// How many there are, and how many of these are free.
    pub(in crate::store) fn state(&self) -> (u32, u32) {
        let state = match self {
            Self::Sqlite(pool) => pool.state(),
            Self::Postgres(pool) => pool.state(),
        };
        (state.connections, state.idle_connections)
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
