//! The migrations of PostgreSQL.

use diesel::pg::PgConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::store::StoreError;
use crate::store::sql::migration;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Brings the schema of the database up to date. Processes that start together take turns.
pub(in crate::store) fn migrate(conn: &mut PgConnection) -> Result<(), StoreError> {
    super::lock_session(conn, true)?;
    let migrated = migration::migrate(conn, MIGRATIONS);
    super::lock_session(conn, false)?;
    migrated
}

/// Refuses a database that does not have the schema of this program.
pub(super) fn check(conn: &mut PgConnection) -> Result<(), StoreError> {
    migration::check(conn, &MIGRATIONS)
}
