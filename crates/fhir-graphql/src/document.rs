//! A GraphQL document as plain data, with places.

use fhir_model::Position;

/// Operations and fragments.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
    pub(crate) fragments: Vec<Fragment>,
}

/// `query Name($variable: Type) { ... }`
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: Option<String>,
    pub(crate) variables: Vec<VariableDefinition>,
    pub(crate) selections: Vec<Selection>,
}

/// `$name: [Type!]! = default`
#[derive(Debug)]
pub(crate) struct VariableDefinition {
    pub(crate) place: Position,
    pub(crate) name: String,
    pub(crate) kind: VariableType,
    pub(crate) default: Option<Value>,
}

/// The type of a variable, as far as it matters here.
#[derive(Debug)]
pub(crate) struct VariableType {
    /// The innermost type.
    pub(crate) name: String,
    pub(crate) is_list: bool,
    /// Whether it must have a value.
    pub(crate) is_required: bool,
}

/// `fragment Name on Type { ... }`
#[derive(Debug)]
pub(crate) struct Fragment {
    pub(crate) name: String,
    pub(crate) condition: String,
    pub(crate) selections: Vec<Selection>,
}

/// What stands between braces.
#[derive(Debug)]
pub(crate) enum Selection {
    Field(Field),
    /// `... on Type { ... }`
    Inline {
        place: Position,
        condition: Option<String>,
        directives: Vec<Directive>,
        selections: Vec<Selection>,
    },
    /// `...Name`
    Spread {
        place: Position,
        name: String,
        directives: Vec<Directive>,
    },
}

/// `alias: name(argument: value) @directive { ... }`
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) place: Position,
    pub(crate) alias: Option<String>,
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: Vec<Selection>,
}

/// `@name(argument: value)`
#[derive(Debug)]
pub(crate) struct Directive {
    pub(crate) place: Position,
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
}

/// `name: value`
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) place: Position,
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// A value as it is written. Objects are not: nothing here takes one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Variable(String),
    /// A number, as it was written.
    Number(String),
    /// A string or the name of an enumeration value: `"official"` and `official` are the same here, as in the examples of FHIR.
    Text(String),
    Boolean(bool),
    Null,
    List(Vec<Value>),
}
