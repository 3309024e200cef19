//! Definitions by canonical, each compiled when first asked for and kept.

use std::collections::HashMap;
use std::sync::OnceLock;

use fhir_definitions::canonical::{Canonical, compare_versions};
use fhir_definitions::{DefinitionKind, Registry};
use fhir_model::Document;

/// All definitions of one kind. What is compiled is never dropped or moved, so that answers can borrow from it.
#[derive(Debug)]
pub(crate) struct Lazy<T> {
    kind: DefinitionKind,
    /// The slots of a url, the latest version last.
    by_url: HashMap<Box<str>, Vec<usize>>,
    slots: Vec<Slot<T>>,
}

#[derive(Debug)]
struct Slot<T> {
    /// `url|version`, or `url`.
    canonical: Box<str>,
    version: Option<Box<str>>,
    compiled: OnceLock<T>,
}

impl<T> Lazy<T> {
    /// A slot for each definition of that kind.
    pub(crate) fn new(kind: DefinitionKind, registry: &Registry) -> Self {
        let mut lazy = Self { kind, by_url: HashMap::new(), slots: Vec::new() };
        for definition in registry.canonical_resources(kind) {
            let canonical = match &definition.version {
                Some(version) => format!("{}|{version}", definition.url).into(),
                None => definition.url.clone(),
            };
            lazy.by_url.entry(definition.url.clone()).or_default().push(lazy.slots.len());
            lazy.slots.push(Slot {
                canonical,
                version: definition.version.clone(),
                compiled: OnceLock::new(),
            });
        }
        for slots in lazy.by_url.values_mut() {
            let version = |slot: &usize| lazy.slots.get(*slot).and_then(|slot| slot.version.as_deref());
            slots.sort_by(|a, b| compare_versions(version(a), version(b)));
        }
        lazy
    }

    /// The slot of `url` or `url|version`; without a version the latest.
    pub(crate) fn find(&self, canonical: &str) -> Option<usize> {
        let canonical = Canonical::parse(canonical);
        self.find_version(canonical.url, canonical.version)
    }

    /// The slot of that url and version.
    pub(crate) fn find_version(&self, url: &str, version: Option<&str>) -> Option<usize> {
        let slots = self.by_url.get(url)?;
        if version.is_none() {
            return slots.last().copied();
        }
        let has_version =
            |slot: &&usize| self.slots.get(**slot).is_some_and(|slot| slot.version.as_deref() == version);
        slots.iter().find(has_version).copied()
    }

    /// The compiled definition of a slot. `compile` gets its canonical and its document, if that can be parsed; the
    /// document is dropped afterwards.
    pub(crate) fn get(
        &self,
        slot: usize,
        registry: &Registry,
        compile: impl FnOnce(&str, Option<&Document>) -> T,
    ) -> Option<&T> {
        let slot = self.slots.get(slot)?;
        Some(slot.compiled.get_or_init(|| {
            let definition = registry.definition(self.kind, &slot.canonical);
            let document = definition.and_then(|definition| Document::parse(definition.text()).ok());
            compile(&slot.canonical, document.as_ref())
        }))
    }
}
