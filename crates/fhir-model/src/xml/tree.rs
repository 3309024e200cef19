//! XML text to a tree of elements: well-formedness, namespaces, limits, and what FHIR does not allow of XML at all.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace as Uri, QName, ResolveResult};
use quick_xml::reader::NsReader;

use super::error::XmlError;
use super::escape::{is_character, is_name, is_space};
use super::island::Island;
use super::{FHIR_NAMESPACE, Limits, XHTML_NAMESPACE};
use crate::position::Position;

/// An element with all that it contains.
#[derive(Debug)]
pub(super) struct Element<'x> {
    /// The name without its prefix.
    pub(super) name: &'x str,
    pub(super) namespace: Namespace,
    /// Without declarations of namespaces and what `xsi` has to say about schemas.
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Element<'x>>,
    /// Where its start tag begins.
    pub(super) position: Position,
    /// Where it has text between its children, which FHIR's own elements never have.
    pub(super) text: Option<Position>,
    /// The whole element as text, if it is XHTML: `children` and `attributes` are empty then.
    pub(super) xhtml: Option<Cow<'x, str>>,
}

/// An attribute, its value normalised and without references.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) value: String,
}

/// The namespaces that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Namespace {
    Fhir,
    Xhtml,
    Other,
}

impl Element<'_> {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.name == name).map(|attribute| &*attribute.value)
    }
}

/// The namespace of `xsi:schemaLocation`.
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The only element of FHIR that is XHTML. An element of that name is kept as text whatever its namespace.
pub(super) const XHTML_ELEMENT: &str = "div";

/// Reads the element that a text consists of.
pub(super) fn parse(text: &str, limits: Limits) -> Result<Element<'_>, XmlError> {
    let source = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = NsReader::from_str(source);
    reader.config_mut().check_comments = true;
    let parser = Parser {
        source,
        reader,
        limits,
        start: 0,
        located: (0, Position::START),
        element_count: 0,
        open: Vec::new(),
        island: None,
        root: None,
    };
    parser.run()
}

struct Parser<'x> {
    source: &'x str,
    reader: NsReader<&'x [u8]>,
    limits: Limits,
    /// Byte offset of the current event.
    start: usize,
    /// A byte offset and its place, from which later ones are counted.
    located: (usize, Position),
    element_count: u32,
    /// The elements that are open, outermost first.
    open: Vec<Element<'x>>,
    /// The XHTML that the innermost open element is, if it is.
    island: Option<Island<'x>>,
    root: Option<Element<'x>>,
}

type Step = Result<(), XmlError>;

impl<'x> Parser<'x> {
    fn run(mut self) -> Result<Element<'x>, XmlError> {
        if let Some(at) = self.source.find(|c| !is_character(c)) {
            return Err(self.fail_at("a character that XML does not allow", at));
        }
        loop {
            self.start = self.reader.buffer_position() as usize;
            let event = self.reader.read_event().map_err(|error| {
                self.fail_at(format!("not well-formed XML: {error}"), self.reader.error_position() as usize)
            })?;
            match event {
                Event::Start(tag) => self.start_tag(&tag, false)?,
                Event::Empty(tag) => {
                    self.start_tag(&tag, true)?;
                    self.close();
                }
                Event::End(tag) => {
                    let is_xhtml = self.namespace(tag.name())? == Namespace::Xhtml;
                    if let Some(island) = &mut self.island {
                        island.end_tag(tag.name(), is_xhtml);
                    }
                    self.close();
                }
                Event::Text(text) => self.text(&text)?,
                Event::CData(text) => self.character_data(&text)?,
                Event::GeneralRef(reference) => self.reference(&reference)?,
                Event::Comment(_) | Event::PI(_) => self.keep_raw(),
                Event::Decl(declaration) => self.declaration(&declaration)?,
                Event::DocType(_) => return Err(self.fail("a DOCTYPE, which FHIR does not allow")),
                Event::Eof => break,
            }
        }
        match self.root.take() {
            Some(root) if self.open.is_empty() => Ok(root),
            _ => Err(self.fail("the text ends before its outermost element does")),
        }
    }

    fn fail(&self, message: impl Into<String>) -> XmlError {
        self.fail_at(message, self.start)
    }

    fn fail_at(&self, message: impl Into<String>, at: usize) -> XmlError {
        let position = Position::START.after(self.source.get(..at).unwrap_or(self.source));
        XmlError::Malformed { message: message.into(), position }
    }

    /// The place of the current event.
    fn position(&mut self) -> Position {
        let (from, position) = self.located;
        let position = position.after(self.source.get(from..self.start).unwrap_or_default());
        self.located = (self.start, position);
        position
    }

    fn namespace(&self, name: QName<'_>) -> Result<Namespace, XmlError> {
        match self.reader.resolver().resolve_element(name).0 {
            ResolveResult::Bound(Uri(FHIR_NAMESPACE)) => Ok(Namespace::Fhir),
            ResolveResult::Bound(Uri(XHTML_NAMESPACE)) => Ok(Namespace::Xhtml),
            ResolveResult::Bound(_) | ResolveResult::Unbound => Ok(Namespace::Other),
            ResolveResult::Unknown(_) => Err(self.fail(format!("the prefix of {} is not declared", name.0))),
        }
    }

    fn start_tag(&mut self, tag: &BytesStart<'x>, is_empty: bool) -> Step {
        let depth = self.open.len() + self.island.as_ref().map_or(0, |island| island.depth);
        self.element_count += 1;
        if depth >= self.limits.max_depth as usize {
            return Err(self.fail(format!("nested deeper than {} levels", self.limits.max_depth)));
        }
        if self.element_count > self.limits.max_elements {
            return Err(self.fail(format!("more than {} elements", self.limits.max_elements)));
        }
        if self.root.is_some() {
            return Err(self.fail("an element after the end of the outermost one"));
        }
        let namespace = self.namespace(tag.name())?;
        let attributes = self.attributes(tag)?;
        if self.island.is_none() {
            self.push_element(tag, namespace, attributes)?;
        }
        if let Some(island) = &mut self.island {
            island.open(tag, namespace == Namespace::Xhtml, is_empty);
        }
        Ok(())
    }

    fn push_element(
        &mut self,
        tag: &BytesStart<'x>,
        namespace: Namespace,
        mut attributes: Vec<Attribute>,
    ) -> Step {
        // The name as part of the source, which the tree borrows from.
        let name_start = self.start + 1;
        let qualified = self.source.get(name_start..name_start + tag.name().0.len()).unwrap_or_default();
        if !is_name(qualified) {
            return Err(self.fail(format!("\"{qualified}\" is not the name of an element")));
        }
        let name = QName(qualified).local_name().into_inner();
        if namespace == Namespace::Xhtml || name == XHTML_ELEMENT {
            let is_complete = namespace != Namespace::Xhtml
                || tag.attributes().with_checks(false).flatten().any(|attribute| attribute.key.0 == "xmlns");
            self.island = Some(Island::new(self.source, self.start, is_complete));
            attributes.clear();
        }
        let position = self.position();
        let children = Vec::new();
        self.open.push(Element { name, namespace, attributes, children, position, text: None, xhtml: None });
        Ok(())
    }

    /// Checks all attributes and returns those that mean something to FHIR.
    fn attributes(&self, tag: &BytesStart<'_>) -> Result<Vec<Attribute>, XmlError> {
        let mut attributes = Vec::new();
        // To find attributes that are given twice takes the square of their number, so the limit comes first.
        for (count, attribute) in tag.attributes().enumerate() {
            if count == self.limits.max_attributes as usize {
                return Err(self.fail(format!("more than {} attributes", self.limits.max_attributes)));
            }
            let attribute = attribute.map_err(|error| self.fail(format!("not well-formed XML: {error}")))?;
            let name = attribute.key.0;
            if !is_name(name) {
                return Err(self.fail(format!("\"{name}\" is not the name of an attribute")));
            }
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|error| self.fail(format!("the attribute {name} is not well-formed: {error}")))?;
            if attribute.value.contains('<') || value.contains(|c| !is_character(c)) {
                return Err(
                    self.fail(format!("the attribute {name} has a character that XML does not allow"))
                );
            }
            let resolver = self.reader.resolver();
            match resolver.resolve_attribute(attribute.key).0 {
                ResolveResult::Unknown(_) => {
                    return Err(self.fail(format!("the prefix of {name} is not declared")));
                }
                ResolveResult::Bound(Uri(SCHEMA_INSTANCE)) => {}
                _ if attribute.key.as_namespace_binding().is_some() => {}
                _ => attributes.push(Attribute { name: name.to_owned(), value: value.into_owned() }),
            }
        }
        Ok(attributes)
    }

    /// Completes the innermost element, of XHTML or of the tree; the reader stands behind it.
    fn close(&mut self) {
        let end = self.reader.buffer_position() as usize;
        let xhtml = match self.island.take() {
            Some(mut island) if island.depth > 1 => {
                island.depth -= 1;
                self.island = Some(island);
                return;
            }
            island => island.map(|island| island.finish(end)),
        };
        let Some(mut element) = self.open.pop() else { return };
        element.xhtml = xhtml;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, text: &str) -> Step {
        if text.contains("]]>") {
            return Err(self.fail("\"]]>\" in a text"));
        }
        if text.chars().all(is_space) {
            self.keep_raw();
            return Ok(());
        }
        self.character_data(text)
    }

    fn character_data(&mut self, text: &str) -> Step {
        let position = self.position();
        if self.open.is_empty() {
            return Err(self.fail("text outside of the outermost element"));
        }
        if self.island.is_some() {
            self.keep_raw();
        } else if let Some(element) = self.open.last_mut().filter(|_| !text.is_empty()) {
            element.text.get_or_insert(position);
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Step {
        let is_known = match reference.resolve_char_ref() {
            Ok(Some(character)) => is_character(character),
            Ok(None) => matches!(&**reference, "amp" | "lt" | "gt" | "quot" | "apos"),
            Err(_) => false,
        };
        if !is_known {
            return Err(self.fail(format!("the unknown entity \"{}\"", &**reference)));
        }
        self.character_data(reference)
    }

    fn declaration(&mut self, declaration: &BytesDecl<'_>) -> Step {
        if self.start != 0 {
            return Err(self.fail("an XML declaration that is not at the beginning"));
        }
        if declaration.version().ok().as_deref() != Some("1.0") {
            return Err(self.fail("a version of XML other than 1.0"));
        }
        match declaration.encoding() {
            None => Ok(()),
            Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => Ok(()),
            Some(_) => Err(self.fail("an encoding other than UTF-8")),
        }
    }

    /// Hands the current event to the XHTML that it stands in.
    fn keep_raw(&mut self) {
        let end = self.reader.buffer_position() as usize;
        if let Some(island) = &mut self.island {
            island.push(self.source.get(self.start..end).unwrap_or_default());
        }
    }
}
