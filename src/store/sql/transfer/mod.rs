//! A whole store moved from one kind of database to the other: every row with its numbers, so that histories, page links and
//! version ids stay what they were.
//!
//! Tables go one after the other in the order of their primary keys, page by page; each page is a transaction of the target, with
//! a note how far the table is (`state.rs`). So a transfer that was interrupted goes on, and no row comes twice. Indexes are made
//! when all rows are in. In the end both databases are read again and compared (`digest.rs`); only then the secrets come over,
//! and with them the target can be opened.

use std::sync::mpsc::sync_channel;
use std::thread;

use diesel::prelude::*;
use fhir_search::keys::SearchKeys;
use thiserror::Error;

use super::connection::{Conn, on};
use crate::store::StoreError;
use crate::store::schema::{resource_type, search_parameter, setting};
use end::End;
use read::Rows;
use state::{Progress as TableProgress, State};
use tables::{SETTING, Table, WORDS};

mod cells;
mod copy_format;
mod digest;
mod end;
mod long_keys;
mod read;
mod state;
mod tables;
mod words;
mod write;

pub use digest::Digest;
pub use end::Place;
pub(super) use state::refuse_unfinished;

/// Pages that are read ahead.
const AHEAD: usize = 2;

/// Gives the keys of a resource in its stored form. Only words and references are looked at.
pub type Extract<'a> = dyn Fn(&[u8]) -> SearchKeys + Sync + 'a;

/// Who is told how it goes.
pub trait Progress: Sync {
    /// Work of so many rows begins.
    fn begin(&self, what: &str, rows: u64);
    /// So many rows are done.
    fn advance(&self, rows: u64);
    /// Something a person should know.
    fn note(&self, line: &str);
}

/// Why a store was not moved.
#[derive(Debug, Error)]
pub enum TransferError {
    /// One of the databases failed.
    #[error("{end}: {error}")]
    Store {
        /// Which.
        end: &'static str,
        /// How.
        error: StoreError,
    },
    /// Both ends are of one kind, which has better ways.
    #[error("both are {0}")]
    SameKind(&'static str),
    /// The target has data.
    #[error("the target holds other data (table {table}); name an empty database")]
    NotEmpty {
        /// A table that is not empty.
        table: &'static str,
    },
    /// The target was begun with other data.
    #[error(
        "the target is half filled from another database, or the source has changed since; empty the target to begin anew"
    )]
    OtherSource,
    /// The databases differ.
    #[error(
        "table {table} differs: the source has {source_digest}, the target {target_digest}; empty the target and begin anew"
    )]
    Differs {
        /// The table.
        table: &'static str,
        /// What the source has.
        source_digest: Digest,
        /// What the target has.
        target_digest: Digest,
    },
}

fn of_source(error: StoreError) -> TransferError {
    TransferError::Store { end: "the source", error }
}

fn of_target(error: StoreError) -> TransferError {
    TransferError::Store { end: "the target", error }
}

/// Moves all data of the store at `from` to `to`, or goes on where an earlier call was interrupted. Returns the tables with what
/// they hold in both databases.
///
/// # Errors
/// Whatever is wrong, the source is as it was, and the target cannot be opened as a store.
pub fn transfer(
    from: &Place,
    to: &Place,
    extract: &Extract<'_>,
    progress: &dyn Progress,
) -> Result<Vec<(&'static str, Digest)>, TransferError> {
    match (from, to) {
        (Place::Sqlite(_), Place::Sqlite(_)) => {
            return Err(TransferError::SameKind(
                "files of SQLite: copy the file while no server has it open",
            ));
        }
        (Place::Postgres(_), Place::Postgres(_)) => {
            return Err(TransferError::SameKind("databases of PostgreSQL: use pg_dump and pg_restore"));
        }
        _ => {}
    }
    let mut source = End::source(from).map_err(of_source)?;
    refuse_unfinished(&mut source.conn()).map_err(of_source)?;
    if source.is_in_use().map_err(of_source)? {
        progress.note("A server has the source open: what it writes from now on will not be in the target.");
    }
    let mut target = End::target(to).map_err(of_target)?;
    let tables = match (from, to) {
        (Place::Postgres(_), _) => tables::describe(&mut source.conn()).map_err(of_source)?,
        _ => tables::describe(&mut target.conn()).map_err(of_target)?,
    };
    let (settings, others): (Vec<&Table>, Vec<&Table>) =
        tables.iter().partition(|table| table.name == SETTING);
    let mut state = begin(&mut source, &mut target, &tables, progress)?;
    for table in &others {
        Copying { source: &mut source, target: &mut target, extract, progress }.table(table)?;
    }
    Copying { source: &mut source, target: &mut target, extract, progress }.words()?;
    rebuild(&mut target, &mut state, progress).map_err(of_target)?;
    let mut digests = verify(&mut source, &mut target, &others, progress)?;
    target.settle().map_err(of_target)?;
    for table in settings {
        digests.push((table.name, hand_over(&mut source, &mut target, table)?));
    }
    target.close().map_err(of_target)?;
    Ok(digests)
}

/// Makes the target ready, unless it was before.
fn begin(
    source: &mut End,
    target: &mut End,
    tables: &[Table],
    progress: &dyn Progress,
) -> Result<State, TransferError> {
    let mark = source.mark().map_err(of_source)?;
    match State::load(&mut target.conn()).map_err(of_target)? {
        Some(state) if state.source == mark => {
            progress.note("Going on where it was interrupted.");
            return Ok(state);
        }
        Some(_) => return Err(TransferError::OtherSource),
        None => {}
    }
    target.require_empty(tables)?;
    let prepared = target.conn().transaction(|conn| {
        on!(conn, diesel::delete(setting::table).execute(conn))?;
        on!(conn, diesel::delete(search_parameter::table).execute(conn))?;
        let rebuild = End::remove_indexes(conn)?;
        on!(conn, diesel::delete(resource_type::table).execute(conn))?;
        let state = State { source: mark, rebuild };
        state.save(conn)?;
        Ok(state)
    });
    prepared.map_err(of_target)
}

/// Rows on their way.
struct Copying<'a> {
    source: &'a mut End,
    target: &'a mut End,
    extract: &'a Extract<'a>,
    progress: &'a dyn Progress,
}

impl Copying<'_> {
    /// Copies a table from where it is: one thread reads, this one writes.
    fn table(&mut self, table: &Table) -> Result<(), TransferError> {
        let mut so_far = TableProgress::load(&mut self.target.conn(), table.name).map_err(of_target)?;
        if so_far.is_done {
            return Ok(());
        }
        let rows = table.count(&mut self.source.conn()).map_err(of_source)?;
        if rows > 0 {
            self.progress.begin(&format!("copying {}", table.name), rows.saturating_sub(so_far.rows));
        }
        let (to_postgres, mut after) = (!self.source_is_postgres(), so_far.at.clone());
        let Self { source, target, extract, progress } = self;
        let read = |source: &mut End| -> Result<Option<Rows>, StoreError> {
            let mut rows = table.page(&mut source.conn(), after.as_deref())?;
            let Some(last) = rows.last() else { return Ok(None) };
            after = Some(table.place_of(last));
            if !to_postgres {
                long_keys::restore(&mut source.conn(), extract, table, &mut rows)?;
            }
            Ok(Some(rows))
        };
        ahead(source, read, |rows| {
            so_far.at = rows.last().map(|row| table.place_of(row));
            so_far.rows += rows.len() as u64;
            write::page(&mut target.conn(), table.name, &so_far, |conn| write::rows(conn, table, &rows))?;
            progress.advance(rows.len() as u64);
            Ok(())
        })?;
        self.done(table.name, so_far)
    }

    /// Copies the words of resources.
    fn words(&mut self) -> Result<(), TransferError> {
        let mut so_far = TableProgress::load(&mut self.target.conn(), WORDS).map_err(of_target)?;
        if so_far.is_done {
            return Ok(());
        }
        let rows = read::count(&mut self.source.conn(), WORDS).map_err(of_source)?;
        if rows > 0 {
            self.progress.begin("copying words", rows.saturating_sub(so_far.rows));
        }
        let at = so_far.at.iter().flatten().next().map_or(0, cells::Cell::integer);
        let Self { source, target, extract, progress } = self;
        let mut after = at;
        let read = |source: &mut End| {
            let page = words::page(&mut source.conn(), extract, after)?;
            after = page.as_ref().map_or(after, |(_, last)| *last);
            Ok(page)
        };
        ahead(source, read, |(words, last)| {
            so_far.at = Some(vec![cells::Cell::Integer(last)]);
            so_far.rows += words.len() as u64;
            write::page(&mut target.conn(), WORDS, &so_far, |conn| write::words(conn, &words))?;
            progress.advance(words.len() as u64);
            Ok(())
        })?;
        self.done(WORDS, so_far)
    }

    fn source_is_postgres(&mut self) -> bool {
        matches!(self.source.conn(), Conn::Postgres(_))
    }

    fn done(&mut self, table: &str, so_far: TableProgress) -> Result<(), TransferError> {
        TableProgress { is_done: true, ..so_far }.save(&mut self.target.conn(), table).map_err(of_target)
    }
}

/// Reads in a thread of its own while what was read is written.
fn ahead<T: Send>(
    source: &mut End,
    mut read: impl FnMut(&mut End) -> Result<Option<T>, StoreError> + Send,
    mut write: impl FnMut(T) -> Result<(), StoreError>,
) -> Result<(), TransferError> {
    thread::scope(|scope| {
        let (sender, pages) = sync_channel(AHEAD);
        let reader = scope.spawn(move || -> Result<(), StoreError> {
            while let Some(page) = read(source)? {
                if sender.send(page).is_err() {
                    // The writer failed, and says why.
                    break;
                }
            }
            Ok(())
        });
        // (The iterator is dropped at an error, and the reader ends.)
        let written = pages.into_iter().try_for_each(&mut write);
        let panicked = |_| Err(StoreError::Database("the reading thread panicked".to_owned()));
        let was_read = reader.join().unwrap_or_else(panicked);
        written.map_err(of_target)?;
        was_read.map_err(of_source)
    })
}

/// Makes the indexes and constraints again, each with a note that it is there.
fn rebuild(target: &mut End, state: &mut State, progress: &dyn Progress) -> Result<(), StoreError> {
    if !state.rebuild.is_empty() {
        progress.begin("building indexes", state.rebuild.len() as u64);
    }
    while !state.rebuild.is_empty() {
        let statement = state.rebuild.remove(0);
        target.conn().transaction(|conn| {
            conn.batch(&statement)?;
            state.save(conn)
        })?;
        progress.advance(1);
    }
    Ok(())
}

/// Reads all tables of both databases again, side by side, and compares them.
fn verify(
    source: &mut End,
    target: &mut End,
    tables: &[&Table],
    progress: &dyn Progress,
) -> Result<Vec<(&'static str, Digest)>, TransferError> {
    let mut digests = Vec::with_capacity(tables.len() + 1);
    for table in tables {
        let rows = table.count(&mut source.conn()).map_err(of_source)?;
        if rows > 0 {
            progress.begin(&format!("verifying {}", table.name), rows);
        }
        let advance = |rows: usize| progress.advance(rows as u64);
        let (source_digest, target_digest) = thread::scope(|scope| {
            let reading = scope.spawn(|| Digest::of(&mut source.conn(), table, &|_| ()));
            let target_digest = Digest::of(&mut target.conn(), table, &advance);
            let panicked = |_| Err(StoreError::Database("the reading thread panicked".to_owned()));
            (reading.join().unwrap_or_else(panicked), target_digest)
        });
        let source_digest = source_digest.map_err(of_source)?;
        same(table.name, source_digest, target_digest.map_err(of_target)?)?;
        digests.push((table.name, source_digest));
    }
    let [source_digest, target_digest] = [
        Digest::of_words(&mut source.conn()).map_err(of_source)?,
        Digest::of_words(&mut target.conn()).map_err(of_target)?,
    ];
    same(WORDS, source_digest, target_digest)?;
    digests.push((WORDS, source_digest));
    Ok(digests)
}

fn same(table: &'static str, source_digest: Digest, target_digest: Digest) -> Result<(), TransferError> {
    if source_digest == target_digest {
        return Ok(());
    }
    Err(TransferError::Differs { table, source_digest, target_digest })
}

/// Replaces what the target knows of the transfer by the secrets of the source: with that it can be opened.
fn hand_over(source: &mut End, target: &mut End, table: &Table) -> Result<Digest, TransferError> {
    let settings = table.page(&mut source.conn(), None).map_err(of_source)?;
    let source_digest = Digest::of(&mut source.conn(), table, &|_| ()).map_err(of_source)?;
    let mut found = Digest::default();
    let handed = target.conn().transaction(|conn| {
        on!(conn, diesel::delete(setting::table).execute(conn))?;
        write::rows(conn, table, &settings)?;
        found = Digest::of(conn, table, &|_| ())?;
        if found == source_digest { Ok(()) } else { Err(StoreError::Database("settings differ".to_owned())) }
    });
    if found != source_digest {
        same(table.name, source_digest, found)?;
    }
    handed.map_err(of_target)?;
    Ok(source_digest)
}
