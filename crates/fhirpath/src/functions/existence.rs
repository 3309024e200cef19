//! Questions about whole collections (section 5.1). `exists`, `empty`, `all`, `count` and `not` are
//! operations of their own; they stand in the table for their argument counts.

use super::{Arguments, Call, Function, Returns};
use crate::error::EvaluateError;
use crate::item::{Collection, Item};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("exists", (0, 1), compiled_apart).with_arguments(Arguments::PerItem),
    Function::computed("empty", (0, 0), compiled_apart),
    Function::computed("not", (0, 0), compiled_apart),
    Function::computed("count", (0, 0), compiled_apart),
    Function::computed("all", (1, 1), compiled_apart).with_arguments(Arguments::PerItem),
    Function::computed("allTrue", (0, 0), |call, out| quantify(call, out, true, true)),
    Function::computed("anyTrue", (0, 0), |call, out| quantify(call, out, false, true)),
    Function::computed("allFalse", (0, 0), |call, out| quantify(call, out, true, false)),
    Function::computed("anyFalse", (0, 0), |call, out| quantify(call, out, false, false)),
    Function::computed("subsetOf", (1, 1), |call, out| {
        let subset = is_subset(call, &call.input()?, &call.argument(0)?)?;
        out.push(Item::Boolean(subset));
        Ok(())
    }),
    Function::computed("supersetOf", (1, 1), |call, out| {
        let superset = is_subset(call, &call.argument(0)?, &call.input()?)?;
        out.push(Item::Boolean(superset));
        Ok(())
    }),
    Function::computed("distinct", (0, 0), |call, out| call.evaluator.push_distinct(call.input()?, out))
        .returning(Returns::Input),
    Function::computed("isDistinct", (0, 0), |call, out| {
        let input = call.input()?;
        let count = input.len();
        let mut distinct = Collection::new();
        call.evaluator.push_distinct(input, &mut distinct)?;
        out.push(Item::Boolean(distinct.len() == count));
        Ok(())
    }),
];

/// Stands for functions that the compiler turns into operations of their own, and so are never called.
pub(super) fn compiled_apart(_: &Call<'_, '_>, _: &mut Collection<'_>) -> Result<(), EvaluateError> {
    Ok(())
}

/// Whether all (or any) items are true (or false).
fn quantify<'a>(
    call: &Call<'_, 'a>,
    out: &mut Collection<'a>,
    all: bool,
    wanted: bool,
) -> Result<(), EvaluateError> {
    let mut result = all;
    for item in call.input()? {
        let value = item.as_boolean().ok_or_else(|| call.wrong(&item))?;
        if (value == wanted) != all {
            result = !all;
        }
    }
    out.push(Item::Boolean(result));
    Ok(())
}

fn is_subset<'a>(call: &Call<'_, 'a>, part: &[Item<'a>], whole: &[Item<'a>]) -> Result<bool, EvaluateError> {
    for item in part {
        if !call.evaluator.contains(whole, item)? {
            return Ok(false);
        }
    }
    Ok(true)
}
