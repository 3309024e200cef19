//! Finds the targets of references: contained resources, entries of the Bundle, and what the caller knows beyond.

use std::collections::HashMap;

use fhir_model::Node;

use crate::references::References;

/// A resource that a reference means.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) node: Node<'a>,
    pub(super) place: Place,
}

/// Where the target of a reference stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In `contained` of the resource that refers to it.
    Contained,
    /// An entry of the same Bundle.
    Bundled,
    /// Beyond the outermost resource.
    Outside,
}

/// The resources that can be found from one outermost resource.
pub(super) struct Resolver<'a> {
    references: &'a dyn References,
    /// Entries of a Bundle by `fullUrl`, and by type and id as far as those tell.
    entries: HashMap<&'a str, Node<'a>>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(root: Node<'a>, references: &'a dyn References) -> Self {
        let is_bundle = root.resource_type() == Some("Bundle");
        Self { references, entries: if is_bundle { index(root) } else { HashMap::new() } }
    }

    /// The target of a reference in a resource whose contained resources stand in `owner`.
    pub(super) fn resolve(&self, reference: &str, owner: Node<'a>) -> Option<Found<'a>> {
        if let Some(id) = reference.strip_prefix('#') {
            let node = if id.is_empty() { Some(owner) } else { contained(owner, id) };
            return node.map(|node| Found { node, place: Place::Contained });
        }
        let bundled = self.entry(reference).map(|node| Found { node, place: Place::Bundled });
        bundled.or_else(|| {
            let node = self.references.resolve(reference)?;
            Some(Found { node, place: Place::Outside })
        })
    }

    fn entry(&self, reference: &str) -> Option<Node<'a>> {
        if self.entries.is_empty() {
            return None;
        }
        let unversioned = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
        self.entries.get(unversioned).copied()
    }
}

fn contained<'a>(owner: Node<'a>, id: &str) -> Option<Node<'a>> {
    owner.get("contained")?.items().find(|resource| resource.get_str("id") == Some(id))
}

fn index(bundle: Node<'_>) -> HashMap<&str, Node<'_>> {
    let mut index = HashMap::new();
    for entry in bundle.get("entry").into_iter().flat_map(Node::items) {
        let (Some(full_url), Some(resource)) = (entry.get_str("fullUrl"), entry.get("resource")) else {
            continue;
        };
        index.entry(full_url).or_insert(resource);
        if let Some(relative) = relative(full_url) {
            index.entry(relative).or_insert(resource);
        }
    }
    index
}

/// `Patient/1` of `https://example.org/fhir/Patient/1`.
fn relative(full_url: &str) -> Option<&str> {
    let (before, _) = full_url.rsplit_once('/')?;
    let start = before.rfind('/').map_or(0, |slash| slash + 1);
    full_url.get(start..)
}
