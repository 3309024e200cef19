//! `_filter` (R4 "_filter Parameter"): tests joined by `and`, `or` and `not`.

mod clause;
mod grammar;
mod operator;
mod reader;

pub(super) use self::clause::clause;
pub(crate) use self::operator::OPERATORS;
