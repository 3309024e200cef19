//! FHIR XML read and written with the types of the embedded registry.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests")]

mod corpora;
mod hostile;
mod random;
mod reading;

use std::sync::LazyLock;

use fhir_definitions::Registry;
use fhir_model::types::TypeModel;
use fhir_model::xml::{self, Layout, Limits, XmlDocument};
use fhir_model::{Document, Node};
use serde_json::Value;

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

fn types() -> &'static TypeModel {
    REGISTRY.types()
}

fn read(text: &str) -> XmlDocument {
    xml::to_document(text, types(), Limits::default()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A Patient with that content, whose first character stands in column 38.
fn patient(content: &str) -> String {
    format!("<Patient xmlns=\"http://hl7.org/fhir\">{content}</Patient>")
}

/// A document for comparisons: the order of members does not matter, but the digits of numbers do.
fn value(document: &Document) -> Value {
    serde_json::from_str(document.source()).unwrap()
}

/// The resource after it was written to XML and read back.
fn through_xml(resource: Node<'_>, layout: Layout) -> Result<Value, String> {
    let text = xml::from_document(resource, types(), layout).map_err(|error| error.to_string())?;
    let read = xml::to_document(&text, types(), Limits::default()).map_err(|error| error.to_string())?;
    Ok(value(&read.document))
}
