//! Parts of collections (section 5.3).

use super::{Call, Function, Returns};
use crate::error::EvaluateError;
use crate::item::Collection;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("single", (0, 0), |call, out| {
        out.extend(call.single()?);
        Ok(())
    })
    .returning(Returns::Input),
    Function::computed("first", (0, 0), |call, out| {
        out.extend(call.input()?.into_iter().next());
        Ok(())
    })
    .returning(Returns::Input)
    .in_order(),
    Function::computed("last", (0, 0), |call, out| {
        out.extend(call.input()?.pop());
        Ok(())
    })
    .returning(Returns::Input)
    .in_order(),
    Function::computed("tail", (0, 0), |call, out| {
        out.extend(call.input()?.into_iter().skip(1));
        Ok(())
    })
    .returning(Returns::Input)
    .in_order(),
    Function::computed("skip", (1, 1), |call, out| {
        let count = amount(call)?;
        out.extend(call.input()?.into_iter().skip(count));
        Ok(())
    })
    .returning(Returns::Input)
    .in_order(),
    Function::computed("take", (1, 1), |call, out| {
        let count = amount(call)?;
        out.extend(call.input()?.into_iter().take(count));
        Ok(())
    })
    .returning(Returns::Input)
    .in_order(),
    Function::computed("intersect", (1, 1), intersect).returning(Returns::Input).without_order(),
    Function::computed("exclude", (1, 1), exclude).returning(Returns::Input),
];

/// How many items to skip or take; negative numbers count as none.
fn amount(call: &Call<'_, '_>) -> Result<usize, EvaluateError> {
    Ok(call.argument_integer(0)?.and_then(|count| usize::try_from(count).ok()).unwrap_or(0))
}

fn intersect<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let other = call.argument(0)?;
    let mut shared = Collection::new();
    for item in call.input()? {
        if call.evaluator.contains(&other, &item)? {
            shared.push(item);
        }
    }
    call.evaluator.push_distinct(shared, out)
}

fn exclude<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let other = call.argument(0)?;
    for item in call.input()? {
        if !call.evaluator.contains(&other, &item)? {
            out.push(item);
        }
    }
    Ok(())
}
