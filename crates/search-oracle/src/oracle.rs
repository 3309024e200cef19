//! The definitions, compiled.

use std::collections::BTreeMap;
use std::sync::Arc;

use fhir_definitions::Registry;
use fhir_model::types::TypeModel;
use fhir_terminology::Terminology;

use crate::parameter::Parameter;
use crate::refusal::Refusal;

/// Answers searches by evaluating every parameter on every resource.
#[derive(Debug)]
pub struct Oracle {
    pub(crate) registry: Arc<Registry>,
    pub(crate) terminology: Terminology,
    pub(crate) settings: Settings,
    /// By resource type.
    parameters: BTreeMap<Box<str>, OfType>,
}

/// The parameters of a type by code; or why one cannot be searched by.
type OfType = BTreeMap<Box<str>, Result<Parameter, String>>;

/// What the server that is compared is set to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The base urls of the server, without a slash at the end.
    pub base_urls: Vec<String>,
    /// The most matches on a page.
    pub max_count: usize,
    /// Links that a chain may have.
    pub chain_links: usize,
    /// Resource types that one link of a chain may lead to.
    pub chain_targets: usize,
}

impl Oracle {
    /// An oracle for all parameters of a registry.
    pub fn new(registry: Arc<Registry>, settings: Settings) -> Self {
        let of_type = |kind: &str| {
            let definitions = registry.search_parameters(kind).iter();
            definitions.map(|known| (known.code.clone(), Parameter::new(known, &registry, kind))).collect()
        };
        let parameters = registry.resource_types().iter().map(|kind| (kind.clone(), of_type(kind))).collect();
        Self { parameters, terminology: Terminology::new(Arc::clone(&registry)), settings, registry }
    }

    pub(crate) fn types(&self) -> &TypeModel {
        self.registry.types()
    }

    /// The parameters of a type that can be evaluated.
    pub fn parameters(&self, kind: &str) -> impl Iterator<Item = &Parameter> {
        self.parameters
            .get(kind)
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter_map(|known| known.as_ref().ok())
    }

    /// The parameter of a type.
    ///
    /// # Errors
    /// There is none, or it cannot be evaluated.
    pub fn parameter(&self, kind: &str, code: &str) -> Result<&Parameter, Refusal> {
        match self.parameters.get(kind).and_then(|parameters| parameters.get(code)) {
            Some(Ok(parameter)) => Ok(parameter),
            Some(Err(reason)) => Refusal::unsupported(format!("'{code}' of {kind}: {reason}")),
            None => Refusal::unsupported(format!("'{code}' is no parameter of {kind}")),
        }
    }

    pub(crate) fn has_type(&self, kind: &str) -> bool {
        self.parameters.contains_key(kind)
    }
}
