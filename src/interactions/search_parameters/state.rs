//! One consistent picture of the search parameters: what is extracted, what can be asked for, what is told of it.

use std::sync::Arc;

use fhir_definitions::search_parameter::SearchParameter;
use fhir_model::Document;
use fhir_search::extract::{ExtractSettings, Extractor};
use fhir_search::parameters::{Parameter, Parameters};
use fhir_search::parse::{ParseSettings, SearchParser};

use super::Ground;
use super::survey::{Survey, Surveyed};
use super::table::parameters;
use crate::interactions::Error;
use crate::interactions::capabilities::Capabilities;
use crate::store::reindex::Generation;
use crate::store::{Change, StoreError, WriteSet};

/// Immutable. A request takes one for each thing that must be consistent in itself.
pub struct SearchState {
    /// Which set of definitions keys are extracted with.
    pub generation: Generation,
    /// The parameters that searches can use.
    pub parameters: Arc<Parameters>,
    /// Resources to search keys, those of parameters that searches cannot use yet among them.
    pub extractor: Extractor,
    /// Query text to typed queries.
    pub parser: SearchParser,
    /// What the server says of itself.
    pub capabilities: Capabilities,
    custom: Vec<InForce>,
}

/// A definition of a client's, as far as states differ in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InForce {
    id: Box<str>,
    text: Box<str>,
    /// The job that brings its keys; none if they are complete.
    job: Option<Box<str>>,
}

impl SearchState {
    /// The state in which what was surveyed is in force. `new_job` is the id of the job that will bring what no job brings yet.
    pub(super) fn new(
        ground: &Ground,
        survey: &Survey,
        new_job: &str,
        generation: Generation,
    ) -> Result<Self, StoreError> {
        let Ground { registry, store, codes, limits } = ground;
        let custom = parameters(survey.definitions.iter().map(|surveyed| &surveyed.definition));
        number_names(ground, &custom)?;
        let table =
            || Parameters::with_custom(registry, &custom, |kind, code| store.parameter_id(kind, code));
        let extracted = Arc::new(table()?);
        let in_force = Self::in_force(survey, new_job);
        let searched = if in_force.iter().all(|definition| definition.job.is_none()) {
            Arc::clone(&extracted)
        } else {
            Arc::new(table()?.withhold(|parameter| being_built(parameter, &survey.definitions, &in_force)))
        };
        let extract_settings =
            ExtractSettings { own_base_urls: limits.base_urls.clone(), ..ExtractSettings::default() };
        let parse_settings = ParseSettings {
            default_count: limits.default_count,
            max_count: limits.max_count,
            own_base_urls: limits.base_urls.clone(),
            ..ParseSettings::default()
        };
        Ok(Self {
            generation,
            extractor: Extractor::new(registry.types().clone(), extracted, store.hasher(), extract_settings),
            parser: SearchParser::new(Arc::clone(&searched), store.hasher(), parse_settings)
                .with_codes(codes.clone()),
            capabilities: Capabilities::new(),
            parameters: searched,
            custom: in_force,
        })
    }

    /// What [`SearchState::new`] would put in force.
    pub(super) fn in_force(survey: &Survey, new_job: &str) -> Vec<InForce> {
        let definitions =
            survey.definitions.iter().map(|Surveyed { definition, text, complete, job }| InForce {
                id: definition.id.clone(),
                text: text.clone(),
                job: (!complete).then(|| job.clone().unwrap_or_else(|| new_job.into())),
            });
        definitions.collect()
    }

    /// Whether exactly that is in force here.
    pub(super) fn has(&self, in_force: &[InForce]) -> bool {
        self.custom == in_force
    }

    /// Whether keys are extracted by the same definitions, be they complete or not.
    pub(super) fn extracts(&self, in_force: &[InForce]) -> bool {
        let texts = |custom: &[InForce]| -> Vec<(Box<str>, Box<str>)> {
            custom.iter().map(|definition| (definition.id.clone(), definition.text.clone())).collect()
        };
        texts(&self.custom) == texts(in_force)
    }

    /// Whether some parameters cannot be asked for yet.
    pub(super) fn is_incomplete(&self) -> bool {
        self.custom.iter().any(|definition| definition.job.is_some())
    }

    /// The set with its keys extracted anew, for they were extracted with parameters that this state has replaced.
    pub(in crate::interactions) fn extract_again(&self, mut set: WriteSet) -> Result<WriteSet, Error> {
        for write in &mut set.writes {
            if let Change::Put(prepared) = &mut write.change {
                let body = Document::parse_bytes(prepared.body.stamp(1, ""))?;
                prepared.keys = self.extractor.extract(body.root());
                prepared.generation = self.generation;
            }
        }
        Ok(set)
    }
}

/// Gives numbers to all types and parameters at once, for each by itself would be a way to the database.
fn number_names(ground: &Ground, custom: &[SearchParameter]) -> Result<(), StoreError> {
    let types = ground.registry.resource_types();
    let of_type = |kind: &str| {
        let known = ground.registry.search_parameters(kind).iter().map(|parameter| &**parameter);
        let all = known.chain(custom).map(|parameter| (Box::from(kind), parameter.code.clone()));
        all.collect::<Vec<(Box<str>, Box<str>)>>()
    };
    let mut names: Vec<_> = types.iter().flat_map(|kind| of_type(kind)).collect();
    names.sort();
    names.dedup();
    ground.store.number_names(types, &names)
}

/// Why a parameter cannot be asked for yet, if it cannot.
fn being_built(parameter: &Parameter, definitions: &[Surveyed], in_force: &[InForce]) -> Option<String> {
    let position =
        definitions.iter().position(|surveyed| surveyed.definition.parameter.url == parameter.url)?;
    let job = in_force.get(position)?.job.as_deref()?;
    Some(format!("its index is being built; GET [base]/_async/{job} tells how far it is"))
}
