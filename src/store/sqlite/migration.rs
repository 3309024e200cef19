//! The migrations of SQLite.

use diesel::sqlite::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::store::StoreError;
use crate::store::sql::migration;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Brings the schema of the database up to date.
pub(in crate::store) fn migrate(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    migration::migrate(conn, MIGRATIONS)
}

/// Refuses a database that does not have the schema of this program.
pub(super) fn check(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    migration::check(conn, &MIGRATIONS)
}
