//! The entries of a bundle, and how references find them (R4 Bundle, 2.36.4.1).

use std::collections::HashMap;

use fhir_model::Node;
use fhir_model::reference::Reference;

/// One entry.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The entry itself.
    pub(super) node: Node<'a>,
    /// Its `fullUrl`.
    pub(super) full_url: Option<&'a str>,
    /// Its resource.
    pub(super) resource: Option<Node<'a>>,
}

/// All entries of a bundle, in their order.
pub(super) struct Entries<'a> {
    pub(super) all: Vec<Entry<'a>>,
    by_url: HashMap<&'a str, Vec<usize>>,
    by_identity: HashMap<(&'a str, &'a str), Vec<usize>>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(bundle: Node<'a>) -> Self {
        let entries = bundle.get("entry").into_iter().flat_map(Node::items);
        let all: Vec<Entry<'a>> = entries
            .map(|node| Entry { node, full_url: node.get_str("fullUrl"), resource: node.get("resource") })
            .collect();
        let mut by_url: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut by_identity: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for (position, entry) in all.iter().enumerate() {
            if let Some(url) = entry.full_url {
                by_url.entry(url).or_default().push(position);
            }
            if let Some(identity) = entry.identity() {
                by_identity.entry(identity).or_default().push(position);
            }
        }
        Self { all, by_url, by_identity }
    }

    /// The positions of the entries that a reference in the entry `from` leads to: a relative one is read against the
    /// base of the entry's own `fullUrl`, and a version is looked for in `meta.versionId`.
    pub(super) fn resolve(&self, from: Entry<'_>, reference: &str) -> Vec<usize> {
        let (url, version) = match reference.split_once("/_history/") {
            Some((url, version)) => (url, Some(version)),
            None => (reference, None),
        };
        let found = match (Reference::parse(url), from.full_url.map(Reference::parse)) {
            (Reference::Relative { .. }, Some(Reference::Absolute { base, .. })) => {
                self.at(&format!("{base}/{url}"))
            }
            (Reference::Relative { resource_type, id, .. }, None) => {
                self.by_identity.get(&(resource_type, id)).cloned().unwrap_or_default()
            }
            (Reference::Absolute { .. } | Reference::Urn(_) | Reference::Other(_), _) => self.at(url),
            _ => Vec::new(),
        };
        let has_version = |position: &usize| {
            version.is_none() || self.all.get(*position).and_then(Entry::version) == version
        };
        found.into_iter().filter(has_version).collect()
    }

    fn at(&self, url: &str) -> Vec<usize> {
        self.by_url.get(url).cloned().unwrap_or_default()
    }
}

impl<'a> Entry<'a> {
    /// Type and id of the resource.
    fn identity(&self) -> Option<(&'a str, &'a str)> {
        Some((self.resource?.resource_type()?, self.resource?.get_str("id")?))
    }

    /// The version of the resource.
    fn version(&self) -> Option<&'a str> {
        self.resource?.get("meta")?.get_str("versionId")
    }
}
