//! XML that can be changed. What is not changed is written as it was read, to the last character reference.

use std::sync::Arc;

use quick_xml::escape::{escape, unescape};

use crate::error::PatchError;

/// A piece of the content of an element.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Element(Element),
    /// Text, its references not resolved.
    Text(String),
    Comment(String),
    /// A processing instruction, with its target.
    Instruction(String),
}

/// An element, or with an empty name the document that holds the outermost one.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    /// The name with its prefix.
    pub(super) name: String,
    /// The namespace that the prefix stands for; empty for none.
    pub(super) namespace: Arc<str>,
    /// Names with their prefixes, declarations of namespaces included, and values with their references.
    pub(super) attributes: Vec<(String, String)>,
    /// The start tag as it was read, without its brackets; `None` once an attribute has changed.
    pub(super) tag: Option<String>,
    /// Whether it was read as `<a/>`.
    pub(super) is_empty_tag: bool,
    pub(super) children: Vec<Content>,
}

/// The position of a child in each element on the way from the document.
pub(super) type Path = Vec<usize>;

impl Element {
    pub(super) fn prefix(&self) -> &str {
        self.name.split_once(':').map_or("", |(prefix, _)| prefix)
    }

    pub(super) fn local_name(&self) -> &str {
        self.name.split_once(':').map_or(&*self.name, |(_, name)| name)
    }

    /// The value of an attribute, with its references.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| &**value)
    }

    /// Sets an attribute to a value whose references are written already.
    pub(super) fn set_attribute(&mut self, name: &str, value: String) {
        self.tag = None;
        match self.attributes.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) => *own = value,
            None => self.attributes.push((name.to_owned(), value)),
        }
    }

    pub(super) fn remove_attribute(&mut self, name: &str) {
        self.tag = None;
        self.attributes.retain(|(own, _)| own != name);
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Content::Element(element) => Some(element),
            _ => None,
        })
    }

    /// The element that a path leads to.
    pub(super) fn at(&self, path: &[usize]) -> Option<&Element> {
        let mut element = self;
        for position in path {
            let Content::Element(child) = element.children.get(*position)? else { return None };
            element = child;
        }
        Some(element)
    }

    /// The same, to change it.
    pub(super) fn at_mut(&mut self, path: &[usize]) -> Result<&mut Element, PatchError> {
        let mut element = self;
        for position in path {
            element = match element.children.get_mut(*position) {
                Some(Content::Element(child)) => child,
                _ => return Err(PatchError::not_applicable("the element cannot be reached")),
            };
        }
        Ok(element)
    }

    /// How many elements stand inside each other, this one included.
    pub(super) fn depth(&self) -> usize {
        1 + self.elements().map(Self::depth).max().unwrap_or_default()
    }

    /// All text in it, references resolved: its string value in XPath.
    pub(super) fn text(&self) -> String {
        let texts = self.children.iter().map(|child| match child {
            Content::Element(element) => element.text(),
            Content::Text(raw) => resolved(raw),
            Content::Comment(_) | Content::Instruction(_) => String::new(),
        });
        texts.collect()
    }

    /// Makes neighbouring texts one, and drops empty ones: XPath knows no others.
    pub(super) fn join_texts(&mut self) {
        let mut joined: Vec<Content> = Vec::with_capacity(self.children.len());
        for child in self.children.drain(..) {
            match (child, joined.last_mut()) {
                (Content::Text(text), _) if text.is_empty() => {}
                (Content::Text(text), Some(Content::Text(before))) => before.push_str(&text),
                (child, _) => joined.push(child),
            }
        }
        self.children = joined;
    }

    /// The content of a document as text.
    pub(super) fn to_xml(&self) -> String {
        let mut out = String::with_capacity(1024);
        self.write_children(&mut out);
        out
    }

    fn write_children(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Content::Element(element) => element.write(out),
                Content::Text(raw) => out.push_str(raw),
                Content::Comment(text) => out.extend(["<!--", text, "-->"]),
                Content::Instruction(text) => out.extend(["<?", text, "?>"]),
            }
        }
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        match &self.tag {
            Some(tag) => out.push_str(tag),
            None => {
                out.push_str(&self.name);
                for (name, value) in &self.attributes {
                    let quote = if value.contains('"') { "'" } else { "\"" };
                    out.extend([" ", name, "=", quote, value, quote]);
                }
            }
        }
        if self.children.is_empty() && self.is_empty_tag {
            out.push_str("/>");
            return;
        }
        out.push('>');
        self.write_children(out);
        out.extend(["</", &*self.name, ">"]);
    }
}

impl Content {
    pub(super) fn is_space(&self) -> bool {
        matches!(self, Self::Text(raw) if raw.chars().all(is_space))
    }
}

/// White space of XML, which is less than that of Unicode.
pub(super) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// A text with its references resolved. References were checked when it was read.
pub(super) fn resolved(raw: &str) -> String {
    unescape(raw).map_or_else(|_| raw.to_owned(), |text| text.into_owned())
}

/// A text as the value of an attribute that is read back as it was: line ends would become blanks.
pub(super) fn attribute_value(text: &str) -> String {
    let mut value = escape(text).into_owned();
    for (character, reference) in [('\t', "&#9;"), ('\n', "&#10;"), ('\r', "&#13;")] {
        if value.contains(character) {
            value = value.replace(character, reference);
        }
    }
    value
}
