//! The syntax tree of an expression, as the parser reads it and before names mean anything.

use rust_decimal::Decimal;

use crate::temporal::Moment;

/// One expression with the place where it stands in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    /// Byte offset in the text.
    pub(crate) at: usize,
    /// Levels of expressions below and including this one; bounded by [`crate::MAX_DEPTH`].
    pub(crate) depth: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ExprKind {
    Literal(Literal),
    /// `{}`
    Empty,
    /// `$this`
    This,
    /// `$index`
    Index,
    /// `$total`
    Total,
    /// `%name`
    Variable(Box<str>),
    /// `source.name`, or `name` alone.
    Member {
        source: Option<Box<Expr>>,
        name: Box<str>,
    },
    /// `source.name(arguments)`, or `name(arguments)` alone.
    Function {
        source: Option<Box<Expr>>,
        name: Box<str>,
        arguments: Vec<Expr>,
    },
    /// `source[index]`
    Indexer {
        source: Box<Expr>,
        index: Box<Expr>,
    },
    /// `-operand`; a `+` leaves no trace.
    Negate(Box<Expr>),
    Binary {
        operator: Operator,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `a | b | c`: kept flat, because search parameters unite dozens of paths.
    Union(Vec<Expr>),
    /// `source is Type`
    Is {
        source: Box<Expr>,
        name: TypeName,
    },
    /// `source as Type`
    As {
        source: Box<Expr>,
        name: TypeName,
    },
}

/// A type as it is written: `Patient`, `FHIR.Patient`, `System.String`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TypeName {
    pub(crate) namespace: Option<Box<str>>,
    pub(crate) name: Box<str>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Boolean(bool),
    Integer(i32),
    Decimal(Decimal),
    String(Box<str>),
    Date(Moment),
    DateTime(Moment),
    Time(Moment),
    /// A number with its unit as written: a UCUM code, or a word such as `days`.
    Quantity {
        value: Decimal,
        unit: Box<str>,
        is_calendar: bool,
    },
}

/// The operators between two expressions, but for `|`, `is` and `as`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Multiply,
    Divide,
    Div,
    Mod,
    Add,
    Subtract,
    Concatenate,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    In,
    Contains,
    And,
    Or,
    Xor,
    Implies,
}

impl Operator {
    /// The operator as it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Div => "div",
            Self::Mod => "mod",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Concatenate => "&",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Equivalent => "~",
            Self::NotEquivalent => "!~",
            Self::In => "in",
            Self::Contains => "contains",
            Self::And => "and",
            Self::Or => "or",
            Self::Xor => "xor",
            Self::Implies => "implies",
        }
    }
}
