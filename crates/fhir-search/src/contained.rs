//! Contained resources as searches see them: resources of types of their own, which no other search looks at.
//!
//! A Medication that a MedicationRequest contains is of the kind `#Medication`. Its search parameters are those of Medication with
//! other numbers, so its keys lie apart from those of Medications. The container refers to it by the parameter [`LINK`]: to search
//! containers is to follow a chain.

use crate::keys::SearchKeys;

/// Type and code under which the parameter has its number that leads from containers to what they contain.
pub const LINK: (&str, &str) = ("#", "contained");

/// The code under which a contained resource is found by its own id, as `_id` is no key of others.
pub(crate) const ID: &str = "_id";

/// The kind of contained resources of a type: `#Medication`.
pub fn kind(resource_type: &str) -> Box<str> {
    format!("#{resource_type}").into()
}

/// The type of the resources of a kind; `None` where they are not contained.
pub fn resource_type(kind: &str) -> Option<&str> {
    kind.strip_prefix('#')
}

/// What one contained resource contributes to the index tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainedKeys {
    /// As [`kind`] gives it.
    pub kind: Box<str>,
    /// The id, which is unique within the container.
    pub id: Box<str>,
    /// Its keys, by parameters of contained resources.
    pub keys: SearchKeys,
}
