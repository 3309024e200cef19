//! JSON text to [`Document`]: strict RFC 8259, with positions in every error, a depth limit and no
//! member twice (the FHIR R4 JSON page, section 2.6.2, asks that names be unique).

use std::collections::HashSet;

use thiserror::Error;

use crate::document::{Document, Slot, SlotKind};
use crate::position::Position;

/// What a document may not exceed.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many arrays and objects may stand inside each other.
    pub max_depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_depth: 100 }
    }
}

/// Why a text is not a JSON document, and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message} at line {line}, column {column}")]
pub struct ParseError {
    /// What was found and what was expected.
    pub message: String,
    /// Line of the position, from 1.
    pub line: usize,
    /// Column of the position in characters, from 1.
    pub column: usize,
}

impl ParseError {
    pub(crate) fn not_utf8(valid_up_to: usize) -> Self {
        Self { message: format!("the body is not UTF-8 after {valid_up_to} bytes"), line: 1, column: 1 }
    }
}

/// Objects with more members than this look for duplicate names in a hash set.
const LINEAR_NAMES: usize = 16;

pub(crate) fn parse(source: Box<str>, limits: Limits) -> Result<Document, ParseError> {
    if u32::try_from(source.len()).is_err() {
        return Err(ParseError { message: "the document is larger than 4 GiB".into(), line: 1, column: 1 });
    }
    let mut parser = Parser {
        text: &source,
        bytes: source.as_bytes(),
        at: if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
        slots: Vec::with_capacity(source.len() / 12 + 1),
        unescaped: String::new(),
        names: Vec::new(),
        depth: 0,
        limits,
    };
    parser.skip_space();
    let outcome = parser.value().and_then(|()| {
        parser.skip_space();
        match parser.peek() {
            None => Ok(()),
            Some(_) => Err(parser.fail("text after the end of the JSON value")),
        }
    });
    let (slots, unescaped) = (std::mem::take(&mut parser.slots), std::mem::take(&mut parser.unescaped));
    outcome?;
    Ok(Document { source, unescaped, slots, positions: Vec::new() })
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    slots: Vec<Slot>,
    unescaped: String,
    /// Slots of the member names of the objects that are open, outermost first.
    names: Vec<u32>,
    depth: u32,
    limits: Limits,
}

type Step = Result<(), ParseError>;

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn fail(&self, message: impl Into<String>) -> ParseError {
        self.fail_at(message, self.at)
    }

    fn fail_at(&self, message: impl Into<String>, at: usize) -> ParseError {
        let before = self.text.get(..at).unwrap_or(self.text);
        let Position { line, column } = Position::START.after(before);
        ParseError { message: message.into(), line: line as usize, column: column as usize }
    }

    fn unexpected(&self, expected: &str) -> ParseError {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(found) => {
                self.fail(format!("found '{}' where {expected} was expected", found.escape_debug()))
            }
            None if self.at >= self.bytes.len() => {
                self.fail(format!("the text ends where {expected} was expected"))
            }
            None => self.fail(format!("{expected} was expected")),
        }
    }

    fn push(&mut self, kind: SlotKind, start: usize, len: usize) {
        let next = self.slots.len() as u32 + 1;
        self.slots.push(Slot { kind, start: start as u32, len: len as u32, next });
    }

    /// Completes the array or object whose slot is `index`.
    fn close(&mut self, index: usize, len: u32) {
        let next = self.slots.len() as u32;
        if let Some(slot) = self.slots.get_mut(index) {
            slot.len = len;
            slot.next = next;
        }
        self.depth -= 1;
        self.at += 1;
    }

    fn open(&mut self, kind: SlotKind) -> Result<usize, ParseError> {
        if self.depth == self.limits.max_depth {
            return Err(self.fail(format!("nested deeper than {} levels", self.limits.max_depth)));
        }
        self.depth += 1;
        let index = self.slots.len();
        self.push(kind, self.at, 0);
        self.at += 1;
        self.skip_space();
        Ok(index)
    }

    fn value(&mut self) -> Step {
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.string(SlotKind::String, SlotKind::EscapedString),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", SlotKind::True),
            Some(b'f') => self.word("false", SlotKind::False),
            Some(b'n') => self.word("null", SlotKind::Null),
            _ => Err(self.unexpected("a JSON value")),
        }
    }

    fn word(&mut self, word: &str, kind: SlotKind) -> Step {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end) != Some(word.as_bytes()) {
            return Err(self.unexpected("a JSON value"));
        }
        self.push(kind, self.at, word.len());
        self.at = end;
        Ok(())
    }

    fn array(&mut self) -> Step {
        let index = self.open(SlotKind::Array)?;
        let mut len = 0;
        if self.peek() != Some(b']') {
            loop {
                self.value()?;
                len += 1;
                self.skip_space();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.skip_space();
                    }
                    Some(b']') => break,
                    _ => return Err(self.unexpected("',' or ']'")),
                }
            }
        }
        self.close(index, len);
        Ok(())
    }

    fn object(&mut self) -> Step {
        let index = self.open(SlotKind::Object)?;
        let first_name = self.names.len();
        let mut seen: Option<HashSet<String>> = None;
        let mut len = 0;
        if self.peek() != Some(b'}') {
            loop {
                self.member(first_name, &mut seen)?;
                len += 1;
                self.skip_space();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.skip_space();
                    }
                    Some(b'}') => break,
                    _ => return Err(self.unexpected("',' or '}'")),
                }
            }
        }
        self.names.truncate(first_name);
        self.close(index, len);
        Ok(())
    }

    fn member(&mut self, first_name: usize, seen: &mut Option<HashSet<String>>) -> Step {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a member name in double quotes"));
        }
        let (key, name_at) = (self.slots.len(), self.at);
        self.string(SlotKind::Key, SlotKind::EscapedKey)?;
        if self.is_duplicate(key, first_name, seen) {
            let name = self.key_text(key as u32).to_owned();
            return Err(
                self.fail_at(format!("the member \"{}\" appears twice", name.escape_debug()), name_at)
            );
        }
        self.names.push(key as u32);
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("':'"));
        }
        self.at += 1;
        self.skip_space();
        self.value()?;
        let next = self.slots.len() as u32;
        if let Some(slot) = self.slots.get_mut(key) {
            slot.next = next;
        }
        Ok(())
    }

    fn key_text(&self, index: u32) -> &str {
        let Some(slot) = self.slots.get(index as usize) else { return "" };
        let range = slot.start as usize..slot.start as usize + slot.len as usize;
        let from = if slot.kind == SlotKind::EscapedKey { self.unescaped.as_str() } else { self.text };
        from.get(range).unwrap_or_default()
    }

    fn is_duplicate(&self, key: usize, first_name: usize, seen: &mut Option<HashSet<String>>) -> bool {
        let name = self.key_text(key as u32);
        let earlier = self.names.get(first_name..).unwrap_or_default();
        if let Some(seen) = seen {
            return !seen.insert(name.to_owned());
        }
        if earlier.len() >= LINEAR_NAMES {
            let mut names: HashSet<String> = earlier.iter().map(|k| self.key_text(*k).to_owned()).collect();
            let duplicate = !names.insert(name.to_owned());
            *seen = Some(names);
            return duplicate;
        }
        earlier.iter().any(|other| self.key_text(*other) == name)
    }

    fn number(&mut self) -> Step {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.unexpected("a digit")),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        self.push(SlotKind::Number, start, self.at - start);
        Ok(())
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Step {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.unexpected("a digit"));
        }
        self.digits();
        Ok(())
    }

    fn string(&mut self, plain: SlotKind, escaped: SlotKind) -> Step {
        self.at += 1;
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        match rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
            Some(len) if rest.get(len) == Some(&b'"') => {
                self.push(plain, start, len);
                self.at = start + len + 1;
                Ok(())
            }
            _ => self.escaped_string(escaped),
        }
    }

    fn escaped_string(&mut self, kind: SlotKind) -> Step {
        let from = self.unescaped.len();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            self.unescaped.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    self.push(kind, from, self.unescaped.len() - from);
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(self.fail("a control character stands unescaped in a string")),
                None => return Err(self.fail("the text ends inside a string")),
            }
        }
    }

    fn escape(&mut self) -> Step {
        let start = self.at;
        self.at += 1;
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let character = self.unicode_escape(start)?;
                self.unescaped.push(character);
                return Ok(());
            }
            _ => return Err(self.fail_at("an unknown escape in a string", start)),
        };
        self.at += 1;
        self.unescaped.push(character);
        Ok(())
    }

    fn unicode_escape(&mut self, start: usize) -> Result<char, ParseError> {
        let first = self.hex4(start)?;
        let code = if (0xd800..0xdc00).contains(&first) {
            if self.bytes.get(self.at..self.at + 2) != Some(b"\\u") {
                return Err(self.fail_at("half of a surrogate pair in a string", start));
            }
            self.at += 2;
            let second = self.hex4(start)?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(self.fail_at("half of a surrogate pair in a string", start));
            }
            0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.fail_at("half of a surrogate pair in a string", start))
    }

    fn hex4(&mut self, start: usize) -> Result<u32, ParseError> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match value {
            Some(value) => {
                self.at += 4;
                Ok(value)
            }
            None => Err(self.fail_at("\\u must be followed by four hexadecimal digits", start)),
        }
    }
}
