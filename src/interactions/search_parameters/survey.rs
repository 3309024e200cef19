//! What should be searchable according to the resources stored, and what is according to the index.

use fhir_definitions::Registry;
use fhir_model::Document;

use super::definition::Definition;
use super::{SEARCH_PARAMETER, table};
use crate::store::reindex::{IndexedDefinition, Job, Stored};
use crate::store::{Store, StoreError};

/// The definitions in effect and what the index lacks.
pub(super) struct Survey {
    /// Those that can be honoured, sorted by the id of their resources.
    pub(super) definitions: Vec<Surveyed>,
    /// What the index does not follow yet, and no open job brings: new texts, and definitions that are gone.
    pub(super) changes: Vec<IndexedDefinition>,
}

/// A definition in effect.
pub(super) struct Surveyed {
    /// The definition.
    pub(super) definition: Definition,
    /// [`Definition::text`].
    pub(super) text: Box<str>,
    /// Whether all resources have its keys.
    pub(super) complete: bool,
    /// The open job that brings them.
    pub(super) job: Option<Box<str>>,
}

impl Survey {
    /// Looks at the store. Definitions that cannot be honoured any more, since the packages or the program changed, are left out
    /// and told of in the log.
    pub(super) fn new(registry: &Registry, store: &dyn Store) -> Result<Self, StoreError> {
        let mut found = Vec::new();
        for Stored { id, body, .. } in all(store)? {
            match read(registry, &id, body) {
                Ok(definition) => found.extend(definition),
                Err(reason) => log::warn!("SearchParameter/{id} has no effect: {reason}"),
            }
        }
        found.sort_by(|a: &Definition, b| a.id.cmp(&b.id));
        loop {
            let problems = table::problems(registry, &found);
            if problems.is_empty() {
                break;
            }
            for problem in problems {
                log::warn!("SearchParameter/{} has no effect: {}", problem.id, problem.issue.diagnostics);
                found.retain(|definition| definition.id != problem.id);
            }
        }
        Ok(Self::compare(found, &store.indexed_definitions()?, &store.open_jobs()?))
    }

    fn compare(found: Vec<Definition>, indexed: &[(IndexedDefinition, bool)], jobs: &[Job]) -> Self {
        let texts: Vec<Box<str>> = found.iter().map(|definition| definition.text(&found)).collect();
        let mut changes = Vec::new();
        let mut definitions = Vec::with_capacity(found.len());
        for (definition, text) in found.into_iter().zip(texts) {
            let row = indexed.iter().find(|(row, _)| row.id == definition.id);
            let followed = row.filter(|(row, _)| row.definition.as_ref() == Some(&text));
            let complete = followed.is_some_and(|(_, complete)| *complete);
            let job = followed.and_then(|(row, _)| job_for(row, jobs));
            if !complete && job.is_none() {
                let mut types = row.map(|(row, _)| row.types.clone()).unwrap_or_default();
                types.extend(definition.types.iter().cloned());
                types.sort();
                types.dedup();
                let (id, definition) = (definition.id.clone(), Some(text.clone()));
                changes.push(IndexedDefinition { id, definition, types });
            }
            definitions.push(Surveyed { definition, text, complete, job });
        }
        for (row, _) in indexed {
            let gone = IndexedDefinition { definition: None, ..row.clone() };
            let is_gone = !definitions.iter().any(|surveyed| surveyed.definition.id == row.id);
            if is_gone && job_for(&gone, jobs).is_none() {
                changes.push(gone);
            }
        }
        Self { definitions, changes }
    }
}

/// The open job that brings what a row says.
fn job_for(row: &IndexedDefinition, jobs: &[Job]) -> Option<Box<str>> {
    let brings = |job: &&Job| {
        let mut definitions = job.work.definitions.iter();
        definitions.any(|change| change.id == row.id && change.definition == row.definition)
    };
    jobs.iter().find(brings).map(|job| job.id.clone())
}

/// The definition that a stored body wants to put in effect, or why it cannot.
fn read(registry: &Registry, id: &str, body: Vec<u8>) -> Result<Option<Definition>, String> {
    let document = Document::parse_bytes(body).map_err(|error| error.to_string())?;
    Definition::read(registry, id, document.root()).map_err(|issues| {
        issues.iter().map(|issue| issue.diagnostics.as_str()).collect::<Vec<_>>().join("; ")
    })
}

/// All SearchParameter resources.
fn all(store: &dyn Store) -> Result<Vec<Stored>, StoreError> {
    let mut found = Vec::new();
    let mut after = i64::MIN;
    loop {
        let page = store.resources_after(SEARCH_PARAMETER, after)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.rid;
        found.extend(page);
    }
}
