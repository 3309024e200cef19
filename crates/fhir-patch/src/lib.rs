//! The three kinds of patch that R4 knows (http.html, "patch"), as pure functions from a resource to a resource.
//!
//! [`Patch::parse`] reads a patch, [`Patch::apply`] makes the patched resource of a resource. All operations succeed or
//! none does; an error names the operation. What the result means is not looked at: it is to be validated like any
//! resource that a client sends. Members keep their order and decimals their digits, but where a patch changes them.

mod error;
mod fhirpath_patch;
mod json_patch;
mod limits;
mod number;
mod patch;
mod value;
mod xml_patch;

pub use error::{PatchError, PatchErrorKind};
pub use fhirpath_patch::FhirPathPatch;
pub use json_patch::JsonPatch;
pub use limits::Limits;
pub use patch::{Patch, PatchFormat};
pub use xml_patch::XmlPatch;
