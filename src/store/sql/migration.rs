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
    pending(conn, &migrations)?;
    for version in conn.run_pending_migrations(migrations).map_err(failed)? {
        log::info!("migrated the database to {version}");
    }
    Ok(())
}

/// Refuses a database that does not have the schema of this program; it is not changed.
pub(in crate::store) fn check<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    migrations: &EmbeddedMigrations,
) -> Result<(), StoreError> {
    match pending(conn, migrations)?.first() {
        None => Ok(()),
        Some(missing) => Err(StoreError::Unavailable(format!(
            "its schema is older than this program, {missing} is missing; `westway migrate` without --to brings it up to date"
        ))),
    }
}

/// The migrations that a database lacks.
fn pending<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    migrations: &EmbeddedMigrations,
) -> Result<Vec<String>, StoreError> {
    let known = MigrationSource::<DB>::migrations(migrations).map_err(failed)?;
    let known = known.iter().map(|migration| migration.name().version().to_string()).collect::<Vec<_>>();
    let applied = conn.applied_migrations().map_err(failed)?;
    let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
    if let Some(found) = applied.iter().find(|version| !known.contains(version)) {
        let (found, known) = (found.clone(), known.into_iter().max().unwrap_or_default());
        return Err(StoreError::NewerSchema { found, known });
    }
    Ok(known.into_iter().filter(|version| !applied.contains(version)).collect())
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Database(error.to_string())
}
