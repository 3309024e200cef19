//! `/openapi.json`: an OpenAPI 3.1 document. What depends on the resource type only by its name stands once, with `{type}` in its
//! address; a search has a path for each type, with the parameters of that type.

mod components;
mod operations;
mod paths;
mod schemas;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Place;
use crate::interactions::{Context, Error};

/// The document, for the resource types named or for all.
///
/// # Errors
/// A name that is no resource type.
pub fn openapi(context: &Context, place: Place<'_>, wanted: &[&str]) -> Result<Vec<u8>, Error> {
    if let Some(unknown) = wanted.iter().find(|kind| !context.is_resource_type(kind)) {
        return Err(Error::UnknownType((*unknown).to_owned()));
    }
    let all = context.registry.resource_types().iter().map(|kind| &**kind);
    let kinds: BTreeSet<&str> = all.filter(|kind| wanted.is_empty() || wanted.contains(kind)).collect();
    let parameters = context.search_state().parameters.clone();
    let scope = Scope { context, parameters: &parameters, kinds: &kinds };
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Westway FHIR R4",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!(
                "{} HEAD answers as GET without the body. Bodies have {} bytes at most. Modifiers of search parameters (`name:exact`), chains \
                 (`subject.name`, `subject:Patient.name`) and `_has` are told by the CapabilityStatement (`metadata`). `?type=Patient,Encounter` \
                 gives this document for these types only.",
                "The REST API of FHIR R4 (4.0.1), in JSON and XML.", place.max_body_bytes
            ),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "externalDocs": { "description": "FHIR R4, RESTful API", "url": "http://hl7.org/fhir/R4/http.html" },
        "servers": [{ "url": place.base }],
        "paths": paths::paths(scope),
        "components": components::components(scope),
    });
    serde_json::to_vec(&document).map_err(|error| Error::Internal(error.to_string()))
}

/// What the document is about.
#[derive(Clone, Copy)]
struct Scope<'a> {
    context: &'a Context,
    parameters: &'a fhir_search::parameters::Parameters,
    kinds: &'a BTreeSet<&'a str>,
}

/// A reference to a shared part: `#/components/responses/Bundle`.
fn shared(section: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{section}/{name}") })
}
