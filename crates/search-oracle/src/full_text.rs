//! What `_text` and `_content` look at: the words of the narrative, and those of all other texts.

use fhir_model::Node;
use fhir_model::types::{TypeKind, TypeModel};

use crate::population::Stored;
use crate::text;

/// The words of a resource: of its narrative or, if anywhere, of its strings, markdown texts and codes too.
pub(crate) fn words(types: &TypeModel, resource: &Stored, anywhere: bool) -> Vec<String> {
    let root = resource.root();
    let narrative = root.get("text").and_then(|text| text.get_str("div")).unwrap_or_default();
    let mut found = text::words(&without_tags(narrative));
    if anywhere {
        collect(types, root, resource.kind(), &mut found);
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

fn collect(types: &TypeModel, node: Node<'_>, type_name: &str, found: &mut Vec<String>) {
    let Some(id) = types.id(type_name) else { return };
    for (name, member) in node.members() {
        // Ids and literal references are strings, but no texts.
        if name == "id" || type_name == "Reference" && name == "reference" {
            continue;
        }
        let Some(info) = types.member(id, name).and_then(|(_, member)| types.get(member.type_id)) else {
            continue;
        };
        for value in member.each() {
            match info.kind {
                TypeKind::Primitive if ["string", "markdown", "code"].contains(&&*info.name) => {
                    found.extend(text::words(value.as_str().unwrap_or_default()));
                }
                TypeKind::Primitive => {}
                TypeKind::Resource => collect(types, value, value.resource_type().unwrap_or_default(), found),
                TypeKind::Complex | TypeKind::Backbone => collect(types, value, &info.name, found),
            }
        }
    }
}
