//! The tables that are moved, with their columns as PostgreSQL tells them.

use std::io::Write;

use diesel::pg::{CopyFormat, PgConnection};
use diesel::sql_types::{Integer, Text};
use diesel::{ExecuteCopyFromDsl, table};

use crate::store::StoreError;
use crate::store::relational::schema as relational;
use crate::store::schema;
use crate::store::sql::connection::Conn;
use crate::store::sql::statement::Statement;

table! {
    /// `current` with the columns that only PostgreSQL has.
    #[sql_name = "current"]
    current_of_postgres (rid) {
        rid -> BigInt,
        #[sql_name = "type"]
        kind -> Integer,
        #[sql_name = "version"]
        number -> BigInt,
        vid -> BigInt,
        ts -> BigInt,
        deleted -> Integer,
        keys -> Binary,
        parameters -> Array<Integer>,
        sort_texts -> Jsonb,
    }
}

table! {
    /// The words of resources, in PostgreSQL an ordinary table.
    resource_text (rid) {
        rid -> BigInt,
        #[sql_name = "type"]
        kind -> Integer,
        narrative -> Array<Text>,
        content -> Array<Text>,
    }
}

/// Adds rows, in the binary form of `COPY`, to a table.
pub(super) type CopyRows = fn(&mut PgConnection, &[u8]) -> Result<(), StoreError>;

macro_rules! copy_rows {
    ($table:path) => {
        |conn, rows| {
            use $table as target;
            diesel::copy_from(target::table)
                .from_raw_data(target::table, |out: &mut dyn Write| {
                    out.write_all(rows).map_err(|error| StoreError::Unavailable(error.to_string()))
                })
                .with_format(CopyFormat::Binary)
                .execute(conn)
                .map(|_| ())
        }
    };
}

macro_rules! tables {
    ($($schema:ident: $($table:ident)*;)*) => {
        &[$($((stringify!($table), copy_rows!($schema::$table)),)*)*]
    };
}

/// All tables of which both databases have the same rows, but for `setting`, which is last.
const TABLES: &[(&str, CopyRows)] = tables! {
    schema: resource_type search_parameter resource_id version;
    own: current;
    schema: type_count ix_token ix_reference ix_date ix_quantity ix_string ix_uri ix_composite ix_position several_keys
        job indexed_definition kept_answer;
    relational: patient patient_identifier patient_name patient_telecom patient_address
        encounter encounter_based_on encounter_participant encounter_location encounter_reason encounter_diagnosis
        encounter_status_history encounter_legal_status
        service_request service_request_category service_request_performer service_request_reason
        care_plan care_plan_category care_plan_team care_plan_addresses care_plan_goal care_plan_activity;
    schema: setting;
};

/// Names as [`TABLES`] wants them.
mod own {
    pub(super) use super::current_of_postgres as current;
}

/// Where the values of secrets are.
pub(super) const SETTING: &str = "setting";
/// The words of resources, which each database keeps in its own way.
pub(super) const WORDS: &str = "resource_text";

/// Adds rows to the words of PostgreSQL.
pub(super) const COPY_WORDS: CopyRows = copy_rows!(self::resource_text);

/// A type of PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    BigInteger,
    Boolean,
    Real,
    Text,
    Bytes,
    /// Not in SQLite: computed from the keys.
    Parameters,
    /// Not in SQLite: computed from the keys.
    SortTexts,
}

/// A table whose rows both databases have.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) copy: CopyRows,
    /// In the order of PostgreSQL.
    pub(super) columns: Vec<Column>,
    /// Names and places of the columns of the primary key.
    pub(super) key: Vec<(String, usize)>,
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

impl Table {
    /// The columns of both databases.
    pub(super) fn shared(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| !matches!(column.kind, Kind::Parameters | Kind::SortTexts))
    }

    /// The place of a column.
    pub(super) fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|other| other.name == column)
    }
}

/// The tables of a database of PostgreSQL; the last is [`SETTING`].
pub(super) fn describe(conn: &mut Conn<'_>) -> Result<Vec<Table>, StoreError> {
    const COLUMNS: &str = "SELECT c.column_name::text, c.data_type::text, coalesce(( \
            SELECT k.ordinal_position FROM information_schema.key_column_usage AS k \
            JOIN information_schema.table_constraints AS t USING (constraint_schema, constraint_name, table_name) \
            WHERE k.table_schema = c.table_schema AND k.table_name = c.table_name AND k.column_name = c.column_name \
                AND t.constraint_type = 'PRIMARY KEY'), 0)::integer \
        FROM information_schema.columns AS c WHERE c.table_schema = current_schema() AND c.table_name = ? \
        ORDER BY c.ordinal_position";
    let mut tables = Vec::with_capacity(TABLES.len());
    for (name, copy) in TABLES {
        let values = vec![crate::store::sql::statement::Value::text(name)];
        let rows =
            Statement::<(Text, Text, Integer)>::new(COLUMNS, values).load::<(String, String, i32)>(conn)?;
        let mut key: Vec<(i32, String, usize)> = Vec::new();
        let mut columns = Vec::with_capacity(rows.len());
        for (place, (column, kind, of_key)) in rows.into_iter().enumerate() {
            if of_key > 0 {
                key.push((of_key, column.clone(), place));
            }
            let kind = kind_of(&kind)
                .ok_or_else(|| StoreError::Database(format!("{name}.{column} has the type {kind}")))?;
            columns.push(Column { name: column, kind });
        }
        key.sort();
        let key = key.into_iter().map(|(_, column, place)| (column, place)).collect();
        tables.push(Table { name, copy: *copy, columns, key });
    }
    Ok(tables)
}

fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "integer" => Kind::Integer,
        "bigint" => Kind::BigInteger,
        "boolean" => Kind::Boolean,
        "double precision" => Kind::Real,
        "text" => Kind::Text,
        "bytea" => Kind::Bytes,
        "ARRAY" => Kind::Parameters,
        "jsonb" => Kind::SortTexts,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_schema_is_moved() {
        let source = concat!(include_str!("../../schema.rs"), include_str!("../../relational/schema.rs"));
        let mut declared: Vec<&str> = Vec::new();
        for block in source.split("\ntable! {").skip(1) {
            let mut lines = block.lines().map(str::trim);
            let head = lines.find(|line| !line.is_empty() && !line.starts_with("//"));
            declared.extend(head.and_then(|line| line.split(' ').next()));
        }
        let mut moved: Vec<&str> = TABLES.iter().map(|(name, _)| *name).collect();
        assert_eq!(moved.last(), Some(&SETTING));
        declared.sort_unstable();
        moved.sort_unstable();
        assert_eq!(moved, declared);
    }
}
