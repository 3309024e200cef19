//! The XHTML of a narrative inside a resource: an island that FHIR keeps as one text.

use std::borrow::Cow;

use quick_xml::events::BytesStart;
use quick_xml::name::PrefixDeclaration;

use super::XHTML_NAMESPACE;

/// An XHTML element while it is read.
pub(super) struct Island<'x> {
    /// Byte offset of its start tag.
    start: usize,
    /// How many elements are open, the outermost included.
    pub(super) depth: usize,
    /// The text so far, where it cannot be taken from the source as it is: the namespace is declared further out, and
    /// would be lost.
    copy: Option<String>,
    source: &'x str,
}

impl<'x> Island<'x> {
    pub(super) fn new(source: &'x str, start: usize, declares_its_namespace: bool) -> Self {
        Self { start, depth: 0, copy: (!declares_its_namespace).then(String::new), source }
    }

    /// Takes over a start tag or empty-element tag.
    pub(super) fn open(&mut self, tag: &BytesStart<'_>, is_xhtml: bool, is_empty: bool) {
        let is_outermost = self.depth == 0;
        self.depth += 1;
        let Some(copy) = &mut self.copy else { return };
        copy.push('<');
        copy.push_str(name(tag.name(), is_xhtml));
        if is_outermost {
            copy.push_str(" xmlns=\"");
            copy.push_str(XHTML_NAMESPACE);
            copy.push('"');
        }
        // The attributes were checked by the reader of the tree.
        for attribute in tag.attributes().with_checks(false).flatten() {
            let declares = attribute.key.as_namespace_binding();
            if attribute.value == XHTML_NAMESPACE && matches!(declares, Some(PrefixDeclaration::Named(_))) {
                continue;
            }
            copy.push(' ');
            copy.push_str(attribute.key.0);
            let quote = if attribute.value.contains('"') { '\'' } else { '"' };
            copy.push('=');
            copy.push(quote);
            copy.push_str(&attribute.value);
            copy.push(quote);
        }
        copy.push_str(if is_empty { "/>" } else { ">" });
    }

    /// Takes over an end tag.
    pub(super) fn end_tag(&mut self, qualified_name: quick_xml::name::QName<'_>, is_xhtml: bool) {
        if let Some(copy) = &mut self.copy {
            copy.push_str("</");
            copy.push_str(name(qualified_name, is_xhtml));
            copy.push('>');
        }
    }

    /// Takes over everything else.
    pub(super) fn push(&mut self, raw: &str) {
        if let Some(copy) = &mut self.copy {
            copy.push_str(raw);
        }
    }

    /// The text of the whole element, which ends at that byte offset.
    pub(super) fn finish(self, end: usize) -> Cow<'x, str> {
        match self.copy {
            Some(copy) => Cow::Owned(copy),
            None => Cow::Borrowed(self.source.get(self.start..end).unwrap_or_default()),
        }
    }
}

fn name<'n>(qualified: quick_xml::name::QName<'n>, is_xhtml: bool) -> &'n str {
    if is_xhtml { qualified.local_name().into_inner() } else { qualified.0 }
}
