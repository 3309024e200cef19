//! The compiled form of an expression: a tree of operations with all names resolved.

use fhir_model::types::{TypeId, TypeModel};
use regex::Regex;

use crate::ast::Operator;
use crate::functions::Function;
use crate::item::{Item, SystemType};
use crate::navigation::Step;

/// One operation. Those that come up in nearly every expression are variants of their own, so that they can
/// answer "is there any" and "is it true" without collecting items; all other functions are [`Op::Call`].
#[derive(Debug)]
pub(crate) enum Op {
    /// `{}`
    Empty,
    Literal(Item<'static>),
    /// The regular expression of a `matches`, where it is a literal.
    Pattern(Regex),
    /// `$this`, or the start of a path.
    This,
    Index,
    Total,
    Variable(Variable),
    /// `source.name`
    Member {
        source: Box<Op>,
        step: Step,
    },
    /// `source.children()`
    Children(Box<Op>),
    /// `source[index]`
    Indexer {
        source: Box<Op>,
        index: Box<Op>,
    },
    Union(Box<[Op]>),
    Binary {
        operator: Operator,
        left: Box<Op>,
        right: Box<Op>,
    },
    Negate(Box<Op>),
    Is {
        source: Box<Op>,
        test: TypeTest,
    },
    /// `ofType`, and `as` (which may insist on a single item).
    OfType {
        source: Box<Op>,
        test: TypeTest,
        single: bool,
    },
    Exists {
        source: Box<Op>,
        criterion: Option<Box<Op>>,
    },
    Empties(Box<Op>),
    Not(Box<Op>),
    Count(Box<Op>),
    Where {
        source: Box<Op>,
        criterion: Box<Op>,
    },
    All {
        source: Box<Op>,
        criterion: Box<Op>,
    },
    Select {
        source: Box<Op>,
        projection: Box<Op>,
    },
    Call {
        function: &'static Function,
        source: Box<Op>,
        arguments: Box<[Op]>,
    },
}

/// The environment variables.
#[derive(Debug)]
pub(crate) enum Variable {
    Context,
    Resource,
    RootResource,
    Supplied(Box<str>),
}

/// The type of an `is`, `as` or `ofType`. A name without namespace may mean a type of either.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TypeTest {
    pub(crate) fhir: Option<TypeId>,
    pub(crate) system: Option<SystemType>,
}

impl TypeTest {
    /// Whether an item is of the type or specialises it.
    pub(crate) fn is(self, model: &TypeModel, item: &Item<'_>) -> bool {
        match item {
            Item::Element(element) => self.fhir.is_some_and(|fhir| model.is_a(element.type_id, fhir)),
            other => self.system.is_some() && self.system == other.system_type(),
        }
    }

    /// Whether an item can be taken as the type. Primitives stay what they are: a `code` is a `string`, but
    /// `ofType(string)` on a choice means the string alternative alone.
    pub(crate) fn takes(self, model: &TypeModel, item: &Item<'_>) -> bool {
        match item {
            Item::Element(element) if element.class.is_primitive() => self.fhir == Some(element.type_id),
            other => self.is(model, other),
        }
    }
}
