//! What a JSON Schema cannot say about structure: one rule per file.
//!
//! A rule looks at one [`Object`] at a time and must expect anything: it also runs where the schema found errors, and
//! passes over what the schema has reported. A new rule is a new file with a `check` and an entry in [`RULES`].

mod choice;
mod contained;
mod empty;
mod extension;
mod primitive_arrays;
mod required;
pub(super) mod resource_type;

use super::walk::Object;
use crate::report::Report;

/// Looks at an object and reports what is wrong with it.
pub(super) type Rule = fn(&Object<'_>, &mut Report);

/// The rules that every object goes through. (`resource_type` decides whether there is an object to look at.)
pub(super) const RULES: &[Rule] = &[
    empty::check,
    choice::check,
    required::check,
    primitive_arrays::check,
    extension::check,
    contained::check,
];
