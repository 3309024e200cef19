//! The operators, one family per file (FHIRPath 2.0, section 6).

mod arithmetic;
mod comparison;
mod equality;
mod logic;

use crate::ast::Operator;
use crate::error::EvaluateError;
use crate::evaluate::{Evaluator, Scope};
use crate::item::Item;
use crate::op::Op;

impl<'a> Evaluator<'_, 'a> {
    /// The answer of an operator that yields a boolean.
    pub(crate) fn decide(
        &self,
        operator: Operator,
        left: &'a Op,
        right: &'a Op,
        scope: Scope<'_, 'a>,
    ) -> Result<Option<bool>, EvaluateError> {
        match operator {
            Operator::And | Operator::Or | Operator::Xor | Operator::Implies => {
                self.combine(operator, left, right, scope)
            }
            Operator::Equal => self.equal(&self.items(left, scope)?, &self.items(right, scope)?),
            Operator::NotEqual => {
                let equal = self.equal(&self.items(left, scope)?, &self.items(right, scope)?)?;
                Ok(equal.map(|equal| !equal))
            }
            Operator::Equivalent => {
                self.equivalent(&self.items(left, scope)?, &self.items(right, scope)?).map(Some)
            }
            Operator::NotEquivalent => {
                let equivalent = self.equivalent(&self.items(left, scope)?, &self.items(right, scope)?)?;
                Ok(Some(!equivalent))
            }
            Operator::In => self.is_member(left, right, scope, "in"),
            Operator::Contains => self.is_member(right, left, scope, "contains"),
            _ => self.ordered(operator, left, right, scope),
        }
    }

    /// `element in collection`: empty when there is no element.
    fn is_member(
        &self,
        element: &'a Op,
        collection: &'a Op,
        scope: Scope<'_, 'a>,
        operation: &'static str,
    ) -> Result<Option<bool>, EvaluateError> {
        match self.single(element, scope, operation)? {
            Some(item) => self.contains(&self.items(collection, scope)?, &item).map(Some),
            None => Ok(None),
        }
    }

    /// Both operands of an operator on single items; `None` when one is empty.
    fn operands(
        &self,
        left: &'a Op,
        right: &'a Op,
        scope: Scope<'_, 'a>,
        symbol: &'static str,
    ) -> Result<Option<(Item<'a>, Item<'a>)>, EvaluateError> {
        let left = self.single(left, scope, symbol)?;
        let right = self.single(right, scope, symbol)?;
        Ok(left.zip(right))
    }

    /// The error for operands that an operator does not take.
    fn wrong_operands(&self, symbol: &'static str, left: &Item<'_>, right: &Item<'_>) -> EvaluateError {
        let (left, right) = (left.type_name(self.model()), right.type_name(self.model()));
        EvaluateError::WrongType { operation: symbol, found: format!("{left} and {right}") }
    }
}
