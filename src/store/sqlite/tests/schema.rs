//! Both `schema.rs`, that of the core and that of the relational tables, say what the migrations made.

use std::collections::BTreeMap;

use diesel::sql_types::Text;

use super::*;

/// Tables by name, with their columns as `name TYPE` in order.
type Tables = BTreeMap<String, Vec<String>>;

/// What both `schema.rs` declare: in a `table!` first the name of the table, then `column -> Type,` for each column, the name in
/// the database before it if it is another.
fn declared() -> Tables {
    let mut tables = Tables::new();
    let source = concat!(include_str!("../../schema.rs"), include_str!("../../relational/schema.rs"));
    for block in source.split("\ntable! {").skip(1) {
        let mut lines =
            block.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
        let table = lines.next().unwrap().split(' ').next().unwrap();
        let mut columns = Vec::new();
        let mut renamed = None;
        for line in lines.take_while(|line| *line != "}") {
            if let Some(name) = line.strip_prefix("#[sql_name = \"") {
                renamed = Some(name.trim_end_matches("\"]"));
                continue;
            }
            let (name, kind) = line.trim_end_matches(',').split_once(" -> ").unwrap();
            let kind = kind.trim_start_matches("Nullable<").trim_end_matches('>');
            columns.push(format!("{} {}", renamed.take().unwrap_or(name), storage(kind)));
        }
        tables.insert(table.to_owned(), columns);
    }
    tables
}

/// The type of SQLite in which a type of Diesel is stored.
fn storage(diesel: &str) -> &'static str {
    match diesel {
        "BigInt" | "Integer" | "Bool" => "INTEGER",
        "Double" => "REAL",
        "Text" => "TEXT",
        "Binary" => "BLOB",
        other => panic!("{other}"),
    }
}

#[derive(QueryableByName)]
struct Migrated {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    column: String,
}

fn migrated(fixture: &Fixture) -> Tables {
    const COLUMNS: &str = "SELECT t.name AS name, c.name || ' ' || c.type AS column \
        FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c \
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'resource\\_text%' ESCAPE '\\' AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' \
        ORDER BY t.name, c.cid";
    let mut tables = Tables::new();
    for row in diesel::sql_query(COLUMNS).load::<Migrated>(&mut fixture.sql()).unwrap() {
        tables.entry(row.name).or_default().push(row.column);
    }
    tables
}

#[test]
fn the_declared_tables_are_those_of_the_database() {
    let declared = declared();
    assert!(declared.len() > 10);
    assert_eq!(declared, migrated(&Fixture::new()));
}

#[test]
fn migrations_can_be_reverted() {
    use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
    const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
    let fixture = Fixture::new();
    fixture.sql().revert_all_migrations(MIGRATIONS).unwrap();
    assert_eq!(migrated(&fixture), Tables::new());
    fixture.sql().run_pending_migrations(MIGRATIONS).unwrap();
    assert_eq!(migrated(&fixture), declared());
}
