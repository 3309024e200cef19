//! What FHIRPath constraints can ask of the validation: targets of references, value sets and profiles.

use std::cell::Cell;

use fhir_model::Node;
use fhirpath::{Element, Host, Item, resolve_locally};

use super::binding;
use super::library::Engine;
use super::resolver::Resolver;
use super::walk::Walk;
use crate::references::References;

/// Profiles that expressions may ask for from within profiles that expressions ask for.
const MOST_NESTED: u32 = 4;

/// The surroundings of one validation.
pub(crate) struct ValidationHost<'a> {
    pub(super) engine: &'a Engine,
    pub(super) resolver: Resolver<'a>,
    root: Node<'a>,
    nested: Cell<u32>,
}

impl<'a> ValidationHost<'a> {
    pub(crate) fn new(engine: &'a Engine, root: Node<'a>, references: &'a dyn References) -> Self {
        Self { engine, resolver: Resolver::new(root, references), root, nested: Cell::new(0) }
    }
}

impl Host for ValidationHost<'_> {
    fn resolve<'b>(&'b self, reference: &str, from: Node<'b>, root: Node<'b>) -> Option<Node<'b>> {
        let local = reference.starts_with('#').then(|| resolve_locally(reference, from, root)).flatten();
        local.or_else(|| self.resolver.resolve(reference, self.root).map(|found| found.node))
    }

    /// An expression that looks at the target of a reference must not hold for a resource nobody has seen.
    fn trusts_references(&self) -> bool {
        false
    }

    fn member_of(&self, item: &Item<'_>, value_set: &str) -> Option<bool> {
        binding::member_of(&Walk::new(self), *item.as_element()?, value_set)
    }

    fn conforms_to(&self, element: &Element<'_>, profile: &str) -> Option<bool> {
        let id = self.engine.find(profile)?;
        if self.nested.get() >= MOST_NESTED {
            return None;
        }
        self.nested.set(self.nested.get() + 1);
        let mut walk = Walk::new(self);
        let scope =
            walk.scope(element.node.filter(|node| node.resource_type().is_some()).unwrap_or(self.root), None);
        let conforms = walk.conforms(id, *element, &scope).is_none();
        self.nested.set(self.nested.get() - 1);
        Some(conforms)
    }
}
