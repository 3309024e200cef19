//! One entry of a batch or transaction, as the request it stands for.

use fhir_model::Node;

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
        for name in ["ifNoneMatch", "ifModifiedSince"] {
            if text(name).is_some() {
                return Err(wrap(Error::BadParameter(format!(
                    "request.{name} is not supported by this server"
                ))));
            }
        }
        let below = url.strip_prefix(base).unwrap_or(url);
        let (path, query) = below.split_once('?').unwrap_or((below, ""));
        Ok(Self {
            index,
            full_url: node.get_str("fullUrl"),
            resource: node.get("resource"),
            verb,
            url,
            path: parse_path(path),
            query: parse_query(query),
            conditions: Conditions { if_match: text("ifMatch"), if_none_exist: text("ifNoneExist") },
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
    pub(super) fn to_request(&self, outer: &Request) -> Request {
        Request {
            verb: self.verb,
            path: self.path.clone(),
            query: self.query.clone(),
            body: self.resource.map(fhir_model::write::to_vec).unwrap_or_default(),
            media: Media::Json,
            conditions: self.conditions.clone(),
            prefer: outer.prefer,
            base: outer.base.clone(),
        }
    }
}
