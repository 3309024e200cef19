//! A parsed JSON document as a flat list of slots over its source text.
//!
//! FHIR needs more of JSON than a map of values: members keep their order, decimals keep their digits
//! (`1.00` is not `1.0`), a member given twice is an error, and every resource is read many times
//! (validated, indexed, rewritten) but hardly ever changed. So a document is parsed once into 16-byte
//! slots that point into the text; [`Node`] is a copyable view of one of them.

use std::fmt;

use crate::node::Node;
use crate::position::Position;

/// A parsed JSON document. Immutable; [`Document::root`] is the way in.
pub struct Document {
    pub(crate) source: Box<str>,
    /// Text of the strings that carried escapes, unescaped, one after the other.
    pub(crate) unescaped: String,
    pub(crate) slots: Vec<Slot>,
    /// Per slot its place in the text that `source` was made from; empty if `source` is the text that was read.
    pub(crate) positions: Vec<Position>,
}

/// One value or member name of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) kind: SlotKind,
    /// Byte offset of the text (in `source`, or in `unescaped` for escaped strings).
    pub(crate) start: u32,
    /// Bytes of the text, or for arrays and objects the number of items or members.
    pub(crate) len: u32,
    /// Index of the slot that follows this value and all that it contains.
    pub(crate) next: u32,
}

/// What a slot holds. A `Key` is followed by the slots of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotKind {
    Null,
    True,
    False,
    Number,
    String,
    EscapedString,
    Array,
    Object,
    Key,
    EscapedKey,
}

impl Document {
    /// Parses a JSON text with the default [`Limits`](crate::parse::Limits).
    pub fn parse(source: impl Into<Box<str>>) -> Result<Self, crate::parse::ParseError> {
        crate::parse::parse(source.into(), crate::parse::Limits::default())
    }

    /// Parses the bytes of a JSON text: UTF-8 is checked, and a byte order mark is skipped.
    pub fn parse_bytes(bytes: Vec<u8>) -> Result<Self, crate::parse::ParseError> {
        match String::from_utf8(bytes) {
            Ok(text) => Self::parse(text),
            Err(error) => Err(crate::parse::ParseError::not_utf8(error.utf8_error().valid_up_to())),
        }
    }

    /// The outermost value.
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// The text that was parsed.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Approximate bytes of memory held by this document.
    pub fn heap_bytes(&self) -> usize {
        self.source.len()
            + self.unescaped.capacity()
            + self.slots.capacity() * size_of::<Slot>()
            + self.positions.capacity() * size_of::<Position>()
    }

    pub(crate) fn slot(&self, index: u32) -> Slot {
        // The parser writes a root slot and keeps every index within the list; a stray index reads as null.
        const NULL: Slot = Slot { kind: SlotKind::Null, start: 0, len: 0, next: u32::MAX };
        self.slots.get(index as usize).copied().unwrap_or(NULL)
    }

    pub(crate) fn text(&self, slot: Slot) -> &str {
        let (start, end) = (slot.start as usize, slot.start as usize + slot.len as usize);
        let from = match slot.kind {
            SlotKind::EscapedString | SlotKind::EscapedKey => self.unescaped.as_str(),
            _ => &*self.source,
        };
        from.get(start..end).unwrap_or_default()
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}
