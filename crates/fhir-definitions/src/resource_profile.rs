//! Which profiles each resource type has: the one that the CapabilityStatements of the packages ask of every resource, and all
//! that the packages define.

use std::collections::BTreeMap;

use fhir_model::Node;

use crate::definition::{DefinitionIndex, DefinitionKind};
use crate::error::LoadNote;

/// Where FHIR's own profiles are. They are part of R4, which a server names as a whole.
const OF_FHIR: &str = "http://hl7.org/fhir/StructureDefinition/";

/// The profiles of all types that have any.
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
                for supported in items(resource, "supportedProfile").filter_map(Node::as_str) {
                    is_defined(&supported);
                }
            }
        }
        for definition in definitions.latest(DefinitionKind::StructureDefinition) {
            let Some(type_name) = definition.profiled_type() else { continue };
            if !definition.url.starts_with(OF_FHIR) {
                profiles.by_type.entry(type_name.into()).or_default().supported.push(definition.url.clone());
            }
        }
        for of_type in profiles.by_type.values_mut() {
            of_type.supported.sort_unstable();
        }
        profiles
    }

    /// The profile that every resource of a type must follow.
    pub(crate) fn profile(&self, resource_type: &str) -> Option<&str> {
        self.by_type.get(resource_type)?.profile.as_deref()
    }

    /// All profiles on a type, sorted.
    pub(crate) fn supported(&self, resource_type: &str) -> &[Box<str>] {
        self.by_type.get(resource_type).map_or(&[], |profiles| &profiles.supported)
    }
}

fn items<'a>(node: Node<'a>, member: &str) -> impl Iterator<Item = Node<'a>> {
    node.get(member).into_iter().flat_map(Node::items)
}
