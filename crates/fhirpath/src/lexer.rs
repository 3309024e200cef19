//! Splits the text of an expression into tokens (FHIRPath 2.0, section 7, "Lexical Elements").
//!
//! Keywords are plain words here: `contains`, `in`, `is` and `as` are operators or element names depending
//! on where they stand, which only the parser can know.

use crate::error::{CompileError, CompileErrorKind};
use crate::temporal::Moment;

/// One token with the byte offset where it starts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) at: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TokenKind {
    /// A bare identifier or keyword.
    Word(Box<str>),
    /// An identifier between backticks, which is never a keyword.
    Delimited(Box<str>),
    /// A string literal, unescaped.
    String(Box<str>),
    /// An integer or decimal as written.
    Number(Box<str>),
    Date(Moment),
    DateTime(Moment),
    Time(Moment),
    /// An operator or punctuation.
    Symbol(&'static str),
    End,
}

impl TokenKind {
    /// How an error message names the token.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Word(text) | Self::Number(text) => format!("`{text}`"),
            Self::Delimited(text) => format!("the identifier `{text}`"),
            Self::String(text) => format!("the string '{text}'"),
            Self::Date(_) | Self::DateTime(_) | Self::Time(_) => "a date or time".to_owned(),
            Self::Symbol(symbol) => format!("`{symbol}`"),
            Self::End => "the end".to_owned(),
        }
    }
}

/// Longer symbols stand before their prefixes.
const SYMBOLS: [&str; 27] = [
    "<=", ">=", "!=", "!~", "$this", "$index", "$total", "(", ")", "[", "]", "{", "}", ".", ",", "+", "-",
    "*", "/", "|", "&", "=", "~", "<", ">", "%", "@",
];

/// The tokens of an expression, closed by [`TokenKind::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, CompileError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks()?;
        let at = lexer.at;
        let kind = lexer.token()?;
        let done = kind == TokenKind::End;
        tokens.push(Token { kind, at });
        if done {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn error(at: usize, kind: CompileErrorKind) -> CompileError {
        CompileError { position: at, kind }
    }

    /// Skips white space and comments.
    fn skip_blanks(&mut self) -> Result<(), CompileError> {
        loop {
            let rest = self.rest();
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                let end = rest
                    .find("*/")
                    .ok_or_else(|| Self::error(self.at, CompileErrorKind::Unterminated("a comment")))?;
                self.at += end + 2;
            } else if let Some(blank) = rest.chars().next().filter(|c| c.is_whitespace()) {
                self.at += blank.len_utf8();
            } else {
                return Ok(());
            }
        }
    }

    fn token(&mut self) -> Result<TokenKind, CompileError> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(TokenKind::End) };
        match first {
            '\'' => Ok(TokenKind::String(self.quoted('\'', "a string")?)),
            '`' => Ok(TokenKind::Delimited(self.quoted('`', "a delimited identifier")?)),
            '@' => self.temporal(),
            '0'..='9' => Ok(self.number()),
            c if c.is_ascii_alphabetic() || c == '_' => Ok(self.word()),
            c => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => {
                    self.at += symbol.len();
                    Ok(TokenKind::Symbol(symbol))
                }
                None => Err(Self::error(
                    self.at,
                    CompileErrorKind::Unexpected { found: format!("{c:?}"), expected: "an expression" },
                )),
            },
        }
    }

    fn word(&mut self) -> TokenKind {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += end;
        TokenKind::Word(rest.get(..end).unwrap_or_default().into())
    }

    fn number(&mut self) -> TokenKind {
        let start = self.at;
        self.digits();
        let fraction = self.rest().strip_prefix('.');
        if fraction.is_some_and(|f| f.starts_with(|c: char| c.is_ascii_digit())) {
            self.at += 1;
            self.digits();
        }
        TokenKind::Number(self.since(start).into())
    }

    fn digits(&mut self) {
        let rest = self.rest();
        self.at += rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    }

    /// `@2015-02-04`, `@2015-02-04T14:34:28.123+10:00`, `@T14:34`: takes what the grammar allows, and
    /// leaves ranges and calendar rules to [`Moment`].
    fn temporal(&mut self) -> Result<TokenKind, CompileError> {
        let start = self.at;
        self.at += 1;
        let dated = self.rest().starts_with(|c: char| c.is_ascii_digit());
        if dated {
            self.digits();
            while self.rest().strip_prefix('-').is_some_and(starts_with_two_digits) {
                self.at += 3;
            }
        }
        let timed = self.rest().starts_with('T');
        if timed {
            self.at += 1;
            self.time_of_day();
            if dated {
                self.offset();
            }
        }
        let text = self.since(start + 1);
        let bad = |what| Self::error(start, CompileErrorKind::BadLiteral { what, text: text.to_owned() });
        match (dated, timed) {
            (true, false) => Moment::parse_date(text).map(TokenKind::Date).ok_or_else(|| bad("date")),
            (true, true) => {
                Moment::parse_date_time(text).map(TokenKind::DateTime).ok_or_else(|| bad("date and time"))
            }
            (false, _) => Moment::parse_time(text.trim_start_matches('T'))
                .map(TokenKind::Time)
                .ok_or_else(|| bad("time")),
        }
    }

    fn time_of_day(&mut self) {
        if starts_with_two_digits(self.rest()) {
            self.at += 2;
        }
        while self.rest().strip_prefix(':').is_some_and(starts_with_two_digits) {
            self.at += 3;
        }
        let fraction = self.rest().strip_prefix('.');
        if fraction.is_some_and(|f| f.starts_with(|c: char| c.is_ascii_digit())) {
            self.at += 1;
            self.digits();
        }
    }

    fn offset(&mut self) {
        let rest = self.rest();
        if rest.starts_with('Z') {
            self.at += 1;
            return;
        }
        let Some(hours) = rest.strip_prefix(['+', '-']) else { return };
        let minutes = hours.get(2..).and_then(|m| m.strip_prefix(':'));
        if starts_with_two_digits(hours) && minutes.is_some_and(starts_with_two_digits) {
            self.at += "+00:00".len();
        }
    }

    /// The text between two quotes, with escapes resolved.
    fn quoted(&mut self, quote: char, what: &'static str) -> Result<Box<str>, CompileError> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((offset, c)) = chars.next() {
            if c == quote {
                self.at = start + offset + c.len_utf8();
                return Ok(text.into());
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            let Some((_, escape)) = chars.next() else { break };
            let unescaped = match escape {
                'n' => Some('\n'),
                'r' => Some('\r'),
                't' => Some('\t'),
                'f' => Some('\u{c}'),
                'u' => {
                    let digits: String = chars.by_ref().take(4).map(|(_, digit)| digit).collect();
                    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
                }
                '\\' | '/' | '\'' | '"' | '`' => Some(escape),
                // Patterns in published expressions carry `\d` or `\.` with a single backslash.
                other => {
                    text.push('\\');
                    Some(other)
                }
            };
            let Some(unescaped) = unescaped else {
                let text = format!("\\{escape}");
                return Err(Self::error(
                    start + offset,
                    CompileErrorKind::BadLiteral { what: "escape", text },
                ));
            };
            text.push(unescaped);
        }
        Err(Self::error(start, CompileErrorKind::Unterminated(what)))
    }
}

fn starts_with_two_digits(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_digit()) && bytes.next().is_some_and(|b| b.is_ascii_digit())
}
