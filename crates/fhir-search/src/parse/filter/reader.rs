//! The characters of a filter and what they are made of: names, words, texts in quotation marks.

use fhir_model::Document;

/// What is wrong with a filter, and at which character (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) at: usize,
    pub(super) text: String,
}

/// Reads a filter from left to right.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    text: &'a str,
    /// Bytes read so far.
    read: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, read: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.read..).unwrap_or_default()
    }

    /// The number of the next character.
    pub(super) fn at(&self) -> usize {
        self.text.get(..self.read).unwrap_or_default().chars().count() + 1
    }

    pub(super) fn problem(&self, text: impl Into<String>) -> Problem {
        Problem { at: self.at(), text: text.into() }
    }

    /// Passes white space; whether there was any.
    pub(super) fn space(&mut self) -> bool {
        let before = self.rest().len();
        self.read += before - self.rest().trim_start().len();
        before != self.rest().len()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    /// Passes a character if it is next.
    pub(super) fn take(&mut self, wanted: char) -> bool {
        let is_next = self.rest().starts_with(wanted);
        if is_next {
            self.read += wanted.len_utf8();
        }
        is_next
    }

    /// Passes a word if it is next and ends there.
    pub(super) fn take_word(&mut self, wanted: &str) -> bool {
        let mut ahead = *self;
        let is_next = ahead.while_each(|character| !is_delimiter(character)) == wanted;
        if is_next {
            *self = ahead;
        }
        is_next
    }

    /// A name of a path, which may be empty: letters, digits, `_`, `-` and for `_has` and types `:`.
    pub(super) fn name(&mut self) -> &'a str {
        self.while_each(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | ':'))
    }

    /// A value: a JSON string, or all up to white space, `)` or `]`.
    pub(super) fn value(&mut self) -> Result<String, Problem> {
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        match self.while_each(|character| !character.is_whitespace() && !matches!(character, ')' | ']')) {
            "" => Err(self.problem("a value is expected")),
            token => Ok(token.to_owned()),
        }
    }

    /// An operator: all up to the next delimiter.
    pub(super) fn word(&mut self) -> &'a str {
        self.while_each(|character| !is_delimiter(character))
    }

    fn quoted(&mut self) -> Result<String, Problem> {
        let mut escaped = false;
        let end = self.rest().char_indices().skip(1).find(|(_, character)| {
            let ends = *character == '"' && !escaped;
            escaped = *character == '\\' && !escaped;
            ends
        });
        let literal = end.and_then(|(end, _)| self.rest().get(..=end));
        let literal = literal.ok_or_else(|| self.problem("the '\"' that ends the text is missing"))?;
        let text = Document::parse(literal).ok().and_then(|text| text.root().as_str().map(str::to_owned));
        let text = text.ok_or_else(|| self.problem("the text in quotation marks is not a JSON string"))?;
        self.read += literal.len();
        Ok(text)
    }

    fn while_each(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|character| !wanted(character)).unwrap_or(rest.len());
        self.read += end;
        rest.get(..end).unwrap_or_default()
    }
}

fn is_delimiter(character: char) -> bool {
    character.is_whitespace() || matches!(character, '(' | ')' | '[' | ']')
}
