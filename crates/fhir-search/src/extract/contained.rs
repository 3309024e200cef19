//! The keys of contained resources.

use fhir_model::Node;

use super::Extractor;
use crate::contained::{self, ContainedKeys};

/// The keys of all resources that a resource contains. One without an id, or with that of an earlier one, cannot be told by anyone and
/// has none; nor has one of an unknown type.
pub(super) fn extract<'a>(extractor: &'a Extractor, container: Node<'a>) -> Vec<ContainedKeys> {
    let mut all: Vec<ContainedKeys> = Vec::new();
    for resource in container.get("contained").into_iter().flat_map(Node::items) {
        let (Some(resource_type), Some(id)) = (resource.resource_type(), resource.get_str("id")) else {
            continue;
        };
        if all.iter().any(|earlier| *earlier.id == *id) {
            continue;
        }
        if let Some(keys) = extractor.extract_contained(resource_type, id, resource) {
            all.push(ContainedKeys { kind: contained::kind(resource_type), id: id.into(), keys });
        }
    }
    all
}
