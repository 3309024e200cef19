//! What an expression can ask of its surroundings: other resources, terminology, profiles.

use fhir_model::Node;

use crate::item::{Element, Item};

/// Answers what an expression alone cannot know. Every method has a default.
pub trait Host {
    /// The target of a reference that stands in the document of `from`, `root` being its outermost
    /// resource. The default finds contained resources and entries of a bundle.
    fn resolve<'a>(&'a self, reference: &str, from: Node<'a>, root: Node<'a>) -> Option<Node<'a>> {
        resolve_locally(reference, from, root)
    }

    /// Whether a reference that does not resolve still counts as a resource of the type that it names, so
    /// that `resolve() is Patient` can be told of `Patient/1` alone.
    fn trusts_references(&self) -> bool {
        true
    }

    /// Whether a code, Coding or CodeableConcept is in a value set; `None` when the value set is not known.
    fn member_of(&self, item: &Item<'_>, value_set: &str) -> Option<bool> {
        let _ = (item, value_set);
        None
    }

    /// Whether an element conforms to a profile; `None` when the profile is not known. Asked only for
    /// profiles that are not types of FHIR itself.
    fn conforms_to(&self, element: &Element<'_>, profile: &str) -> Option<bool> {
        let _ = (element, profile);
        None
    }

    /// Receives what `trace()` is given.
    fn trace(&self, name: &str, items: &[Item<'_>]) {
        let _ = (name, items);
    }
}

/// A host that knows nothing beyond the document at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalHost;

impl Host for LocalHost {}

/// Resolves a reference within its document: `#id` to a contained resource of the resource that encloses
/// `from`, anything else to the entry of a Bundle with that `fullUrl`, or with a `fullUrl` that ends in the
/// relative reference.
pub fn resolve_locally<'a>(reference: &str, from: Node<'a>, root: Node<'a>) -> Option<Node<'a>> {
    if let Some(id) = reference.strip_prefix('#') {
        let owner = enclosing_resource(from, root);
        return if id.is_empty() {
            Some(owner)
        } else {
            contained(owner, id).or_else(|| contained(root, id))
        };
    }
    if root.resource_type() != Some("Bundle") {
        return None;
    }
    let reference = reference.split_once("/_history/").map_or(reference, |(unversioned, _)| unversioned);
    let mut entries = root.get("entry").into_iter().flat_map(Node::each);
    entries.find(|entry| is_target(*entry, reference)).and_then(|entry| entry.get("resource"))
}

fn contained<'a>(owner: Node<'a>, id: &str) -> Option<Node<'a>> {
    owner.get("contained")?.each().find(|resource| resource.get_str("id") == Some(id))
}

fn is_target(entry: Node<'_>, reference: &str) -> bool {
    if let Some(full_url) = entry.get_str("fullUrl") {
        let relative = full_url.strip_suffix(reference).is_some_and(|base| base.ends_with('/'));
        if full_url == reference || relative {
            return true;
        }
    }
    let Some(resource) = entry.get("resource") else { return false };
    let Some((type_name, id)) = reference.split_once('/') else { return false };
    entry.get("fullUrl").is_none()
        && resource.resource_type() == Some(type_name)
        && resource.get_str("id") == Some(id)
}

/// The innermost resource around a node that is not itself a contained one.
fn enclosing_resource<'a>(node: Node<'a>, root: Node<'a>) -> Node<'a> {
    let mut owner = root;
    let mut at = root;
    while at.index() < node.index() {
        // Nodes are numbered in document order, so the last child that does not start after the node is
        // the one that holds it.
        let children = at.members().map(|(key, child)| (key != "contained", child));
        let items = at.items().map(|child| (true, child));
        let Some((is_own, child)) =
            children.chain(items).take_while(|(_, c)| c.index() <= node.index()).last()
        else {
            return owner;
        };
        if !is_own {
            return owner;
        }
        if child.resource_type().is_some() {
            owner = child;
        }
        at = child;
    }
    owner
}
