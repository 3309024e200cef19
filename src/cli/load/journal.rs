//! Which files a load has finished, so that one that was stopped goes on where it was.
//!
//! A line is written when everything in the file is on disk in the database. A crash between the two makes the next load
//! take that file once more.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::cli::source::Source;

/// The journal of one database.
pub(super) struct Journal {
    finished: HashSet<String>,
    file: Mutex<File>,
}

impl Journal {
    /// Reads the journal; there need not be one yet.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let finished = match File::open(path) {
            Ok(file) => BufReader::new(file).lines().collect::<io::Result<_>>()?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => HashSet::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { finished, file: Mutex::new(OpenOptions::new().create(true).append(true).open(path)?) })
    }

    /// Whether an earlier load has finished this file, and it has not changed since.
    pub(super) fn has_finished(&self, source: &Source) -> bool {
        source.fingerprint().is_ok_and(|fingerprint| self.finished.contains(&fingerprint))
    }

    /// Notes that a file is finished.
    pub(super) fn finish(&self, source: &Source) -> io::Result<()> {
        let line = format!("{}\n", source.fingerprint()?);
        // A thread that panicked while it held the lock has written its whole line or nothing.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::source::find;

    #[test]
    fn a_finished_file_stays_finished_until_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (data, journal) = (folder.path().join("a.json"), folder.path().join("journal.txt"));
        std::fs::write(&data, "{}").unwrap();
        let source = find(std::slice::from_ref(&data)).unwrap().remove(0);
        let first = Journal::open(&journal).unwrap();
        assert!(!first.has_finished(&source));
        first.finish(&source).unwrap();
        assert!(Journal::open(&journal).unwrap().has_finished(&source));
        std::fs::write(&data, "{ }").unwrap();
        assert!(!Journal::open(&journal).unwrap().has_finished(&source));
    }
}
