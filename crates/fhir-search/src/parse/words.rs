//! The values of `_text` and `_content`: words joined by `and`, `or` and parentheses (R4 search, section 3.1.1.4.20).
//!
//! Words that stand side by side must all occur; `and` binds stronger than `or`.

use super::clause::{all, any};
use crate::escape;
use crate::query::{Clause, TextScope};
use crate::text;

/// The most words of one value.
const MOST_WORDS: usize = 64;

/// How deep parentheses may nest.
const MOST_LEVELS: usize = 8;

/// The condition of a text; the error says what is wrong with it.
pub(super) fn clause(scope: TextScope, text: &str) -> Result<Clause, String> {
    let plain = escape::unescape(text).ok_or("a backslash stands only before ',', '|', '$' and itself")?;
    if plain.contains('"') {
        return Err("phrases in quotation marks are not supported; the words may stand anywhere".to_owned());
    }
    let spaced = plain.replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    if tokens.len() > MOST_WORDS {
        return Err(format!("there may be {MOST_WORDS} words"));
    }
    let mut reader = Reader { scope, tokens: &tokens };
    let clause = reader.either(MOST_LEVELS)?;
    match reader.tokens {
        [] => Ok(clause),
        [next, ..] => Err(format!("'{next}' is not expected")),
    }
}

struct Reader<'a> {
    scope: TextScope,
    /// What is still to be read.
    tokens: &'a [&'a str],
}

impl<'a> Reader<'a> {
    /// Terms joined by `or`.
    fn either(&mut self, levels: usize) -> Result<Clause, String> {
        let mut clauses = vec![self.both(levels)?];
        while self.take("or") {
            clauses.push(self.both(levels)?);
        }
        Ok(any(clauses))
    }

    /// Terms joined by `and` or by nothing.
    fn both(&mut self, levels: usize) -> Result<Clause, String> {
        let (mut words, mut groups) = (Vec::new(), Vec::new());
        loop {
            match self.tokens.split_first() {
                Some((&"(", rest)) => {
                    self.tokens = rest;
                    let levels = levels.checked_sub(1).ok_or("the parentheses nest too deep")?;
                    groups.push(self.either(levels)?);
                    if !self.take(")") {
                        return Err("a ')' is missing".to_owned());
                    }
                }
                Some((word, rest)) if *word != ")" && !is_operator(word) => {
                    self.tokens = rest;
                    words.extend(text::words(word).map(String::into_boxed_str));
                }
                _ => return Err("a word is expected".to_owned()),
            }
            let ends = |token: &&str| *token == ")" || token.eq_ignore_ascii_case("or");
            if !self.take("and") && self.tokens.first().is_none_or(ends) {
                break;
            }
        }
        if !words.is_empty() {
            groups.push(Clause::Words { scope: self.scope, words });
        }
        if groups.is_empty() { Err("there is no word in it".to_owned()) } else { Ok(all(groups)) }
    }

    fn take(&mut self, wanted: &str) -> bool {
        match self.tokens.split_first() {
            Some((token, rest)) if token.eq_ignore_ascii_case(wanted) => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }
}

fn is_operator(word: &str) -> bool {
    word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Clause {
        let words = words.iter().map(|word| (*word).into()).collect();
        Clause::Words { scope: TextScope::Narrative, words }
    }

    fn parse(text: &str) -> Result<Clause, String> {
        clause(TextScope::Narrative, text)
    }

    #[test]
    fn words_are_joined_as_in_the_specification() {
        assert_eq!(parse("Bone").unwrap(), words(&["bone"]));
        assert_eq!(parse("bone liver").unwrap(), words(&["bone", "liver"]));
        assert_eq!(parse("bone AND liver").unwrap(), words(&["bone", "liver"]));
        assert_eq!(
            parse("(bone OR liver) and metastases").unwrap(),
            Clause::All(vec![Clause::Any(vec![words(&["bone"]), words(&["liver"])]), words(&["metastases"])])
        );
        assert_eq!(parse("a or b c").unwrap(), Clause::Any(vec![words(&["a"]), words(&["b", "c"])]));
        assert_eq!(parse("x-ray").unwrap(), words(&["x", "ray"]));
    }

    #[test]
    fn other_texts_are_refused() {
        let deep = "(".repeat(9) + "a" + &")".repeat(9);
        let many = "a ".repeat(65);
        for text in ["", " ", "...", "or", "a or", "and a", "(a", "a)", "()", "\"a b\"", r"a\b", &deep, &many]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
