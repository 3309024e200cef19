//! Both `schema.rs`, that of the core and that of the relational tables, say what the migrations made.

use std::collections::BTreeMap;

use diesel::sql_types::Text;

use super::*;

/// Tables by name, with their columns as `name TYPE` in order.
type Tables = BTreeMap<String, Vec<String>>;

/// What both `schema.rs` declare: in a `table!` first the name of the table, then `column -> Type,` for each column, the name in
/// the database before it if it is another.
fn declared(fixture: &Fixture) -> Tables {
    let mut tables = Tables::new();
    let source = concat!(include_str!("../schema.rs"), include_str!("../relational/schema.rs"));
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
            let (sqlite, postgres) = storage(kind);
            let kind = if matches!(fixture.place, Place::Folder(_)) { sqlite } else { postgres };
            columns.push(format!("{} {kind}", renamed.take().unwrap_or(name)));
        }
        tables.insert(table.to_owned(), columns);
    }
    tables
}

/// The type in which SQLite stores a type of Diesel, and the one of PostgreSQL.
fn storage(diesel: &str) -> (&'static str, &'static str) {
    match diesel {
        "BigInt" => ("INTEGER", "bigint"),
        "Integer" => ("INTEGER", "integer"),
        "Bool" => ("INTEGER", "boolean"),
        "Double" => ("REAL", "double precision"),
        "Text" => ("TEXT", "text"),
        "Binary" => ("BLOB", "bytea"),
        other => panic!("{other}"),
    }
}

fn migrated(fixture: &Fixture) -> Tables {
    const SQLITE: &str = "SELECT t.name AS name, c.name || ' ' || c.type AS column \
        FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c \
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'resource\\_text%' ESCAPE '\\' AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' \
        ORDER BY t.name, c.cid";
    const POSTGRES: &str = "SELECT c.table_name::text, c.column_name || ' ' || c.data_type \
        FROM information_schema.columns AS c JOIN information_schema.tables AS t USING (table_schema, table_name) \
        WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name NOT IN ('resource_text', 'node') \
            AND c.table_name NOT LIKE '\\_\\_diesel%' AND c.column_name NOT IN ('parameters', 'sort_texts') \
        ORDER BY c.table_name, c.ordinal_position";
    let text = match fixture.place {
        Place::Folder(_) => SQLITE,
        Place::Postgres(_) => POSTGRES,
    };
    let mut tables = Tables::new();
    let columns = Statement::<(Text, Text)>::new(text, Vec::new());
    for (table, column) in columns.load::<(String, String)>(&mut fixture.link().conn()).unwrap() {
        tables.entry(table).or_default().push(column);
    }
    tables
}

#[test]
fn the_declared_tables_are_those_of_the_database() {
    for fixture in Fixture::all() {
        let declared = declared(&fixture);
        assert!(declared.len() > 10);
        assert_eq!(declared, migrated(&fixture));
    }
}

#[test]
fn migrations_can_be_reverted() {
    use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
    const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
    const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
    for fixture in Fixture::all() {
        match &mut fixture.link() {
            Link::Sqlite(conn) => conn.revert_all_migrations(SQLITE).map(|_| ()),
            Link::Postgres(conn) => conn.revert_all_migrations(POSTGRES).map(|_| ()),
        }
        .unwrap();
        assert_eq!(migrated(&fixture), Tables::new());
        match &mut fixture.link() {
            Link::Sqlite(conn) => conn.run_pending_migrations(SQLITE).map(|_| ()),
            Link::Postgres(conn) => conn.run_pending_migrations(POSTGRES).map(|_| ()),
        }
        .unwrap();
        assert_eq!(migrated(&fixture), declared(&fixture));
    }
}

/// Diesel tells migrations apart by what stands before the first `_`.
#[test]
fn every_migration_has_a_date_of_its_own() {
    for database in ["sqlite", "postgres"] {
        let folder = format!("{}/migrations/{database}", env!("CARGO_MANIFEST_DIR"));
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let dates = names.map(|name| name.to_str().unwrap().split('_').next().unwrap().to_owned());
        let dates: Vec<String> = dates.collect();
        let different = dates.iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(different.len(), dates.len(), "{dates:?}");
    }
}
