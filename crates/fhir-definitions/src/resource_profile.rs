//! Which profiles the CapabilityStatements of the packages give each resource type.

use std::collections::BTreeMap;

use fhir_model::Node;

use crate::definition::{DefinitionIndex, DefinitionKind};
use crate::error::LoadNote;

/// The profiles of all resource types that have any.
#[derive(Debug, Default)]
pub(crate) struct ResourceProfiles {
    by_type: BTreeMap<Box<str>, TypeProfiles>,
}

#[derive(Debug, Default)]
struct TypeProfiles {
    profile: Option<Box<str>>,
    supported: Vec<Box<str>>,
}

impl ResourceProfiles {
    /// Reads the CapabilityStatements that state requirements; others describe one server and bind no other.
    /// Profiles that no package defines are noted and left out.
    pub(crate) fn new(definitions: &DefinitionIndex, notes: &mut Vec<LoadNote>) -> Self {
        let mut profiles = Self::default();
        for definition in definitions.latest(DefinitionKind::CapabilityStatement) {
            let Some(document) = definition.parse() else { continue };
            let statement = document.root();
            if statement.get_str("kind") != Some("requirements") {
                continue;
            }
            let mut is_defined = |profile: &&str| {
                let found = definitions.find(DefinitionKind::StructureDefinition, profile).is_some();
                if !found {
                    notes.push(LoadNote::DanglingProfile {
                        statement: definition.url.to_string(),
                        profile: (*profile).to_owned(),
                    });
                }
                found
            };
            for resource in items(statement, "rest").flat_map(|rest| items(rest, "resource")) {
                let Some(resource_type) = resource.get_str("type") else { continue };
                let of_type = profiles.by_type.entry(resource_type.into()).or_default();
                let profile = resource.get_str("profile").filter(&mut is_defined);
                of_type.profile = profile.map(Into::into).or(of_type.profile.take());
                let supported = items(resource, "supportedProfile").filter_map(Node::as_str);
                of_type.supported.extend(supported.filter(&mut is_defined).map(Box::from));
            }
        }
        profiles
    }

    /// The profile that every resource of a type must follow.
    pub(crate) fn profile(&self, resource_type: &str) -> Option<&str> {
        self.by_type.get(resource_type)?.profile.as_deref()
    }

    /// The profiles that resources of a type may follow as well.
    pub(crate) fn supported(&self, resource_type: &str) -> &[Box<str>] {
        self.by_type.get(resource_type).map_or(&[], |profiles| &profiles.supported)
    }
}

fn items<'a>(node: Node<'a>, member: &str) -> impl Iterator<Item = Node<'a>> {
    node.get(member).into_iter().flat_map(Node::items)
}
