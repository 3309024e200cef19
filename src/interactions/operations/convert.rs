//! `$convert`: the resource that is sent, in the format that is asked for (R4 Resource operation convert).
//!
//! The resource is the body, or the parameter `input`. Its content is not judged. What one format can say and another cannot is
//! refused by what writes the answer.

use fhir_model::write::to_vec;

use super::definition::{Call, Level, Operation, Parameter};
use crate::interactions::{Error, Response};

pub(super) static CONVERT: Operation = Operation {
    name: "convert",
    definition: "http://hl7.org/fhir/OperationDefinition/Resource-convert",
    levels: &[Level::System],
    types: &[],
    by_get: false,
    changes_data: false,
    parameters: &[Parameter::once("input", "Resource")],
    takes_search: false,
    returns: Some("Resource"),
    perform: convert,
};

fn convert(call: &Call<'_>) -> Result<Response, Error> {
    let resource = call.inputs.resource("input").ok_or_else(|| Error::NoBody("any".to_owned()))?;
    match resource.resource_type() {
        Some(kind) if call.context.is_resource_type(kind) => Ok(Response::resource(to_vec(resource))),
        Some(kind) => Err(Error::WrongType { expected: "resource of R4".to_owned(), found: kind.to_owned() }),
        None => {
            let found = "value without resourceType".to_owned();
            Err(Error::WrongType { expected: "resource".to_owned(), found })
        }
    }
}
