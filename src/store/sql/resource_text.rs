//! The full-text index: the words of each resource that has any.

use std::hash::{DefaultHasher, Hash, Hasher};

use fhir_search::keys::SearchKeys;

use super::connection::Conn;
use super::dialect::{Dialect, IS_IN_LIST};
use super::statement::{Statement, Value};
use crate::store::StoreError;
use crate::store::query::term;

/// The words of a resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Text<'a> {
    /// Code of its type.
    kind: i32,
    narrative: &'a [Box<str>],
    content: &'a [Box<str>],
}

impl<'a> Text<'a> {
    /// The words of a resource of the type with the code `kind`.
    pub(super) fn of(kind: i32, keys: &'a SearchKeys) -> Self {
        Self { kind, narrative: &keys.narrative_words, content: &keys.content_words }
    }

    /// Words as terms of the index of SQLite, with spaces between them.
    fn terms(&self, words: &[Box<str>]) -> String {
        terms(self.kind, words.iter().map(|word| &**word))
    }

    /// A number that other words hardly ever have; 0 if there are no words. It tells whether a row must be written: that it
    /// differs from one program to the next costs a row written in vain.
    pub(super) fn fingerprint(&self) -> u64 {
        if self.narrative.is_empty() && self.content.is_empty() {
            return 0;
        }
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish().max(1)
    }
}

/// Words of a resource of the type `kind` as terms of the index of SQLite, with spaces between them.
pub(super) fn terms<'a>(kind: i32, words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| term(kind, word)).collect::<Vec<_>>().join(" ")
}

/// Rows that change, in the order of the table.
#[derive(Debug, Default)]
pub(super) struct TextChanges<'a> {
    removed: Vec<i64>,
    added: Vec<(i64, Text<'a>)>,
}

impl<'a> TextChanges<'a> {
    /// A resource had the text with the fingerprint `old`, and has this one with the fingerprint `new` now.
    pub(super) fn replace(&mut self, rid: i64, old: u64, new: u64, text: Text<'a>) {
        if old == new {
            return;
        }
        if old != 0 {
            self.removed.push(rid);
        }
        if new != 0 {
            self.added.push((rid, text));
        }
    }

    /// Writes the changes.
    pub(super) fn write(self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        if !self.removed.is_empty() {
            let text = format!("DELETE FROM resource_text WHERE {{rowid|rid}} {IS_IN_LIST}");
            Statement::<()>::new(&text, vec![Value::integers(self.removed)]).execute(conn)?;
        }
        match conn.dialect() {
            _ if self.added.is_empty() => Ok(()),
            Dialect::Sqlite => self.added.iter().try_for_each(|(rid, text)| insert(conn, *rid, text)),
            Dialect::Postgres => insert_all(conn, &self.added),
        }
    }
}

fn insert(conn: &mut Conn<'_>, rid: i64, text: &Text<'_>) -> Result<(), StoreError> {
    let (narrative, content) = (text.terms(text.narrative), text.terms(text.content));
    let values = vec![Value::Integer(rid), Value::text(&narrative), Value::text(&content)];
    let insert = "INSERT INTO resource_text (rowid, narrative, content) VALUES (?, ?, ?)";
    Statement::<()>::new(insert, values).execute(conn)?;
    Ok(())
}

/// Words are letters and digits, so that a space can stand between them.
fn insert_all(conn: &mut Conn<'_>, rows: &[(i64, Text<'_>)]) -> Result<(), StoreError> {
    const INSERT: &str = "INSERT INTO resource_text (rid, type, narrative, content) \
        SELECT n.rid, n.type, string_to_array(n.narrative, ' '), string_to_array(n.content, ' ') \
        FROM unnest(?, ?, ?, ?) AS n (rid, type, narrative, content)";
    let narratives: Vec<String> = rows.iter().map(|(_, text)| text.narrative.join(" ")).collect();
    // Words of the narrative count as words of the content, which in SQLite the question says.
    let all = rows.iter().map(|(_, text)| [text.narrative, text.content].concat().join(" "));
    let all: Vec<String> = all.collect();
    let values = vec![
        Value::integers(rows.iter().map(|(rid, _)| *rid)),
        Value::integers(rows.iter().map(|(_, text)| text.kind.into())),
        Value::texts(narratives.iter().map(String::as_str)),
        Value::texts(all.iter().map(String::as_str)),
    ];
    Statement::<()>::new(INSERT, values).execute(conn)?;
    Ok(())
}
