//! Navigation without names (section 5.8).

use super::existence::compiled_apart;
use super::{Call, Function};
use crate::error::EvaluateError;
use crate::item::Collection;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("children", (0, 0), compiled_apart).without_order(),
    Function::computed("descendants", (0, 0), descendants).without_order(),
];

/// All below the input, level by level, without recursion.
fn descendants<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let mut at = out.len();
    for item in call.input()? {
        call.evaluator.children(&item, out)?;
    }
    while let Some(item) = out.get(at).cloned() {
        call.evaluator.children(&item, out)?;
        at += 1;
    }
    Ok(())
}
