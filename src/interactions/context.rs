//! What every interaction stands on: definitions, validation, search parameters and the store.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use fhir_definitions::Registry;

use super::Error;
use super::codes::ListedCodes;
use super::own_definitions::{self, OwnDefinitions};
use super::search_parameters::{self, Ground, SearchParameters, SearchState};
use super::validation::Validation;
use crate::config::Integrity;
use crate::store::{Change, Store, StoreError, WriteSet, Written};

/// Built once at start and shared by all threads.
pub struct Context {
    /// All definitions.
    pub registry: Arc<Registry>,
    /// The database.
    pub store: Arc<dyn Store>,
    /// What resources must be.
    pub validation: Validation,
    /// The limits of requests.
    pub limits: Limits,
    /// The search parameters in force.
    pub(super) search_parameters: Arc<SearchParameters>,
    /// What the server says of its operations, made when first asked for.
    pub(super) own_definitions: OnceLock<OwnDefinitions>,
    types: HashSet<Box<str>>,
}

/// Limits and choices of the operator that interactions obey.
#[derive(Clone, Debug)]
pub struct Limits {
    /// What happens to references to resources that are not here.
    pub integrity: Integrity,
    /// Matches on a page when the client does not say.
    pub default_count: usize,
    /// Matches on a page at most.
    pub max_count: usize,
    /// Resources that one conditional delete may delete.
    pub conditional_delete: usize,
    /// Whether versions may be removed for good.
    pub erasure: bool,
    /// Addresses under which this server is known: absolute references to them are local.
    pub base_urls: Vec<String>,
}

impl Context {
    /// Puts the engines together over a store.
    pub fn new(
        registry: Arc<Registry>,
        store: Arc<dyn Store>,
        validation: Validation,
        limits: Limits,
    ) -> Result<Self, StoreError> {
        let search_parameters = SearchParameters::start(Ground {
            registry: registry.clone(),
            store: store.clone(),
            codes: Arc::new(ListedCodes::new(registry.clone(), store.clone(), limits.base_urls.clone())),
            limits: limits.clone(),
        })?;
        Ok(Self {
            validation,
            types: registry.resource_types().iter().cloned().collect(),
            search_parameters,
            own_definitions: OnceLock::new(),
            registry,
            store,
            limits,
        })
    }

    /// The search parameters in force. Take it once for each thing that must be consistent in itself.
    pub fn search_state(&self) -> Arc<SearchState> {
        self.search_parameters.state()
    }

    /// Whether R4 has a resource type of that name.
    pub fn is_resource_type(&self, kind: &str) -> bool {
        self.types.contains(kind)
    }

    /// Whether dangling references are refused.
    pub fn enforces(&self) -> bool {
        self.limits.integrity == Integrity::Enforce
    }

    /// Writes to the store: the one way for all writes. SearchParameters in the set take effect. When dangling references are only
    /// warned of, says so in the log, without naming a patient.
    pub fn write(&self, set: WriteSet) -> Result<Vec<Written>, Error> {
        own_definitions::refuse_writes(self, &set)?;
        if self.limits.integrity == Integrity::Warn {
            self.warn_of_dangling(&set)?;
        }
        if search_parameters::concerns(&set) {
            return self.search_parameters.write(set, |set| self.put(set));
        }
        self.put(set)
    }

    /// Writes with keys of the search parameters in force, however often they change meanwhile.
    fn put(&self, mut set: WriteSet) -> Result<Vec<Written>, Error> {
        loop {
            let stale = match self.store.write(set) {
                Err(StoreError::StaleParameters(stale)) => stale,
                written => return Ok(written?),
            };
            let is_behind = || self.search_state().generation < self.store.demanded_generation();
            if is_behind() && search_parameters::concerns(&stale) {
                // Another process has changed them since this one looked: the client may do it again.
                return Err(StoreError::StaleParameters(stale).into());
            }
            if is_behind() {
                self.search_parameters.refresh()?;
            }
            set = self.search_state().extract_again(*stale)?;
        }
    }

    /// Writes one resource.
    pub fn write_one(&self, set: WriteSet) -> Result<Written, Error> {
        let written = self.write(set)?.into_iter().next();
        written.ok_or_else(|| Error::Internal("a write without result".to_owned()))
    }

    fn warn_of_dangling(&self, set: &WriteSet) -> Result<(), StoreError> {
        let written =
            |kind: &str, id: &str| set.writes.iter().any(|write| &*write.kind == kind && &*write.id == id);
        for write in &set.writes {
            let Change::Put(prepared) = &write.change else { continue };
            for reference in &prepared.references {
                let here = written(&reference.kind, &reference.id)
                    || self
                        .store
                        .read(&reference.kind, &reference.id)?
                        .is_some_and(|found| !found.is_deleted());
                if !here {
                    log::warn!("dangling reference at {} of a {}", reference.expression, write.kind);
                }
            }
        }
        Ok(())
    }
}

/// The time: microseconds since 1970.
pub fn now_micros() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX)
}
