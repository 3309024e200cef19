//! Binary in its native form (R4 Binary): content goes in and comes out as it is, unless client and server speak of the resource.
//!
//! A body of `POST Binary` or `PUT Binary/id` that is not FHIR becomes `data` of a Binary. A read that does not ask for FHIR is answered
//! with `data`. That `X-Security-Context` tells `securityContext` both ways is part of the same form.

use actix_web::http::header::HeaderMap;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fhir_model::Document;
use fhir_model::write::write_string;

use super::negotiation::{Format, MediaType};
use crate::interactions::request::Verb;
use crate::interactions::{Error, Request};

/// The header that tells `Binary.securityContext`.
pub(super) const SECURITY_CONTEXT: &str = "x-security-context";

/// The content of a Binary.
pub(super) struct Native {
    /// `Binary.contentType`
    pub(super) content_type: String,
    /// The reference of `Binary.securityContext`.
    pub(super) security_context: Option<String>,
    /// `Binary.data`
    pub(super) data: Vec<u8>,
}

/// What a client wants of a Binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Native,
    Resource(Format),
}

/// Whether a request writes a Binary.
pub(super) fn is_write(request: &Request) -> bool {
    let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
    matches!((request.verb, path.as_slice()), (Verb::Post, ["Binary"]) | (Verb::Put, ["Binary", _]))
}

/// Whether a request reads a Binary and may mean its content: it names no format of FHIR in the address, and no part of the resource.
pub(super) fn is_read(verb: Option<Verb>, path: &[String], query: &[(String, String)]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let of_resource = |name: &str| matches!(name, "_format" | "_summary" | "_elements");
    matches!(verb, Some(Verb::Get | Verb::Head))
        && matches!(path.as_slice(), ["Binary", id] | ["Binary", id, "_history", _] if !id.starts_with(['$', '_']))
        && !query.iter().any(|(name, _)| of_resource(name))
}

/// Whether a body is content, and not a Binary resource. The types of FHIR are resources; other JSON and XML is one if it says so.
pub(super) fn is_content(content_type: &str, body: &[u8]) -> bool {
    match MediaType::parse(content_type).essence.as_str() {
        "application/fhir+json" | "application/fhir+xml" => false,
        "application/json" | "text/json" => {
            let document = Document::parse_bytes(body.to_vec()).ok();
            document.is_none_or(|document| document.root().resource_type() != Some("Binary"))
        }
        "application/xml" | "text/xml" => !is_binary_in_xml(&String::from_utf8_lossy(body)),
        _ => true,
    }
}

/// Whether the first element is a Binary of FHIR.
fn is_binary_in_xml(text: &str) -> bool {
    let is_name = |rest: &&str| rest.starts_with(|first: char| first.is_ascii_alphabetic());
    let root = text.split('<').skip(1).find(is_name).unwrap_or_default();
    root.starts_with("Binary") && root.contains("http://hl7.org/fhir")
}

/// The Binary resource that content makes.
pub(super) fn resource(
    content_type: &str,
    headers: &HeaderMap,
    id: Option<&String>,
    content: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(content.len() / 3 * 4 + 256);
    out.extend_from_slice(b"{\"resourceType\":\"Binary\"");
    let mut member = |name: &str, value: &str| {
        out.extend_from_slice(format!(",\"{name}\":").as_bytes());
        write_string(value, &mut out);
    };
    if let Some(id) = id {
        member("id", id);
    }
    member("contentType", content_type);
    if let Some(given) = headers.get(SECURITY_CONTEXT) {
        let reference = given.to_str().map_err(|_| {
            Error::BadParameter("X-Security-Context: a reference such as Patient/1 was expected".to_owned())
        })?;
        out.extend_from_slice(b",\"securityContext\":{\"reference\":");
        write_string(reference, &mut out);
        out.push(b'}');
    }
    if !content.is_empty() {
        out.extend_from_slice(b",\"data\":\"");
        out.extend_from_slice(BASE64_STANDARD.encode(content).as_bytes());
        out.push(b'"');
    }
    out.push(b'}');
    Ok(out)
}

/// The content of a stored Binary if the client wants that, else the format in which it wants the resource.
pub(super) fn native(body: &[u8], accept: Option<&str>) -> Result<Result<Native, Format>, Error> {
    let broken = |what: String| Error::Internal(format!("a stored Binary cannot be read: {what}"));
    let document = Document::parse_bytes(body.to_vec()).map_err(|error| broken(error.to_string()))?;
    let root = document.root();
    let content_type = root.get_str("contentType").unwrap_or("application/octet-stream");
    if let Wanted::Resource(format) = wanted(accept, content_type)? {
        return Ok(Err(format));
    }
    let data: String = root.get_str("data").unwrap_or_default().split_ascii_whitespace().collect();
    let context = root.get("securityContext").and_then(|context| context.get_str("reference"));
    Ok(Ok(Native {
        content_type: content_type.to_owned(),
        security_context: context.map(str::to_owned),
        data: BASE64_STANDARD.decode(data).map_err(|error| broken(error.to_string()))?,
    }))
}

/// Of what a client accepts, what it likes best and can have. The resource only where a type of FHIR is named, for reads of
/// a Binary mean its content otherwise; plain JSON and XML are FHIR unless the content is of that type itself.
fn wanted(accept: Option<&str>, content_type: &str) -> Result<Wanted, Error> {
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else { return Ok(Wanted::Native) };
    let own = MediaType::parse(content_type).essence;
    let group = own.split('/').next().unwrap_or_default();
    let mut best: Option<(f32, Wanted)> = None;
    for media in accept.split(',').map(MediaType::parse) {
        let essence = media.essence.as_str();
        let is_content = essence == own || essence == "*/*" || essence.strip_suffix("/*") == Some(group);
        let wanted = match Format::named(essence) {
            _ if is_content && !essence.starts_with("application/fhir+") => Some(Wanted::Native),
            Some(format) if !essence.ends_with('*') && media.is_r4() => Some(Wanted::Resource(format)),
            _ => None,
        };
        if let Some(wanted) = wanted
            && media.weight() > best.map_or(0.0, |(weight, _)| weight)
        {
            best = Some((media.weight(), wanted));
        }
    }
    best.map(|(_, wanted)| wanted)
        .ok_or_else(|| Error::NotContent { accept: accept.to_owned(), content_type: content_type.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_meant_unless_fhir_is_named() {
        let json = Some(Wanted::Resource(Format::Json));
        for (accept, content_type, expected) in [
            (None, "image/png", Some(Wanted::Native)),
            (Some("*/*"), "image/png", Some(Wanted::Native)),
            (Some("image/*"), "image/png", Some(Wanted::Native)),
            (Some("text/html, */*;q=0.8"), "application/pdf", Some(Wanted::Native)),
            (Some("application/pdf"), "application/pdf; version=2", Some(Wanted::Native)),
            (Some("application/fhir+json"), "image/png", json),
            (Some("application/json"), "image/png", json),
            (Some("application/json"), "application/json", Some(Wanted::Native)),
            (Some("application/fhir+json"), "application/fhir+json", json),
            (Some("application/fhir+xml, */*;q=0.1"), "image/png", Some(Wanted::Resource(Format::Xml))),
            (Some("application/fhir+json;q=0.1, image/png"), "image/png", Some(Wanted::Native)),
            (Some("image/gif"), "image/png", None),
            (Some("application/fhir+json; fhirVersion=5.0"), "image/png", None),
        ] {
            assert_eq!(wanted(accept, content_type).ok(), expected, "{accept:?} {content_type}");
        }
    }

    #[test]
    fn bodies_that_are_a_binary_are_told_from_content() {
        for (content_type, body, expected) in [
            ("application/fhir+json", "{}", false),
            ("application/json", r#"{"resourceType":"Binary"}"#, false),
            ("application/json", r#"{"resourceType":"Patient"}"#, true),
            ("application/json", "not json", true),
            ("text/xml", "<?xml version=\"1.0\"?><!-- x --><Binary xmlns=\"http://hl7.org/fhir\"/>", false),
            ("application/xml", "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>", true),
            ("application/pdf", "%PDF", true),
        ] {
            assert_eq!(is_content(content_type, body.as_bytes()), expected, "{content_type} {body}");
        }
    }
}
