//! Where the SQL of the two databases differs.
//!
//! The text of a [`Statement`](super::statement::Statement) has such places in braces, `{SQLite|PostgreSQL}`, and each database
//! gets its own. The places that several statements have are here under names.
//!
//! SQLite is told which way to go: its `CROSS JOIN` keeps the order of the tables, and `INDEXED BY` names the index. PostgreSQL
//! keeps the order of joins by a setting of its connections, and chooses the index itself.

use std::borrow::Cow;

/// The language of one of the databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The text of a statement in this language.
    pub(super) fn read(self, text: &str) -> Cow<'_, str> {
        let Some((first, mut rest)) = text.split_once('{') else { return Cow::Borrowed(text) };
        let mut read = String::with_capacity(text.len());
        read.push_str(first);
        loop {
            let (place, behind) = rest.split_once('}').unwrap_or((rest, ""));
            let (sqlite, postgres) = place.split_once('|').unwrap_or((place, ""));
            read.push_str(if self == Self::Sqlite { sqlite } else { postgres });
            let Some((between, next)) = behind.split_once('{') else {
                read.push_str(behind);
                return Cow::Owned(read);
            };
            read.push_str(between);
            rest = next;
        }
    }
}

/// Between a table and one that has rows looked up for each row of the first; behind that one stands `ON`.
pub(in crate::store) const JOIN: &str = " {CROSS JOIN|JOIN} ";

/// The end of an `EXISTS (...)` that is asked of one resource after the other. PostgreSQL would rather look for all resources that
/// pass, and sort them: it does not with an `OFFSET`.
pub(in crate::store) const END_OF_PROBE: &str = "{)| OFFSET 0)}";

/// Behind an expression: it is one of the integers of a list that is bound.
pub(in crate::store) const IS_IN_LIST: &str = "{IN (SELECT value FROM json_each(?))|= ANY (?)}";

/// Behind a table: all of it in its own order.
pub(in crate::store) const BY_NO_INDEX: &str = "{ NOT INDEXED|}";

/// Behind a table: by this index and no other.
pub(in crate::store) fn by_index(index: &str) -> String {
    format!("{{ INDEXED BY {index}|}}")
}

/// Behind a table: by its primary key and no other index.
pub(in crate::store) fn by_primary_key(table: &str) -> String {
    by_index(&format!("sqlite_autoindex_{table}_1"))
}

/// A list that is bound, as a table with the column `value`.
pub(in crate::store) fn list(alias: &str) -> String {
    format!("{{json_each(?) AS {alias}|unnest(?) AS {alias} (value)}}")
}

/// What the functions are given that are asked for the keys of a resource, which is a row of `current`. Those of SQLite read the
/// keys themselves, those of PostgreSQL look into the index tables.
pub(in crate::store) fn keys(current: &str) -> String {
    format!("{current}.{{keys|rid}}")
}

/// What a parameter, which is bound, of a resource points to, as a table with the column `value`. The resource is a row of
/// `current`.
pub(in crate::store) fn targets(current: &str, alias: &str) -> String {
    format!(
        "{{json_each(reference_targets({current}.keys, ?)) AS {alias}|LATERAL (SELECT t.target AS value \
         FROM ix_reference AS t WHERE t.rid = {current}.rid AND t.parameter = ?) AS {alias}}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_reads_its_own_side() {
        for (text, sqlite, postgres) in [
            ("SELECT 1", "SELECT 1", "SELECT 1"),
            ("a{b|c}d{ e|}f", "abd ef", "acdf"),
            ("{b|c}", "b", "c"),
            ("a{b|c}{d|e}", "abd", "ace"),
        ] {
            assert_eq!(Dialect::Sqlite.read(text), sqlite);
            assert_eq!(Dialect::Postgres.read(text), postgres);
        }
    }
}
