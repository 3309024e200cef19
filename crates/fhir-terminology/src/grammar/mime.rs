//! Media types: BCP 13 (RFC 6838, with the syntax of RFC 2045 and RFC 9110).

/// Whether a code is a media type: `application/fhir+json; fhirVersion=4.0`. FHIR R4 also admits `xml`, `json` and
/// `ttl`, the short forms of `_format`, where it binds media types (`CapabilityStatement.format`).
pub(crate) fn is_media_type(code: &str) -> bool {
    if matches!(code, "xml" | "json" | "ttl") {
        return true;
    }
    let (essence, parameters) =
        code.split_once(';').map_or((code, None), |(type_, rest)| (type_, Some(rest)));
    let is_essence = essence
        .trim_end()
        .split_once('/')
        .is_some_and(|(type_, subtype)| is_restricted_name(type_) && is_restricted_name(subtype));
    is_essence && parameters.is_none_or(are_parameters)
}

/// RFC 6838, section 4.2.
fn is_restricted_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
    name.len() <= 127
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(is_allowed)
}

/// `name=value; name="quoted value"`.
fn are_parameters(text: &str) -> bool {
    let mut rest = text;
    loop {
        let Some((name, after)) = rest.split_once('=') else {
            return false;
        };
        let (value, following) = match after.strip_prefix('"') {
            Some(quoted) => match end_of_quoted(quoted).and_then(|end| quoted.split_at_checked(end)) {
                Some((_, following)) => (None, following.get(1..).unwrap_or_default()),
                None => return false,
            },
            None => {
                let end = after.find(';').unwrap_or(after.len());
                after.split_at_checked(end).map_or((Some(after), ""), |(value, rest)| (Some(value), rest))
            }
        };
        if !is_token(name.trim()) || value.is_some_and(|value| !is_token(value.trim())) {
            return false;
        }
        match following.trim_start().strip_prefix(';') {
            Some(next) => rest = next,
            None => return following.trim().is_empty(),
        }
    }
}

/// Where the closing quote of a quoted string is.
fn end_of_quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_have_a_type_a_subtype_and_parameters() {
        for code in [
            "text/plain",
            "application/fhir+json;fhirVersion=4.0",
            "application/fhir+xml; fhirVersion=4.0",
            "text/plain; charset=\"utf-8\"; format=flowed",
            "image/svg+xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "json",
        ] {
            assert!(is_media_type(code), "{code}");
        }
        for code in [
            "",
            "text",
            "text/",
            "/plain",
            "text/pl ain",
            "text/plain;",
            "a/b; c",
            "a/b; c=\"d",
            "a/b; =d",
            "é/b",
        ] {
            assert!(!is_media_type(code), "{code}");
        }
    }
}
