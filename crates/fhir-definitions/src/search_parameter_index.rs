//! Which search parameters each resource type has.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use fhir_model::types::TypeModel;

use crate::definition::{Definition, DefinitionIndex, DefinitionKind};
use crate::error::LoadNote;
use crate::search_parameter::SearchParameter;
use crate::types;

/// The search parameters of all types.
#[derive(Debug, Default)]
pub(crate) struct SearchParameterIndex {
    by_url: HashMap<Box<str>, Arc<SearchParameter>>,
    /// For each concrete resource type its parameters, inherited ones included, sorted by code.
    by_type: HashMap<Box<str>, Vec<Arc<SearchParameter>>>,
}

/// For each base type the parameters that name it as a base, by code.
type ByBase = HashMap<Box<str>, BTreeMap<Box<str>, Arc<SearchParameter>>>;

impl SearchParameterIndex {
    /// Reads the SearchParameters of the definitions. Retired ones are not used.
    pub(crate) fn new(definitions: &DefinitionIndex, model: &TypeModel, notes: &mut Vec<LoadNote>) -> Self {
        let mut by_url = HashMap::new();
        let mut by_base = ByBase::new();
        for definition in definitions.latest(DefinitionKind::SearchParameter) {
            match read(definition) {
                Ok(parameter) => {
                    let parameter = Arc::new(parameter);
                    add_to_bases(&mut by_base, &parameter, notes);
                    by_url.insert(parameter.url.clone(), parameter);
                }
                Err(reason) => {
                    let url = definition.url.to_string();
                    notes.push(LoadNote::UnusableSearchParameter { url, reason });
                }
            }
        }
        let names = types::concrete_resource_types(model).into_iter();
        let by_type = names.map(|name| (name.clone(), with_inherited(&name, &by_base, model))).collect();
        Self { by_url, by_type }
    }

    /// The parameters of a resource type, sorted by code.
    pub(crate) fn of_type(&self, resource_type: &str) -> &[Arc<SearchParameter>] {
        self.by_type.get(resource_type).map_or(&[], Vec::as_slice)
    }

    /// The parameter of that canonical url.
    pub(crate) fn by_url(&self, url: &str) -> Option<&Arc<SearchParameter>> {
        self.by_url.get(url)
    }
}

fn read(definition: &Definition) -> Result<SearchParameter, &'static str> {
    let document = definition.parse().ok_or("its JSON breaks FHIR's rules")?;
    if document.root().get_str("status") == Some("retired") {
        return Err("it is retired");
    }
    SearchParameter::read(document.root())
}

fn add_to_bases(by_base: &mut ByBase, parameter: &Arc<SearchParameter>, notes: &mut Vec<LoadNote>) {
    for base in &parameter.base {
        let of_base = by_base.entry(base.clone()).or_default();
        if let Some(earlier) = of_base.insert(parameter.code.clone(), Arc::clone(parameter)) {
            notes.push(LoadNote::ReplacedSearchParameter {
                resource_type: base.to_string(),
                code: parameter.code.to_string(),
                replaced: earlier.url.to_string(),
            });
        }
    }
}

/// The parameters of a type and of those that it specialises; its own ones hide inherited ones of the same code.
fn with_inherited(name: &str, by_base: &ByBase, model: &TypeModel) -> Vec<Arc<SearchParameter>> {
    let mut all = BTreeMap::new();
    for parameters in types::lineage(model, name).filter_map(|info| by_base.get(&info.name)) {
        for (code, parameter) in parameters {
            all.entry(code).or_insert_with(|| Arc::clone(parameter));
        }
    }
    all.into_values().collect()
}
