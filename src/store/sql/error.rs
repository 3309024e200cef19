//! Errors of Diesel as errors of the store. Their texts are for the log.

use diesel::result::{ConnectionError, DatabaseErrorKind, Error};

use crate::store::StoreError;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::SerializationFailure
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ReadOnlyTransaction,
                _,
            )
            | Error::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            Error::DatabaseError(_, ref information)
                if information.message().contains("due to statement timeout") =>
            {
                Self::TooSlow
            }
            Error::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            Error::DatabaseError(_, ref information) if is_passing(information.message()) => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Database(error.to_string()),
        }
    }
}

/// Whether a message tells of a state of the database that ends by itself. Diesel gives no code for these.
fn is_passing(message: &str) -> bool {
    const PASSING: [&str; 9] = [
        // SQLite's words for another process holding its lock longer than we wait.
        "database is locked",
        "database or disk is full",
        "terminating connection",
        "the database system is",
        "server closed the connection",
        "canceling statement due to",
        "could not extend file",
        "No space left on device",
        "deadlock detected",
    ];
    PASSING.iter().any(|words| message.contains(words))
}

/// Whether the database ended a transaction so that another could go on. Diesel gives no code for deadlocks.
pub(super) fn is_conflict(error: &StoreError) -> bool {
    const CONFLICTS: [&str; 2] = ["deadlock detected", "could not serialize access"];
    let StoreError::Unavailable(text) = error else { return false };
    CONFLICTS.iter().any(|words| text.contains(words))
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
