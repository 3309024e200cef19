//! CompartmentDefinition resources as plain data (FHIR R4, Compartments).

use std::collections::BTreeMap;

use fhir_model::Node;

/// Which resources belong to the compartment of, say, a patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compartment {
    /// Canonical url.
    pub url: Box<str>,
    /// The resource type that has the compartment: `Patient`.
    pub code: Box<str>,
    /// For each resource type that can be in it, the search parameters of which one must point to its owner.
    pub parameters: BTreeMap<Box<str>, Vec<Box<str>>>,
}

impl Compartment {
    /// Reads a CompartmentDefinition resource; `None` without `url` or `code`.
    pub fn read(resource: Node<'_>) -> Option<Self> {
        let members = resource.get("resource").into_iter().flat_map(Node::items);
        Some(Self {
            url: resource.get_str("url")?.into(),
            code: resource.get_str("code")?.into(),
            parameters: members.filter_map(member).filter(|(_, parameters)| !parameters.is_empty()).collect(),
        })
    }

    /// The search parameters of a resource type; empty if the type cannot be in the compartment.
    pub fn parameters(&self, resource_type: &str) -> &[Box<str>] {
        self.parameters.get(resource_type).map_or(&[], Vec::as_slice)
    }
}

fn member(resource: Node<'_>) -> Option<(Box<str>, Vec<Box<str>>)> {
    let parameters = resource.get("param").into_iter().flat_map(Node::items);
    Some((resource.get_str("code")?.into(), parameters.filter_map(Node::as_str).map(Into::into).collect()))
}
