//! The schema of a database, brought up to date when it is opened.

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::store::StoreError;

/// Runs what is missing. A database with migrations this program does not know is left alone.
pub(in crate::store) fn migrate<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<(), StoreError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Database(error.to_string());
    let known = MigrationSource::<DB>::migrations(&migrations).map_err(failed)?;
    let known = known.iter().map(|migration| migration.name().version().to_string()).collect::<Vec<_>>();
    let applied = conn.applied_migrations().map_err(failed)?;
    let unknown = applied.iter().map(ToString::to_string).find(|version| !known.contains(version));
    if let Some(found) = unknown {
        return Err(StoreError::NewerSchema { found, known: known.into_iter().max().unwrap_or_default() });
    }
    for version in conn.run_pending_migrations(migrations).map_err(failed)? {
        log::info!("migrated the database to {version}");
    }
    Ok(())
}
