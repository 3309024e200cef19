//! The search parameters that can be honoured, by resource type and code and by dense number.

use std::collections::{BTreeMap, HashMap};

/// Dense number of a (resource type, search parameter) pair; stable for the life of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParameterId(pub i32);

/// The types of search parameters (R4 SearchParamType), without `special`.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// The type it would search.
    pub resource_type: Box<str>,
    /// The name in queries.
    pub code: Box<str>,
    /// Why not.
    pub reason: String,
}

/// All supported parameters. Immutable; shared by parsing and extraction.
#[derive(Debug, Default)]
pub struct Parameters {
    types: BTreeMap<Box<str>, TypeParameters>,
    places: HashMap<ParameterId, (Box<str>, usize)>,
}

/// The parameters of one resource type.
#[derive(Debug, Default)]
struct TypeParameters {
    /// Sorted by code.
    supported: Vec<Parameter>,
    unsupported: Vec<Unsupported>,
}

impl Parameters {
    /// A table of the given parameters.
    pub fn from_lists(supported: Vec<Parameter>, unsupported: Vec<Unsupported>) -> Self {
        let mut table = Self::default();
        for parameter in supported {
            table.types.entry(parameter.resource_type.clone()).or_default().supported.push(parameter);
        }
        for parameter in unsupported {
            table.types.entry(parameter.resource_type.clone()).or_default().unsupported.push(parameter);
        }
        for (kind, parameters) in &mut table.types {
            parameters.supported.sort_by(|a, b| a.code.cmp(&b.code));
            for (position, parameter) in parameters.supported.iter().enumerate() {
                table.places.insert(parameter.id, (kind.clone(), position));
            }
        }
        table
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

    /// The parameters that the definitions know for a type but that are not honoured, with the reasons.
    pub fn unsupported(&self, resource_type: &str) -> &[Unsupported] {
        self.types.get(resource_type).map_or(&[], |parameters| &parameters.unsupported)
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
        }
    }
}
