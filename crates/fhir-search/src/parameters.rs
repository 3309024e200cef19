//! The search parameters that can be honoured, by resource type and code and by dense number.

mod compartment;
mod contained;
mod definitions;
pub(crate) mod plan;
mod selector;
mod withhold;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use fhir_definitions::Registry;
use fhir_definitions::search_parameter::SearchParameter;
use fhir_model::types::TypeModel;
use thiserror::Error;

pub use self::compartment::Compartment;
pub(crate) use self::contained::ContainedParameters;
use self::definitions::Definitions;
use self::plan::{Plan, Planner};
use crate::extract::element::DataTypes;

/// Dense number of a (resource type, search parameter) pair; stable for the life of a database. 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParameterId(pub i32);

/// The types of search parameters (R4 SearchParamType).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the codes of SearchParamType, defined by the standard")]
pub enum ParameterKind {
    Number,
    Date,
    String,
    Token,
    Reference,
    Composite,
    Quantity,
    Uri,
    /// Of these only `near` of Location.
    Special,
}

/// A search parameter of one resource type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its dense number.
    pub id: ParameterId,
    /// The type it searches.
    pub resource_type: Box<str>,
    /// The name in queries.
    pub code: Box<str>,
    /// The canonical url of the SearchParameter.
    pub url: Box<str>,
    /// How its values are written and compared.
    pub value: ValueRules,
    /// The components of a composite; empty for all other kinds.
    pub components: Vec<ValueRules>,
    /// Whether it can select several elements of one resource; so too where the expression is not understood.
    pub repeats: bool,
}

/// How the values of a parameter, or of a component of a composite, are written and compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueRules {
    /// The type of search.
    pub kind: ParameterKind,
    /// For references: the resource types that can be pointed to, sorted.
    pub targets: Vec<Box<str>>,
    /// For tokens: whether case counts. It does for identifiers; for codes R4 asks for matching without case.
    pub case_sensitive: bool,
}

/// A search parameter that the definitions know and that is not honoured.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{resource_type} cannot be searched by '{code}': {reason}")]
pub struct Unsupported {
    /// The type it would search.
    pub resource_type: Box<str>,
    /// The name in queries.
    pub code: Box<str>,
    /// Why not; where it is for the expression, that is named.
    pub reason: String,
}

/// Parameters that are columns of the resource rather than keys: [`Clause::Id`](crate::query::Clause::Id) and
/// [`Clause::LastUpdated`](crate::query::Clause::LastUpdated).
const HAVE_OWN_CLAUSES: [&str; 2] = ["_id", "_lastUpdated"];

/// All supported parameters. Immutable; shared by parsing and extraction.
#[derive(Debug, Default)]
pub struct Parameters {
    types: BTreeMap<Box<str>, TypeParameters>,
    places: HashMap<ParameterId, (Box<str>, usize)>,
    compartments: BTreeMap<Box<str>, Compartment>,
    contained: ContainedParameters,
    data_types: DataTypes,
    model: Arc<TypeModel>,
}

/// The parameters of one resource type.
#[derive(Debug, Default)]
struct TypeParameters {
    /// Sorted by code.
    supported: Vec<Parameter>,
    unsupported: Vec<Unsupported>,
    plan: Plan,
}

impl Parameters {
    /// The parameters of all resource types of a registry. `assign` gives the number of a (resource type, code) pair.
    ///
    /// # Errors
    /// Those of `assign`.
    pub fn new<E>(
        registry: &Registry,
        assign: impl FnMut(&str, &str) -> Result<ParameterId, E>,
    ) -> Result<Self, E> {
        Self::with_custom(registry, &[], assign)
    }

    /// The parameters of a registry and those that `custom` defines besides. A custom definition replaces that of the
    /// registry which has the same url; where its code belongs to another url it is unsupported.
    ///
    /// Expressions are compiled here, once, so that a parameter whose expression does not compile is known to be
    /// unsupported before the first query asks for it.
    ///
    /// # Errors
    /// Those of `assign`.
    pub fn with_custom<E>(
        registry: &Registry,
        custom: &[SearchParameter],
        mut assign: impl FnMut(&str, &str) -> Result<ParameterId, E>,
    ) -> Result<Self, E> {
        let definitions = Definitions::new(registry, custom);
        let model = Arc::clone(registry.types());
        let contained = ContainedParameters::new(&mut assign)?;
        let mut table = Self { data_types: DataTypes::new(&model), contained, model, ..Self::default() };
        for resource_type in registry.resource_types() {
            let parameters = TypeParameters::new(definitions, &table.data_types, resource_type, |code| {
                assign(resource_type, code)
            })?;
            for (position, parameter) in parameters.supported.iter().enumerate() {
                table.places.insert(parameter.id, (resource_type.clone(), position));
            }
            table.contained.add(resource_type, &parameters.supported, &mut assign)?;
            table.types.insert(resource_type.clone(), parameters);
        }
        for definition in registry.compartments() {
            table.compartments.insert(definition.code.clone(), Compartment::new(definition, &table));
        }
        Ok(table)
    }

    /// Whether a definition could be used for all its base types, beside those of the registry and of `custom` (in which an
    /// earlier definition of the same url does not count).
    ///
    /// # Errors
    /// The first base type for which it cannot, and why: an expression that does not compile, names what does not exist,
    /// follows references to other resources or selects what the parameter's type does not read; a code that is taken or
    /// cannot stand in a query; a composite of unknown parts.
    pub fn check(
        registry: &Registry,
        custom: &[SearchParameter],
        definition: &SearchParameter,
    ) -> Result<(), Unsupported> {
        let others = custom.iter().filter(|other| other.url != definition.url);
        let all: Vec<SearchParameter> = others.chain([definition]).cloned().collect();
        let definitions = Definitions::new(registry, &all);
        let data_types = DataTypes::new(registry.types());
        let refused = |resource_type: &str, reason: String| Unsupported {
            resource_type: resource_type.into(),
            code: definition.code.clone(),
            reason,
        };
        if let Some(unknown) = definition.base.iter().find(|base| registry.types().id(base).is_none()) {
            return Err(refused(unknown, "there is no such type".to_owned()));
        }
        for resource_type in registry.resource_types() {
            if !definitions.is_based_on(definition, resource_type) {
                continue;
            }
            let of_type = definitions.of_type(resource_type);
            if let Some((_, reason)) =
                of_type.refused.into_iter().find(|(other, _)| other.url == definition.url)
            {
                return Err(refused(resource_type, reason));
            }
            if let Some(planner) = Planner::new(definitions, &data_types, resource_type) {
                planner.draft(definition).map_err(|reason| refused(resource_type, reason))?;
            }
        }
        Ok(())
    }

    pub(crate) fn data_types(&self) -> &DataTypes {
        &self.data_types
    }

    /// What to evaluate on a resource of that type.
    pub(crate) fn plan(&self, resource_type: &str) -> Option<&Plan> {
        self.types.get(resource_type).map(|parameters| &parameters.plan)
    }

    /// The resource types that can be searched, sorted.
    pub fn resource_types(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(|name| &**name)
    }

    /// Whether resources of that type can be searched.
    pub fn has_type(&self, resource_type: &str) -> bool {
        self.types.contains_key(resource_type)
    }

    /// The parameters of a type, sorted by code; none for an unknown type.
    pub fn of_type(&self, resource_type: &str) -> &[Parameter] {
        self.types.get(resource_type).map_or(&[], |parameters| &parameters.supported)
    }

    /// The parameter of that code.
    pub fn get(&self, resource_type: &str, code: &str) -> Option<&Parameter> {
        let parameters = self.of_type(resource_type);
        let position = parameters.binary_search_by(|parameter| (*parameter.code).cmp(code)).ok()?;
        parameters.get(position)
    }

    /// The parameter of that number.
    pub fn by_id(&self, id: ParameterId) -> Option<&Parameter> {
        let (kind, position) = self.places.get(&id)?;
        self.of_type(kind).get(*position)
    }

    /// The reference parameters of a type: what `_include=Type:*` follows.
    pub fn references(&self, resource_type: &str) -> impl Iterator<Item = &Parameter> {
        self.of_type(resource_type)
            .iter()
            .filter(|parameter| parameter.value.kind == ParameterKind::Reference)
    }

    /// The numbers of the parameters of contained resources.
    pub(crate) fn contained(&self) -> &ContainedParameters {
        &self.contained
    }

    /// The types that have a compartment, sorted.
    pub fn compartments(&self) -> impl Iterator<Item = &str> {
        self.compartments.keys().map(|owner| &**owner)
    }

    /// The compartment of resources of a type, where it has one.
    pub fn compartment(&self, owner: &str) -> Option<&Compartment> {
        self.compartments.get(owner)
    }

    /// The types of FHIR.
    pub(crate) fn types(&self) -> &TypeModel {
        &self.model
    }

    /// The parameters that the definitions know for a type but that are not honoured, with the reasons.
    pub fn unsupported(&self, resource_type: &str) -> &[Unsupported] {
        self.types.get(resource_type).map_or(&[], |parameters| &parameters.unsupported)
    }
}

impl TypeParameters {
    fn new<E>(
        definitions: Definitions<'_>,
        data_types: &DataTypes,
        resource_type: &str,
        mut assign: impl FnMut(&str) -> Result<ParameterId, E>,
    ) -> Result<Self, E> {
        let mut parameters = Self::default();
        let Some(planner) = Planner::new(definitions, data_types, resource_type) else {
            return Ok(parameters);
        };
        let definitions = definitions.of_type(resource_type);
        for (definition, reason) in definitions.refused {
            parameters.refuse(resource_type, definition, reason);
        }
        let keyed = definitions.used.into_values();
        for definition in keyed.filter(|definition| !HAVE_OWN_CLAUSES.contains(&&*definition.code)) {
            match planner.draft(definition) {
                Ok(draft) => {
                    let parameter = Parameter {
                        id: assign(&definition.code)?,
                        resource_type: resource_type.into(),
                        code: definition.code.clone(),
                        url: definition.url.clone(),
                        value: draft.value.clone(),
                        components: draft.components.clone(),
                        repeats: draft.repeats,
                    };
                    parameters.plan.add(parameters.supported.len(), draft);
                    parameters.supported.push(parameter);
                }
                Err(reason) => parameters.refuse(resource_type, definition, reason),
            }
        }
        Ok(parameters)
    }

    fn refuse(&mut self, resource_type: &str, definition: &SearchParameter, reason: String) {
        let (resource_type, code) = (resource_type.into(), definition.code.clone());
        self.unsupported.push(Unsupported { resource_type, code, reason });
    }
}

impl Parameter {
    /// Whether it is a reference that can point to that type.
    pub fn can_point_to(&self, target: &str) -> bool {
        self.value.kind == ParameterKind::Reference
            && self.value.targets.iter().any(|known| **known == *target)
    }
}

impl ParameterKind {
    /// Whether its values have an order, and so prefixes.
    pub fn is_ordered(self) -> bool {
        matches!(self, Self::Number | Self::Date | Self::Quantity)
    }

    /// The code of SearchParamType.
    pub fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::String => "string",
            Self::Token => "token",
            Self::Reference => "reference",
            Self::Composite => "composite",
            Self::Quantity => "quantity",
            Self::Uri => "uri",
            Self::Special => "special",
        }
    }
}
