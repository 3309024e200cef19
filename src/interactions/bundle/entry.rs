//! One entry of a batch or transaction, as the request it stands for.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fhir_model::Node;
use fhir_model::primitive::DateTime;

use crate::interactions::Error;
use crate::interactions::request::{Conditions, Media, Request, Verb, parse_path, parse_query};

/// An entry with its place in the Bundle.
pub(super) struct Entry<'a> {
    /// Position in `Bundle.entry`.
    pub(super) index: usize,
    /// `fullUrl`.
    pub(super) full_url: Option<&'a str>,
    /// `resource`.
    pub(super) resource: Option<Node<'a>>,
    /// `request.method`.
    pub(super) verb: Verb,
    /// `request.url` as it was given.
    pub(super) url: &'a str,
    /// The path of `request.url`, below the base.
    pub(super) path: Vec<String>,
    /// The query of `request.url`.
    pub(super) query: Vec<(String, String)>,
    /// `request.ifMatch` and its like.
    pub(super) conditions: Conditions,
}

impl<'a> Entry<'a> {
    /// All entries of a Bundle; the first that is no request is the error.
    pub(super) fn all(bundle: Node<'a>, request: &Request) -> Result<Vec<Self>, Error> {
        Self::each(bundle, request).collect()
    }

    /// The entries of a Bundle, each parsed for itself.
    pub(super) fn each(bundle: Node<'a>, request: &Request) -> impl Iterator<Item = Result<Self, Error>> {
        let entries = bundle.get("entry").into_iter().flat_map(Node::items);
        entries.enumerate().map(move |(index, node)| Self::parse(index, node, &request.base))
    }

    fn parse(index: usize, node: Node<'a>, base: &str) -> Result<Self, Error> {
        let request = node.get("request");
        let method = request.and_then(|request| request.get_str("method")).unwrap_or_default();
        let url = request.and_then(|request| request.get_str("url")).unwrap_or_default();
        let wrap = |source| Error::Entry {
            index,
            verb: method.to_owned(),
            url: url.to_owned(),
            source: Box::new(source),
        };
        let text = |name: &str| request.and_then(|request| request.get_str(name)).map(str::to_owned);
        let Some(verb) = Verb::of(method) else {
            return Err(wrap(Error::BadParameter("request.method and request.url were expected".into())));
        };
        let since = request.and_then(|request| request.get_str("ifModifiedSince")).map(|since| {
            let instant = DateTime::parse_instant(since);
            instant
                .map(|instant| instant.range_micros(0).0)
                .map_err(|error| wrap(Error::BadParameter(format!("request.ifModifiedSince: {error}"))))
        });
        let below = url.strip_prefix(base).unwrap_or(url);
        let (path, query) = below.split_once('?').unwrap_or((below, ""));
        Ok(Self {
            index,
            full_url: node.get_str("fullUrl"),
            resource: node.get("resource"),
            verb,
            url,
            path: parse_path(path),
            query: parse_query(query.as_bytes()).map_err(wrap)?,
            conditions: Conditions {
                if_match: text("ifMatch"),
                if_none_match: text("ifNoneMatch"),
                if_modified_since: since.transpose()?,
                if_none_exist: text("ifNoneExist"),
            },
        })
    }

    /// An error of this entry, named after it.
    pub(super) fn error(&self, source: Error) -> Error {
        Error::Entry {
            index: self.index,
            verb: self.verb.name().to_owned(),
            url: self.url.to_owned(),
            source: Box::new(source),
        }
    }

    /// The entry as a request of its own.
    pub(super) fn to_request(&self, outer: &Request) -> Result<Request, Error> {
        let (media, body) = match self.resource {
            Some(binary) if self.verb == Verb::Patch && binary.resource_type() == Some("Binary") => {
                patch_in(binary)?
            }
            resource => (Media::Json, resource.map(fhir_model::write::to_vec).unwrap_or_default()),
        };
        Ok(Request {
            verb: self.verb,
            path: self.path.clone(),
            query: self.query.clone(),
            body,
            media,
            conditions: self.conditions.clone(),
            prefer: outer.prefer,
            provenance: None,
            may_be_older: false,
            base: outer.base.clone(),
        })
    }
}

/// The patch that a Binary carries, since a Bundle has no other place for one that is no resource (R4 HTTP 3.1.0.11.7).
fn patch_in(binary: Node<'_>) -> Result<(Media, Vec<u8>), Error> {
    let content_type = binary.get_str("contentType").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let media = [Media::JsonPatch, Media::XmlPatch, Media::Json, Media::Xml]
        .into_iter()
        .find(|media| media.name().eq_ignore_ascii_case(essence));
    let media = media.ok_or_else(|| Error::UnsupportedMediaType(content_type.to_owned()))?;
    let text: String = binary.get_str("data").unwrap_or_default().split_ascii_whitespace().collect();
    let body = BASE64_STANDARD.decode(text);
    body.map(|body| (media, body))
        .map_err(|error| Error::BadParameter(format!("Binary.data is not base64: {error}")))
}
