//! Language tags: BCP 47 (RFC 5646, section 2.1).

use std::iter::Peekable;
use std::str::Split;

use crate::code_systems::{CodeSystems, Source};
use crate::facts::{Facts, LANGUAGE_SUBTAGS};

/// Tags of the time before RFC 4646 that the grammar does not produce.
const IRREGULAR: [&str; 17] = [
    "en-gb-oed",
    "i-ami",
    "i-bnn",
    "i-default",
    "i-enochian",
    "i-hak",
    "i-klingon",
    "i-lux",
    "i-mingo",
    "i-navajo",
    "i-pwn",
    "i-tao",
    "i-tay",
    "i-tsu",
    "sgn-be-fr",
    "sgn-be-nl",
    "sgn-ch-de",
];

/// Whether a code is a language tag whose two-letter language and region exist: `cy`, `en-GB`, `zh-Hant-TW`,
/// `de-CH-1996`, `en-u-ca-gregory`, `x-whatever`. Longer languages, scripts and variants are checked by their form.
pub(crate) fn is_language_tag(code: &str, systems: &CodeSystems) -> bool {
    if IRREGULAR.iter().any(|tag| tag.eq_ignore_ascii_case(code)) {
        return true;
    }
    let mut subtags = code.split('-').peekable();
    let is_private = subtags.peek().is_some_and(|first| first.eq_ignore_ascii_case("x"));
    (is_private || is_language_part(&mut subtags, systems)) && are_extensions(&mut subtags)
}

type Subtags<'a> = Peekable<Split<'a, char>>;

/// Language, extended languages, script, region and variants.
fn is_language_part(subtags: &mut Subtags<'_>, systems: &CodeSystems) -> bool {
    let Some(language) = subtags.next() else {
        return false;
    };
    if !is_language(language) {
        return false;
    }
    for _ in 0..3 {
        if subtags.next_if(|subtag| language.len() <= 3 && letters(subtag, 3)).is_none() {
            break;
        }
    }
    subtags.next_if(|subtag| letters(subtag, 4));
    if let Some(region) = subtags.next_if(|subtag| letters(subtag, 2) || digits(subtag, 3))
        && !is_region(region, systems)
    {
        return false;
    }
    while subtags.next_if(|subtag| is_variant(subtag)).is_some() {}
    true
}

/// Extensions (`u-ca-gregory`) and then perhaps a private use part (`x-...`), to the end of the tag.
fn are_extensions(subtags: &mut Subtags<'_>) -> bool {
    while let Some(singleton) = subtags.next() {
        if singleton.len() != 1 || !alphanumeric(singleton) {
            return false;
        }
        let is_private = singleton.eq_ignore_ascii_case("x");
        let shortest = if is_private { 1 } else { 2 };
        let is_part = |subtag: &&str| (shortest..=8).contains(&subtag.len()) && alphanumeric(subtag);
        if subtags.next_if(is_part).is_none() {
            return false;
        }
        while subtags.next_if(is_part).is_some() {}
    }
    true
}

fn is_language(subtag: &str) -> bool {
    match subtag.as_bytes() {
        [first, second] => {
            LANGUAGE_SUBTAGS.contains(&[first.to_ascii_lowercase(), second.to_ascii_lowercase()])
        }
        longer => (3..=8).contains(&longer.len()) && longer.iter().all(u8::is_ascii_alphabetic),
    }
}

/// A country of ISO 3166-1, a region that it reserves for private use or exceptionally, or a number of UN M.49.
fn is_region(subtag: &str, systems: &CodeSystems) -> bool {
    if digits(subtag, 3) {
        return true;
    }
    let upper = subtag.to_ascii_uppercase();
    let is_country = || {
        let countries = systems.listed(Source::Facts(Facts::Countries));
        countries.is_some_and(|countries| countries.find(&upper).is_some())
    };
    matches!(
        &*upper,
        "AA" | "AC" | "AN" | "BU" | "CP" | "CS" | "DD" | "DG" | "EA" | "EU" | "EZ" | "FX" | "IC" | "NT"
    ) || matches!(&*upper, "SU" | "TA" | "TP" | "UN" | "YD" | "YU" | "ZR" | "ZZ")
        || matches!(upper.as_bytes(), [b'Q', b'M'..=b'Z'] | [b'X', b'A'..=b'Z'])
        || is_country()
}

fn is_variant(subtag: &str) -> bool {
    let starts_with_digit = subtag.starts_with(|first: char| first.is_ascii_digit());
    alphanumeric(subtag) && ((5..=8).contains(&subtag.len()) || (subtag.len() == 4 && starts_with_digit))
}

fn letters(subtag: &str, count: usize) -> bool {
    subtag.len() == count && subtag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn digits(subtag: &str, count: usize) -> bool {
    subtag.len() == count && subtag.bytes().all(|byte| byte.is_ascii_digit())
}

fn alphanumeric(subtag: &str) -> bool {
    subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
