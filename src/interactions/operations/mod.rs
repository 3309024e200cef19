//! One file per `$operation`.

mod reindex;
mod validate;

use super::{Context, Error, Request, Response};

/// The operations there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `$validate`
    Validate,
    /// `$reindex`
    Reindex,
}

/// All operations, with their names and the canonical urls of their definitions.
pub const ALL: [(Operation, &str, &str); 2] = [
    (Operation::Validate, "validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate"),
    (Operation::Reindex, "reindex", "https://westway.example/OperationDefinition/reindex"),
];

impl Operation {
    /// Its name, without `$`.
    pub fn name(self) -> &'static str {
        ALL.into_iter().find(|(operation, ..)| *operation == self).map_or("", |(_, name, _)| name)
    }

    /// The operation of that name, which begins with `$`.
    pub fn of(name: &str) -> Option<Self> {
        let name = name.strip_prefix('$')?;
        ALL.into_iter().find(|(_, known, _)| *known == name).map(|(operation, ..)| operation)
    }
}

/// Performs an operation on the system, a type or a resource.
pub fn perform(
    context: &Context,
    request: &Request,
    operation: Operation,
    kind: Option<&str>,
    id: Option<&str>,
) -> Result<Response, Error> {
    match operation {
        Operation::Validate => validate::validate(context, request, kind, id),
        Operation::Reindex => reindex::reindex(context, request, kind, id),
    }
}
