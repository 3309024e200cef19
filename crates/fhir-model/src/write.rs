//! Document back to compact JSON text, optionally with some string values replaced.

use std::collections::HashMap;

use crate::node::{Kind, Node};

/// New texts for string nodes of one document, by [`Node::index`]: how references are rewritten.
pub type Replacements = HashMap<u32, String>;

/// The compact JSON of a node.
pub fn to_vec(node: Node<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    write(node, None, &mut out);
    out
}

/// Appends the compact JSON of a node, with the strings in `replacements` changed.
pub fn write(node: Node<'_>, replacements: Option<&Replacements>, out: &mut Vec<u8>) {
    match node.kind() {
        Kind::Object => {
            out.push(b'{');
            for (position, (name, value)) in node.members().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                write_string(name, out);
                out.push(b':');
                write(value, replacements, out);
            }
            out.push(b'}');
        }
        Kind::Array => {
            out.push(b'[');
            for (position, item) in node.items().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                write(item, replacements, out);
            }
            out.push(b']');
        }
        Kind::String => {
            let replaced = replacements.and_then(|replacements| replacements.get(&node.index()));
            write_string(replaced.map(String::as_str).or(node.as_str()).unwrap_or_default(), out);
        }
        Kind::Null => out.extend_from_slice(b"null"),
        Kind::Boolean | Kind::Number => {
            out.extend_from_slice(node.primitive_text().unwrap_or_default().as_bytes());
        }
    }
}

/// Appends a JSON string literal.
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
        let (plain, tail) = rest.split_at(at);
        out.extend_from_slice(plain.as_bytes());
        let mut characters = tail.chars();
        match characters.next() {
            Some('"') => out.extend_from_slice(b"\\\""),
            Some('\\') => out.extend_from_slice(b"\\\\"),
            Some('\n') => out.extend_from_slice(b"\\n"),
            Some('\r') => out.extend_from_slice(b"\\r"),
            Some('\t') => out.extend_from_slice(b"\\t"),
            Some(control) => out.extend_from_slice(format!("\\u{:04x}", u32::from(control)).as_bytes()),
            None => {}
        }
        rest = characters.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}
