//! The full-text index: the words of each resource that has any.
//!
//! It is the one index that is not written with each set: FTS5 would write a segment of its index for each savepoint. So the
//! sets of a group gather their changes, and the writer writes them together before it commits.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use diesel::RunQueryDsl;
use diesel::sqlite::SqliteConnection;
use fhir_search::keys::SearchKeys;
use fhir_search::query::{Clause, Query};

use super::statement::{Statement, Value};
use crate::store::StoreError;
use crate::store::query::term;

/// The words of a resource as terms of the index, with spaces between them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    narrative: String,
    content: String,
}

impl Text {
    /// The words of a resource of the type with the code `kind`.
    pub(super) fn of(kind: i32, keys: &SearchKeys) -> Self {
        let terms =
            |words: &[Box<str>]| words.iter().map(|word| term(kind, word)).collect::<Vec<_>>().join(" ");
        Self { narrative: terms(&keys.narrative_words), content: terms(&keys.content_words) }
    }

    /// A number that other words hardly ever have; 0 if there are no words. It tells whether a row must be written: that it
    /// differs from one program to the next costs a row written in vain.
    pub(super) fn fingerprint(&self) -> u64 {
        if self.narrative.is_empty() && self.content.is_empty() {
            return 0;
        }
        let mut hasher = DefaultHasher::new();
        (&self.narrative, &self.content).hash(&mut hasher);
        hasher.finish().max(1)
    }
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
    pub(super) fn write(&mut self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let mut rows: BTreeMap<i64, Change> = BTreeMap::new();
        for change in self.changes.drain(..) {
            // What is in the table is what was there before the first change of the group.
            let was_there = rows.get(&change.rid).map_or(change.was_there, |first| first.was_there);
            rows.insert(change.rid, Change { was_there, ..change });
        }
        self.earlier = 0;
        for Change { rid, was_there, text } in rows.into_values() {
            if was_there {
                let text = "DELETE FROM resource_text WHERE rowid = ?";
                Statement::<()>::new(text, vec![Value::Integer(rid)]).execute(conn)?;
            }
            if text.fingerprint() != 0 {
                let values =
                    vec![Value::Integer(rid), Value::Text(&text.narrative), Value::Text(&text.content)];
                let text = "INSERT INTO resource_text (rowid, narrative, content) VALUES (?, ?, ?)";
                Statement::<()>::new(text, values).execute(conn)?;
            }
        }
        Ok(())
    }
}

/// Whether a search looks at the text index.
pub(super) fn is_read_by(query: &Query) -> bool {
    query.clauses.iter().any(reads_text)
}

fn reads_text(clause: &Clause) -> bool {
    match clause {
        Clause::Words { .. } => true,
        Clause::Any(clauses) | Clause::All(clauses) => clauses.iter().any(reads_text),
        Clause::Not(clause) | Clause::Chain { clause, .. } | Clause::Has { clause, .. } => reads_text(clause),
        Clause::Parameter { .. }
        | Clause::Id(_)
        | Clause::Resource { .. }
        | Clause::LastUpdated(_)
        | Clause::Present(_) => false,
    }
}
