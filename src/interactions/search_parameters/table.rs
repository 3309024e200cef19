//! Definitions among the search parameters of the packages: whether they go together.

use fhir_definitions::Registry;
use fhir_definitions::search_parameter::SearchParameter;
use fhir_model::Issue;
use fhir_search::parameters::Parameters;

use super::definition::{Definition, refusal};

/// Why a definition cannot be honoured beside the others.
pub(super) struct Problem {
    /// The id of its resource.
    pub(super) id: Box<str>,
    /// The reason.
    pub(super) issue: Issue,
}

/// All that keeps definitions from being honoured together.
pub(super) fn problems(registry: &Registry, definitions: &[Definition]) -> Vec<Problem> {
    if definitions.is_empty() {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for (position, definition) in definitions.iter().enumerate() {
        let earlier = definitions.get(..position).unwrap_or_default();
        let issue = clash(registry, definition, earlier);
        problems.extend(issue.map(|issue| Problem { id: definition.id.clone(), issue }));
    }
    if problems.is_empty() {
        problems = uncompiled(registry, definitions);
    }
    problems
}

/// Two parameters of the same name in a type, or two definitions of the same url.
fn clash(registry: &Registry, definition: &Definition, earlier: &[Definition]) -> Option<Issue> {
    let SearchParameter { url, code, .. } = &definition.parameter;
    if let Some(other) = earlier.iter().find(|other| other.parameter.url == *url) {
        return Some(refusal("url", format!("SearchParameter/{} has the url {url} too", other.id)));
    }
    for kind in &definition.types {
        let known = registry.search_parameter(kind, code).map(|known| &known.url);
        let custom = earlier.iter().find(|other| other.parameter.code == *code && other.types.contains(kind));
        if let Some(other) = known.or(custom.map(|other| &other.parameter.url)) {
            let text = format!("{kind} has a search parameter '{code}' already, defined by {other}");
            return Some(refusal("code", text));
        }
    }
    None
}

/// Definitions whose expressions cannot be used for all their types.
fn uncompiled(registry: &Registry, definitions: &[Definition]) -> Vec<Problem> {
    let all = parameters(definitions);
    let problem = |definition: &Definition| {
        let refused = Parameters::check(registry, &all, &definition.parameter).err()?;
        let element = if definition.parameter.components.is_empty() { "expression" } else { "component" };
        Some(Problem { id: definition.id.clone(), issue: refusal(element, refused.to_string()) })
    };
    definitions.iter().filter_map(problem).collect()
}

/// What the definitions define.
pub(super) fn parameters<'a>(definitions: impl IntoIterator<Item = &'a Definition>) -> Vec<SearchParameter> {
    definitions.into_iter().map(|definition| definition.parameter.clone()).collect()
}
