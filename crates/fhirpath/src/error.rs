//! What can go wrong: an expression that does not compile, or one that cannot be evaluated.

/// An expression is not FHIRPath, or names things that FHIR does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {position}: {kind}")]
pub struct CompileError {
    /// Byte offset in the expression.
    pub position: usize,
    /// What is wrong there.
    pub kind: CompileErrorKind,
}

/// The reasons why an expression does not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileErrorKind {
    /// The grammar wants something else here.
    #[error("found {found}, expected {expected}")]
    Unexpected {
        /// The token that stands there.
        found: String,
        /// What could stand there instead.
        expected: &'static str,
    },
    /// A comment, string or delimited identifier has no end.
    #[error("{0} without an end")]
    Unterminated(&'static str),
    /// A number, date, time or escape that has no meaning.
    #[error("{text:?} is not a valid {what}")]
    BadLiteral {
        /// What it should have been.
        what: &'static str,
        /// The text as written.
        text: String,
    },
    /// More nesting than [`crate::MAX_DEPTH`].
    #[error("the expression is nested too deeply")]
    TooDeep,
    /// A function that neither FHIRPath nor FHIR defines.
    #[error("there is no function {0}()")]
    UnknownFunction(String),
    /// A function with too few or too many arguments.
    #[error("{name}() takes {expected} arguments, not {found}")]
    ArgumentCount {
        /// The function.
        name: &'static str,
        /// `1`, or `1 to 2`.
        expected: String,
        /// How many there are.
        found: usize,
    },
    /// An element that the type at this place does not have.
    #[error("{types} has no element {name}")]
    UnknownElement {
        /// The element.
        name: String,
        /// The types that the path can have at this place.
        types: String,
    },
    /// A type that neither FHIR nor the System namespace has.
    #[error("there is no type {0}")]
    UnknownType(String),
    /// `is`, `as` and `ofType` take the name of a type.
    #[error("expected the name of a type")]
    NotATypeName,
    /// A pattern that is not a regular expression, or one that needs look-around or back references.
    #[error("the regular expression cannot be used: {0}")]
    BadPattern(String),
    /// `first()`, `skip()` or the like on items in no defined order; refused in strict mode.
    #[error("{0} needs an ordered collection")]
    Unordered(&'static str),
}

/// An expression cannot be evaluated on this input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// Several items where one is needed.
    #[error("{operation} needs a single item but there are {count}")]
    NotSingle {
        /// The operator or function.
        operation: &'static str,
        /// How many there are.
        count: usize,
    },
    /// An operand or argument of a type that the operation does not take.
    #[error("{operation} does not take {found}")]
    WrongType {
        /// The operator or function.
        operation: &'static str,
        /// The type, or the types of both operands.
        found: String,
    },
    /// A `%name` that nobody supplied.
    #[error("there is no variable %{0}")]
    UnknownVariable(String),
    /// A computed pattern that is not a regular expression.
    #[error("the regular expression cannot be used: {0}")]
    BadPattern(String),
    /// A profile that the host does not know.
    #[error("the profile {0} is not known")]
    UnknownProfile(String),
    /// A value set that the host does not know.
    #[error("the value set {0} is not known")]
    UnknownValueSet(String),
    /// More work than [`crate::Context::max_steps`] allows.
    #[error("the evaluation takes too many steps")]
    TooManySteps,
}
