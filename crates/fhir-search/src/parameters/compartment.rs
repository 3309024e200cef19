//! Compartments with their search parameters resolved (R4 CompartmentDefinition).

use std::collections::BTreeMap;

use fhir_definitions::compartment::Compartment as Definition;

use super::{ParameterId, Parameters};

/// Which resources are in the compartment of one: those of which a parameter points to it, and the resource itself.
#[derive(Debug, Default)]
pub struct Compartment {
    members: BTreeMap<Box<str>, Vec<ParameterId>>,
}

impl Compartment {
    /// Resolves a definition. A parameter that is not honoured does not put a resource into the compartment; `{def}` stands for
    /// the resource itself and is no parameter.
    pub(super) fn new(definition: &Definition, parameters: &Parameters) -> Self {
        let owner = &definition.code;
        let mut members = BTreeMap::new();
        for (kind, codes) in &definition.parameters {
            let known = codes.iter().filter_map(|code| parameters.get(kind, code));
            let pointing = known.filter(|parameter| parameter.can_point_to(owner));
            let pointing: Vec<ParameterId> = pointing.map(|parameter| parameter.id).collect();
            if !pointing.is_empty() {
                members.insert(kind.clone(), pointing);
            }
        }
        members.entry(owner.clone()).or_default();
        Self { members }
    }

    /// The types that can be in it, sorted.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(|kind| &**kind)
    }

    /// The parameters of a type of which one must point to the owner.
    pub fn parameters(&self, kind: &str) -> &[ParameterId] {
        self.members.get(kind).map_or(&[], Vec::as_slice)
    }
}
