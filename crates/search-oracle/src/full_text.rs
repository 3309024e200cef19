//! `_text` and `_content`: the words of the narrative, and of the whole resource.

use fhir_model::Node;

use crate::population::Stored;
use crate::text;

/// The words of a resource.
pub(crate) fn words(resource: &Stored, anywhere: bool) -> Vec<String> {
    let root = resource.root();
    let narrative = root.get("text").and_then(|text| text.get_str("div")).unwrap_or_default();
    let mut found = text::words(&without_tags(narrative));
    if anywhere {
        collect(root, &mut found);
    }
    found
}

/// The text between the tags of a narrative.
fn without_tags(div: &str) -> String {
    let parts = div.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text: String = parts.collect::<Vec<_>>().join(" ");
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (name, character)| text.replace(name, character))
}

/// The words of all strings but those of narratives.
fn collect(node: Node<'_>, found: &mut Vec<String>) {
    if let Some(value) = node.as_str() {
        found.extend(text::words(value));
    }
    for (name, value) in node.members() {
        if name != "div" {
            collect(value, found);
        }
    }
    node.items().for_each(|item| collect(item, found));
}
