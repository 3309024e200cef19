//! The resources that are searched: all current versions, in memory.

use fhir_model::{Document, Node};

/// Type and id of a resource.
pub type Key = (String, String);

/// All resources of a server.
#[derive(Debug, Default)]
pub struct Population {
    /// In no order.
    pub resources: Vec<Stored>,
}

/// The current version of a resource, as the server returns it: `id` and `meta` included.
#[derive(Debug)]
pub struct Stored {
    /// Type and id.
    pub key: Key,
    /// The resource.
    pub document: Document,
}

impl Stored {
    /// A resource; `None` without a type or an id.
    pub fn new(document: Document) -> Option<Self> {
        let root = document.root();
        let key = (root.resource_type()?.to_owned(), root.get_str("id")?.to_owned());
        Some(Self { key, document })
    }

    /// The resource type.
    pub fn kind(&self) -> &str {
        &self.key.0
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.key.1
    }

    /// The resource.
    pub fn root(&self) -> Node<'_> {
        self.document.root()
    }

    /// `meta.lastUpdated`
    pub(crate) fn last_updated(&self) -> Option<&str> {
        self.root().get("meta")?.get_str("lastUpdated")
    }
}

impl Population {
    /// The resource of that type and id.
    pub fn find(&self, kind: &str, id: &str) -> Option<&Stored> {
        self.of_type(kind).find(|resource| resource.id() == id)
    }

    /// The resources of a type.
    pub fn of_type(&self, kind: &str) -> impl Iterator<Item = &Stored> {
        self.resources.iter().filter(move |resource| resource.kind() == kind)
    }
}
