//! What XML says, however it says it: references, line ends and the order of attributes make no difference.

use roxmltree::{Document, Node};

/// What a document says, without white space between elements.
pub(crate) fn infoset(xml: &str) -> String {
    let document = Document::parse(xml).unwrap();
    let mut out = String::new();
    describe(document.root_element(), &mut out);
    out
}

fn describe(node: Node<'_, '_>, out: &mut String) {
    if node.is_text() || node.is_comment() {
        let text = node.text().unwrap_or_default();
        if !text.trim().is_empty() {
            out.push_str(&format!("{:?} {text:?};", node.node_type()));
        }
        return;
    }
    let mut facts: Vec<String> =
        node.attributes().map(|own| format!("{}={:?}", own.name(), own.value())).collect();
    facts.extend(node.namespaces().map(|own| format!("xmlns:{:?}={:?}", own.name(), own.uri())));
    facts.sort();
    out.push_str(&format!("<{:?} {}>", node.tag_name(), facts.join(" ")));
    node.children().for_each(|child| describe(child, out));
    out.push_str("</>");
}
