//! Errors of Diesel as errors of the store. Their texts are for the log.

use diesel::result::{ConnectionError, DatabaseErrorKind, Error};

use crate::store::StoreError;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
            | Error::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            // SQLite's words for another process holding its lock longer than we wait.
            Error::DatabaseError(_, ref information) if information.message() == "database is locked" => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Database(error.to_string()),
        }
    }
}

impl From<ConnectionError> for StoreError {
    fn from(error: ConnectionError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<diesel::r2d2::PoolError> for StoreError {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::Unavailable(format!("no connection to read with: {error}"))
    }
}
