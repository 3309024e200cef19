//! The schema of the database file, brought up to date when it is opened.

use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::store::StoreError;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Runs what is missing. A database with migrations this program does not know is left alone.
pub(super) fn migrate(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Database(error.to_string());
    let migrations = MigrationSource::<Sqlite>::migrations(&MIGRATIONS).map_err(failed)?;
    let known = migrations.iter().map(|migration| migration.name().version().to_string());
    let known = known.collect::<Vec<_>>();
    let applied = conn.applied_migrations().map_err(failed)?;
    let unknown = applied.iter().map(ToString::to_string).find(|version| !known.contains(version));
    if let Some(found) = unknown {
        return Err(StoreError::NewerSchema { found, known: known.into_iter().max().unwrap_or_default() });
    }
    for version in conn.run_pending_migrations(MIGRATIONS).map_err(failed)? {
        log::info!("migrated the database to {version}");
    }
    Ok(())
}
