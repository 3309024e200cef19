//! Navigation without names (section 5.8).

use super::{Call, Function};
use crate::error::EvaluateError;
use crate::item::{Collection, Item};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("children", (0, 0), children).without_order(),
    Function::computed("descendants", (0, 0), descendants).without_order(),
];

fn children<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    for item in call.input()? {
        if let Item::Element(element) = item {
            call.evaluator.children(&element, out)?;
        }
    }
    Ok(())
}

/// All below the input, level by level, without recursion.
fn descendants<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let mut at = out.len();
    children(call, out)?;
    while let Some(item) = out.get(at) {
        if let Item::Element(element) = item {
            let element = *element;
            call.evaluator.children(&element, out)?;
        }
        at += 1;
    }
    Ok(())
}
