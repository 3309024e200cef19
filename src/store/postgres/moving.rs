//! A database of PostgreSQL as one end of a move of all data.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Bool, Text};

use super::url::with_patience;
use super::{WRITER_LOCK, connection, migration};
use crate::store::StoreError;
use crate::store::sql::connection::Conn;
use crate::store::sql::statement::{Statement, Value};

/// The number of the lock that a move into the database holds.
const MOVE_LOCK: i64 = WRITER_LOCK + 1;

/// Opens a database to read from, all of it as it is now.
pub(in crate::store) fn open_source(url: &str) -> Result<PgConnection, StoreError> {
    let mut conn = connection::open_writer(&with_patience(url))?;
    conn.batch_execute(
        "SET idle_in_transaction_session_timeout = 0; SET application_name = 'westway migrate';",
    )?;
    migration::check(&mut conn)?;
    Ok(conn)
}

/// Opens a database to write all data to, unless some process has it open. The last pages may be lost with the server, and what is
/// known of them with them.
pub(in crate::store) fn open_target(url: &str) -> Result<PgConnection, StoreError> {
    let mut conn = connection::open_writer(&with_patience(url))?;
    conn.batch_execute(
        "SET idle_in_transaction_session_timeout = 0; SET application_name = 'westway migrate'; \
         SET synchronous_commit = off; SET maintenance_work_mem = '256MB';",
    )?;
    let lock = Statement::<Bool>::new("SELECT pg_try_advisory_lock(?)", vec![Value::Integer(MOVE_LOCK)]);
    if !lock.get_result::<bool>(&mut Conn::Postgres(&mut conn))? {
        return Err(StoreError::Unavailable("another `westway migrate` writes into it".to_owned()));
    }
    if others(&mut Conn::Postgres(&mut conn))? > 0 {
        return Err(StoreError::Unavailable("a server has it open; stop that first".to_owned()));
    }
    migration::migrate(&mut conn)?;
    Ok(conn)
}

/// How many other connections of this program the database has.
pub(in crate::store) fn others(conn: &mut Conn<'_>) -> Result<i64, StoreError> {
    const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND pid <> pg_backend_pid() AND application_name LIKE 'westway%'";
    Ok(Statement::<BigInt>::new(OTHERS, Vec::new()).get_result(conn)?)
}

/// Removes indexes and constraints, but for primary keys, and returns the statements that make them again. Rows come in the order of
/// their primary keys, which costs little.
pub(in crate::store) fn remove_indexes(conn: &mut Conn<'_>) -> Result<Vec<String>, StoreError> {
    const CONSTRAINTS: &str = "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), contype::text \
        FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype IN ('f', 'u') ORDER BY oid";
    const INDEXES: &str = "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) \
        FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid \
        WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' \
            AND NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conindid = i.indexrelid) ORDER BY i.indexrelid";
    type Constraint = (Text, Text, Text, Text);
    let (mut rebuild, mut references) = (Vec::new(), Vec::new());
    let constraints =
        Statement::<Constraint>::new(CONSTRAINTS, Vec::new())
            .load::<(String, String, String, String)>(conn)?;
    for (table, name, definition, kind) in constraints {
        conn.batch(&format!("ALTER TABLE {table} DROP CONSTRAINT \"{name}\""))?;
        let add = format!("ALTER TABLE {table} ADD CONSTRAINT \"{name}\" {definition}");
        if kind == "f" { references.push(add) } else { rebuild.push(add) }
    }
    let indexes = Statement::<(Text, Text)>::new(INDEXES, Vec::new()).load::<(String, String)>(conn)?;
    for (name, definition) in indexes {
        conn.batch(&format!("DROP INDEX {name}"))?;
        rebuild.push(definition);
    }
    rebuild.append(&mut references);
    Ok(rebuild)
}

/// All is in: what the planner wants to know, the map of rows that all can see, without which no index alone answers, and the next
/// number of a job. From now on nothing may be lost.
pub(in crate::store) fn settle(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    conn.batch("VACUUM (FREEZE, ANALYZE)")?;
    conn.batch(
        "SELECT setval(pg_get_serial_sequence('job', 'number'), (SELECT coalesce(max(number), 0) + 1 FROM job), false); \
         SET synchronous_commit = on;",
    )
}
