//! XML text to a tree.

use std::borrow::Cow;

use fhir_model::xml::Limits;
use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::namespaces::Scope;
use super::tree::{Content, Element};

/// Reads a document: an element without a name that holds the outermost one. The XML declaration is dropped.
pub(super) fn document(xml: &str) -> Result<Element, String> {
    let mut reader = Reader::from_str(xml.strip_prefix('\u{feff}').unwrap_or(xml));
    reader.config_mut().check_comments = true;
    let mut builder = Builder { open: vec![(Element::default(), 0)], scope: Scope::default(), count: 0 };
    loop {
        let event = reader.read_event().map_err(|error| format!("not well-formed XML: {error}"))?;
        match event {
            Event::Start(tag) => builder.open(&tag, false)?,
            Event::Empty(tag) => {
                builder.open(&tag, true)?;
                builder.close();
            }
            Event::End(_) => builder.close(),
            Event::Text(text) => builder.push(Content::Text(text.to_string())),
            Event::CData(text) => builder.push(Content::Text(escape(&*text).into_owned())),
            Event::GeneralRef(reference) => builder.reference(&reference)?,
            Event::Comment(text) => builder.push(Content::Comment(text.to_string())),
            Event::PI(text) => builder.push(Content::Instruction(text.to_string())),
            Event::Decl(_) => {}
            Event::DocType(_) => return Err("a DOCTYPE, which FHIR does not allow".to_owned()),
            Event::Eof => return builder.finish(),
        }
    }
}

struct Builder {
    /// The elements that are open, each with the size of the scope around it.
    open: Vec<(Element, usize)>,
    scope: Scope,
    count: u32,
}

impl Builder {
    fn push(&mut self, content: Content) {
        if let Some((parent, _)) = self.open.last_mut() {
            parent.children.push(content);
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>, is_empty_tag: bool) -> Result<(), String> {
        let limits = Limits::default();
        self.count += 1;
        if self.open.len() > limits.max_depth as usize {
            return Err(format!("nested deeper than {} levels", limits.max_depth));
        }
        if self.count > limits.max_elements {
            return Err(format!("more than {} elements", limits.max_elements));
        }
        let name = tag.name().0.to_owned();
        let attributes = attributes(tag, limits.max_attributes as usize)?;
        let text: &str = tag;
        let mut element =
            Element { name, attributes, tag: Some(text.to_owned()), is_empty_tag, ..Element::default() };
        let outer = self.scope.len();
        self.scope.enter(&element);
        element.namespace = self
            .scope
            .namespace(element.prefix())
            .ok_or_else(|| format!("the prefix of {} is not declared", element.name))?;
        self.open.push((element, outer));
        Ok(())
    }

    fn close(&mut self) {
        if let Some((mut element, outer)) = self.open.pop() {
            element.join_texts();
            self.scope.leave(outer);
            self.push(Content::Element(element));
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), String> {
        let name: &str = reference;
        let is_known = match reference.resolve_char_ref() {
            Ok(Some(_)) => true,
            Ok(None) => matches!(name, "amp" | "lt" | "gt" | "quot" | "apos"),
            Err(_) => false,
        };
        if !is_known {
            return Err(format!("the unknown entity \"{name}\""));
        }
        self.push(Content::Text(format!("&{name};")));
        Ok(())
    }

    fn finish(mut self) -> Result<Element, String> {
        match (self.open.pop(), self.open.is_empty()) {
            (Some((mut document, _)), true) => {
                document.join_texts();
                let has_text = |child: &Content| matches!(child, Content::Text(_)) && !child.is_space();
                if document.elements().count() != 1 || document.children.iter().any(has_text) {
                    return Err("the XML does not consist of one element".to_owned());
                }
                Ok(document)
            }
            _ => Err("the text ends before its outermost element does".to_owned()),
        }
    }
}

/// The attributes of a tag. To find those that are given twice takes the square of their number, so the limit comes first.
fn attributes(tag: &BytesStart<'_>, max_count: usize) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    for attribute in tag.attributes() {
        if found.len() == max_count {
            return Err(format!("more than {max_count} attributes"));
        }
        let attribute = attribute.map_err(|error| format!("not well-formed XML: {error}"))?;
        let name = attribute.key.0.to_owned();
        let value: Cow<'_, str> = attribute.value;
        quick_xml::escape::unescape(&value)
            .map_err(|error| format!("the attribute {name} is not well-formed: {error}"))?;
        found.push((name, value.into_owned()));
    }
    Ok(found)
}
