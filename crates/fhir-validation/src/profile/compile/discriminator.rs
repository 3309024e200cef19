//! From the discriminators of a slicing and the definition of a slice to what tells the slice's occurrences.
//!
//! A discriminator is a path from the sliced element. It is followed through the definition of the slice, on into the
//! definitions of its types, profiles and targets where the snapshot does not open them, to the element whose fixed value,
//! pattern, binding, types, profiles or cardinality makes the difference.

use std::sync::Arc;

use fhir_definitions::element_definition::{
    BindingStrength, Discriminator, DiscriminatorKind, ElementType, Max, Slicing as SlicingDefinition,
    TypedValue,
};
use fhir_definitions::{ElementDefinition, Snapshot};

use super::Compiler;
use super::tree::plain_name;
use crate::profile::library::TYPE_URL;
use crate::profile::slicing::{Criterion, Step, Test};

/// How deep below the element of a discriminator its value is looked for.
const MOST_LEVELS: usize = 6;

/// An element of some snapshot that is reached along a path.
#[derive(Clone)]
struct Place {
    snapshot: Arc<Snapshot>,
    position: usize,
}

impl Place {
    fn element(&self) -> Option<&Arc<ElementDefinition>> {
        self.snapshot.elements.get(self.position)
    }

    /// The elements directly below, slices included.
    fn below(&self) -> impl Iterator<Item = Place> + '_ {
        let path = self.element().map_or("", |element| &element.path);
        let depth = path.matches('.').count();
        let rest = self.snapshot.elements.iter().enumerate().skip(self.position + 1);
        rest.take_while(move |(_, element)| element.path.matches('.').count() > depth)
            .filter(move |(_, element)| element.path.matches('.').count() == depth + 1)
            .map(|(position, _)| Place { snapshot: Arc::clone(&self.snapshot), position })
    }
}

impl Compiler<'_> {
    /// What tells the occurrences of a slice; empty if nothing does.
    pub(super) fn criteria(&self, sliced: usize, slice: usize) -> Box<[Criterion]> {
        let Some(element) = self.definition(sliced) else { return Box::default() };
        let implied;
        let discriminators = match self.slicing_of(sliced) {
            Some(slicing) => &slicing.discriminators,
            None => {
                implied = implied_discriminator(element);
                &implied
            }
        };
        let own = self.criteria_at(slice, discriminators);
        if !own.is_empty() {
            return own;
        }
        self.unsliced_twin(slice).map(|twin| self.criteria_at(twin, discriminators)).unwrap_or_default()
    }

    fn criteria_at(&self, slice: usize, discriminators: &[Discriminator]) -> Box<[Criterion]> {
        let place = Place { snapshot: Arc::clone(self.snapshot), position: slice };
        let mut criteria = Vec::new();
        for discriminator in discriminators {
            let mut search = Search { compiler: self, discriminator, criteria: &mut criteria };
            search.follow(&place, &discriminator.path, Vec::new());
        }
        criteria.into()
    }

    /// The slice of the same name where no slice is above it: what is said there holds in the slices above too.
    fn unsliced_twin(&self, slice: usize) -> Option<usize> {
        let id = &self.definition(slice)?.id;
        let (above, last) = id.rsplit_once('.')?;
        let plain: Vec<&str> = above.split('.').map(|part| part.split(':').next().unwrap_or(part)).collect();
        let twin = format!("{}.{last}", plain.join("."));
        self.snapshot.elements.iter().position(|element| *element.id == *twin).filter(|twin| *twin != slice)
    }

    /// The slicing of an element; of a slice that is sliced again without saying how, that of the whole element.
    fn slicing_of(&self, sliced: usize) -> Option<&SlicingDefinition> {
        let own =
            self.definition(sliced)?.slicing.as_deref().filter(|slicing| !slicing.discriminators.is_empty());
        if own.is_some() {
            return own;
        }
        let whole = self.branches.iter().position(|branch| branch.slices.contains(&sliced))?;
        self.slicing_of(whole)
    }
}

/// Extensions are sliced by url and choices by type whether or not it is said.
fn implied_discriminator(element: &ElementDefinition) -> Vec<Discriminator> {
    if element.is_extension() {
        vec![Discriminator { kind: DiscriminatorKind::Value, path: "url".into() }]
    } else if element.is_choice() {
        vec![Discriminator { kind: DiscriminatorKind::Type, path: "$this".into() }]
    } else {
        Vec::new()
    }
}

/// The way along one discriminator.
struct Search<'c, 'a> {
    compiler: &'c Compiler<'a>,
    discriminator: &'c Discriminator,
    criteria: &'c mut Vec<Criterion>,
}

impl Search<'_, '_> {
    fn follow(&mut self, place: &Place, path: &str, mut steps: Vec<Step>) {
        let Some(element) = place.element().cloned() else { return };
        let (step, rest) = next_step(path);
        if step.is_empty() || step == "$this" {
            if rest.is_empty() {
                self.arrive(place, steps)
            } else {
                self.follow(place, rest, steps)
            }
            return;
        }
        if self.is_about_values() && self.add_part(&element, path, &steps) {
            return;
        }
        if step == "resolve()" {
            steps.push(Step::Resolve);
            self.resolve(&element, rest, steps);
        } else if let Some(url) = argument(step, "extension") {
            steps.push(Step::Extension(url.into()));
            self.extension(place, url, rest, steps);
        } else if let Some(name) = argument(step, "ofType").or_else(|| argument(step, "as")) {
            if let Some(id) = self.compiler.model().id(name) {
                steps.push(Step::OfType(id));
            }
            self.follow(place, rest, steps);
        } else {
            steps.push(Step::Element(step.into()));
            for place in self.children(place, step) {
                self.follow(&place, rest, steps.clone());
            }
        }
    }

    fn is_about_values(&self) -> bool {
        matches!(self.discriminator.kind, DiscriminatorKind::Value | DiscriminatorKind::Pattern)
    }

    /// The elements of that name below a place, in the definition of its type if the snapshot does not open it.
    fn children(&self, place: &Place, name: &str) -> Vec<Place> {
        let is_named = |place: &Place| place.element().is_some_and(|element| plain_name(element) == name);
        let own: Vec<Place> = place.below().filter(is_named).collect();
        if !own.is_empty() {
            return own;
        }
        let Some(element) = place.element() else { return Vec::new() };
        let mut types = element.types.iter();
        types
            .find_map(|kind| {
                let root =
                    self.root(kind.profiles.first().unwrap_or(&format!("{TYPE_URL}{}", kind.code).into()))?;
                let found: Vec<Place> = root.below().filter(is_named).collect();
                (!found.is_empty()).then_some(found)
            })
            .unwrap_or_default()
    }

    fn root(&self, canonical: &str) -> Option<Place> {
        let registry = &self.compiler.engine.registry;
        let definition = registry.structure_definition(canonical)?;
        Some(Place { snapshot: definition.snapshot(&**registry).ok()?, position: 0 })
    }

    fn extension(&mut self, place: &Place, url: &str, rest: &str, steps: Vec<Step>) {
        let slices = self.children(place, "extension");
        let is_it = |place: &&Place| {
            let profiles = place.element().into_iter().flat_map(|element| &element.types);
            profiles.flat_map(|kind| &kind.profiles).any(|profile| &**profile == url)
        };
        match slices.iter().find(is_it) {
            Some(slice) if self.discriminator.kind == DiscriminatorKind::Exists => {
                self.follow(slice, rest, steps);
            }
            _ => {
                if let Some(root) = self.root(url) {
                    self.follow(&root, rest, steps);
                }
            }
        }
    }

    fn resolve(&mut self, element: &ElementDefinition, rest: &str, steps: Vec<Step>) {
        let targets = || element.types.iter().flat_map(|kind| &kind.target_profiles);
        if rest.is_empty() {
            let test = match self.discriminator.kind {
                DiscriminatorKind::Type => {
                    let types = targets().filter_map(|canonical| self.compiler.target(canonical).type_id);
                    Test::Types(types.collect())
                }
                DiscriminatorKind::Profile => {
                    Test::Profiles(targets().map(|canonical| self.compiler.profile_ref(canonical)).collect())
                }
                _ => return,
            };
            self.criteria.push(Criterion { steps: steps.into(), test });
            return;
        }
        let mut targets = targets();
        if let (Some(only), None) = (targets.next(), targets.next())
            && let Some(root) = self.root(only)
        {
            self.follow(&root, rest, steps);
        }
    }

    fn arrive(&mut self, place: &Place, steps: Vec<Step>) {
        let Some(element) = place.element().cloned() else { return };
        let test = match self.discriminator.kind {
            DiscriminatorKind::Value | DiscriminatorKind::Pattern => {
                self.values(place, steps, 0);
                return;
            }
            DiscriminatorKind::Exists if element.max == Some(Max::Count(0)) => Test::Exists(false),
            DiscriminatorKind::Exists if element.min.unwrap_or(0) > 0 => Test::Exists(true),
            DiscriminatorKind::Exists => return,
            DiscriminatorKind::Type => Test::Types(self.type_ids(&element.types)),
            DiscriminatorKind::Profile => {
                let profiles = element.types.iter().flat_map(|kind| &kind.profiles);
                Test::Profiles(profiles.map(|canonical| self.compiler.profile_ref(canonical)).collect())
            }
        };
        let is_empty = match &test {
            Test::Types(types) => types.is_empty(),
            Test::Profiles(profiles) => profiles.is_empty(),
            _ => false,
        };
        if !is_empty {
            self.criteria.push(Criterion { steps: steps.into(), test });
        }
    }

    fn type_ids(&self, types: &[ElementType]) -> Box<[fhir_model::types::TypeId]> {
        types.iter().filter_map(|kind| self.compiler.model().id(&kind.code)).collect()
    }

    /// Takes the value of an element, or the values of the elements below it.
    fn values(&mut self, place: &Place, steps: Vec<Step>, level: usize) {
        let Some(element) = place.element().cloned() else { return };
        if self.add_value(&element, &steps) || level == MOST_LEVELS {
            return;
        }
        let before = self.criteria.len();
        let own: Vec<Place> = place.below().collect();
        for child in own {
            let Some(name) = child.element().map(|element| plain_name(element).to_owned()) else { continue };
            let mut steps = steps.clone();
            steps.push(Step::Element(name.into()));
            self.values(&child, steps, level + 1);
        }
        if self.criteria.len() == before && level == 0 {
            self.add_binding(&element, steps);
        }
    }

    fn add_value(&mut self, element: &ElementDefinition, steps: &[Step]) -> bool {
        let test = match (&element.fixed, &element.pattern) {
            (Some(value), _) => Test::Fixed(value.clone()),
            (None, Some(value)) => Test::Pattern(value.clone()),
            (None, None) => return false,
        };
        self.criteria.push(Criterion { steps: steps.into(), test });
        true
    }

    /// Takes from a value further up what it says of the element that `path` leads to.
    fn add_part(&mut self, element: &ElementDefinition, path: &str, steps: &[Step]) -> bool {
        let names: Vec<&str> = path.split('.').collect();
        let part = |value: &Option<TypedValue>| value.as_ref()?.part(&names);
        let test = match (part(&element.fixed), part(&element.pattern)) {
            (Some(value), _) => Test::Fixed(value),
            (None, Some(value)) => Test::Pattern(value),
            (None, None) => return false,
        };
        let below = names.iter().map(|name| Step::Element((*name).into()));
        self.criteria.push(Criterion { steps: steps.iter().cloned().chain(below).collect(), test });
        true
    }

    fn add_binding(&mut self, element: &ElementDefinition, steps: Vec<Step>) {
        let binding =
            element.binding.as_ref().filter(|binding| binding.strength == BindingStrength::Required);
        if let Some(value_set) = binding.and_then(|binding| binding.value_set.clone()) {
            self.criteria.push(Criterion { steps: steps.into(), test: Test::Bound(value_set) });
        }
    }
}

/// The first step of a path, and the rest. Dots in the arguments of functions separate nothing.
fn next_step(path: &str) -> (&str, &str) {
    let mut depth = 0_u32;
    for (position, character) in path.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => {
                let (step, rest) = path.split_at(position);
                return (step, rest.strip_prefix('.').unwrap_or(rest));
            }
            _ => {}
        }
    }
    (path, "")
}

/// The argument of a call, without its quotes.
fn argument<'p>(step: &'p str, function: &str) -> Option<&'p str> {
    let inside = step.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')')?;
    Some(inside.trim().trim_matches(['\'', '"']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart_at_their_dots() {
        assert_eq!(next_step("coding.system"), ("coding", "system"));
        let path = "extension('http://example.org/a.b').value";
        assert_eq!(next_step(path), ("extension('http://example.org/a.b')", "value"));
        assert_eq!(next_step("$this"), ("$this", ""));
        assert_eq!(argument("extension('http://a')", "extension"), Some("http://a"));
        assert_eq!(argument("ofType(Quantity)", "ofType"), Some("Quantity"));
        assert_eq!(argument("resolve()", "extension"), None);
    }
}
