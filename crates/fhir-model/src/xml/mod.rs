//! FHIR's XML format (R4, "XML Representation of Resources"): XML to [`Document`] and back, led by the [`TypeModel`].
//!
//! [`to_document`] keeps everything that the XML says, also what the model does not know or allows only once, so that
//! validation can name it; what the format itself forbids (a wrong order, stray text, unknown attributes) is listed
//! beside the document. [`to_json`] is the strict form. [`from_document`] writes.

mod error;
mod escape;
mod island;
mod json;
mod read;
mod tree;
mod write;

pub use error::{XmlError, XmlProblem};
pub use write::Layout;

use crate::document::Document;
use crate::node::Node;
use crate::types::TypeModel;

/// The namespace of FHIR's elements.
pub const FHIR_NAMESPACE: &str = "http://hl7.org/fhir";
/// The namespace of the `div` of a narrative.
pub const XHTML_NAMESPACE: &str = "http://www.w3.org/1999/xhtml";

/// What a resource in XML may not exceed.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many elements may stand inside each other, those of XHTML included; and the same for what they are in JSON.
    pub max_depth: u32,
    /// How many elements there may be.
    pub max_elements: u32,
    /// How many attributes an element may have.
    pub max_attributes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_depth: 100, max_elements: 1_000_000, max_attributes: 64 }
    }
}

/// A resource that was read from XML.
#[derive(Debug)]
pub struct XmlDocument {
    /// The resource; its nodes know where they stand in the XML ([`Document::position`]).
    pub document: Document,
    /// The rules of the XML format that it breaks, in the order of the text; the first hundred of them.
    pub problems: Vec<XmlProblem>,
}

/// Reads a resource. Fails only if the text is not well-formed XML or exceeds a limit.
pub fn to_document(xml: &str, types: &TypeModel, limits: Limits) -> Result<XmlDocument, XmlError> {
    let root = tree::parse(xml, limits)?;
    read::read(&root, types, limits)
}

/// Reads a resource with the default [`Limits`], and fails also for the first [`XmlProblem`].
pub fn to_json(xml: &str, types: &TypeModel) -> Result<Document, XmlError> {
    let read = to_document(xml, types, Limits::default())?;
    match read.problems.into_iter().next() {
        Some(problem) => Err(XmlError::Problem(problem)),
        None => Ok(read.document),
    }
}

/// Writes a resource: elements in the order of their definition, narratives as they are.
pub fn from_document(resource: Node<'_>, types: &TypeModel, layout: Layout) -> Result<String, XmlError> {
    write::write(resource, types, layout)
}
