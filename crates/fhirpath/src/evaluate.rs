//! Evaluates operations: collecting all items, or only as far as "is there any" and "is it true" need.

use std::cell::Cell;
use std::collections::HashSet;
use std::ops::ControlFlow;

use fhir_model::types::TypeModel;
use smallvec::SmallVec;

use crate::ast::Operator;
use crate::context::Context;
use crate::error::EvaluateError;
use crate::functions::Call;
use crate::item::{Collection, Item};
use crate::navigation::{Step, Visit, visit_children};
use crate::op::{Op, Variable};

/// Collections up to this size are searched item by item.
const FEW: usize = 16;

/// What the names that begin with `$` mean at some place.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s, 'a> {
    pub(crate) this: Option<&'s Item<'a>>,
    pub(crate) index: usize,
    pub(crate) total: Option<&'s Collection<'a>>,
}

impl<'s, 'a> Scope<'s, 'a> {
    /// The scope inside a lambda, for one item.
    pub(crate) fn item<'t>(self, this: &'t Item<'a>, index: usize) -> Scope<'t, 'a>
    where
        's: 't,
    {
        Scope { this: Some(this), index, total: self.total }
    }
}

/// How many bytes of text are read or written in the time of one step.
pub(crate) const TEXT_PER_STEP: usize = 64;

/// One evaluation of an expression.
pub(crate) struct Evaluator<'c, 'a> {
    pub(crate) context: &'c Context<'a>,
    input: &'c Item<'a>,
    steps_left: Cell<u32>,
}

impl<'c, 'a> Evaluator<'c, 'a> {
    pub(crate) fn new(context: &'c Context<'a>, input: &'c Item<'a>) -> Self {
        Self { context, input, steps_left: Cell::new(context.max_steps) }
    }

    pub(crate) fn model(&self) -> &'a TypeModel {
        self.context.model
    }

    /// The scope outside all lambdas.
    pub(crate) fn outermost(&self) -> Scope<'c, 'a> {
        Scope { this: Some(self.input), index: 0, total: None }
    }

    /// Counts work that was done, and ends the evaluation when it was too much.
    pub(crate) fn spend(&self, steps: usize) -> Result<(), EvaluateError> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        let left = self.steps_left.get().checked_sub(steps).ok_or(EvaluateError::TooManySteps)?;
        self.steps_left.set(left);
        Ok(())
    }

    /// All items of an operation.
    pub(crate) fn items(&self, op: &'a Op, scope: Scope<'_, 'a>) -> Result<Collection<'a>, EvaluateError> {
        let mut items = Collection::new();
        self.collect(op, scope, &mut items)?;
        Ok(items)
    }

    /// The only item of an operation; `None` when there is none, an error when there are several.
    pub(crate) fn single(
        &self,
        op: &'a Op,
        scope: Scope<'_, 'a>,
        operation: &'static str,
    ) -> Result<Option<Item<'a>>, EvaluateError> {
        only_item(self.items(op, scope)?, operation)
    }

    /// Appends all items of an operation. Every operation counts as a step, and so does every item.
    pub(crate) fn collect(
        &self,
        op: &'a Op,
        scope: Scope<'_, 'a>,
        out: &mut Collection<'a>,
    ) -> Result<(), EvaluateError> {
        let before = out.len();
        self.apply(op, scope, out)?;
        self.spend(out.len().saturating_sub(before) + 1)
    }

    fn apply(&self, op: &'a Op, scope: Scope<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
        match op {
            Op::Empty | Op::Pattern(_) => {}
            Op::Literal(item) => out.push(item.reborrow()),
            Op::This => out.extend(scope.this.cloned()),
            Op::Index => out.extend(i32::try_from(scope.index).map(Item::Integer)),
            Op::Total => out.extend(scope.total.into_iter().flatten().cloned()),
            Op::Variable(variable) => self.variable(variable, out)?,
            Op::Member { source, step } => self.collect_members(source, step, scope, out)?,
            Op::Indexer { source, index } => {
                let index = self.single(index, scope, "[]")?.as_ref().and_then(Item::value);
                if let Some(Item::Integer(index)) = index {
                    let at = usize::try_from(index).unwrap_or(usize::MAX);
                    out.extend(self.items(source, scope)?.into_iter().nth(at));
                }
            }
            Op::Union(parts) => self.collect_union(parts, scope, out)?,
            Op::OfType { source, test, single } => {
                let items = self.items(source, scope)?;
                if *single && items.len() > 1 {
                    return Err(EvaluateError::NotSingle { operation: "as", count: items.len() });
                }
                out.extend(items.into_iter().filter(|item| test.takes(self.model(), item)));
            }
            Op::Where { source, criterion } => {
                for (index, item) in self.items(source, scope)?.into_iter().enumerate() {
                    if self.truth(criterion, scope.item(&item, index))? == Some(true) {
                        out.push(item);
                    }
                }
            }
            Op::Select { source, projection } => {
                for (index, item) in self.items(source, scope)?.iter().enumerate() {
                    self.collect(projection, scope.item(item, index), out)?;
                }
            }
            Op::Children(source) => {
                for item in self.items(source, scope)? {
                    self.children(&item, out)?;
                }
            }
            Op::Count(source) => {
                let count = self.count(source, scope)?;
                out.extend(i32::try_from(count).map(Item::Integer));
            }
            Op::Negate(operand) => out.extend(self.negate(operand, scope)?),
            Op::Call { function, source, arguments } => {
                let call = Call { evaluator: self, function, source, arguments, scope };
                (function.apply)(&call, out)?;
            }
            Op::Binary { operator, left, right } if !operator.is_boolean() => {
                out.extend(self.calculate(*operator, left, right, scope)?);
            }
            Op::Binary { .. }
            | Op::Is { .. }
            | Op::Exists { .. }
            | Op::Empties(_)
            | Op::Not(_)
            | Op::All { .. } => {
                out.extend(self.truth(op, scope)?.map(Item::Boolean));
            }
        }
        Ok(())
    }

    /// The truth of an operation: `None` when empty. A single item that is no boolean counts as true
    /// (section 4.5, "Singleton Evaluation of Collections").
    pub(crate) fn truth(&self, op: &'a Op, scope: Scope<'_, 'a>) -> Result<Option<bool>, EvaluateError> {
        Ok(match op {
            Op::Exists { source, criterion: None } => Some(self.exists(source, scope)?),
            Op::Exists { source, criterion: Some(criterion) } => {
                Some(self.exists_where(source, criterion, scope)?)
            }
            Op::Empties(source) => Some(!self.exists(source, scope)?),
            Op::Not(operand) => self.truth(operand, scope)?.map(|value| !value),
            Op::All { source, criterion } => Some(self.all(source, criterion, scope)?),
            Op::Is { source, test } => {
                self.single(source, scope, "is")?.map(|item| test.is(self.model(), &item))
            }
            Op::Binary { operator, left, right } if operator.is_boolean() => {
                self.decide(*operator, left, right, scope)?
            }
            _ => {
                let item = self.single(op, scope, "a condition")?;
                item.map(|item| item.as_boolean().unwrap_or(true))
            }
        })
    }

    /// Whether an operation has any items.
    pub(crate) fn exists(&self, op: &'a Op, scope: Scope<'_, 'a>) -> Result<bool, EvaluateError> {
        self.spend(1)?;
        match op {
            Op::Empty => Ok(false),
            Op::Literal(_) => Ok(true),
            Op::This => Ok(scope.this.is_some()),
            Op::Member { source, step } => self.has_member(source, Some(step), scope),
            Op::Children(source) => self.has_member(source, None, scope),
            Op::Where { source, criterion } => self.exists_where(source, criterion, scope),
            Op::Union(parts) => {
                for part in parts {
                    if self.exists(part, scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => Ok(!self.items(op, scope)?.is_empty()),
        }
    }

    fn exists_where(
        &self,
        source: &'a Op,
        criterion: &'a Op,
        scope: Scope<'_, 'a>,
    ) -> Result<bool, EvaluateError> {
        for (index, item) in self.items(source, scope)?.iter().enumerate() {
            if self.truth(criterion, scope.item(item, index))? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn all(&self, source: &'a Op, criterion: &'a Op, scope: Scope<'_, 'a>) -> Result<bool, EvaluateError> {
        for (index, item) in self.items(source, scope)?.iter().enumerate() {
            if self.truth(criterion, scope.item(item, index))? != Some(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Calls `each` with the items of an operation; `$this` is not copied for that.
    fn for_each(
        &self,
        op: &'a Op,
        scope: Scope<'_, 'a>,
        mut each: impl FnMut(&Item<'a>) -> ControlFlow<()>,
    ) -> Result<(), EvaluateError> {
        if let Op::This = op {
            let _ = scope.this.map(each);
            return Ok(());
        }
        let items = self.items(op, scope)?;
        let _ = items.iter().try_for_each(&mut each);
        Ok(())
    }

    /// Visits what a step or `children()` leads to.
    fn visit(&self, item: &Item<'a>, step: Option<&Step>, visit: Visit<'_, 'a>) -> ControlFlow<()> {
        match (item, step) {
            (Item::Element(parent), Some(step)) => step.visit(self.model(), parent, visit),
            (Item::Element(parent), None) => visit_children(self.model(), parent, visit),
            _ => ControlFlow::Continue(()),
        }
    }

    fn collect_members(
        &self,
        source: &'a Op,
        step: &'a Step,
        scope: Scope<'_, 'a>,
        out: &mut Collection<'a>,
    ) -> Result<(), EvaluateError> {
        self.for_each(source, scope, |item| {
            out.extend(item.member(&step.name));
            self.visit(item, Some(step), &mut |child| {
                out.push(Item::Element(child));
                ControlFlow::Continue(())
            })
        })
    }

    /// How many items an operation has.
    fn count(&self, op: &'a Op, scope: Scope<'_, 'a>) -> Result<usize, EvaluateError> {
        let (source, step) = match op {
            Op::Member { source, step } => (source, Some(step)),
            Op::Children(source) => (source, None),
            _ => return Ok(self.items(op, scope)?.len()),
        };
        let mut count = 0;
        self.for_each(source, scope, |item| {
            count += step.map_or(0, |step| usize::from(item.member(&step.name).is_some()));
            self.visit(item, step, &mut |_| {
                count += 1;
                ControlFlow::Continue(())
            })
        })?;
        self.spend(count)?;
        Ok(count)
    }

    fn has_member(
        &self,
        source: &'a Op,
        step: Option<&'a Step>,
        scope: Scope<'_, 'a>,
    ) -> Result<bool, EvaluateError> {
        let mut found = false;
        self.for_each(source, scope, |item| {
            if step.is_some_and(|step| item.member(&step.name).is_some()) {
                found = true;
                return ControlFlow::Break(());
            }
            self.visit(item, step, &mut |_| {
                found = true;
                ControlFlow::Break(())
            })
        })?;
        Ok(found)
    }

    fn collect_union(
        &self,
        parts: &'a [Op],
        scope: Scope<'_, 'a>,
        out: &mut Collection<'a>,
    ) -> Result<(), EvaluateError> {
        let mut items = Collection::new();
        for part in parts {
            self.collect(part, scope, &mut items)?;
        }
        self.push_distinct(items, out)
    }

    fn variable(&self, variable: &Variable, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
        let context = self.context;
        match variable {
            Variable::Context => out.push(self.input.clone()),
            Variable::Resource => out.extend(context.resource_element(context.resource).map(Item::Element)),
            Variable::RootResource => {
                out.extend(context.resource_element(context.root_resource).map(Item::Element));
            }
            Variable::Supplied(name) => {
                let value =
                    context.variable(name).ok_or_else(|| EvaluateError::UnknownVariable(name.to_string()))?;
                out.extend(value.iter().cloned());
            }
        }
        Ok(())
    }

    /// Appends the children of an item.
    pub(crate) fn children(&self, parent: &Item<'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
        let before = out.len();
        let _ = self.visit(parent, None, &mut |child| {
            out.push(Item::Element(child));
            ControlFlow::Continue(())
        });
        self.spend(out.len().saturating_sub(before) + 1)
    }

    /// Appends the items that are not there yet.
    pub(crate) fn push_distinct(
        &self,
        items: impl IntoIterator<Item = Item<'a>>,
        out: &mut Collection<'a>,
    ) -> Result<(), EvaluateError> {
        let items: Collection<'a> = items.into_iter().collect();
        if items.len() > FEW && items.iter().all(|item| matches!(item.value(), Some(Item::String(_)))) {
            return self.push_distinct_texts(items, out);
        }
        let mut distinct: SmallVec<[Item<'a>; 4]> = SmallVec::new();
        for item in items {
            if !self.contains(&distinct, &item)? {
                distinct.push(item);
            }
        }
        out.append(&mut distinct);
        Ok(())
    }

    /// As [`Self::push_distinct`] for strings, which are many where ids of whole bundles or forms are compared: in linear time.
    fn push_distinct_texts(
        &self,
        items: Collection<'a>,
        out: &mut Collection<'a>,
    ) -> Result<(), EvaluateError> {
        self.spend(items.len())?;
        let mut seen = HashSet::with_capacity(items.len());
        out.extend(items.into_iter().filter(|item| seen.insert(item.as_text())));
        Ok(())
    }
}

impl Operator {
    /// Whether the operator yields a boolean.
    pub(crate) fn is_boolean(self) -> bool {
        !matches!(
            self,
            Self::Multiply
                | Self::Divide
                | Self::Div
                | Self::Mod
                | Self::Add
                | Self::Subtract
                | Self::Concatenate
        )
    }
}

/// The only item of a collection.
pub(crate) fn only_item<'a>(
    mut items: Collection<'a>,
    operation: &'static str,
) -> Result<Option<Item<'a>>, EvaluateError> {
    if items.len() > 1 {
        return Err(EvaluateError::NotSingle { operation, count: items.len() });
    }
    Ok(items.pop())
}
