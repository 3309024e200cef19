//! Conditions, traces and the time (section 5.9 and `iif`).

use super::{Arguments, Call, Function, Returns};
use crate::error::EvaluateError;
use crate::evaluate::{Scope, only_item};
use crate::item::{Collection, Item};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("iif", (2, 3), iif).with_arguments(Arguments::PerItem).returning(Returns::Arguments),
    Function::computed("trace", (1, 2), trace).with_arguments(Arguments::PerItem).returning(Returns::Input),
    Function::computed("now", (0, 0), |call, out| {
        out.extend(call.evaluator.context.now.map(Item::DateTime));
        Ok(())
    }),
    Function::computed("today", (0, 0), |call, out| {
        out.extend(call.evaluator.context.now.map(|now| Item::Date(now.date())));
        Ok(())
    }),
    Function::computed("timeOfDay", (0, 0), |call, out| {
        out.extend(call.evaluator.context.now.map(|now| Item::Time(now.time())));
        Ok(())
    }),
];

/// Evaluates only the branch that is asked for. The condition has to be a boolean.
fn iif<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let item = call.single()?;
    let scope = Scope { this: item.as_ref(), ..call.scope };
    let [condition, branches @ ..] = call.arguments else { return Ok(()) };
    let condition = match only_item(call.evaluator.items(condition, scope)?, call.name())? {
        Some(item) => item.as_boolean().ok_or_else(|| call.wrong(&item))?,
        None => false,
    };
    match branches.get(usize::from(!condition)) {
        Some(branch) => call.evaluator.collect(branch, scope, out),
        None => Ok(()),
    }
}

fn trace<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let input = call.input()?;
    let name = call.argument_text(0)?.unwrap_or_default();
    match call.arguments.get(1) {
        Some(projection) => {
            let mut shown = Collection::new();
            for (index, item) in input.iter().enumerate() {
                call.evaluator.collect(projection, call.scope.item(item, index), &mut shown)?;
            }
            call.evaluator.context.host.trace(&name, &shown);
        }
        None => call.evaluator.context.host.trace(&name, &input),
    }
    out.extend(input);
    Ok(())
}
