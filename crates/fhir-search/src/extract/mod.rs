//! From a resource to the keys by which it is found.

mod computed;
mod contained;
pub(crate) mod element;
mod narrative;
mod pass;
mod sink;
mod words;

use std::sync::Arc;

use fhir_model::Node;
use fhir_model::types::TypeModel;

use self::pass::Pass;
use self::words::TextTypes;
use crate::hash::KeyHasher;
use crate::keys::SearchKeys;
use crate::parameters::Parameters;

/// Computes the [`SearchKeys`] of resources. Never fails: values that are not of their type give no keys, and
/// validation has the say about them.
pub struct Extractor {
    types: Arc<TypeModel>,
    parameters: Arc<Parameters>,
    hasher: KeyHasher,
    settings: ExtractSettings,
    texts: TextTypes,
}

/// What the keys of a database depend on besides the definitions.
#[derive(Clone, Debug)]
pub struct ExtractSettings {
    /// The base urls of this server, without a slash at the end: references below them are references to its own resources.
    pub own_base_urls: Vec<String>,
    /// Minutes ahead of UTC for dates that tell no time zone.
    pub default_offset_minutes: i16,
    /// Whether the words of texts are wanted, for `_text` and `_content`.
    pub full_text: bool,
}

impl Default for ExtractSettings {
    fn default() -> Self {
        Self { own_base_urls: Vec::new(), default_offset_minutes: 0, full_text: true }
    }
}

impl Extractor {
    /// An extractor for the parameters of a registry whose types are `types`.
    pub fn new(
        types: Arc<TypeModel>,
        parameters: Arc<Parameters>,
        hasher: KeyHasher,
        settings: ExtractSettings,
    ) -> Self {
        let texts = TextTypes::new(&types);
        Self { types, parameters, hasher, settings, texts }
    }

    /// The keys of a resource; none for a type that the registry does not know.
    pub fn extract<'a>(&'a self, resource: Node<'a>) -> SearchKeys {
        let resource_type = resource.resource_type().unwrap_or_default();
        let Some(plan) = self.parameters.plan(resource_type) else { return SearchKeys::default() };
        let mut keys = Pass::new(self, resource_type, resource).run(plan);
        self.add_words(resource, &mut keys);
        keys.contained = contained::extract(self, resource);
        keys
    }

    /// The keys of a contained resource; none for a type that the registry does not know.
    fn extract_contained<'a>(
        &'a self,
        resource_type: &str,
        id: &str,
        resource: Node<'a>,
    ) -> Option<SearchKeys> {
        let plan = self.parameters.plan(resource_type)?;
        let mut keys = Pass::new(self, resource_type, resource).run_contained(plan, resource_type, id);
        self.add_words(resource, &mut keys);
        Some(keys)
    }

    fn add_words(&self, resource: Node<'_>, keys: &mut SearchKeys) {
        if self.settings.full_text {
            keys.narrative_words = words::narrative(resource);
            keys.content_words = self.texts.content(&self.types, resource);
        }
    }
}
