//! The way in: compile once, evaluate often.

use fhir_model::Node;
use fhir_model::types::{TypeId, TypeModel};

use crate::compile::{Mode, compile};
use crate::context::Context;
use crate::error::{CompileError, EvaluateError};
use crate::evaluate::Evaluator;
use crate::item::{Collection, Element, Item};
use crate::op::Op;
use crate::parser::parse;

/// The greatest nesting of an expression; deeper ones are refused, so that none can exhaust the stack.
pub const MAX_DEPTH: usize = 128;

/// A compiled expression. Immutable, and usable from many threads.
#[derive(Debug)]
pub struct Expression {
    text: Box<str>,
    op: Op,
    input: Option<TypeId>,
}

impl Expression {
    /// Compiles an expression for input of the type `context` (any type when `None`), in lenient mode.
    /// It can then be evaluated in contexts with the same model.
    pub fn compile(text: &str, model: &TypeModel, context: Option<TypeId>) -> Result<Self, CompileError> {
        Self::compile_in(text, model, context, Mode::Lenient)
    }

    /// Compiles an expression in a [`Mode`].
    pub fn compile_in(
        text: &str,
        model: &TypeModel,
        context: Option<TypeId>,
        mode: Mode,
    ) -> Result<Self, CompileError> {
        let op = compile(&parse(text)?, model, context, mode)?;
        Ok(Self { text: text.into(), op, input: context })
    }

    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Evaluates the expression on a node: a resource, or else an element of the type it was compiled for.
    pub fn evaluate<'a>(
        &'a self,
        context: &Context<'a>,
        node: Node<'a>,
    ) -> Result<Collection<'a>, EvaluateError> {
        let resource = Element::resource(context.model, node);
        let typed = || self.input.map(|type_id| Element::new(context.model, node, None, type_id));
        match resource.or_else(typed) {
            Some(element) => self.evaluate_item(context, &Item::Element(element)),
            None => Ok(Collection::new()),
        }
    }

    /// Evaluates the expression on an element, which may be a primitive with a sibling.
    pub fn evaluate_element<'a>(
        &'a self,
        context: &Context<'a>,
        element: Element<'a>,
    ) -> Result<Collection<'a>, EvaluateError> {
        self.evaluate_item(context, &Item::Element(element))
    }

    /// Evaluates the expression on any item, such as a result of another expression.
    pub fn evaluate_item<'a>(
        &'a self,
        context: &Context<'a>,
        item: &Item<'a>,
    ) -> Result<Collection<'a>, EvaluateError> {
        let evaluator = Evaluator::new(context, item);
        evaluator.items(&self.op, evaluator.outermost())
    }

    /// Whether the expression is true of an element; `None` when it is empty. For constraints, this is
    /// faster than evaluating to items.
    pub fn test<'a>(
        &'a self,
        context: &Context<'a>,
        element: Element<'a>,
    ) -> Result<Option<bool>, EvaluateError> {
        let item = Item::Element(element);
        let evaluator = Evaluator::new(context, &item);
        evaluator.truth(&self.op, evaluator.outermost())
    }
}
