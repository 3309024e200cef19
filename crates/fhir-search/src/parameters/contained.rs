//! The search parameters of contained resources: those of their types, under numbers of their own.

use std::collections::{BTreeMap, HashMap};

use super::{Parameter, ParameterId};
use crate::contained::{self, ID, LINK};

/// The numbers of the parameters of contained resources.
#[derive(Debug, Default)]
pub(crate) struct ContainedParameters {
    link: ParameterId,
    /// By the number of the parameter of the type.
    numbers: HashMap<ParameterId, ParameterId>,
    /// That of `_id`, by type.
    ids: BTreeMap<Box<str>, ParameterId>,
}

impl ContainedParameters {
    pub(super) fn new<E>(mut assign: impl FnMut(&str, &str) -> Result<ParameterId, E>) -> Result<Self, E> {
        let (kind, code) = LINK;
        Ok(Self { link: assign(kind, code)?, ..Self::default() })
    }

    /// Adds the parameters of a type.
    pub(super) fn add<E>(
        &mut self,
        resource_type: &str,
        parameters: &[Parameter],
        mut assign: impl FnMut(&str, &str) -> Result<ParameterId, E>,
    ) -> Result<(), E> {
        let kind = contained::kind(resource_type);
        self.ids.insert(resource_type.into(), assign(&kind, ID)?);
        for parameter in parameters {
            self.numbers.insert(parameter.id, assign(&kind, &parameter.code)?);
        }
        Ok(())
    }

    /// Leads from a container to what it contains.
    pub(crate) fn link(&self) -> ParameterId {
        self.link
    }

    /// The number that a parameter of a type has for contained resources of that type.
    pub(crate) fn number(&self, parameter: ParameterId) -> Option<ParameterId> {
        self.numbers.get(&parameter).copied()
    }

    /// The parameter for the ids of contained resources of a type.
    pub(crate) fn id(&self, resource_type: &str) -> Option<ParameterId> {
        self.ids.get(resource_type).copied()
    }
}
