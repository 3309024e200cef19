//! The cases of FHIRPath Patch: a resource, Parameters, and the resource or an error that comes of them, all in XML.

use fhir_definitions::Registry;
use fhir_model::Node;
use fhir_model::types::TypeModel;
use fhir_model::xml::{Layout, from_document, to_json};
use fhir_patch::{Limits, Patch, PatchFormat};

use crate::infoset::infoset;
use crate::{Outcome, compare};

pub(crate) fn cases(suite: &str) -> Vec<Outcome> {
    let registry = Registry::embedded().unwrap();
    let document = roxmltree::Document::parse(suite).unwrap();
    let run = |case: roxmltree::Node<'_, '_>| {
        let content = |name: &str| {
            let holder = case.children().find(|child| child.has_tag_name(name))?;
            suite.get(holder.first_element_child()?.range())
        };
        let name = case.attribute("name").unwrap().to_owned();
        (
            name,
            check(content("input").unwrap(), content("diff").unwrap(), content("output"), registry.types()),
        )
    };
    document.descendants().filter(|node| node.has_tag_name("case")).map(run).collect()
}

fn check(input: &str, diff: &str, output: Option<&str>, types: &TypeModel) -> Result<(), String> {
    // In XML the order of the elements is that of their definition, whatever it is in JSON.
    let said = |node: Node<'_>| {
        let xml = from_document(node, types, Layout::Compact);
        xml.map(|xml| infoset(&xml)).map_err(|error| error.to_string())
    };
    let read = |xml: &str| to_json(xml, types).map_err(|error| error.to_string());
    let resource = read(input)?;
    let patched = Patch::parse(PatchFormat::FhirPathXml, diff, types, Limits::default())
        .and_then(|patch| patch.apply(resource.root(), types, Limits::default()))
        .map_err(|error| error.to_string())
        .and_then(|patched| said(patched.root()));
    let expected = output.map(|output| said(read(output)?.root())).transpose()?;
    compare(patched, expected)
}
