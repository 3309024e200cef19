//! Aggregates (section 7).

use super::{Arguments, Call, Function};
use crate::error::EvaluateError;
use crate::evaluate::Scope;
use crate::item::Collection;

pub(super) const FUNCTIONS: &[Function] =
    &[Function::computed("aggregate", (1, 2), aggregate).with_arguments(Arguments::PerItem)];

/// Folds the input: the first argument sees an item as `$this` and the result so far as `$total`.
fn aggregate<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let Some(step) = call.arguments.first() else { return Ok(()) };
    let mut total = call.argument(1)?;
    for (index, item) in call.input()?.iter().enumerate() {
        let scope = Scope { this: Some(item), index, total: Some(&total) };
        total = call.evaluator.items(step, scope)?;
    }
    out.extend(total);
    Ok(())
}
