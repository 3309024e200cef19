//! The words of a resource for full-text search (`_text` and `_content`).

use std::collections::HashSet;

use fhir_model::Node;
use fhir_model::types::{TypeId, TypeInfo, TypeKind, TypeModel};

use super::narrative;
use crate::text::words;

/// How many different words of a resource are kept, of its narrative and of the rest each: more than texts for people have.
const MOST_WORDS: usize = 16_384;

/// What full-text search finds in the values of each type of a model.
#[derive(Debug)]
pub(super) struct TextTypes {
    /// By [`TypeId`].
    by_id: Vec<Content>,
    /// `Element`: what stands beside a primitive value, in the member `_name`.
    element: Option<TypeId>,
    /// `Reference`, whose literal is typed as a string but is no text.
    reference: Option<TypeId>,
}

/// What the values of a type hold.
#[derive(Clone, Copy, Debug)]
enum Content {
    /// Words: `string`, `markdown` and `code`.
    Words,
    /// Elements with contents of their own.
    Elements,
    /// A resource, whose type it tells itself: `contained`, `Bundle.entry.resource`.
    Resource,
    /// Nothing to be read: names such as `id` and `uri`, numbers, dates, `base64Binary`; and the narrative, which is read
    /// apart.
    Nothing,
}

impl Content {
    fn of(info: &TypeInfo) -> Self {
        match info.kind {
            TypeKind::Resource => Self::Resource,
            TypeKind::Complex | TypeKind::Backbone => Self::Elements,
            TypeKind::Primitive if matches!(&*info.name, "string" | "markdown" | "code") => Self::Words,
            TypeKind::Primitive => Self::Nothing,
        }
    }
}

impl TextTypes {
    pub(super) fn new(model: &TypeModel) -> Self {
        let by_id = model.iter().map(|(_, info)| Content::of(info)).collect();
        Self { by_id, element: model.id("Element"), reference: model.id("Reference") }
    }

    /// The words of all strings, markdown texts and codes of a resource, those of its extensions and contained resources among
    /// them, without narratives; sorted, each once.
    pub(super) fn content(&self, model: &TypeModel, resource: Node<'_>) -> Vec<Box<str>> {
        let mut walk = Walk { types: self, model, found: Found::default() };
        walk.resource(resource);
        walk.found.sorted()
    }
}

/// The words of a resource's narrative; sorted, each once.
pub(super) fn narrative(resource: Node<'_>) -> Vec<Box<str>> {
    let mut found = Found::default();
    if let Some(div) = resource.get("text").and_then(|text| text.get_str("div")) {
        found.add(&narrative::text(div));
    }
    found.sorted()
}

struct Walk<'m> {
    types: &'m TextTypes,
    model: &'m TypeModel,
    found: Found,
}

impl Walk<'_> {
    fn resource(&mut self, resource: Node<'_>) {
        if let Some(id) = resource.resource_type().and_then(|name| self.model.id(name)) {
            self.elements(resource, id);
        }
    }

    fn elements(&mut self, parent: Node<'_>, parent_type: TypeId) {
        let is_reference = self.types.reference == Some(parent_type);
        let is_text = |name: &str| name != "id" && !(is_reference && name == "reference");
        for (name, value) in parent.members().filter(|(name, _)| is_text(name)) {
            let member = match self.model.member(parent_type, name) {
                Some((_, member)) => Some(member.type_id),
                None => self.types.element.filter(|_| name.starts_with('_')),
            };
            let Some(id) = member else { continue };
            match self.types.by_id.get(id.0 as usize) {
                Some(Content::Words) => {
                    value.each().filter_map(Node::as_str).for_each(|text| self.found.add(text))
                }
                Some(Content::Elements) => value.each().for_each(|element| self.elements(element, id)),
                Some(Content::Resource) => value.each().for_each(|resource| self.resource(resource)),
                Some(Content::Nothing) | None => {}
            }
        }
    }
}

#[derive(Default)]
struct Found(HashSet<Box<str>>);

impl Found {
    fn add(&mut self, text: &str) {
        for word in words(text) {
            if self.0.len() >= MOST_WORDS {
                return;
            }
            self.0.insert(word.into_boxed_str());
        }
    }

    fn sorted(self) -> Vec<Box<str>> {
        let mut words: Vec<Box<str>> = self.0.into_iter().collect();
        words.sort_unstable();
        words
    }
}

#[cfg(test)]
mod tests {
    use fhir_definitions::Registry;
    use fhir_model::Document;

    use super::*;

    fn content_of(json: &str) -> String {
        let registry = Registry::embedded().unwrap();
        let document = Document::parse(json).unwrap();
        TextTypes::new(registry.types()).content(registry.types(), document.root()).join(" ")
    }

    #[test]
    fn texts_of_every_depth_are_read_and_nothing_else() {
        let json = r##"{"resourceType":"Patient","id":"hidden1","language":"en",
            "text":{"status":"generated","div":"<div>hidden2</div>"},
            "contained":[{"resourceType":"Organization","id":"hidden3","name":"Surgery","alias":["Old"]}],
            "extension":[{"url":"http://hidden4.org","valueString":"Maiden"}],
            "identifier":[{"id":"hidden11","system":"http://hidden5.org","value":"943"}],
            "name":[{"family":"Núñez","_family":{"extension":[{"url":"http://hidden6.org","valueMarkdown":"own"}]}}],
            "photo":[{"data":"aGlkZGVuNw==","title":"Portrait"}],"birthDate":"1970-01-01","hidden8":"hidden9",
            "generalPractitioner":[{"reference":"Practitioner/hidden10","display":"Dr Who"}]}"##;
        assert_eq!(content_of(json), "943 dr en generated maiden nunez old own portrait surgery who");
        assert_eq!(content_of(r#"{"resourceType":"Dragon","name":"x"}"#), "");
    }

    #[test]
    fn words_are_limited() {
        let text: Vec<String> = (0..MOST_WORDS + 10).map(|number| number.to_string()).collect();
        let json = format!(r#"{{"resourceType":"Basic","text":{{"div":"<div>{}</div>"}}}}"#, text.join(" "));
        let document = Document::parse(json).unwrap();
        assert_eq!(narrative(document.root()).len(), MOST_WORDS);
    }
}
