//! Where a value stands in the text it was read from, be it JSON or XML.

use std::fmt;

use crate::document::Document;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Position {
    /// Where every text starts.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place behind `text`, which starts here.
    pub(crate) fn after(self, text: &str) -> Self {
        let characters = |text: &str| text.chars().count() as u32;
        match text.rsplit_once('\n') {
            None => Self { column: self.column + characters(text), ..self },
            Some((lines, rest)) => {
                let breaks = lines.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1;
                Self { line: self.line + breaks, column: 1 + characters(rest) }
            }
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl Document {
    /// Where the node of that index ([`Node::index`](crate::Node::index)) stands in the text that was read: in the XML
    /// for documents that [`crate::xml`] read. For the index before a member's value it is the name of the member.
    ///
    /// For JSON the text is searched from its beginning: meant for the few values that an issue is about.
    pub fn position(&self, node_index: u32) -> Position {
        self.positions.get(node_index as usize).copied().unwrap_or_else(|| {
            let text = self.source.strip_prefix('\u{feff}').unwrap_or(&self.source);
            Position::START.after(text_before_slot(text, node_index))
        })
    }
}

/// What stands before the value or member name of that number in a JSON text that is known to be well-formed.
fn text_before_slot(text: &str, slot: u32) -> &str {
    let bytes = text.as_bytes();
    let (mut at, mut left) = (0, slot);
    while let Some(byte) = bytes.get(at) {
        if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' | b']' | b'}') {
            if left == 0 {
                break;
            }
            left -= 1;
        }
        at += token_length(bytes.get(at..).unwrap_or_default());
    }
    text.get(..at).unwrap_or(text)
}

/// How many bytes the token has that `bytes` start with; at least one.
fn token_length(bytes: &[u8]) -> usize {
    let mut rest = bytes.iter().enumerate().skip(1);
    match bytes.first() {
        Some(b'"') => {
            let mut is_escaped = false;
            let end = rest.find(|(_, byte)| {
                let is_end = **byte == b'"' && !is_escaped;
                is_escaped = **byte == b'\\' && !is_escaped;
                is_end
            });
            end.map_or(bytes.len(), |(at, _)| at + 1)
        }
        Some(b'-' | b'0'..=b'9' | b'a'..=b'z') => {
            let end =
                rest.find(|(_, byte)| !matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.'));
            end.map_or(bytes.len(), |(at, _)| at)
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(document: &Document, index: u32) -> (u32, u32) {
        let Position { line, column } = document.position(index);
        (line, column)
    }

    #[test]
    fn values_and_names_of_json_have_positions() {
        let document =
            Document::parse("\u{feff}{ \"a\\\"ü\" : -1.5E+3,\n  \"b\": [true,\n\"ö\", {}, null]}").unwrap();
        let root = document.root();
        assert_eq!(position(&document, 0), (1, 1));
        let number = root.members().next().unwrap().1.index();
        assert_eq!(position(&document, number - 1), (1, 3));
        assert_eq!(position(&document, number), (1, 12));
        let places: Vec<_> =
            root.get("b").unwrap().items().map(|item| position(&document, item.index())).collect();
        assert_eq!(places, [(2, 9), (3, 1), (3, 6), (3, 10)]);
    }
}
