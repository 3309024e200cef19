//! `$purge` of a resource: removes it with all its versions, as if it had never been. The right to erasure.
//!
//! It is refused while others refer to the resource, unless `force` is true, and unless the operator allows erasure at all.

use fhir_model::{Issue, IssueType, OperationOutcome};

use super::definition::{Call, Level, Operation, Parameter};
use crate::interactions::{Error, Response, erase};

pub(super) static PURGE: Operation = Operation {
    name: "purge",
    definition: "https://westway.example/OperationDefinition/purge",
    levels: &[Level::Instance],
    types: &[],
    by_get: false,
    changes_data: true,
    parameters: &[Parameter::once("force", "boolean")],
    takes_search: false,
    returns: Some("OperationOutcome"),
    perform: purge,
};

fn purge(call: &Call<'_>) -> Result<Response, Error> {
    let (kind, id) = call.instance()?;
    let text = erase::everything(call.context, kind, id, call.inputs.flag("force")?)?;
    let outcome = OperationOutcome::from(Issue::information(IssueType::Informational, text));
    Ok(Response::resource(outcome.to_json()))
}
