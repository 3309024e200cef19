//! The lists in `conformance-tests/expectations/`: tables in which every known difference has a line with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The lines of a list by their first column: ``| `name` | ... |``.
pub(crate) struct Expectations {
    file: String,
    listed: BTreeSet<String>,
}

impl Expectations {
    /// Reads `conformance-tests/expectations/<file>`.
    pub(crate) fn read(file: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance-tests/expectations");
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let name = |line: &str| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned());
        Self { file: file.to_owned(), listed: text.lines().filter_map(name).collect() }
    }

    /// Only the lines whose name begins so.
    pub(crate) fn of(mut self, source: &str) -> Self {
        self.listed.retain(|name| name.starts_with(source));
        self
    }

    /// Fails if a difference is not listed, or if a listed one is none: the list stays true.
    pub(crate) fn assert_exactly(&self, found: &BTreeMap<String, String>) {
        let unlisted: Vec<_> = found.iter().filter(|(name, _)| !self.listed.contains(*name)).collect();
        for (name, what) in &unlisted {
            println!("| `{name}` | {what} |");
        }
        let stale: Vec<_> = self.listed.iter().filter(|name| !found.contains_key(*name)).collect();
        assert!(unlisted.is_empty(), "{} differences are not in {}", unlisted.len(), self.file);
        assert!(stale.is_empty(), "no difference any more, so to be taken from {}: {stale:?}", self.file);
    }
}
