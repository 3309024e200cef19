//! `\,`, `\|`, `\$` and `\\` (R4 search, 3.1.1.4.3).

use crate::refusal::Refusal;

/// Splits at the separators that have no backslash before them. The parts keep their backslashes.
pub(crate) fn split(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == separator {
            parts.push(String::new());
            continue;
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
            if letter == '\\' {
                part.extend(letters.next());
            }
        }
    }
    parts
}

/// What a text with backslashes stands for.
pub(crate) fn plain(text: &str) -> Result<String, Refusal> {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let meant = if letter == '\\' { letters.next() } else { Some(letter) };
        match meant {
            Some(meant) if letter != '\\' || ",|$\\".contains(meant) => plain.push(meant),
            _ => {
                return Refusal::invalid(format!(
                    "a backslash in '{text}' stands before nothing that it can escape"
                ));
            }
        }
    }
    Ok(plain)
}
