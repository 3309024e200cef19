//! Three-valued logic (section 6.5): what is empty may still not matter.

use crate::ast::Operator;
use crate::error::EvaluateError;
use crate::evaluate::{Evaluator, Scope};
use crate::op::Op;

impl<'a> Evaluator<'_, 'a> {
    /// `and`, `or`, `xor` and `implies`; the right side is evaluated only when it counts.
    pub(super) fn combine(
        &self,
        operator: Operator,
        left: &'a Op,
        right: &'a Op,
        scope: Scope<'_, 'a>,
    ) -> Result<Option<bool>, EvaluateError> {
        let left = self.truth(left, scope)?;
        match (operator, left) {
            (Operator::And, Some(false)) => return Ok(Some(false)),
            (Operator::Or, Some(true)) | (Operator::Implies, Some(false)) => return Ok(Some(true)),
            (Operator::Xor, None) => return Ok(None),
            _ => {}
        }
        let right = self.truth(right, scope)?;
        Ok(match operator {
            Operator::And if right == Some(false) => Some(false),
            Operator::Or | Operator::Implies if right == Some(true) => Some(true),
            Operator::And => left.zip(right).map(|(left, right)| left && right),
            Operator::Or => left.zip(right).map(|(left, right)| left || right),
            Operator::Implies => left.zip(right).map(|(left, right)| !left || right),
            _ => left.zip(right).map(|(left, right)| left != right),
        })
    }
}
