//! What an expression sees besides its input: the resources around it, variables, the time and the host.

use fhir_model::Node;
use fhir_model::types::TypeModel;

use crate::host::{Host, LocalHost};
use crate::item::{Element, Item};
use crate::temporal::Moment;

/// The surroundings of an evaluation. Cheap to make; one serves all expressions on a resource.
#[derive(Clone)]
pub struct Context<'a> {
    /// The types the expression was compiled with.
    pub model: &'a TypeModel,
    /// `%resource`: the resource that contains the input.
    pub resource: Node<'a>,
    /// `%rootResource`: the resource that contains `%resource`, or else `%resource` itself.
    pub root_resource: Node<'a>,
    /// What `now()` and `today()` tell; without it they are empty.
    pub now: Option<Moment>,
    /// Resolves references and knows terminology and profiles.
    pub host: &'a dyn Host,
    /// Further variables, without their `%`.
    pub variables: Vec<(Box<str>, Vec<Item<'a>>)>,
    /// How many steps an evaluation may take before it is given up.
    pub max_steps: u32,
}

/// Enough for any published expression on resources of some megabytes, and some tens of milliseconds.
const DEFAULT_MAX_STEPS: u32 = 1_000_000;

impl<'a> Context<'a> {
    /// A context for one resource that is not contained in another, with references resolved inside it.
    pub fn new(model: &'a TypeModel, resource: Node<'a>) -> Self {
        Self {
            model,
            resource,
            root_resource: resource,
            now: None,
            host: &LocalHost,
            variables: Vec::new(),
            max_steps: DEFAULT_MAX_STEPS,
        }
    }

    /// The same with another host.
    #[must_use]
    pub fn with_host(self, host: &'a dyn Host) -> Self {
        Self { host, ..self }
    }

    /// The same at a time.
    #[must_use]
    pub fn with_now(self, now: Moment) -> Self {
        Self { now: Some(now), ..self }
    }

    /// The same with `%name`.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: impl IntoIterator<Item = Item<'a>>) -> Self {
        self.variables.push((name.into(), value.into_iter().collect()));
        self
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&[Item<'a>]> {
        self.variables.iter().rev().find(|(own, _)| **own == *name).map(|(_, value)| value.as_slice())
    }

    pub(crate) fn resource_element(&self, node: Node<'a>) -> Option<Element<'a>> {
        Element::resource(self.model, node)
    }
}
