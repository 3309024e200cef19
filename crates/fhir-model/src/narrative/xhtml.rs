//! A reader of the XML of a narrative: well-formedness, and the tags and texts that the rule looks at.
//!
//! It is smaller than a general XML reader on purpose: no document types, processing instructions or entities of one's
//! own can be written, so nothing can be expanded or loaded.

use std::borrow::Cow;

/// The deepest nesting; more would only serve to exhaust readers.
const MOST_DEPTH: usize = 128;

/// The most attributes of an element: more than there are allowed ones.
const MOST_ATTRIBUTES: usize = 64;

/// A start tag.
pub(super) struct Tag<'t> {
    /// The name without a prefix.
    pub(super) name: &'t str,
    /// Names and values, entities replaced.
    pub(super) attributes: Vec<(&'t str, Cow<'t, str>)>,
}

/// What is met on the way.
pub(super) enum Event<'t> {
    /// An element starts; the depth is 0 at the root.
    Start(Tag<'t>, usize),
    /// Text that is not only white space.
    Text,
}

/// Reads one element and all in it. The error says what is not well-formed, to end the sentence "the XHTML ...".
pub(super) fn read<'t>(text: &'t str, visit: &mut dyn FnMut(Event<'t>)) -> Result<(), String> {
    let mut open: Vec<&'t str> = Vec::new();
    let mut rest = text.trim();
    let mut done = false;
    while !rest.is_empty() {
        if done {
            return Err("has content after its end".to_owned());
        }
        let Some(markup) = rest.strip_prefix('<') else {
            rest = read_text(rest, open.is_empty(), visit)?;
            continue;
        };
        if let Some(comment) = markup.strip_prefix("!--") {
            rest = after(comment, "-->", "a comment")?;
        } else if let Some(data) = markup.strip_prefix("![CDATA[") {
            if open.is_empty() {
                return Err("has text outside of its root element".to_owned());
            }
            let end = after(data, "]]>", "a CDATA section")?;
            visit(Event::Text);
            rest = end;
        } else if let Some(end) = markup.strip_prefix('/') {
            rest = close(end, &mut open)?;
            done = open.is_empty();
        } else if markup.starts_with(['!', '?']) {
            return Err(
                "has a document type or processing instruction: expected elements and text only".to_owned()
            );
        } else {
            let (tag, is_empty, end) = read_tag(markup)?;
            let (name, depth) = (tag.qualified, open.len());
            visit(Event::Start(Tag { name: local(name), attributes: tag.attributes }, depth));
            if !is_empty {
                open.push(name);
            }
            if open.len() > MOST_DEPTH {
                return Err(format!("is nested deeper than {MOST_DEPTH} elements"));
            }
            done = open.is_empty();
            rest = end;
        }
    }
    match open.last() {
        Some(name) => Err(format!("does not close the element {name}")),
        None if done => Ok(()),
        None => Err("has no element".to_owned()),
    }
}

fn after<'t>(text: &'t str, end: &str, what: &str) -> Result<&'t str, String> {
    text.split_once(end).map(|(_, rest)| rest).ok_or_else(|| format!("does not close {what}"))
}

fn read_text<'t>(
    rest: &'t str,
    is_outside: bool,
    visit: &mut dyn FnMut(Event<'t>),
) -> Result<&'t str, String> {
    let (text, rest) = rest.split_at_checked(rest.find('<').unwrap_or(rest.len())).unwrap_or((rest, ""));
    if is_outside {
        return Err("has text outside of its root element".to_owned());
    }
    if !unescape(text)?.chars().all(char::is_whitespace) {
        visit(Event::Text);
    }
    Ok(rest)
}

fn close<'t>(end: &'t str, open: &mut Vec<&'t str>) -> Result<&'t str, String> {
    let Some((name, rest)) = end.split_once('>') else { return Err("does not close a tag".to_owned()) };
    let name = name.trim_end();
    match open.pop() {
        Some(expected) if expected == name => Ok(rest),
        Some(expected) => Err(format!("closes {name} where {expected} is open")),
        None => Err(format!("closes {name}, which is not open")),
    }
}

struct RawTag<'t> {
    qualified: &'t str,
    attributes: Vec<(&'t str, Cow<'t, str>)>,
}

/// Reads a start tag after its `<`: the tag, whether it closes itself, and what follows.
fn read_tag(markup: &str) -> Result<(RawTag<'_>, bool, &str), String> {
    let (qualified, mut rest) = split_name(markup)?;
    let mut attributes: Vec<(&str, Cow<'_, str>)> = Vec::new();
    loop {
        let trimmed = rest.trim_start();
        if let Some(end) = trimmed.strip_prefix("/>") {
            return Ok((RawTag { qualified, attributes }, true, end));
        }
        if let Some(end) = trimmed.strip_prefix('>') {
            return Ok((RawTag { qualified, attributes }, false, end));
        }
        if trimmed.len() == rest.len() {
            return Err(format!("has a tag {qualified} that is not well-formed"));
        }
        let (name, value, end) = read_attribute(trimmed, qualified)?;
        if attributes.iter().any(|(known, _)| *known == name) {
            return Err(format!("has the attribute {name} twice in {qualified}"));
        }
        attributes.push((name, value));
        if attributes.len() > MOST_ATTRIBUTES {
            return Err(format!("has more than {MOST_ATTRIBUTES} attributes in {qualified}"));
        }
        rest = end;
    }
}

fn read_attribute<'t>(text: &'t str, element: &str) -> Result<(&'t str, Cow<'t, str>, &'t str), String> {
    let (name, rest) = split_name(text)?;
    let wrong = || format!("has an attribute {name} in {element} without a quoted value");
    let rest = rest.trim_start().strip_prefix('=').ok_or_else(wrong)?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or_else(wrong)?;
    let (value, rest) = rest.strip_prefix(quote).and_then(|rest| rest.split_once(quote)).ok_or_else(wrong)?;
    if value.contains('<') {
        return Err(format!("has < in the attribute {name} of {element}: expected &lt;"));
    }
    Ok((name, unescape(value)?, rest))
}

fn split_name(text: &str) -> Result<(&str, &str), String> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let end = text.find(|c: char| !is_name(c)).unwrap_or(text.len());
    text.split_at_checked(end)
        .filter(|(name, _)| name.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .ok_or_else(|| "has a < that starts no tag: expected &lt;".to_owned())
}

/// The name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Replaces character references and the five entities of XML; there are no others.
fn unescape(text: &str) -> Result<Cow<'_, str>, String> {
    if !text.contains('&') {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((entity, end)) = after.split_once(';').filter(|(entity, _)| entity.len() <= 32) else {
            return Err("has a & that starts no entity: expected &amp;".to_owned());
        };
        out.push(character(entity).ok_or_else(|| {
            format!("has the entity &{entity}; that XML does not know: expected the character itself")
        })?);
        rest = end;
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

fn character(entity: &str) -> Option<char> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = entity.strip_prefix('#')?;
            digits.strip_prefix('x').map_or_else(|| number(digits, 10), |hex| number(hex, 16))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_read(text in "[<>/!?&;#\\[\\]a-z =\"'-]{0,60}|\\PC*") {
            let _outcome = well_formed(&text);
            let _inside = well_formed(&format!("<div {text}</div>"));
        }
    }

    fn well_formed(text: &str) -> Result<(), String> {
        read(text, &mut |_| {})
    }

    #[test]
    fn well_formed_content_is_read() {
        for text in [
            "<div>a</div>",
            "<div a='1' b=\"2\"><br/><p >x</p ></div>",
            "<div>&amp;&#160;&#xA0;<!-- c --><![CDATA[<x]]></div>",
        ] {
            assert_eq!(well_formed(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_said() {
        for (text, part) in [
            ("", "no element"),
            ("text", "outside"),
            ("<div>", "does not close the element div"),
            ("<div><p></div>", "closes div where p"),
            ("<div/><div/>", "after its end"),
            ("<div a=1/>", "without a quoted value"),
            ("<div a='1' a='2'/>", "twice"),
            ("<div>a & b</div>", "expected &amp;"),
            ("<div>&nbsp;</div>", "&nbsp;"),
            ("<div>a < b</div>", "expected &lt;"),
            ("<!DOCTYPE x><div/>", "document type"),
            ("<div><!-- </div>", "a comment"),
        ] {
            let found = well_formed(text).unwrap_err();
            assert!(found.contains(part), "{text}: {found}");
        }
        assert!(well_formed(&"<p>".repeat(200)).unwrap_err().contains("deeper"));
    }
}
