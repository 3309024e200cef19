//! Only one process may have a database open: numbers and names that the writer keeps in memory are its own.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::store::StoreError;

/// Locks `<database>.lock` until the file is dropped or the process ends, however it ends.
pub(super) fn acquire(database: &Path) -> Result<File, StoreError> {
    let mut path = database.to_owned().into_os_string();
    path.push(".lock");
    let unavailable = |error: std::io::Error| {
        StoreError::Unavailable(format!("the lock file of {} cannot be opened: {error}", database.display()))
    };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(unavailable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable(format!(
            "{} is open in another process; stop it first, or choose another data folder",
            database.display()
        ))),
        Err(TryLockError::Error(error)) => Err(unavailable(error)),
    }
}
