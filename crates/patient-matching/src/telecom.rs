//! Telephone numbers and mail addresses, in one spelling.

use crate::level::Level;

/// A number as it is dialled in the United Kingdom (`07700900123`), or a mail address in lower case; `None` for what is neither.
pub(crate) fn read(text: &str) -> Option<Box<str>> {
    let text = text.trim();
    if text.contains('@') {
        let plain: String =
            text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        return Some(plain.into());
    }
    let text = text.replace("(0)", "");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = match (text.starts_with('+'), digits.strip_prefix("0044")) {
        (true, _) => digits.strip_prefix("44").map(|rest| format!("0{rest}")),
        (false, Some(rest)) => Some(format!("0{rest}")),
        (false, None) => None,
    };
    let number = national.unwrap_or(digits);
    (number.len() >= 7).then(|| number.into())
}

/// How a number or address may have been written, for searches.
pub(crate) fn spellings(own: &str) -> Vec<String> {
    let mut all = vec![own.to_owned()];
    if let Some(rest) = own.strip_prefix('0') {
        all.push(format!("+44{rest}"));
        // Mobile numbers are mostly written as five digits and six, with or without the code of the country.
        if let (7, Some((head, tail))) =
            (own.chars().nth(1).map_or(0, |c| c.to_digit(10).unwrap_or(0)), rest.split_at_checked(4))
        {
            all.extend([format!("0{head} {tail}"), format!("+44 {head} {tail}")]);
        }
    }
    all
}

/// Whether two records have one in common.
pub(crate) fn level(a: &[Box<str>], b: &[Box<str>]) -> Option<Level> {
    match (a.is_empty() || b.is_empty(), a.iter().any(|one| b.contains(one))) {
        (true, _) => None,
        (false, true) => Some(Level::TelecomSame),
        (false, false) => Some(Level::TelecomDifferent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_many_spellings() {
        for text in
            ["07700 900123", "+44 7700 900123", "+44 (0)7700 900123", "0044 7700 900 123", "07700-900123"]
        {
            assert_eq!(read(text).as_deref(), Some("07700900123"), "{text}");
        }
        assert_eq!(read(" A.B@Example.org ").as_deref(), Some("a.b@example.org"));
        assert_eq!(read("+1 202 555 0123").as_deref(), Some("12025550123"));
        assert_eq!(read("999"), None);
        assert!(spellings("07700900123").contains(&"+44 7700 900123".to_owned()));
        assert!(spellings("07700900123").contains(&"07700 900123".to_owned()));
        assert_eq!(spellings("a@b.org"), ["a@b.org"]);
    }
}
