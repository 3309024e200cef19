//! Lays the rules of a profile over an element.

use fhir_model::Node;
use fhirpath::{Context, Element};

use super::occurrence::{self, Occurrence};
use super::rules::{Profile, Rules, RulesId};
use super::walk::Walk;
use super::{binding, bounds, cardinality, fixed, invariant, length, pattern, reference, slicing, types};
use crate::report::{Path, Step};

/// The resource in which elements are looked at.
#[derive(Clone)]
pub(crate) struct Scope<'a> {
    /// The resource.
    pub(super) resource: Node<'a>,
    /// The resource around it, if it is contained.
    pub(super) container: Option<Node<'a>>,
    /// What expressions see.
    pub(super) context: Context<'a>,
}

/// An element, and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct At<'a, 'p> {
    /// The element.
    pub(super) element: Element<'a>,
    /// Its path, for issues.
    pub(super) path: &'p Path<'p>,
    /// Its resource.
    pub(super) scope: &'p Scope<'a>,
}

impl<'a> Scope<'a> {
    /// The resource whose `contained` holds the targets of `#id`.
    pub(super) fn owner(&self) -> Node<'a> {
        self.container.unwrap_or(self.resource)
    }
}

impl<'a> Walk<'a> {
    /// Checks an element by rules of a profile, and all that stands below it.
    pub(super) fn apply(&mut self, profile: &'a Profile, id: RulesId, at: &At<'a, '_>) {
        let Some(rules) = profile.get(id).filter(|_| self.spend()) else { return };
        self.check_value(rules, at);
        for child in &rules.children {
            let found = occurrence::of_child(self.engine, at.element, child);
            let path = at.path.then(Step::Element(&child.name));
            let Some(rules) = profile.get(child.rules) else { continue };
            cardinality::check(self, rules, &found, at, &path);
            self.apply_each(profile, child.rules, &found, at, &path);
        }
    }

    /// Checks the occurrences of one element, and its slices.
    pub(super) fn apply_each(
        &mut self,
        profile: &'a Profile,
        id: RulesId,
        occurrences: &[Occurrence<'a>],
        parent: &At<'a, '_>,
        path: &Path<'_>,
    ) {
        for occurrence in occurrences {
            let path = occurrence.path(path);
            let element = occurrence.element;
            match self.inner_scope(element, parent.scope) {
                Some(scope) => self.apply(profile, id, &At { element, path: &path, scope: &scope }),
                None => self.apply(profile, id, &At { element, path: &path, scope: parent.scope }),
            }
        }
        if let Some(slicing) = profile.get(id).and_then(|rules| rules.slicing.as_deref()) {
            slicing::check(self, profile, slicing, occurrences, parent, path);
        }
    }

    /// Checks an element by itself.
    pub(super) fn check_value(&mut self, rules: &'a Rules, at: &At<'a, '_>) {
        if let Some(allowed) = &rules.types {
            types::check(self, rules, allowed, at);
        }
        types::check_profiles(self, &rules.typed, at);
        reference::check(self, &rules.typed, at);
        if let Some(value) = &rules.fixed {
            fixed::check(self, value.value(), at);
        }
        if let Some(value) = &rules.pattern {
            pattern::check(self, value.value(), at);
        }
        bounds::check(self, rules, at);
        if let Some(most) = rules.max_length {
            length::check(self, most, at);
        }
        if let Some(rule) = &rules.binding {
            binding::check(self, rule, at);
        }
        invariant::check(self, &rules.constraints, at);
    }

    /// The scope of a resource that is met inside of another.
    fn inner_scope(&self, element: Element<'a>, outer: &Scope<'a>) -> Option<Scope<'a>> {
        let node = element.node.filter(|node| node.index() != outer.resource.index())?;
        node.resource_type().filter(|_| self.is_resource(element))?;
        let contained = outer
            .resource
            .get("contained")
            .is_some_and(|list| list.items().any(|own| own.index() == node.index()));
        Some(self.scope(node, contained.then_some(outer.resource)))
    }
}
