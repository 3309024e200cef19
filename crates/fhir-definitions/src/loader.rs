//! Collects definitions package by package, then makes the registry of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compartment::Compartment;
use crate::contents::PackageContents;
use crate::definition::{DefinitionIndex, DefinitionKind, Head, Text};
use crate::embedded;
use crate::error::{DefinitionsError, LoadNote};
use crate::registry::{PackageId, Registry};
use crate::resource_profile::ResourceProfiles;
use crate::search_parameter_index::SearchParameterIndex;
use crate::types;

/// A registry in the making.
#[derive(Default)]
pub(crate) struct Loader {
    packages: Vec<PackageId>,
    definitions: DefinitionIndex,
    notes: Vec<LoadNote>,
}

impl Loader {
    /// Adds the packages of the binary.
    pub(crate) fn add_embedded(&mut self) -> Result<(), DefinitionsError> {
        for package in embedded::packages() {
            self.begin_package(package.name, package.version);
            self.add_lines(package.name, package.inflate()?.into());
        }
        Ok(())
    }

    /// Adds a package of the operator.
    pub(crate) fn add_package(&mut self, package: PackageContents) {
        self.begin_package(&package.name, &package.version);
        for resource in package.resources {
            let length = resource.json.len();
            self.add(&package.name, || resource.file, Text::new(resource.json.into(), 0..length));
        }
    }

    /// Makes the registry.
    pub(crate) fn finish(mut self) -> Result<Registry, DefinitionsError> {
        let types = Arc::new(types::type_model(&self.definitions.type_definitions(), &mut self.notes)?);
        let search_parameters = SearchParameterIndex::new(&self.definitions, &types, &mut self.notes);
        let resource_profiles = ResourceProfiles::new(&self.definitions, &mut self.notes);
        Ok(Registry {
            compartments: self.compartments(),
            resource_types: types::concrete_resource_types(&types),
            resource_profiles,
            search_parameters,
            types,
            packages: self.packages,
            definitions: self.definitions,
            notes: self.notes,
        })
    }

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

    /// Adds a definition. Resources of other kinds (examples, ImplementationGuides) are passed over in silence.
    fn add(&mut self, package: &str, place: impl FnOnce() -> String, text: Text) {
        let leave_out = |reason: String| {
            self.notes.push(LoadNote::Unreadable { package: package.to_owned(), place: place(), reason });
        };
        let head: Head<'_> = match serde_json::from_str(text.as_str()) {
            Ok(head) => head,
            Err(error) => return leave_out(error.to_string()),
        };
        let Some(kind) = DefinitionKind::of(&head.resource_type) else { return };
        match head.url.as_deref() {
            Some(url) => self.definitions.insert(kind, url, &head, text.clone()),
            None => leave_out("it has no url".to_owned()),
        }
    }

    fn compartments(&self) -> BTreeMap<Box<str>, Compartment> {
        self.definitions
            .latest(DefinitionKind::CompartmentDefinition)
            .filter_map(|definition| Compartment::read(definition.parse()?.root()))
            .map(|compartment| (compartment.code.clone(), compartment))
            .collect()
    }
}
