//! A request, free of the protocol that brought it: HTTP, or an entry of a Bundle.

use serde::{Deserialize, Serialize};

use super::Error;

/// What a client asks for. As JSON it is without its body.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The HTTP method.
    pub verb: Verb,
    /// The segments of the path below the base, decoded.
    pub path: Vec<String>,
    /// The parameters of the query and, for `POST _search`, of the form, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The body; empty where there is none.
    #[serde(skip)]
    pub body: Vec<u8>,
    /// What the body is.
    pub media: Media,
    /// The headers that make a request conditional.
    pub conditions: Conditions,
    /// The `Prefer` header.
    pub prefer: Prefer,
    /// The `X-Provenance` header: a Provenance in JSON.
    pub provenance: Option<Vec<u8>>,
    /// Whether a search or history may be answered from a state that is older than the last writes, where the operator has a standby.
    pub may_be_older: bool,
    /// The address of this server as the client knows it, without a slash at the end: what links begin with.
    pub base: String,
}

impl Request {
    /// A Bundle in JSON, posted to the base.
    pub fn bundle(body: Vec<u8>, base: &str) -> Self {
        Self {
            verb: Verb::Post,
            path: Vec::new(),
            query: Vec::new(),
            body,
            media: Media::Json,
            conditions: Conditions::default(),
            prefer: Prefer::default(),
            provenance: None,
            may_be_older: false,
            base: base.to_owned(),
        }
    }
}

/// What a body is, by its media type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Media {
    /// A resource in JSON.
    #[default]
    Json,
    /// A resource in XML.
    Xml,
    /// A JSON Patch (RFC 6902).
    JsonPatch,
    /// An XML Patch (RFC 5261).
    XmlPatch,
    /// A query in GraphQL.
    GraphQl,
}

impl Media {
    /// The media type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json",
            Self::Xml => "application/fhir+xml",
            Self::JsonPatch => "application/json-patch+json",
            Self::XmlPatch => "application/xml-patch+xml",
            Self::GraphQl => "application/graphql",
        }
    }
}

/// HTTP methods that FHIR uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names of the HTTP methods")]
pub enum Verb {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

/// Conditional headers, or their twins in `Bundle.entry.request`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Conditions {
    /// `If-Match`: an ETag.
    pub if_match: Option<String>,
    /// `If-None-Match`: ETags for a read, `*` for a write.
    pub if_none_match: Option<String>,
    /// `If-Modified-Since`, in microseconds since 1970.
    pub if_modified_since: Option<i64>,
    /// `If-None-Exist`: a search of the type created.
    pub if_none_exist: Option<String>,
}

/// The `Prefer` header (R4 HTTP 3.1.0.1.10 and search 3.1.1.1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefer {
    /// `return=`
    pub returns: Option<Returns>,
    /// `handling=lenient`
    pub lenient: bool,
    /// `respond-async`
    pub respond_async: bool,
}

/// What a write answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Returns {
    /// No body.
    Minimal,
    /// The resource as it is now stored.
    Representation,
    /// An OperationOutcome.
    OperationOutcome,
}

impl Prefer {
    /// Parses the values of `Prefer` headers. Preferences of others are theirs and ignored, as RFC 7240 asks; a value that
    /// FHIR does not define for `return` or `handling` is an error, and its text is returned.
    pub fn parse<'a>(headers: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut prefer = Self::default();
        for preference in headers.flat_map(|header| header.split([',', ';'])) {
            let Some((name, value)) = preference.split_once('=') else {
                prefer.respond_async |= preference.trim().eq_ignore_ascii_case("respond-async");
                continue;
            };
            let value = value.trim().trim_matches('"');
            match (name.trim().to_ascii_lowercase().as_str(), value.to_ascii_lowercase().as_str()) {
                ("return", "minimal") => prefer.returns = Some(Returns::Minimal),
                ("return", "representation") => prefer.returns = Some(Returns::Representation),
                ("return", "operationoutcome") => prefer.returns = Some(Returns::OperationOutcome),
                ("handling", "lenient") => prefer.lenient = true,
                ("handling", "strict") => prefer.lenient = false,
                ("return" | "handling", _) => return Err(preference.trim().to_owned()),
                _ => {}
            }
        }
        Ok(prefer)
    }
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// The name as in HTTP.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The verb of that name, as it stands in HTTP and in `Bundle.entry.request.method`.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.name() == name)
    }
}

/// Splits and decodes a query string or a form body.
///
/// # Errors
/// The first name or value that is not the text of a request: percent-encoded bytes that are not UTF-8, or a NUL.
pub fn parse_query(text: &[u8]) -> Result<Vec<(String, String)>, Error> {
    let pairs = text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let split = pair.iter().position(|byte| *byte == b'=').and_then(|at| pair.split_at_checked(at));
            let (name, value) =
                split.map_or((pair, &[][..]), |(name, rest)| (name, rest.get(1..).unwrap_or_default()));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

/// One name or value of a form.
fn decoded(text: &[u8]) -> Result<String, Error> {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let decoded = percent_encoding::percent_decode(&spaced).decode_utf8();
    match decoded {
        Ok(decoded) if !decoded.contains('\0') => Ok(decoded.into_owned()),
        _ => {
            let shown: String = String::from_utf8_lossy(text).chars().take(64).collect();
            Err(Error::BadParameter(format!("'{shown}' is not UTF-8 text, or has a NUL character in it")))
        }
    }
}

/// Splits and decodes a path into its segments; empty ones (doubled or trailing slashes) are left out.
pub fn parse_path(text: &str) -> Vec<String> {
    let segments = text.split('/').filter(|segment| !segment.is_empty());
    segments
        .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefer_knows_its_own_and_leaves_the_rest() {
        let prefer =
            Prefer::parse(["return=minimal; handling=lenient, respond-async", "wait=10"].into_iter());
        assert_eq!(
            prefer,
            Ok(Prefer { returns: Some(Returns::Minimal), lenient: true, respond_async: true })
        );
        assert_eq!(Prefer::parse(["return=everything"].into_iter()), Err("return=everything".to_owned()));
    }

    #[test]
    fn paths_and_queries_are_decoded() {
        assert_eq!(parse_path("/Patient/a%20b//"), ["Patient", "a b"]);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            parse_query(b"a=1%2C2&&b=x+y%2Bz&c&d=e=f&=g").unwrap(),
            [pair("a", "1,2"), pair("b", "x y+z"), pair("c", ""), pair("d", "e=f"), pair("", "g")]
        );
        assert_eq!(parse_query(b"").unwrap(), []);
        for bad in ["a=%FF", "%C3=1", "a=b%00c"] {
            assert!(matches!(parse_query(bad.as_bytes()), Err(Error::BadParameter(_))), "{bad}");
        }
    }
}
