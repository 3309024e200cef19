//! The values of `_text` and `_content`: words, joined by `and`, `or` and parentheses (R4 search, 3.1.1.4.20).

use crate::condition::Condition;
use crate::escape;
use crate::refusal::Refusal;
use crate::text;

/// The condition of one value. Words side by side must all occur; `and` binds stronger than `or`.
pub(crate) fn condition<'o>(value: &str, anywhere: bool) -> Result<Condition<'o>, Refusal> {
    let plain = escape::plain(value)?;
    if plain.contains('"') {
        return Refusal::invalid("phrases are not supported");
    }
    let spaced = plain.replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut reading = Reading { tokens: &tokens, anywhere };
    let condition = reading.either()?;
    match reading.tokens {
        [] => Ok(condition),
        _ => Refusal::invalid(format!("'{value}' goes on after its end")),
    }
}

struct Reading<'t> {
    tokens: &'t [&'t str],
    anywhere: bool,
}

impl<'t> Reading<'t> {
    fn next_is(&self, word: &str) -> bool {
        self.tokens.first().is_some_and(|token| token.eq_ignore_ascii_case(word))
    }

    fn take(&mut self) -> Option<&'t str> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn either<'o>(&mut self) -> Result<Condition<'o>, Refusal> {
        let mut alternatives = vec![self.all()?];
        while self.next_is("or") {
            self.take();
            alternatives.push(self.all()?);
        }
        Ok(Condition::Any(alternatives))
    }

    fn all<'o>(&mut self) -> Result<Condition<'o>, Refusal> {
        let (mut parts, mut words) = (Vec::new(), Vec::new());
        loop {
            match self.take() {
                Some("(") => {
                    parts.push(self.either()?);
                    if self.take() != Some(")") {
                        return Refusal::invalid("a ')' is missing");
                    }
                }
                Some(word) if ![")", "and", "or"].contains(&word.to_ascii_lowercase().as_str()) => {
                    words.extend(text::words(word));
                }
                _ => return Refusal::invalid("a word is missing"),
            }
            if self.next_is("and") {
                self.take();
            } else if self.tokens.is_empty() || self.next_is("or") || self.next_is(")") {
                break;
            }
        }
        if words.is_empty() && parts.is_empty() {
            return Refusal::invalid("there is no word");
        }
        if !words.is_empty() {
            parts.push(Condition::Words { anywhere: self.anywhere, words });
        }
        Ok(Condition::All(parts))
    }
}
