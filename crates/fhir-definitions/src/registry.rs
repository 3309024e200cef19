//! The registry: all definitions a server works by, immutable once built.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use fhir_model::types::TypeModel;
use fhir_model::{Document, Node};

use crate::compartment::Compartment;
use crate::contents::PackageContents;
use crate::definition::{Definition, DefinitionIndex, DefinitionKind, Head, Text};
use crate::embedded;
use crate::error::{DefinitionsError, LoadNote};
use crate::search_parameter::SearchParameter;
use crate::types;

/// All definitions of the embedded packages and of those an operator adds. Share it in an `Arc`.
#[derive(Debug)]
pub struct Registry {
    packages: Vec<PackageId>,
    definitions: DefinitionIndex,
    types: Arc<TypeModel>,
    resource_types: Vec<Box<str>>,
    /// For each concrete resource type its parameters, inherited ones included, sorted by code.
    search_parameters: HashMap<Box<str>, Vec<Arc<SearchParameter>>>,
    search_parameters_by_url: HashMap<Box<str>, Arc<SearchParameter>>,
    compartments: BTreeMap<Box<str>, Compartment>,
    resource_profiles: BTreeMap<Box<str>, Box<str>>,
    notes: Vec<LoadNote>,
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
        for package in embedded::packages() {
            loader.begin_package(package.name, package.version);
            loader.add_lines(package.name, package.inflate()?.into());
        }
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
        self.search_parameters.get(resource_type).map_or(&[], Vec::as_slice)
    }

    /// The search parameter of that code for a resource type.
    pub fn search_parameter(&self, resource_type: &str, code: &str) -> Option<&Arc<SearchParameter>> {
        let parameters = self.search_parameters(resource_type);
        let position = parameters.binary_search_by(|parameter| (*parameter.code).cmp(code)).ok()?;
        parameters.get(position)
    }

    /// The search parameter of that canonical url, as components of composites name it.
    pub fn search_parameter_by_url(&self, url: &str) -> Option<&Arc<SearchParameter>> {
        self.search_parameters_by_url.get(url)
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

    /// All definitions of a kind in the order of loading.
    pub fn canonical_resources(&self, kind: DefinitionKind) -> impl Iterator<Item = &Definition> {
        self.definitions.of_kind(kind)
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

    /// The profile that the CapabilityStatements of the packages (UK Core's above all) give a resource type.
    pub fn resource_profile(&self, resource_type: &str) -> Option<&str> {
        self.resource_profiles.get(resource_type).map(|profile| &**profile)
    }

    /// What was odd about the packages.
    pub fn notes(&self) -> &[LoadNote] {
        &self.notes
    }
}

/// Collects definitions package by package, then makes the registry of them.
#[derive(Default)]
struct Loader {
    packages: Vec<PackageId>,
    definitions: DefinitionIndex,
    notes: Vec<LoadNote>,
}

impl Loader {
    fn begin_package(&mut self, name: &str, version: &str) {
        self.packages.push(PackageId { name: name.into(), version: version.into() });
    }

    /// Adds the definitions of a text that has one a line.
    fn add_lines(&mut self, package: &str, lines: Arc<str>) {
        let mut start = 0;
        for (number, line) in lines.split('\n').enumerate() {
            let text = Text::new(Arc::clone(&lines), start..start + line.len());
            start += line.len() + 1;
            if !line.is_empty() {
                self.add(package, || format!("line {}", number + 1), text);
            }
        }
    }

    fn add_package(&mut self, package: PackageContents) {
        self.begin_package(&package.name, &package.version);
        for resource in package.resources {
            let length = resource.json.len();
            self.add(&package.name, || resource.file, Text::new(resource.json.into(), 0..length));
        }
    }

    /// Adds a definition. Resources of other kinds (examples, ImplementationGuides) are passed over in silence.
    fn add(&mut self, package: &str, place: impl FnOnce() -> String, text: Text) {
        let unreadable = |reason: String| {
            self.notes.push(LoadNote::Unreadable { package: package.to_owned(), place: place(), reason });
        };
        let head: Head<'_> = match serde_json::from_str(text.as_str()) {
            Ok(head) => head,
            Err(error) => return unreadable(error.to_string()),
        };
        let Some(kind) = DefinitionKind::of(&head.resource_type) else { return };
        let Some(url) = head.url.as_deref() else { return unreadable("it has no url".to_owned()) };
        self.definitions.insert(kind, url, &head, text.clone());
    }

    fn finish(mut self) -> Result<Registry, DefinitionsError> {
        let types = Arc::new(types::type_model(&self.definitions.type_definitions(), &mut self.notes)?);
        let resource_types = types::concrete_resource_types(&types);
        let (search_parameters, search_parameters_by_url) = self.search_parameters(&types, &resource_types);
        Ok(Registry {
            compartments: self.compartments(),
            resource_profiles: self.resource_profiles(),
            search_parameters,
            search_parameters_by_url,
            types,
            resource_types,
            packages: self.packages,
            definitions: self.definitions,
            notes: self.notes,
        })
    }

    #[expect(clippy::type_complexity, reason = "the two maps go straight into the registry's fields")]
    fn search_parameters(
        &mut self,
        types: &TypeModel,
        resource_types: &[Box<str>],
    ) -> (HashMap<Box<str>, Vec<Arc<SearchParameter>>>, HashMap<Box<str>, Arc<SearchParameter>>) {
        let mut by_url: HashMap<Box<str>, Arc<SearchParameter>> = HashMap::new();
        let mut by_base: HashMap<Box<str>, BTreeMap<Box<str>, Arc<SearchParameter>>> = HashMap::new();
        for definition in self.definitions.of_kind(DefinitionKind::SearchParameter) {
            let read = match definition.parse() {
                Some(document) => SearchParameter::read(document.root()),
                None => Err("its JSON breaks FHIR's rules"),
            };
            let parameter = match read {
                Ok(parameter) => Arc::new(parameter),
                Err(reason) => {
                    let url = definition.url.to_string();
                    self.notes.push(LoadNote::UnusableSearchParameter { url, reason });
                    continue;
                }
            };
            for base in &parameter.base {
                let of_base = by_base.entry(base.clone()).or_default();
                let earlier = of_base.insert(parameter.code.clone(), Arc::clone(&parameter));
                if let Some(earlier) = earlier.filter(|earlier| earlier.url != parameter.url) {
                    self.notes.push(LoadNote::ReplacedSearchParameter {
                        resource_type: base.to_string(),
                        code: parameter.code.to_string(),
                        replaced: earlier.url.to_string(),
                    });
                }
            }
            by_url.insert(parameter.url.clone(), parameter);
        }
        let of_type = |name: &str| {
            let mut all = BTreeMap::new();
            for parameters in types::lineage(types, name).filter_map(|info| by_base.get(&info.name)) {
                for (code, parameter) in parameters {
                    all.entry(code).or_insert_with(|| Arc::clone(parameter));
                }
            }
            all.into_values().collect()
        };
        (resource_types.iter().map(|name| (name.clone(), of_type(name))).collect(), by_url)
    }

    fn compartments(&self) -> BTreeMap<Box<str>, Compartment> {
        self.definitions
            .of_kind(DefinitionKind::CompartmentDefinition)
            .filter_map(|definition| Compartment::read(definition.parse()?.root()))
            .map(|compartment| (compartment.code.clone(), compartment))
            .collect()
    }

    fn resource_profiles(&mut self) -> BTreeMap<Box<str>, Box<str>> {
        let mut profiles = BTreeMap::new();
        for definition in self.definitions.of_kind(DefinitionKind::CapabilityStatement) {
            let Some(document) = definition.parse() else { continue };
            // Only a statement of requirements speaks for others than the server that it describes.
            if document.root().get_str("kind") != Some("requirements") {
                continue;
            }
            let rest = document.root().get("rest").into_iter().flat_map(Node::items);
            for resource in rest.filter_map(|rest| rest.get("resource")).flat_map(Node::items) {
                let supported = resource.get("supportedProfile").into_iter().flat_map(Node::items);
                for profile in resource.get("profile").into_iter().chain(supported).filter_map(Node::as_str) {
                    if self.definitions.find(DefinitionKind::StructureDefinition, profile).is_none() {
                        self.notes.push(LoadNote::DanglingProfile {
                            statement: definition.url.to_string(),
                            profile: profile.to_owned(),
                        });
                    }
                }
                if let (Some(resource_type), Some(profile)) =
                    (resource.get_str("type"), resource.get_str("profile"))
                    && self.definitions.find(DefinitionKind::StructureDefinition, profile).is_some()
                {
                    profiles.insert(resource_type.into(), profile.into());
                }
            }
        }
        profiles
    }
}
