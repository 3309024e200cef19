//! Collections put together (section 5.4).

use super::Function;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("union", (1, 1), |call, out| {
        let mut items = call.input()?;
        items.extend(call.argument(0)?);
        call.evaluator.push_distinct(items, out)
    }),
    Function::computed("combine", (1, 1), |call, out| {
        out.extend(call.input()?);
        out.extend(call.argument(0)?);
        Ok(())
    }),
];
