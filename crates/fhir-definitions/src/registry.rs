//! The registry: all definitions a server works by, immutable once built.

use std::collections::BTreeMap;
use std::sync::Arc;

use fhir_model::Document;
use fhir_model::types::TypeModel;

use crate::compartment::Compartment;
use crate::contents::PackageContents;
use crate::definition::{Definition, DefinitionIndex, DefinitionKind};
use crate::error::{DefinitionsError, LoadNote};
use crate::loader::Loader;
use crate::resource_profile::ResourceProfiles;
use crate::search_parameter::SearchParameter;
use crate::search_parameter_index::SearchParameterIndex;
use crate::snapshot::Definitions;
use crate::structure_definition::StructureDefinition;

/// All definitions of the embedded packages and of those an operator adds. Share it in an `Arc`.
#[derive(Debug)]
pub struct Registry {
    pub(crate) packages: Vec<PackageId>,
    pub(crate) definitions: DefinitionIndex,
    pub(crate) types: Arc<TypeModel>,
    pub(crate) resource_types: Vec<Box<str>>,
    pub(crate) search_parameters: SearchParameterIndex,
    pub(crate) compartments: BTreeMap<Box<str>, Compartment>,
    pub(crate) resource_profiles: ResourceProfiles,
    pub(crate) notes: Vec<LoadNote>,
}

/// Which package was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageId {
    /// `hl7.fhir.r4.core`
    pub name: Box<str>,
    /// `4.0.1`
    pub version: Box<str>,
}

impl Registry {
    /// The registry of the embedded packages: FHIR R4, UK Core and North West London.
    pub fn embedded() -> Result<Self, DefinitionsError> {
        Self::build(Vec::new())
    }

    /// The registry of the embedded packages and then the given ones, in their order. A later definition of
    /// the same url and version replaces an earlier one.
    ///
    /// Definitions that cannot be used are left out and told of in [`Registry::notes`].
    pub fn build(packages: Vec<PackageContents>) -> Result<Self, DefinitionsError> {
        let mut loader = Loader::default();
        loader.add_embedded()?;
        for package in packages {
            loader.add_package(package);
        }
        loader.finish()
    }

    /// The packages in the order of their loading.
    pub fn packages(&self) -> &[PackageId] {
        &self.packages
    }

    /// All types of FHIR.
    pub fn types(&self) -> &Arc<TypeModel> {
        &self.types
    }

    /// The resource types that have instances, sorted.
    pub fn resource_types(&self) -> &[Box<str>] {
        &self.resource_types
    }

    /// The search parameters of a resource type sorted by code, those of all resources included.
    pub fn search_parameters(&self, resource_type: &str) -> &[Arc<SearchParameter>] {
        self.search_parameters.of_type(resource_type)
    }

    /// The search parameter of that code for a resource type.
    pub fn search_parameter(&self, resource_type: &str, code: &str) -> Option<&Arc<SearchParameter>> {
        let parameters = self.search_parameters(resource_type);
        let position = parameters.binary_search_by(|parameter| (*parameter.code).cmp(code)).ok()?;
        parameters.get(position)
    }

    /// The search parameter of that canonical url, as components of composites name it.
    pub fn search_parameter_by_url(&self, url: &str) -> Option<&Arc<SearchParameter>> {
        self.search_parameters.by_url(url)
    }

    /// The compartment of a resource type: `Patient`.
    pub fn compartment(&self, code: &str) -> Option<&Compartment> {
        self.compartments.get(code)
    }

    /// All compartments by the name of their type.
    pub fn compartments(&self) -> impl Iterator<Item = &Compartment> {
        self.compartments.values()
    }

    /// The definition of that kind and canonical (`url` or `url|version`; without a version the latest).
    pub fn definition(&self, kind: DefinitionKind, canonical: &str) -> Option<&Definition> {
        self.definitions.find(kind, canonical)
    }

    /// All definitions of a kind in the order of loading, each version of its own.
    pub fn canonical_resources(&self, kind: DefinitionKind) -> impl Iterator<Item = &Definition> {
        self.definitions.of_kind(kind)
    }

    /// The StructureDefinition of that canonical. Its snapshot is generated when first asked for:
    /// `definition.snapshot(&registry)`.
    pub fn structure_definition(&self, canonical: &str) -> Option<Arc<StructureDefinition>> {
        self.definition(DefinitionKind::StructureDefinition, canonical)?.structure().cloned()
    }

    /// The ValueSet of that canonical.
    pub fn value_set(&self, canonical: &str) -> Option<&Arc<Document>> {
        self.definition(DefinitionKind::ValueSet, canonical)?.document()
    }

    /// The CodeSystem of that canonical.
    pub fn code_system(&self, canonical: &str) -> Option<&Arc<Document>> {
        self.definition(DefinitionKind::CodeSystem, canonical)?.document()
    }

    /// The OperationDefinition of that canonical.
    pub fn operation_definition(&self, canonical: &str) -> Option<&Arc<Document>> {
        self.definition(DefinitionKind::OperationDefinition, canonical)?.document()
    }

    /// The profile that every resource of a type must follow: `rest.resource.profile` of the packages'
    /// CapabilityStatements, UK Core's above all.
    pub fn resource_profile(&self, resource_type: &str) -> Option<&str> {
        self.resource_profiles.profile(resource_type)
    }

    /// The canonical urls of all profiles on a type that the packages define, sorted; FHIR's own, which every R4 server knows,
    /// are left out.
    pub fn supported_profiles(&self, resource_type: &str) -> &[Box<str>] {
        self.resource_profiles.supported(resource_type)
    }

    /// What was odd about the packages.
    pub fn notes(&self) -> &[LoadNote] {
        &self.notes
    }
}

impl Definitions for Registry {
    fn structure_definition(&self, canonical: &str) -> Option<Arc<StructureDefinition>> {
        Self::structure_definition(self, canonical)
    }
}
