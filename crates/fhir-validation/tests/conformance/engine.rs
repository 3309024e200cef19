//! The validator under test over the embedded definitions and those of a case.

use std::sync::{Arc, OnceLock};

use fhir_definitions::{PackageContents, PackageResource, Registry};
use fhir_model::{Document, Issue, Node};
use fhir_terminology::Terminology;
use fhir_validation::{References, Settings, Validator};

/// A validator with what it needs to know.
pub(crate) struct Engine {
    pub(crate) registry: Arc<Registry>,
    validator: Validator,
}

impl Engine {
    /// With the default settings over the embedded definitions, built once for all tests.
    pub(crate) fn embedded() -> &'static Self {
        static ENGINE: OnceLock<Engine> = OnceLock::new();
        ENGINE.get_or_init(|| Self::new(Vec::new(), Settings::default()))
    }

    /// Over the embedded definitions and further ones.
    pub(crate) fn new(definitions: Vec<PackageResource>, settings: Settings) -> Self {
        let package =
            PackageContents { name: "case".to_owned(), version: "1".to_owned(), resources: definitions };
        let registry = Arc::new(Registry::build(vec![package]).unwrap());
        let terminology = Arc::new(Terminology::new(Arc::clone(&registry)));
        Self { validator: Validator::new(Arc::clone(&registry), terminology, settings), registry }
    }

    /// The issues of a resource against its type, the profiles it claims and the given ones.
    pub(crate) fn validate(&self, resource: &Document, profiles: &[&str], others: &[Document]) -> Vec<Issue> {
        self.validator.validate(resource.root(), profiles, &Others(others))
    }
}

/// Resources that are found by `Type/id` and by their canonical.
struct Others<'d>(&'d [Document]);

impl References for Others<'_> {
    fn resolve(&self, reference: &str) -> Option<Node<'_>> {
        let is_meant = |resource: &Node<'_>| {
            let member = |name| resource.get_str(name).unwrap_or_default();
            let (url, version) = (member("url"), member("version"));
            let literal = format!("{}/{}", member("resourceType"), member("id"));
            let canonical = reference == url || reference == format!("{url}|{version}");
            reference == literal || (!url.is_empty() && canonical)
        };
        self.0.iter().map(Document::root).find(is_meant)
    }
}
