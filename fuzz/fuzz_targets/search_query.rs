//! Any query is parsed or refused with at least one issue; what is parsed can be tested on a resource.
#![no_main]

use std::sync::{Arc, LazyLock};

use fhir_definitions::Registry;
use fhir_search::keys::SearchKeys;
use fhir_search::matches::{Indexed, Population, matches};
use fhir_search::{Handling, KeyHasher, ParameterId, Parameters, ParseSettings, Scope, SearchParser};
use libfuzzer_sys::fuzz_target;

static PARSER: LazyLock<SearchParser> = LazyLock::new(|| {
    let registry = Registry::embedded().expect("the embedded definitions are sound");
    let mut next = 0;
    let parameters = Parameters::new(&registry, |_, _| {
        next += 1;
        Ok::<_, std::convert::Infallible>(ParameterId(next))
    });
    let parameters = Arc::new(parameters.expect("numbers are given without error"));
    SearchParser::new(parameters, KeyHasher::new([1, 2]), ParseSettings::default())
});

/// No resources at all: every chain leads nowhere.
struct Nobody;

impl Population for Nobody {
    fn find(&self, _: &str, _: &str) -> Option<Indexed<'_>> {
        None
    }

    fn of_type<'a>(&'a self, _: &'a str) -> Box<dyn Iterator<Item = Indexed<'a>> + 'a> {
        Box::new(std::iter::empty())
    }
}

fuzz_target!(|text: &str| {
    let pairs: Vec<(String, String)> = text
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for resource_type in ["Patient", "Observation", "Bundle"] {
        match PARSER.parse(Scope::Type(resource_type), &pairs, Handling::Lenient, 0) {
            Ok(query) => {
                assert_eq!(query.applied.len() + query.ignored.len(), pairs.len());
                let keys = SearchKeys::default();
                let resource = Indexed { kind: resource_type, id: "1", last_updated: 0, keys: &keys };
                for clause in &query.clauses {
                    matches(clause, resource, &Nobody);
                }
            }
            Err(error) => assert!(!error.issues.is_empty()),
        }
    }
});
