//! All definitions of a registry, compiled when first needed and then kept for the life of the registry.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use fhir_definitions::{DefinitionKind, Registry, SnapshotError};
use fhir_model::types::{TypeId, TypeModel};
use fhir_terminology::Terminology;
use thiserror::Error;

use super::compile;
use super::rules::Profile;
use crate::settings::Settings;
use crate::shape::Shapes;

/// The url of the definition of a type of FHIR, before its name.
pub(crate) const TYPE_URL: &str = "http://hl7.org/fhir/StructureDefinition/";

/// What all validations share.
pub(crate) struct Engine {
    pub(crate) registry: Arc<Registry>,
    pub(crate) terminology: Arc<Terminology>,
    pub(crate) settings: Settings,
    pub(crate) shapes: Shapes,
    pub(crate) extension_type: Option<TypeId>,
    pub(crate) element_type: Option<TypeId>,
    pub(crate) coding_type: Option<TypeId>,
    pub(crate) reference_type: Option<TypeId>,
    /// By canonical, with and without version.
    by_canonical: HashMap<Box<str>, ProfileId>,
    slots: Box<[Slot]>,
    types: Box<[Option<ProfileId>]>,
}

/// A definition in an [`Engine`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ProfileId(u32);

struct Slot {
    canonical: Box<str>,
    compiled: OnceLock<Result<Profile, Unusable>>,
}

/// Why a definition cannot be used at all.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// There is no definition of that canonical.
    #[error("there is no definition of {0}")]
    Unknown(Box<str>),
    /// The definition lacks what every StructureDefinition has.
    #[error("the definition of {0} is not a StructureDefinition that can be read")]
    Unreadable(Box<str>),
    /// It is about a type that FHIR R4 does not have.
    #[error("{canonical} is about {type_name}, which is no type of FHIR R4")]
    UnknownType {
        /// The definition.
        canonical: Box<str>,
        /// The type.
        type_name: Box<str>,
    },
    /// Its elements cannot be worked out.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

impl Engine {
    pub(crate) fn new(registry: Arc<Registry>, terminology: Arc<Terminology>, settings: Settings) -> Self {
        let mut by_canonical = HashMap::new();
        let mut slots = Vec::new();
        for definition in registry.canonical_resources(DefinitionKind::StructureDefinition) {
            let id = ProfileId(slots.len() as u32);
            let canonical = match &definition.version {
                Some(version) => format!("{}|{version}", definition.url),
                None => definition.url.to_string(),
            };
            let latest = registry.definition(DefinitionKind::StructureDefinition, &definition.url);
            if latest.is_some_and(|latest| latest.version == definition.version) {
                by_canonical.insert(definition.url.clone(), id);
            }
            by_canonical.insert(canonical.as_str().into(), id);
            slots.push(Slot { canonical: canonical.into(), compiled: OnceLock::new() });
        }
        let model = registry.types();
        let type_definition = |name: &str| by_canonical.get(format!("{TYPE_URL}{name}").as_str()).copied();
        let types = model.iter().map(|(_, info)| type_definition(&info.name)).collect();
        Self {
            shapes: Shapes::new(model),
            extension_type: model.id("Extension"),
            element_type: model.id("Element"),
            coding_type: model.id("Coding"),
            reference_type: model.id("Reference"),
            by_canonical,
            slots: slots.into(),
            types,
            registry,
            terminology,
            settings,
        }
    }

    /// The types of FHIR.
    pub(crate) fn model(&self) -> &TypeModel {
        self.registry.types()
    }

    /// The definition of a canonical (`url`, `url|version`, or `url|2.1` for the latest version 2.1.x).
    pub(crate) fn find(&self, canonical: &str) -> Option<ProfileId> {
        let whole = canonical.split_once('#').map_or(canonical, |(before, _)| before);
        self.by_canonical.get(whole).copied().or_else(|| {
            let found = self.registry.definition(DefinitionKind::StructureDefinition, whole)?;
            let canonical = format!("{}|{}", found.url, found.version.as_deref()?);
            self.by_canonical.get(canonical.as_str()).copied()
        })
    }

    /// A definition, compiled if it was not yet.
    pub(crate) fn get(&self, id: ProfileId) -> Result<&Profile, Unusable> {
        let Some(slot) = self.slots.get(id.0 as usize) else { return Err(Unusable::Unknown("".into())) };
        slot.compiled.get_or_init(|| self.compile(&slot.canonical)).as_ref().map_err(Clone::clone)
    }

    /// The definition of a canonical, compiled if it was not yet.
    pub(crate) fn profile(&self, canonical: &str) -> Result<&Profile, Unusable> {
        self.get(self.find(canonical).ok_or_else(|| Unusable::Unknown(canonical.into()))?)
    }

    /// What R4 says of a data type or resource type; `None` for backbone elements, of which their resource tells.
    pub(crate) fn type_rules(&self, type_id: TypeId) -> Option<&Profile> {
        let id = (*self.types.get(type_id.0 as usize)?)?;
        self.get(id).ok()
    }

    fn compile(&self, canonical: &str) -> Result<Profile, Unusable> {
        let definition = self
            .registry
            .structure_definition(canonical)
            .ok_or_else(|| Unusable::Unreadable(canonical.into()))?;
        compile::compile(self, &definition, canonical)
    }
}
