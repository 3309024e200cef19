//! The full-text index: the words of each resource that has any.
//!
//! It is the one index that is not written with each set: FTS5 would write a segment of its index for each savepoint. So the
//! sets of a group gather their changes, and the writer writes them together before it commits.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use fhir_search::keys::SearchKeys;
use fhir_search::query::{Clause, Query};

use super::connection::Conn;
use super::dialect::Dialect;
use super::statement::{Statement, Value};
use crate::store::StoreError;
use crate::store::query::term;

/// The words of a resource.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Text {
    /// Code of its type.
    kind: i32,
    narrative: Vec<Box<str>>,
    content: Vec<Box<str>>,
}

impl Text {
    /// The words of a resource of the type with the code `kind`.
    pub(super) fn of(kind: i32, keys: &SearchKeys) -> Self {
        Self { kind, narrative: keys.narrative_words.clone(), content: keys.content_words.clone() }
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

/// The changes that the sets of a group make.
#[derive(Debug, Default)]
pub(super) struct TextChanges {
    changes: Vec<Change>,
    /// How many of them are of earlier sets.
    earlier: usize,
}

#[derive(Debug)]
struct Change {
    rid: i64,
    /// Whether there was a row before.
    was_there: bool,
    text: Text,
}

impl TextChanges {
    /// Begins a set of writes.
    pub(super) fn begin(&mut self) {
        self.earlier = self.changes.len();
    }

    /// Forgets what was gathered since [`TextChanges::begin`].
    pub(super) fn roll_back(&mut self) {
        self.changes.truncate(self.earlier);
    }

    /// The text of a resource, which had another with the fingerprint `old`.
    pub(super) fn replace(&mut self, rid: i64, old: u64, text: Text) {
        if old != text.fingerprint() {
            self.changes.push(Change { rid, was_there: old != 0, text });
        }
    }

    /// Writes what was gathered, in the order of the table.
    pub(super) fn write(&mut self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        let mut rows: BTreeMap<i64, Change> = BTreeMap::new();
        for change in self.changes.drain(..) {
            // What is in the table is what was there before the first change of the group.
            let was_there = rows.get(&change.rid).map_or(change.was_there, |first| first.was_there);
            rows.insert(change.rid, Change { was_there, ..change });
        }
        self.earlier = 0;
        for Change { rid, was_there, text } in rows.into_values() {
            if was_there {
                let text = "DELETE FROM resource_text WHERE {rowid|rid} = ?";
                Statement::<()>::new(text, vec![Value::Integer(rid)]).execute(conn)?;
            }
            if text.fingerprint() != 0 {
                insert(conn, rid, &text)?;
            }
        }
        Ok(())
    }
}

fn insert(conn: &mut Conn<'_>, rid: i64, text: &Text) -> Result<(), StoreError> {
    match conn.dialect() {
        Dialect::Sqlite => {
            let (narrative, content) = (text.terms(&text.narrative), text.terms(&text.content));
            let values = vec![Value::Integer(rid), Value::text(&narrative), Value::text(&content)];
            let insert = "INSERT INTO resource_text (rowid, narrative, content) VALUES (?, ?, ?)";
            Statement::<()>::new(insert, values).execute(conn)?;
        }
        Dialect::Postgres => {
            let narrative = || text.narrative.iter().map(|word| &**word);
            // Words of the narrative count as words of the content, which in SQLite the question says.
            let all = narrative().chain(text.content.iter().map(|word| &**word));
            let key = [Value::Integer(rid), Value::Integer(text.kind.into())].into_iter();
            let values = key.chain([Value::texts(narrative()), Value::texts(all)]);
            let insert = "INSERT INTO resource_text (rid, type, narrative, content) VALUES (?, ?, ?, ?)";
            Statement::<()>::new(insert, values.collect()).execute(conn)?;
        }
    }
    Ok(())
}

/// Whether a search looks at the text index.
pub(super) fn is_read_by(query: &Query) -> bool {
    query.clauses.iter().any(reads_text)
}

fn reads_text(clause: &Clause) -> bool {
    match clause {
        Clause::Words { .. } => true,
        Clause::Any(clauses) | Clause::All(clauses) | Clause::Of { clauses, .. } => {
            clauses.iter().any(reads_text)
        }
        Clause::Not(clause) | Clause::Chain { clause, .. } | Clause::Has { clause, .. } => reads_text(clause),
        Clause::Parameter { .. }
        | Clause::Id(_)
        | Clause::Resource { .. }
        | Clause::LastUpdated(_)
        | Clause::Present(_) => false,
    }
}
