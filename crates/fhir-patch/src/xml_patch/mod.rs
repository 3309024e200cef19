//! XML Patch (RFC 5261): additions, replacements and removals at places that an XPath selects.
//!
//! The operations are applied to the XML form of a resource, which is then read back. The prefixes `f` (FHIR) and `h`
//! (XHTML) need no declaration in selectors.

mod edit;
mod namespaces;
mod parse;
mod read;
mod select;
mod selector;
mod tree;

use fhir_model::Node;
use fhir_model::types::TypeModel;
use fhir_model::xml::{Layout, from_document, to_json};

use crate::error::PatchError;
use crate::limits::{Budget, Limits};
use edit::Operation;

/// A list of operations on XML.
#[derive(Debug)]
pub struct XmlPatch {
    operations: Vec<Operation>,
}

impl XmlPatch {
    /// Reads a patch document: an element `diff` or `patch` of any namespace that holds the operations.
    pub fn parse(body: &str, limits: Limits) -> Result<Self, PatchError> {
        Ok(Self { operations: parse::operations(body, limits)? })
    }

    /// Applies the patch to any XML, be it a resource or not. The XML declaration is left out of the result.
    pub fn apply_to_xml(&self, xml: &str, limits: Limits) -> Result<String, PatchError> {
        let patched = self.patched(xml, Budget::new(limits))?;
        limits.check_result(patched.len())?;
        Ok(patched)
    }

    fn patched(&self, xml: &str, mut budget: Budget) -> Result<String, PatchError> {
        let mut document = read::document(xml).map_err(PatchError::not_applicable)?;
        for (index, operation) in self.operations.iter().enumerate() {
            let work = xml.len().saturating_mul(operation.selector.cost());
            let applied = budget.work(work).and_then(|()| operation.apply(&mut document));
            applied.map_err(|error| error.in_operation(index, operation.path()))?;
        }
        Ok(document.to_xml())
    }

    pub(crate) fn apply_within(
        &self,
        resource: Node<'_>,
        types: &TypeModel,
        budget: Budget,
    ) -> Result<Vec<u8>, PatchError> {
        let xml = from_document(resource, types, Layout::Compact)
            .map_err(|error| PatchError::not_applicable(format!("the resource has no XML form: {error}")))?;
        let patched = self.patched(&xml, budget)?;
        let result = to_json(&patched, types)
            .map_err(|error| PatchError::not_applicable(format!("the result is not FHIR XML: {error}")))?;
        Ok(result.source().as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests;
