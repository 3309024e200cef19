//! Which definitions of search parameters there are for a type: those of the registry, and those that were added to a server
//! while it ran.

use std::collections::BTreeMap;

use fhir_definitions::Registry;
use fhir_definitions::search_parameter::SearchParameter;

/// The definitions in force.
#[derive(Clone, Copy)]
pub(super) struct Definitions<'a> {
    pub(super) registry: &'a Registry,
    /// Each replaces that of the registry which has the same url.
    custom: &'a [SearchParameter],
}

/// The definitions of one resource type.
#[derive(Default)]
pub(super) struct OfType<'a> {
    /// By code.
    pub(super) used: BTreeMap<&'a str, &'a SearchParameter>,
    /// Custom ones that cannot be used beside the others, with the reasons.
    pub(super) refused: Vec<(&'a SearchParameter, String)>,
}

impl<'a> Definitions<'a> {
    pub(super) fn new(registry: &'a Registry, custom: &'a [SearchParameter]) -> Self {
        Self { registry, custom }
    }

    pub(super) fn of_type(self, resource_type: &str) -> OfType<'a> {
        let own = self.registry.search_parameters(resource_type).iter().map(|definition| &**definition);
        let own = own.filter(|definition| self.custom_by_url(&definition.url).is_none());
        let used = own.map(|definition| (&*definition.code, definition)).collect();
        let mut all = OfType { used, refused: Vec::new() };
        for definition in self.custom.iter().filter(|definition| self.is_based_on(definition, resource_type))
        {
            match self.objection(definition, all.used.get(&*definition.code).copied()) {
                Some(reason) => all.refused.push((definition, reason)),
                None => {
                    all.used.insert(&definition.code, definition);
                }
            }
        }
        all
    }

    /// The definition of that url.
    pub(super) fn by_url(self, url: &str) -> Option<&'a SearchParameter> {
        let known = || self.registry.search_parameter_by_url(url).map(|definition| &**definition);
        self.custom_by_url(url).or_else(known)
    }

    /// Whether resources of a type are among those that a definition says it searches.
    pub(super) fn is_based_on(self, definition: &SearchParameter, resource_type: &str) -> bool {
        let types = self.registry.types();
        let Some(id) = types.id(resource_type) else { return false };
        definition.base.iter().filter_map(|base| types.id(base)).any(|base| types.is_a(id, base))
    }

    /// Why a custom definition cannot be used beside the one that has its code already.
    fn objection(self, definition: &SearchParameter, taken: Option<&SearchParameter>) -> Option<String> {
        let SearchParameter { url, code, .. } = definition;
        if let Some(other) = taken.filter(|other| other.url != *url) {
            return Some(format!("the code '{code}' is that of {}", other.url));
        }
        let is_known = self.registry.search_parameter_by_url(url).is_some();
        if code.starts_with('_') && !is_known {
            return Some(format!("'{code}' begins with '_' as only parameters of the specification do"));
        }
        // `:` begins a modifier, `.` a chain; what else stands in URLs would have to be escaped.
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        let is_name = !code.is_empty() && code.chars().all(is_plain);
        (!is_name).then(|| format!("'{code}' has other characters than letters, digits, '-' and '_'"))
    }

    fn custom_by_url(self, url: &str) -> Option<&'a SearchParameter> {
        self.custom.iter().find(|definition| *definition.url == *url)
    }
}
