//! The way in: read a patch of any kind, and apply it to a resource.

use fhir_model::types::TypeModel;
use fhir_model::{Document, Node};

use crate::error::PatchError;
use crate::fhirpath_patch::FhirPathPatch;
use crate::json_patch::JsonPatch;
use crate::limits::{Budget, Limits};
use crate::xml_patch::XmlPatch;

/// How a patch is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchFormat {
    /// RFC 6902.
    JsonPatch,
    /// RFC 5261.
    XmlPatch,
    /// FHIRPath Patch, a Parameters resource in JSON.
    FhirPathJson,
    /// FHIRPath Patch, a Parameters resource in XML.
    FhirPathXml,
}

impl PatchFormat {
    /// The format of a media type, parameters such as `charset` left out; `None` if no patch is written in it.
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/json-patch+json" => Some(Self::JsonPatch),
            "application/xml-patch+xml" => Some(Self::XmlPatch),
            "application/fhir+json" => Some(Self::FhirPathJson),
            "application/fhir+xml" => Some(Self::FhirPathXml),
            _ => None,
        }
    }
}

/// A patch that was read, and can be applied to any number of resources.
#[derive(Debug)]
pub enum Patch {
    /// RFC 6902, on the JSON of a resource.
    Json(JsonPatch),
    /// FHIRPath Patch, on the elements of a resource.
    FhirPath(FhirPathPatch),
    /// RFC 5261, on the XML of a resource.
    Xml(XmlPatch),
}

impl Patch {
    /// Reads a patch.
    pub fn parse(
        format: PatchFormat,
        body: &str,
        types: &TypeModel,
        limits: Limits,
    ) -> Result<Self, PatchError> {
        match format {
            PatchFormat::JsonPatch => JsonPatch::parse(body, limits).map(Self::Json),
            PatchFormat::XmlPatch => XmlPatch::parse(body, limits).map(Self::Xml),
            PatchFormat::FhirPathJson => {
                let parameters =
                    Document::parse(body).map_err(|error| PatchError::syntax(error.to_string()))?;
                Self::from_parameters(parameters.root(), types, limits)
            }
            PatchFormat::FhirPathXml => {
                let parameters = fhir_model::xml::to_json(body, types)
                    .map_err(|error| PatchError::syntax(error.to_string()))?;
                Self::from_parameters(parameters.root(), types, limits)
            }
        }
    }

    /// Takes a Parameters resource, such as that of an entry of a Bundle, for a FHIRPath Patch.
    pub fn from_parameters(
        parameters: Node<'_>,
        types: &TypeModel,
        limits: Limits,
    ) -> Result<Self, PatchError> {
        FhirPathPatch::parse(parameters, types, limits).map(Self::FhirPath)
    }

    /// The patched resource. Its type and its id are those that it had; nothing else of it is checked.
    pub fn apply(
        &self,
        resource: Node<'_>,
        types: &TypeModel,
        limits: Limits,
    ) -> Result<Document, PatchError> {
        let budget = Budget::new(limits);
        let json = match self {
            Self::Json(patch) => patch.apply_within(resource, budget)?,
            Self::FhirPath(patch) => patch.apply_within(resource, types, budget)?,
            Self::Xml(patch) => patch.apply_within(resource, types, budget)?,
        };
        limits.check_result(json.len())?;
        let result = Document::parse_bytes(json)
            .map_err(|error| PatchError::not_applicable(format!("the result is refused: {error}")))?;
        check_identity(resource, result.root())?;
        Ok(result)
    }
}

/// A patch makes a new version of a resource, which is still the same resource.
fn check_identity(before: Node<'_>, after: Node<'_>) -> Result<(), PatchError> {
    if before.resource_type() != after.resource_type() {
        return Err(PatchError::not_applicable("a patch cannot change the type of a resource"));
    }
    if before.get_str("id").is_some() && before.get_str("id") != after.get_str("id") {
        return Err(PatchError::not_applicable("a patch cannot change the id of a resource"));
    }
    Ok(())
}
