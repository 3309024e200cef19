//! A copyable view of one value of a [`Document`], with the accessors that every engine uses.

use std::fmt;

use crate::document::{Document, Slot, SlotKind};

/// One value of a document. Two words; copy it freely.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    index: u32,
}

/// The JSON type of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number, kept as it was written.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl<'a> Node<'a> {
    pub(crate) fn new(document: &'a Document, index: u32) -> Self {
        Self { document, index }
    }

    fn slot(self) -> Slot {
        self.document.slot(self.index)
    }

    /// The document this node belongs to.
    pub fn document(self) -> &'a Document {
        self.document
    }

    /// The position of this node in its document: the identity of a node, and document order.
    pub fn index(self) -> u32 {
        self.index
    }

    /// Whether the value at `index`, or the member name there, is part of this one.
    pub(crate) fn spans(self, index: u32) -> bool {
        (self.index..self.slot().next).contains(&index)
    }

    /// The JSON type.
    pub fn kind(self) -> Kind {
        match self.slot().kind {
            SlotKind::Null => Kind::Null,
            SlotKind::True | SlotKind::False => Kind::Boolean,
            SlotKind::Number => Kind::Number,
            SlotKind::Array => Kind::Array,
            SlotKind::Object => Kind::Object,
            SlotKind::String | SlotKind::EscapedString | SlotKind::Key | SlotKind::EscapedKey => Kind::String,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(self) -> bool {
        self.slot().kind == SlotKind::Null
    }

    /// Whether this is an object.
    pub fn is_object(self) -> bool {
        self.slot().kind == SlotKind::Object
    }

    /// Whether this is an array.
    pub fn is_array(self) -> bool {
        self.slot().kind == SlotKind::Array
    }

    /// The text of a string, unescaped.
    pub fn as_str(self) -> Option<&'a str> {
        let slot = self.slot();
        matches!(slot.kind, SlotKind::String | SlotKind::EscapedString).then(|| self.document.text(slot))
    }

    /// The value of a boolean.
    pub fn as_bool(self) -> Option<bool> {
        match self.slot().kind {
            SlotKind::True => Some(true),
            SlotKind::False => Some(false),
            _ => None,
        }
    }

    /// The text of a number exactly as it was written: `1.00` stays `1.00`.
    pub fn as_number(self) -> Option<&'a str> {
        let slot = self.slot();
        (slot.kind == SlotKind::Number).then(|| self.document.text(slot))
    }

    /// The text of a string, number or boolean: the value of a FHIR primitive as text.
    pub fn primitive_text(self) -> Option<&'a str> {
        let slot = self.slot();
        match slot.kind {
            SlotKind::String | SlotKind::EscapedString | SlotKind::Number => Some(self.document.text(slot)),
            SlotKind::True => Some("true"),
            SlotKind::False => Some("false"),
            _ => None,
        }
    }

    /// How many items or members an array or object has; 0 for everything else.
    pub fn len(self) -> usize {
        let slot = self.slot();
        if matches!(slot.kind, SlotKind::Array | SlotKind::Object) { slot.len as usize } else { 0 }
    }

    /// Whether there are no items or members.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The member of that name of an object.
    pub fn get(self, name: &str) -> Option<Node<'a>> {
        self.members().find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The text of a string member.
    pub fn get_str(self, name: &str) -> Option<&'a str> {
        self.get(name).and_then(Node::as_str)
    }

    /// The members of an object in their order; nothing for other kinds.
    pub fn members(self) -> Members<'a> {
        let slot = self.slot();
        let end = if slot.kind == SlotKind::Object { slot.next } else { self.index + 1 };
        Members { document: self.document, at: self.index + 1, end }
    }

    /// The items of an array in their order; nothing for other kinds.
    pub fn items(self) -> Items<'a> {
        let slot = self.slot();
        let end = if slot.kind == SlotKind::Array { slot.next } else { self.index + 1 };
        Items { document: self.document, at: self.index + 1, end }
    }

    /// The items of an array, or the node itself when it is not one: how FHIR elements repeat.
    pub fn each(self) -> Items<'a> {
        if self.is_array() {
            self.items()
        } else {
            Items { document: self.document, at: self.index, end: self.slot().next }
        }
    }

    /// The `resourceType` of an object.
    pub fn resource_type(self) -> Option<&'a str> {
        self.get_str("resourceType")
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&crate::write::to_vec(*self)))
    }
}

/// Iterator over the members of an object.
#[derive(Clone)]
pub struct Members<'a> {
    document: &'a Document,
    at: u32,
    end: u32,
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let key = self.document.slot(self.at);
        let value = Node::new(self.document, self.at + 1);
        self.at = key.next;
        Some((self.document.text(key), value))
    }
}

/// Iterator over the items of an array.
#[derive(Clone)]
pub struct Items<'a> {
    document: &'a Document,
    at: u32,
    end: u32,
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let node = Node::new(self.document, self.at);
        self.at = node.slot().next;
        Some(node)
    }
}
