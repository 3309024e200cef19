//! As much of SNOMED CT's Expression Constraint Language as says something without SNOMED CT.

use foldhash::HashSet;

/// The concepts that a constraint names as its members.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    /// Identifiers that surely are members.
    pub(crate) ids: HashSet<&'a str>,
    /// Whether there are no others.
    pub(crate) all: bool,
}

/// Reads alternatives of identifiers, `(248234008 OR 300202002 |Responds to voice|)`, and of identifiers with all below
/// them, `descendantOrSelfOf 71388002`, which are members themselves. Of any other constraint no member is known.
pub(crate) fn named(constraint: &str) -> Named<'_> {
    let mut named = Named { ids: HashSet::default(), all: true };
    let mut awaits_operand = true;
    let mut operator = None;
    let mut depth = 0_usize;
    for token in tokens(constraint) {
        match (token, awaits_operand) {
            (Token::Open, true) if operator.is_none() => depth += 1,
            (Token::Close, false) if depth > 0 => depth -= 1,
            (Token::Word(word), false) if word.eq_ignore_ascii_case("or") => awaits_operand = true,
            (Token::Word(word), true) if is_identifier(word) => {
                named.all &= operator.is_none();
                // What is strictly below a concept, or in a reference set, does not name the concept.
                if operator.take().is_none_or(includes_itself) {
                    named.ids.insert(word);
                }
                awaits_operand = false;
            }
            (Token::Word(word), true) if operator.is_none() && is_operator(word) => operator = Some(word),
            _ => return Named::default(),
        }
    }
    if awaits_operand || depth > 0 { Named::default() } else { named }
}

enum Token<'a> {
    Open,
    Close,
    Word(&'a str),
}

/// Brackets, words and the short operators; terms in bars are left out.
fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let outside_bars = text.split('|').step_by(2);
    outside_bars.flat_map(str::split_whitespace).flat_map(|chunk| {
        let mut rest = chunk;
        std::iter::from_fn(move || {
            let first = rest.chars().next()?;
            let length = match first {
                '(' | ')' => 1,
                '<' | '>' | '^' | '!' => rest.find(|other| other != first).unwrap_or(rest.len()),
                _ => rest.find(['(', ')', '<', '>', '^', '!']).unwrap_or(rest.len()),
            };
            let (word, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(match word {
                "(" => Token::Open,
                ")" => Token::Close,
                word => Token::Word(word),
            })
        })
    })
}

fn is_identifier(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_operator(word: &str) -> bool {
    let long = ["descendantOf", "memberOf", "ancestorOf", "childOf", "parentOf"];
    includes_itself(word)
        || matches!(word, "<" | "^" | ">" | "<!" | ">!")
        || long.iter().any(|name| name.eq_ignore_ascii_case(word))
}

fn includes_itself(operator: &str) -> bool {
    matches!(operator, "<<" | ">>")
        || ["descendantOrSelfOf", "ancestorOrSelfOf"].iter().any(|name| name.eq_ignore_ascii_case(operator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_constraint_names_is_known_without_snomed_ct() {
        for (constraint, ids, all) in [
            ("248234008", "248234008", true),
            ("(248234008 OR 300202002 or 450847001)", "248234008 300202002 450847001", true),
            ("(75367002 | Blood (pressure) OR so |)", "75367002", true),
            ("1 OR descendantOrSelfOf 2 OR descendantOf 3", "1 2", false),
            ("<<404684003 | clinical finding|", "404684003", false),
            ("<< 404684003 OR <5 OR memberOf 6", "404684003", false),
            ("memberOf 1127531000000102", "", false),
            ("^999000051000001100", "", false),
            ("(1 OR 2) MINUS 3", "", false),
            ("1 OR", "", false),
            ("(1", "", false),
            ("1 2", "", false),
            ("< << 1", "", false),
            ("<(1 OR 2)", "", false),
            ("1:2=3", "", false),
            ("*", "", false),
            ("", "", false),
        ] {
            let expected = Named { ids: ids.split_whitespace().collect(), all };
            assert_eq!(named(constraint), expected, "{constraint}");
        }
    }
}
