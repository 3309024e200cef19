//! A compiled definition: a tree of rules in an arena, one node per element.

use fhir_definitions::element_definition::{BindingStrength, TypedValue};
use fhir_model::types::TypeId;
use fhirpath::Expression;

use super::library::ProfileId;
use super::slicing::Slicing;

/// A StructureDefinition, compiled.
#[derive(Debug)]
pub(crate) struct Profile {
    /// Its canonical url with its version, as messages name it.
    pub(crate) canonical: Box<str>,
    /// The type that it defines or constrains.
    pub(crate) type_id: TypeId,
    /// Whether it defines a type of its own, so that walking an instance of the type checks all of it.
    pub(crate) is_type: bool,
    /// The rules of its elements. The first are those of its root.
    pub(crate) rules: Vec<Rules>,
    /// What only definitions of extensions have.
    pub(crate) extension: ExtensionFacts,
    /// What in the definition cannot be checked.
    pub(crate) defects: Vec<Defect>,
}

/// A part of a definition that cannot be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Defect {
    /// The id of the element in the definition.
    pub(crate) element: Box<str>,
    /// What is wrong with it.
    pub(crate) text: String,
}

/// Where an extension may stand.
#[derive(Debug, Default)]
pub(crate) struct ExtensionFacts {
    /// Whether it changes the meaning of the element that has it.
    pub(crate) is_modifier: bool,
    /// The places where it is allowed; empty means anywhere.
    pub(crate) contexts: Vec<AllowedContext>,
    /// What must be true of the element that has it.
    pub(crate) invariants: Vec<Expression>,
}

/// One place where an extension is allowed.
#[derive(Debug)]
pub(crate) enum AllowedContext {
    /// An element by path (`Patient.contact`) or any element of a type (`HumanName`).
    Element(Box<str>),
    /// Inside of another extension.
    Extension(Box<str>),
    /// What a path selects from the resource.
    FhirPath(Expression),
}

/// The place of an element's rules in [`Profile::rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RulesId(pub(crate) u32);

impl RulesId {
    pub(crate) const ROOT: Self = Self(0);
}

impl Profile {
    /// The rules of an element.
    pub(crate) fn get(&self, id: RulesId) -> Option<&Rules> {
        self.rules.get(id.0 as usize)
    }
}

/// All that a definition asks of one element and that is left to check. The default asks nothing.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// The id of the element: `Patient.identifier:nhsNumber`.
    pub(crate) id: Box<str>,
    /// How often it must occur; 0 where the structure says it.
    pub(crate) min: u32,
    /// How often it may occur; `None` where the structure says it.
    pub(crate) max: Option<u32>,
    /// The types it may have, if not all those of the structure.
    pub(crate) types: Option<Box<[TypeId]>>,
    /// Profiles of its types, and what its references may point to.
    pub(crate) typed: Box<[TypeRules]>,
    /// The value it must be.
    pub(crate) fixed: Option<TypedValue>,
    /// The value it must contain.
    pub(crate) pattern: Option<TypedValue>,
    /// Its least value.
    pub(crate) min_value: Option<TypedValue>,
    /// Its greatest value.
    pub(crate) max_value: Option<TypedValue>,
    /// Its greatest length in characters.
    pub(crate) max_length: Option<u32>,
    /// Where its codes come from.
    pub(crate) binding: Option<BindingRule>,
    /// What must be true of it.
    pub(crate) constraints: Box<[ConstraintRule]>,
    /// The rules of the elements below it.
    pub(crate) children: Box<[Child]>,
    /// Rules for some of its occurrences.
    pub(crate) slicing: Option<Box<Slicing>>,
}

/// An element below another.
#[derive(Clone, Debug)]
pub(crate) struct Child {
    /// The name without `[x]`.
    pub(crate) name: Box<str>,
    /// Whether JSON carries the type in the name.
    pub(crate) is_choice: bool,
    /// Its rules.
    pub(crate) rules: RulesId,
}

/// What holds for the occurrences that have one type.
#[derive(Debug)]
pub(crate) struct TypeRules {
    /// The type.
    pub(crate) type_id: TypeId,
    /// Profiles of which the value must meet one; empty means none is asked for.
    pub(crate) profiles: Box<[ProfileRef]>,
    /// What the target of a reference must be; empty means anything.
    pub(crate) targets: Box<[Target]>,
    /// Where the target must stand: `contained`, `referenced`, `bundled`; empty means anywhere.
    pub(crate) aggregation: Box<[Box<str>]>,
}

/// A profile that another definition names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProfileRef {
    /// Its canonical, as it is named.
    pub(crate) canonical: Box<str>,
    /// The definition; `None` if it is not known.
    pub(crate) id: Option<ProfileId>,
}

/// What a reference may point to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The type; `None` if the profile is not known.
    pub(crate) type_id: Option<TypeId>,
    /// The profile, where more than the type is asked for.
    pub(crate) profile: Option<ProfileRef>,
}

/// A binding that is to be checked.
#[derive(Debug)]
pub(crate) struct BindingRule {
    /// How much it binds.
    pub(crate) strength: BindingStrength,
    /// The value set.
    pub(crate) value_set: Box<str>,
    /// The value set that no code may leave in any case.
    pub(crate) max_value_set: Option<Box<str>>,
}

/// A constraint that is to be checked.
#[derive(Debug)]
pub(crate) struct ConstraintRule {
    /// `pat-1`
    pub(crate) key: Box<str>,
    /// Whether breaking it is an error or worth a warning.
    pub(crate) is_error: bool,
    /// Whether it is only recommended.
    pub(crate) is_best_practice: bool,
    /// What it asks for, for readers.
    pub(crate) human: Option<Box<str>>,
    /// What must be true.
    pub(crate) expression: Expression,
}

impl Rules {
    /// Whether there is anything to check at the element itself.
    pub(crate) fn is_idle(&self) -> bool {
        self.min == 0
            && self.max.is_none()
            && self.types.is_none()
            && self.typed.is_empty()
            && self.fixed.is_none()
            && self.pattern.is_none()
            && self.min_value.is_none()
            && self.max_value.is_none()
            && self.max_length.is_none()
            && self.binding.is_none()
            && self.constraints.is_empty()
            && self.slicing.is_none()
    }
}
