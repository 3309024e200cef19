//! The records that are worth comparing, found by searches: a bounded number, whatever the size of the database.

use std::collections::{HashSet, VecDeque};

use fhir_search::parse::Scope;
use fhir_search::query::Query;
use patient_matching::Block;

use crate::interactions::{Context, Error, search};
use crate::store::Version;

/// Records that one search may add.
const OF_BLOCK: usize = 100;

/// Records that are compared at most.
const MOST: usize = 500;

/// Patients to compare, each once.
#[derive(Default)]
pub(super) struct Candidates {
    queue: VecDeque<Version>,
    known: HashSet<Box<str>>,
    /// What the searches were about that found more than they could add.
    pub(super) incomplete: Vec<&'static str>,
}

/// Performs the searches.
pub(super) fn find(context: &Context, blocks: &[Block]) -> Result<Candidates, Error> {
    let mut candidates = Candidates::default();
    for block in blocks {
        let query = search::parse(context, Scope::Type("Patient"), &block.parameters, false)?;
        let page = context.store.search(&Query { count: OF_BLOCK, ..query }, None)?;
        let mut is_complete = page.next.is_none();
        for version in page.matches {
            is_complete &= candidates.add(version);
        }
        if !is_complete && !candidates.incomplete.contains(&block.about) {
            candidates.incomplete.push(block.about);
        }
    }
    Ok(candidates)
}

impl Candidates {
    /// Adds a record unless it was there before; false if there are too many.
    pub(super) fn add(&mut self, version: Version) -> bool {
        if self.known.contains(&version.id) {
            return true;
        }
        if self.known.len() >= MOST {
            return false;
        }
        self.known.insert(version.id.clone());
        self.queue.push_back(version);
        true
    }

    /// The next one.
    pub(super) fn next(&mut self) -> Option<Version> {
        self.queue.pop_front()
    }
}
