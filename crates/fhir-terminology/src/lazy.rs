//! Definitions by canonical, each compiled when first asked for and kept.

use std::sync::OnceLock;

use fhir_definitions::canonical::{Canonical, compare_versions};
use fhir_definitions::{DefinitionKind, Registry};
use fhir_model::Document;
use foldhash::HashMap;

/// The version of FHIR that the definitions of the standard are bound by.
const FHIR_VERSION: &str = "4.0.1";

/// All definitions of one kind. What is compiled is never dropped or moved, so that answers can borrow from it.
#[derive(Debug)]
pub(crate) struct Lazy<T> {
    kind: DefinitionKind,
    /// The slots of a url, the latest version last.
    by_url: HashMap<Box<str>, Vec<usize>>,
    /// The slots of `url|version`: how bindings name most value sets, found without taking it apart.
    by_canonical: HashMap<Box<str>, usize>,
    slots: Vec<Slot<T>>,
}

#[derive(Debug)]
struct Slot<T> {
    url: Box<str>,
    version: Option<Box<str>>,
    compiled: OnceLock<T>,
}

impl<T> Lazy<T> {
    /// A slot for each definition of that kind, in the order of the registry.
    pub(crate) fn new(kind: DefinitionKind, registry: &Registry) -> Self {
        let mut lazy =
            Self { kind, by_url: HashMap::default(), by_canonical: HashMap::default(), slots: Vec::new() };
        for definition in registry.canonical_resources(kind) {
            lazy.by_url.entry(definition.url.clone()).or_default().push(lazy.slots.len());
            if let Some(version) = &definition.version {
                let canonical = format!("{}|{version}", definition.url).into();
                lazy.by_canonical.entry(canonical).or_insert(lazy.slots.len());
            }
            let (url, version) = (definition.url.clone(), definition.version.clone());
            lazy.slots.push(Slot { url, version, compiled: OnceLock::new() });
        }
        for slots in lazy.by_url.values_mut() {
            let version = |slot: &usize| lazy.slots.get(*slot).and_then(|slot| slot.version.as_deref());
            slots.sort_by(|a, b| compare_versions(version(a), version(b)));
        }
        lazy
    }

    /// The slot of `url` or `url|version`; without a version the latest.
    ///
    /// FHIR R4 binds value sets of HL7 V3 by its own version (`v3-NullFlavor|4.0.1`) though they carry versions of their
    /// own: that of the standard means whatever came with it.
    pub(crate) fn find(&self, canonical: &str) -> Option<usize> {
        if let Some(slot) = self.by_canonical.get(canonical) {
            return Some(*slot);
        }
        if let Some(slot) = self.find_version(canonical, None) {
            return Some(slot);
        }
        let canonical = Canonical::parse(canonical);
        self.find_version(canonical.url, canonical.version).or_else(|| {
            (canonical.version == Some(FHIR_VERSION))
                .then(|| self.find_version(canonical.url, None))
                .flatten()
        })
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

    /// The compiled definition of a slot. `compile` gets its url and its document, if that can be parsed; the document
    /// is dropped afterwards.
    pub(crate) fn get(
        &self,
        position: usize,
        registry: &Registry,
        compile: impl FnOnce(&str, Option<&Document>) -> T,
    ) -> Option<&T> {
        let slot = self.slots.get(position)?;
        Some(slot.compiled.get_or_init(|| {
            // By position, not by canonical: FHIR R4 has code systems with a bar in their url (`v2-0006|2.1`).
            let definition = registry.canonical_resources(self.kind).nth(position);
            let document = definition.and_then(|definition| Document::parse(definition.text()).ok());
            compile(&slot.url, document.as_ref())
        }))
    }
}
