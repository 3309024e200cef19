//! `westway migrate --to`: moves all data to the other kind of database.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use fhir_model::Document;
use fhir_search::keys::SearchKeys;
use indicatif::ProgressBar;

use super::Failure;
use super::console::Console;
use crate::app;
use crate::config::{Database, Settings};
use crate::store::transfer::{Digest, Place, Progress, transfer};

/// Moves the store in `from` to `to`, and tells what both hold then.
pub(super) fn run(
    console: &Console,
    settings: &Settings,
    from: &Database,
    to: &Database,
) -> Result<(), Failure> {
    let extractor = app::extractor(settings)?;
    let extract = |body: &[u8]| match Document::parse_bytes(body.to_vec()) {
        Ok(document) => extractor.extract(document.root()),
        // It has no words then, which the verification tells.
        Err(_) => SearchKeys::default(),
    };
    let began = Instant::now();
    let told = Told { console, bar: Mutex::new(None) };
    let moved = transfer(&place(from), &place(to), &extract, &told);
    told.end();
    let moved = moved.map_err(|error| format!("{from} was not moved to {to}: {error}"))?;
    for (table, digest) in &moved {
        console.result(&format!("{table}: {digest}"));
    }
    let rows: u64 = moved.iter().map(|(_, Digest { rows, .. })| rows).sum();
    let seconds = began.elapsed().as_secs_f64();
    console.result(&format!(
        "moved {from} to {to} in {seconds:.1} s, and both databases have the same {rows} rows"
    ));
    console.note("Serve it with --database-url from now on. The source is as it was; whatever is written to it is not in the target.");
    Ok(())
}

fn place(database: &Database) -> Place {
    match database {
        Database::Sqlite(path) => Place::Sqlite(path.clone()),
        Database::Postgres(url) => Place::Postgres(url.clone()),
    }
}

/// A bar for each piece of work; where there is no terminal, a line.
struct Told<'a> {
    console: &'a Console,
    bar: Mutex<Option<ProgressBar>>,
}

impl Told<'_> {
    fn end(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Told<'_> {
    fn begin(&self, what: &str, rows: u64) {
        self.end();
        let bar = self.console.progress(rows, what);
        if bar.is_hidden() {
            self.console.note(&format!("{what}: {rows}"));
        }
        *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
    }

    fn advance(&self, rows: u64) {
        if let Some(bar) = &*self.bar.lock().unwrap_or_else(PoisonError::into_inner) {
            bar.inc(rows);
        }
    }

    fn note(&self, line: &str) {
        self.end();
        self.console.note(line);
    }
}
