//! `encode`, `decode`, `escape` and `unescape`. A format that is not defined gives empty.

use std::borrow::Cow;

use super::{Call, Function};
use crate::error::EvaluateError;
use crate::item::{Collection, Item};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("encode", (1, 1), |call, out| convert(call, out, encode)),
    Function::computed("decode", (1, 1), |call, out| convert(call, out, decode)),
    Function::computed("escape", (1, 1), |call, out| convert(call, out, escape)),
    Function::computed("unescape", (1, 1), |call, out| convert(call, out, unescape)),
];

/// Applies a conversion of a text for a format.
fn convert<'a>(
    call: &Call<'_, 'a>,
    out: &mut Collection<'a>,
    convert: fn(&str, &str) -> Option<String>,
) -> Result<(), EvaluateError> {
    let text = call.text()?;
    if let Some((text, format)) = text.zip(call.argument_text(0)?) {
        out.extend(convert(&text, &format).map(|text| Item::String(Cow::Owned(text))));
    }
    Ok(())
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn encode(text: &str, format: &str) -> Option<String> {
    match format {
        "hex" => Some(text.bytes().map(|byte| format!("{byte:02x}")).collect()),
        "base64" => Some(to_base64(text.as_bytes(), BASE64)),
        "urlbase64" => Some(to_base64(text.as_bytes(), URL_BASE64)),
        _ => None,
    }
}

fn decode(text: &str, format: &str) -> Option<String> {
    let bytes = match format {
        "hex" => from_hex(text),
        "base64" => from_base64(text, BASE64),
        "urlbase64" => from_base64(text, URL_BASE64),
        _ => None,
    };
    String::from_utf8(bytes?).ok()
}

fn to_base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            let index = bits >> (18 - 6 * position) & 63;
            let digit = alphabet.get(index as usize).copied().unwrap_or(b'=');
            text.push(if position > chunk.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

fn from_base64(text: &str, alphabet: &[u8; 64]) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    let (mut bits, mut count) = (0u32, 0u32);
    for digit in digits.bytes() {
        let value = alphabet.iter().position(|letter| *letter == digit)?;
        bits = (bits << 6 | u32::try_from(value).ok()?) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    let byte = |pair: &[u32]| u8::try_from(pair.iter().fold(0, |byte, digit| byte << 4 | digit)).ok();
    digits.chunks(2).map(byte).collect()
}

/// The characters that HTML escapes, with what stands for them.
const HTML_ESCAPES: [(char, &str); 5] =
    [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;"), ('\'', "&#39;")];
/// The characters that JSON escapes with a letter.
const JSON_ESCAPES: [(char, char); 7] =
    [('"', '"'), ('\\', '\\'), ('\u{8}', 'b'), ('\u{c}', 'f'), ('\n', 'n'), ('\r', 'r'), ('\t', 't')];

fn escape(text: &str, format: &str) -> Option<String> {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match format {
            "html" => match HTML_ESCAPES.iter().find(|(plain, _)| *plain == c) {
                Some((_, entity)) => escaped.push_str(entity),
                None => escaped.push(c),
            },
            "json" => match JSON_ESCAPES.iter().find(|(plain, _)| *plain == c) {
                Some((_, letter)) => escaped.extend(['\\', *letter]),
                None if c.is_control() => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
                None => escaped.push(c),
            },
            _ => return None,
        }
    }
    Some(escaped)
}

fn unescape(text: &str, format: &str) -> Option<String> {
    match format {
        "html" => Some(unescape_html(text)),
        "json" => unescape_json(text),
        _ => None,
    }
}

fn unescape_html(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        plain.push_str(before);
        let found = HTML_ESCAPES
            .iter()
            .find_map(|(c, escape)| Some((*c, entity.strip_prefix(escape.strip_prefix('&')?)?)));
        (plain, rest) = match found {
            Some((c, after)) => (plain + c.encode_utf8(&mut [0; 4]), after),
            None => (plain + "&", entity),
        };
    }
    plain + rest
}

fn unescape_json(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        let letter = chars.next()?;
        let unescaped = match letter {
            'u' => {
                let digits: String = chars.by_ref().take(4).collect();
                u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)?
            }
            '/' => '/',
            _ => JSON_ESCAPES.iter().find(|(_, own)| *own == letter).map(|(plain, _)| *plain)?,
        };
        plain.push(unescaped);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(text in "\\PC{0,20}") {
            for format in ["hex", "base64", "urlbase64"] {
                let encoded = encode(&text, format).unwrap();
                prop_assert_eq!(decode(&encoded, format), Some(text.clone()));
            }
            for format in ["html", "json"] {
                let escaped = escape(&text, format).unwrap();
                prop_assert_eq!(unescape(&escaped, format), Some(text.clone()));
            }
        }

        #[test]
        fn any_text_decodes_or_is_refused(text in "\\PC{0,20}") {
            for format in ["hex", "base64", "urlbase64"] {
                let _ = decode(&text, format);
            }
            let _ = unescape(&text, "html");
            let _ = unescape(&text, "json");
        }
    }
}
