//! Whether an occurrence meets a discriminator of a slice.

use fhir_definitions::element_definition::TypedValue;
use fhir_model::types::TypeId;
use fhirpath::Element;

use crate::profile::apply::Scope;
use crate::profile::library::TYPE_URL;
use crate::profile::occurrence;
use crate::profile::rules::ProfileRef;
use crate::profile::walk::Walk;
use crate::profile::{binding, fixed, pattern};

/// What must be true of an occurrence: of one of the elements along the steps from it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Criterion {
    pub(crate) steps: Box<[Step]>,
    pub(crate) test: Test,
}

/// A step of a discriminator's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// To the elements of that name.
    Element(Box<str>),
    /// On only where the type is this.
    OfType(TypeId),
    /// To the extensions of that url.
    Extension(Box<str>),
    /// To the target of a reference.
    Resolve,
}

/// What is asked of the element at the end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// It is this value.
    Fixed(TypedValue),
    /// It contains this value.
    Pattern(TypedValue),
    /// Its code is in the value set.
    Bound(Box<str>),
    /// There is one, or there is none.
    Exists(bool),
    /// It has one of the types.
    Types(Box<[TypeId]>),
    /// It meets one of the profiles.
    Profiles(Box<[ProfileRef]>),
}

impl Criterion {
    /// Whether an occurrence meets the criterion.
    pub(super) fn holds<'a>(&'a self, walk: &mut Walk<'a>, element: Element<'a>, scope: &Scope<'a>) -> bool {
        match self.test {
            Test::Exists(false) => !any(walk, &self.steps, &self.test, element, scope),
            _ => any(walk, &self.steps, &self.test, element, scope),
        }
    }
}

fn any<'a>(
    walk: &mut Walk<'a>,
    steps: &'a [Step],
    test: &'a Test,
    element: Element<'a>,
    scope: &Scope<'a>,
) -> bool {
    let Some((step, rest)) = steps.split_first() else { return test.holds(walk, element, scope) };
    match step {
        Step::Element(name) => {
            let found = occurrence::named(walk.engine, element, name);
            found.iter().any(|next| any(walk, rest, test, next.element, scope))
        }
        Step::OfType(type_id) => {
            walk.engine.model().is_a(element.type_id, *type_id) && any(walk, rest, test, element, scope)
        }
        Step::Extension(url) => {
            let found = occurrence::named(walk.engine, element, "extension");
            let mut found = found.iter().map(|next| next.element);
            found.any(|next| {
                next.node.and_then(|node| node.get_str("url")) == Some(url)
                    && any(walk, rest, test, next, scope)
            })
        }
        Step::Resolve => {
            // A target that is not at hand is still known by the type that the reference tells.
            if let (Test::Types(types), true) = (test, rest.is_empty()) {
                return walk
                    .target_type(element, scope)
                    .is_some_and(|id| types.iter().any(|allowed| walk.engine.model().is_a(id, *allowed)));
            }
            let target = walk
                .target(element, scope)
                .and_then(|found| Element::resource(walk.engine.model(), found.node));
            target.is_some_and(|target| any(walk, rest, test, target, scope))
        }
    }
}

impl Test {
    fn holds<'a>(&'a self, walk: &mut Walk<'a>, element: Element<'a>, scope: &Scope<'a>) -> bool {
        let model = walk.engine.model();
        match self {
            Self::Fixed(value) => element.node.is_some_and(|node| fixed::equal(value.value(), node)),
            Self::Pattern(value) => element.node.is_some_and(|node| pattern::contains(node, value.value())),
            Self::Bound(value_set) => binding::is_member(walk, element, value_set),
            Self::Exists(_) => true,
            Self::Types(types) => types.iter().any(|allowed| model.is_a(element.type_id, *allowed)),
            Self::Profiles(profiles) => profiles.iter().any(|profile| {
                let plain = profile.canonical.strip_prefix(TYPE_URL).and_then(|name| model.id(name));
                match (plain, profile.id) {
                    (Some(type_id), _) => model.is_a(element.type_id, type_id),
                    (None, Some(id)) => walk.conforms(id, element, scope).is_none(),
                    (None, None) => false,
                }
            }),
        }
    }
}
