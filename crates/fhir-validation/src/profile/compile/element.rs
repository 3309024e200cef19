//! What one element of a snapshot asks for, without what its type has checked already.

use std::sync::Arc;

use fhir_definitions::ElementDefinition;
use fhir_definitions::element_definition::{
    Binding, BindingStrength, Constraint, ElementType, Max, TypedValue,
};
use fhir_model::types::{ElementInfo, TypeId, TypeKind};
use fhirpath::Expression;

use super::tree::plain_name;
use super::{Compiler, baseline, corrections};
use crate::profile::library::TYPE_URL;
use crate::profile::rules::{BindingRule, ConstraintRule, ProfileRef, Rules, Target, TypeRules};
use crate::rules::NATIVE_CONSTRAINTS;
use crate::schema::ClosedCodes;

/// Constraints of R4 that are marked as best practice.
const BEST_PRACTICE: &[&str] = &["dom-6"];

/// What stands behind an element: its structure, and what its type says of it.
struct Base<'a> {
    structure: Option<&'a ElementInfo>,
    types: Vec<TypeId>,
    /// What the type that has the element says of it; of types themselves nothing is left out.
    definition: Option<Arc<ElementDefinition>>,
}

impl<'a> Compiler<'a> {
    /// The rules of an element. Its parent has been done before it.
    pub(super) fn element(&mut self, position: usize, root_type: TypeId) -> Rules {
        let Some(definition) = self.definition(position) else {
            self.object_types.push(None);
            return Rules::default();
        };
        if position == 0 {
            return self.root(definition, root_type);
        }
        let base = self.base(position, definition);
        let types = self.type_ids(definition, base.structure.map(|_| base.types.as_slice()));
        let object_type = match types.as_slice() {
            [only] => Some(*only),
            _ => self.engine.element_type,
        };
        self.object_types.push(object_type);
        if definition.max == Some(Max::Count(0)) {
            // Nothing below it can occur.
            return Rules { id: definition.id.clone(), max: Some(0), ..Rules::default() };
        }
        let is_slice = self.branches.get(position).is_some_and(|branch| branch.is_slice);
        let (min, max) = cardinality(definition, base.structure, is_slice);
        let type_constraints = self.constraints_of_type(&types);
        let mut known: Vec<Arc<Constraint>> = type_constraints;
        known.extend(base.definition.iter().flat_map(|base| base.constraints.iter().cloned()));
        let narrows = !types.is_empty()
            && base.structure.is_some()
            && (types.len() < base.types.len() || types.iter().any(|id| !base.types.contains(id)));
        let old = base.definition.as_deref();
        Rules {
            id: definition.id.clone(),
            min,
            max,
            constraints: self.constraints(definition, &known, object_type.filter(|_| types.len() == 1)),
            typed: self.typed(definition, old),
            binding: self.binding(definition, old, base.structure, &types),
            types: narrows.then(|| types.into()),
            fixed: new_value(&definition.fixed, old.map(|old| &old.fixed)),
            pattern: new_value(&definition.pattern, old.map(|old| &old.pattern)),
            min_value: new_value(&definition.min_value, old.map(|old| &old.min_value)),
            max_value: new_value(&definition.max_value, old.map(|old| &old.max_value)),
            max_length: definition
                .max_length
                .filter(|length| old.and_then(|old| old.max_length) != Some(*length)),
            ..Rules::default()
        }
    }

    fn root(&mut self, definition: &ElementDefinition, root_type: TypeId) -> Rules {
        self.object_types.push(Some(root_type));
        let known = match self.is_type {
            true => Vec::new(),
            false => self.constraints_of_type(&[root_type]),
        };
        Rules {
            id: definition.id.clone(),
            constraints: self.constraints(definition, &known, Some(root_type)),
            fixed: definition.fixed.clone(),
            pattern: definition.pattern.clone(),
            ..Rules::default()
        }
    }

    fn base(&self, position: usize, definition: &ElementDefinition) -> Base<'a> {
        let name = plain_name(definition);
        let owner = self.owner(position);
        let structure = owner.and_then(|owner| owner.element(name));
        let types = structure.map(|info| info.types.iter().map(|kind| kind.type_id).collect());
        let definition =
            owner.filter(|_| !self.is_type).and_then(|owner| baseline::element(self.engine, owner, name));
        Base { structure, types: types.unwrap_or_default(), definition }
    }

    /// The constraints that the single type of an element has, which are checked wherever the type occurs.
    fn constraints_of_type(&self, types: &[TypeId]) -> Vec<Arc<Constraint>> {
        let [only] = types else { return Vec::new() };
        let info = self.model().get(*only).filter(|info| info.kind != TypeKind::Backbone);
        let snapshot = info.and_then(|info| baseline::type_snapshot(self.engine, &info.name));
        let root = snapshot.as_ref().and_then(|snapshot| snapshot.root());
        root.map(|root| root.constraints.clone()).unwrap_or_default()
    }

    fn constraints(
        &mut self,
        definition: &ElementDefinition,
        known: &[Arc<Constraint>],
        type_id: Option<TypeId>,
    ) -> Box<[ConstraintRule]> {
        let mut rules = Vec::new();
        for constraint in &definition.constraints {
            let is_native = NATIVE_CONSTRAINTS.contains(&&*constraint.key);
            let Some(text) = constraint.expression.as_deref() else { continue };
            if is_native || baseline::has(known, constraint) {
                continue;
            }
            let text = corrections::constraint(&constraint.key, text);
            match Expression::compile(text, self.model(), type_id) {
                Ok(expression) => rules.push(ConstraintRule {
                    key: constraint.key.clone(),
                    is_error: constraint.is_error,
                    is_best_practice: BEST_PRACTICE.contains(&&*constraint.key),
                    human: constraint.human.clone(),
                    expression,
                }),
                Err(error) => {
                    let text = format!("the constraint {} cannot be checked: {error}", constraint.key);
                    self.defect(definition, text);
                }
            }
        }
        rules.into()
    }

    fn typed(&self, definition: &ElementDefinition, base: Option<&ElementDefinition>) -> Box<[TypeRules]> {
        definition.types.iter().filter_map(|kind| self.type_rules(kind, base)).collect()
    }

    fn type_rules(&self, kind: &ElementType, base: Option<&ElementDefinition>) -> Option<TypeRules> {
        let type_id = self.model().id(&kind.code)?;
        // Every extension meets the definition that its url names.
        let is_extension = Some(type_id) == self.engine.extension_type;
        let old = base.and_then(|base| base.types.iter().find(|old| old.code == kind.code));
        let is_new = |list: &[Box<str>], old: Option<&[Box<str>]>| !list.is_empty() && old != Some(list);
        let profiles = is_new(&kind.profiles, old.map(|old| &*old.profiles)) && !is_extension;
        let is_reference = &*kind.code == "Reference";
        let targets = is_new(&kind.target_profiles, old.map(|old| &*old.target_profiles)) && is_reference;
        let aggregation = is_new(&kind.aggregation, old.map(|old| &*old.aggregation));
        if !profiles && !targets && !aggregation {
            return None;
        }
        let references = kind.profiles.iter().filter(|_| profiles).map(|url| self.profile_ref(url));
        Some(TypeRules {
            type_id,
            profiles: references.collect(),
            targets: if targets { self.targets(&kind.target_profiles) } else { Box::default() },
            aggregation: if aggregation { kind.aggregation.as_slice().into() } else { Box::default() },
        })
    }

    pub(super) fn profile_ref(&self, canonical: &str) -> ProfileRef {
        ProfileRef { canonical: canonical.into(), id: self.engine.find(canonical) }
    }

    /// The targets; none where any resource will do.
    fn targets(&self, canonicals: &[Box<str>]) -> Box<[Target]> {
        let targets: Vec<Target> = canonicals.iter().map(|canonical| self.target(canonical)).collect();
        let resource = self.model().id("Resource");
        let takes_all = |target: &Target| {
            target.profile.is_none() && target.type_id.is_some_and(|id| Some(id) == resource)
        };
        if targets.iter().any(takes_all) { Box::default() } else { targets.into() }
    }

    pub(super) fn target(&self, canonical: &str) -> Target {
        let plain = canonical.strip_prefix(TYPE_URL).and_then(|name| self.model().id(name));
        if plain.is_some() {
            return Target { type_id: plain, profile: None };
        }
        let definition = self.engine.registry.structure_definition(canonical);
        let type_id = definition.and_then(|definition| self.model().id(&definition.type_name));
        Target { type_id, profile: Some(self.profile_ref(canonical)) }
    }

    fn binding(
        &self,
        definition: &ElementDefinition,
        base: Option<&ElementDefinition>,
        structure: Option<&ElementInfo>,
        types: &[TypeId],
    ) -> Option<BindingRule> {
        let binding: &Binding = definition.binding.as_deref()?;
        let value_set = binding.value_set.clone()?;
        let old = base.and_then(|base| base.binding.as_deref());
        if binding.strength == BindingStrength::Example || old == Some(binding) {
            return None;
        }
        let by_schema = structure.and_then(|info| info.required_value_set.as_deref()) == Some(&*value_set)
            && matches!(types, [only] if self.model().name(*only) == "code")
            && self.engine.terminology.closed_codes(&value_set).is_some();
        (!by_schema).then(|| BindingRule {
            strength: binding.strength,
            value_set,
            max_value_set: binding.max_value_set.clone(),
        })
    }
}

/// The cardinality that is left to check.
fn cardinality(
    definition: &ElementDefinition,
    structure: Option<&ElementInfo>,
    is_slice: bool,
) -> (u32, Option<u32>) {
    let min = definition.min.unwrap_or(0);
    let max = match definition.max {
        Some(Max::Count(count)) => Some(count),
        Some(Max::Unbounded) | None => None,
    };
    match structure.filter(|_| !is_slice) {
        Some(info) => {
            (if min > info.min { min } else { 0 }, max.filter(|max| info.max.is_none_or(|own| *max < own)))
        }
        None => (min, max),
    }
}

/// A value that the base does not have.
fn new_value(value: &Option<TypedValue>, base: Option<&Option<TypedValue>>) -> Option<TypedValue> {
    if base == Some(value) { None } else { value.clone() }
}
