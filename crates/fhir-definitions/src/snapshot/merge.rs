//! One element laid over another: what a differential says wins, what it leaves open stays.

use std::sync::Arc;

use super::Defect;
use crate::element_definition::{
    Binding, BindingStrength, Constraint, ElementBase, ElementDefinition, ElementType, Max,
};
use crate::structure_definition::{Derivation, StructureDefinition};

impl ElementDefinition {
    /// Takes over everything that `later` says, without asking whether it may.
    pub(super) fn override_with(&mut self, later: &Self) {
        override_list(&mut self.representation, &later.representation);
        override_option(&mut self.slice_is_constraining, &later.slice_is_constraining);
        override_option(&mut self.slicing, &later.slicing);
        override_option(&mut self.min, &later.min);
        override_option(&mut self.max, &later.max);
        override_option(&mut self.content_reference, &later.content_reference);
        override_list(&mut self.types, &later.types);
        override_option(&mut self.binding, &later.binding);
        self.override_values(later);
        self.override_flags(later);
        self.add_conditions(&later.condition);
        for constraint in &later.constraints {
            self.add_constraint(constraint);
        }
    }

    fn override_values(&mut self, later: &Self) {
        override_option(&mut self.default_value, &later.default_value);
        override_option(&mut self.fixed, &later.fixed);
        override_option(&mut self.pattern, &later.pattern);
        override_option(&mut self.min_value, &later.min_value);
        override_option(&mut self.max_value, &later.max_value);
        override_option(&mut self.max_length, &later.max_length);
    }

    fn override_flags(&mut self, later: &Self) {
        override_option(&mut self.must_support, &later.must_support);
        override_option(&mut self.is_modifier, &later.is_modifier);
        override_option(&mut self.is_summary, &later.is_summary);
    }

    fn add_conditions(&mut self, conditions: &[Box<str>]) {
        for key in conditions {
            if !self.condition.contains(key) {
                self.condition.push(key.clone());
            }
        }
    }

    /// Adds a constraint, or replaces the one of that key.
    pub(super) fn add_constraint(&mut self, constraint: &Arc<Constraint>) {
        match self.constraints.iter_mut().find(|known| known.key == constraint.key) {
            Some(known) => *known = Arc::clone(constraint),
            None => self.constraints.push(Arc::clone(constraint)),
        }
    }

    /// Lays a change over this element, but for what the element does not allow, which is returned. `owner` is the
    /// definition that the change is from: the source of its constraints. Types are as
    /// [`narrowed_types`](Self::narrowed_types) made them.
    pub(super) fn constrain(&mut self, mut change: Self, owner: &StructureDefinition) -> Vec<Defect> {
        let mut defects = Vec::new();
        self.narrow_cardinality(&mut change, &mut defects);
        self.narrow_binding(&mut change, &mut defects);
        for constraint in &mut change.constraints {
            if constraint.source.is_none() {
                Arc::make_mut(constraint).source = Some(owner.url.clone());
            }
        }
        // A restated invariant is the inherited one: keep where it came from.
        change.constraints.retain(|stated| {
            !self
                .constraints
                .iter()
                .any(|known| known.key == stated.key && known.expression == stated.expression)
        });
        self.override_with(&change);
        defects
    }

    fn narrow_cardinality(&self, change: &mut Self, defects: &mut Vec<Defect>) {
        if change.min.is_some_and(|min| self.min.is_some_and(|base| min < base)) {
            let asked = change.min.take().unwrap_or_default();
            defects.push(Defect::WiderCardinality(format!("min {asked}").into()));
        }
        if change.max.is_some_and(|max| self.max.is_some_and(|base| max > base)) {
            let asked = change.max.take().unwrap_or(Max::Unbounded);
            defects.push(Defect::WiderCardinality(format!("max {asked}").into()));
        }
    }

    /// The types that a change leaves, each with what it does not say again: a bare `Reference` does not lift the
    /// base's restriction of its targets. Types that the base does not allow are left out and returned, except in a
    /// new type, which may give the value of a primitive another one (`unsignedInt.value`).
    pub(super) fn narrowed_types(
        &self,
        types: &[ElementType],
        derivation: Derivation,
    ) -> (Vec<ElementType>, Vec<Defect>) {
        let (mut narrowed, mut defects) = (Vec::new(), Vec::new());
        for stated in types {
            match self.types.iter().find(|allowed| is_allowed(&stated.code, allowed)) {
                Some(allowed) => narrowed.push(complete_type(stated, allowed)),
                None if self.types.is_empty() || derivation == Derivation::Specialization => {
                    narrowed.push(stated.clone());
                }
                None => defects.push(Defect::UnknownType(stated.code.clone())),
            }
        }
        (narrowed, defects)
    }

    fn narrow_binding(&self, change: &mut Self, defects: &mut Vec<Defect>) {
        let (Some(base), Some(stated)) = (&self.binding, &change.binding) else { return };
        if base.strength == BindingStrength::Required && stated.strength < BindingStrength::Required {
            defects.push(Defect::WeakerBinding);
            change.binding = None;
            return;
        }
        change.binding = Some(Arc::new(Binding {
            strength: stated.strength,
            value_set: stated.value_set.clone().or_else(|| base.value_set.clone()),
            max_value_set: stated.max_value_set.clone().or_else(|| base.max_value_set.clone()),
        }));
    }

    /// Whether `types` only say in FHIR's words what stands here in FHIRPath's (`uri` for `Extension.url`).
    pub(super) fn restates_system_type(&self, types: &[ElementType]) -> bool {
        let known =
            |stated: &ElementType| self.types.iter().any(|own| own.fhir_type.as_ref() == Some(&stated.code));
        types.iter().all(known)
    }

    /// Lays the root of a profile or type over an element of that type: its constraints, and the cardinality of an
    /// extension.
    pub(super) fn take_root(&mut self, root: &Self, is_extension: bool) {
        for constraint in &root.constraints {
            if !self.constraints.iter().any(|known| known.key == constraint.key) {
                self.constraints.push(Arc::clone(constraint));
            }
        }
        if is_extension {
            self.min = self.min.max(root.min);
            self.max = match (self.max, root.max) {
                (Some(own), Some(of_root)) => Some(own.min(of_root)),
                (own, of_root) => own.or(of_root),
            };
            override_option(&mut self.is_modifier, &root.is_modifier.filter(|is| *is));
        }
    }

    /// Fills in what a newly defined element leaves open, `base` above all.
    pub(super) fn complete_definition(&mut self, path: &str) {
        let (min, max) = (*self.min.get_or_insert(0), *self.max.get_or_insert(Max::Count(1)));
        if self.base.is_none() {
            self.base = Some(Arc::new(ElementBase { path: path.into(), min, max }));
        }
    }
}

fn is_allowed(code: &str, allowed: &ElementType) -> bool {
    // `Extension.url` has a FHIRPath type and is restated by the FHIR type that goes with it; `Element`, `Resource`
    // and the like stand for all that specialise them.
    *allowed.code == *code
        || allowed.fhir_type.as_deref() == Some(code)
        || matches!(&*allowed.code, "Element" | "BackboneElement" | "Resource" | "DomainResource" | "*")
}

fn complete_type(stated: &ElementType, allowed: &ElementType) -> ElementType {
    let mut narrowed = stated.clone();
    override_empty(&mut narrowed.profiles, &allowed.profiles);
    override_empty(&mut narrowed.target_profiles, &allowed.target_profiles);
    override_empty(&mut narrowed.aggregation, &allowed.aggregation);
    narrowed.versioning = narrowed.versioning.or_else(|| allowed.versioning.clone());
    narrowed.fhir_type = narrowed.fhir_type.or_else(|| allowed.fhir_type.clone());
    narrowed.regex = narrowed.regex.or_else(|| allowed.regex.clone());
    narrowed
}

fn override_option<T: Clone>(own: &mut Option<T>, later: &Option<T>) {
    if later.is_some() {
        own.clone_from(later);
    }
}

fn override_list<T: Clone>(own: &mut Vec<T>, later: &[T]) {
    if !later.is_empty() {
        *own = later.to_vec();
    }
}

fn override_empty(own: &mut Vec<Box<str>>, inherited: &[Box<str>]) {
    if own.is_empty() {
        *own = inherited.to_vec();
    }
}
