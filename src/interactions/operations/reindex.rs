//! `$reindex` of the system or a type: computes the index keys of all resources anew, in the background.
//!
//! The index follows changes of SearchParameters by itself. The operation is for what it cannot see: a new version of this program, or
//! new packages, with other expressions for the same parameters. `type`, once or more, limits it to types. The answer is 202 with the
//! address of the job.

use super::definition::{Call, Level, Operation, Parameter};
use crate::interactions::{Error, Response, jobs};

pub(super) static REINDEX: Operation = Operation {
    name: "reindex",
    definition: "https://westway.example/OperationDefinition/reindex",
    levels: &[Level::System, Level::Type],
    types: &[],
    by_get: false,
    changes_data: true,
    parameters: &[Parameter::many("type", "code")],
    takes_search: false,
    returns: None,
    perform: reindex,
};

/// Opens a job for the types asked for.
fn reindex(call: &Call<'_>) -> Result<Response, Error> {
    let context = call.context;
    let asked = call.inputs.texts("type")?;
    let mut types: Vec<Box<str>> = asked.into_iter().chain(call.target.kind()).map(Box::from).collect();
    if let Some(unknown) = types.iter().find(|kind| !context.is_resource_type(kind)) {
        return Err(Error::UnknownType(unknown.to_string()));
    }
    if types.is_empty() {
        types = context.registry.resource_types().to_vec();
    }
    types.sort();
    types.dedup();
    let job = context.search_parameters.reindex(types)?;
    Ok(jobs::accepted(&job))
}
