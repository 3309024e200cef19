//! The cases of XML Patch: a document, a patch, and the document or an error that comes of them.

use fhir_patch::{Limits, XmlPatch};
use roxmltree::{Document, Node};

use crate::infoset::infoset;
use crate::{Outcome, compare};

pub(crate) fn cases(suite: &str) -> Vec<Outcome> {
    let document = Document::parse(suite).unwrap();
    let run = |case: Node<'_, '_>| {
        let child = |name: &str| case.children().find(|child| child.tag_name().name() == name);
        let content = |name: &str| {
            let holder = child(name)?;
            Some(
                holder
                    .first_element_child()
                    .and_then(|element| suite.get(element.range()))
                    .unwrap_or_default(),
            )
        };
        let patch = suite.get(child("patch").unwrap().range()).unwrap();
        let patched = XmlPatch::parse(patch, Limits::default())
            .and_then(|patch| patch.apply_to_xml(content("target").unwrap(), Limits::default()))
            .map(|patched| infoset(&patched))
            .map_err(|error| error.to_string());
        (case.attribute("name").unwrap().to_owned(), compare(patched, content("patched").map(infoset)))
    };
    document.descendants().filter(|node| node.has_tag_name("case")).map(run).collect()
}
