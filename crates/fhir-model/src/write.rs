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

/// JSON laid out for people: two spaces a level, one member or item a line. `None` if the text is not JSON.
pub fn pretty(json: &[u8]) -> Option<Vec<u8>> {
    let document = crate::document::Document::parse_bytes(json.to_vec()).ok()?;
    let mut out = Vec::with_capacity(json.len() * 3 / 2);
    write_pretty(document.root(), 0, &mut out);
    out.push(b'\n');
    Some(out)
}

fn write_pretty(node: Node<'_>, level: usize, out: &mut Vec<u8>) {
    if node.is_empty() {
        return write(node, None, out);
    }
    let (open, close) = if node.is_object() { (b'{', b'}') } else { (b'[', b']') };
    out.push(open);
    for (position, (name, value)) in node.members().enumerate() {
        begin_line(position, level + 1, out);
        write_string(name, out);
        out.extend_from_slice(b": ");
        write_pretty(value, level + 1, out);
    }
    for (position, item) in node.items().enumerate() {
        begin_line(position, level + 1, out);
        write_pretty(item, level + 1, out);
    }
    begin_line(0, level, out);
    out.push(close);
}

fn begin_line(position: usize, level: usize, out: &mut Vec<u8>) {
    if position > 0 {
        out.push(b',');
    }
    out.push(b'\n');
    for _ in 0..level {
        out.extend_from_slice(b"  ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pretty_text_is_the_same_json() {
        let json = br#"{"a":[1.00,{}],"b":"x\ny","c":[]}"#;
        let laid_out = pretty(json).unwrap();
        let expected = "{\n  \"a\": [\n    1.00,\n    {}\n  ],\n  \"b\": \"x\\ny\",\n  \"c\": []\n}\n";
        assert_eq!(String::from_utf8(laid_out.clone()).unwrap(), expected);
        assert_eq!(to_vec(crate::Document::parse_bytes(laid_out).unwrap().root()), json);
        assert_eq!(pretty(b"{"), None);
    }
}
