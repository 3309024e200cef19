//! What the tests of this crate share: the embedded definitions, numbered parameters, a parser and an extractor.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

use fhir_definitions::Registry;
use fhir_model::Document;
use fhir_search::keys::SearchKeys;
use fhir_search::parameters::{ParameterId, Parameters};
use fhir_search::query::Clause;
use fhir_search::{
    ExtractSettings, Extractor, Handling, KeyHasher, ParseSettings, Query, Scope, SearchError, SearchParser,
};

/// 2026-01-01T00:00:00Z
pub(crate) const NOW: i64 = 1_767_225_600_000_000;

pub(crate) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

pub(crate) static PARAMETERS: LazyLock<Arc<Parameters>> = LazyLock::new(|| {
    let mut next = 0;
    let numbered = Parameters::new(&REGISTRY, |_, _| {
        next += 1;
        Ok::<_, Infallible>(ParameterId(next))
    });
    Arc::new(numbered.unwrap())
});

pub(crate) static PARSER: LazyLock<SearchParser> =
    LazyLock::new(|| SearchParser::new(Arc::clone(&PARAMETERS), hasher(), settings()));

pub(crate) static EXTRACTOR: LazyLock<Extractor> = LazyLock::new(|| {
    let settings = ExtractSettings { own_base_urls: own_base_urls(), ..ExtractSettings::default() };
    Extractor::new(Arc::clone(REGISTRY.types()), Arc::clone(&PARAMETERS), hasher(), settings)
});

pub(crate) fn hasher() -> KeyHasher {
    KeyHasher::new([1, 2])
}

pub(crate) fn own_base_urls() -> Vec<String> {
    vec!["https://own.nhs.uk/fhir".to_owned()]
}

pub(crate) fn settings() -> ParseSettings {
    ParseSettings { own_base_urls: own_base_urls(), ..ParseSettings::default() }
}

/// The names and values of a query written as `name=value&name=value`, without URL-encoding.
fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

pub(crate) fn parse_with(resource_type: &str, query: &str, handling: Handling) -> Result<Query, SearchError> {
    PARSER.parse(Scope::Type(resource_type), &pairs(query), handling, NOW)
}

pub(crate) fn parse_in(scope: Scope<'_>, query: &str) -> Result<Query, SearchError> {
    PARSER.parse(scope, &pairs(query), Handling::Strict, NOW)
}

pub(crate) fn parse(resource_type: &str, query: &str) -> Result<Query, SearchError> {
    parse_in(Scope::Type(resource_type), query)
}

/// The only clause of a query.
pub(crate) fn clause(resource_type: &str, query: &str) -> Clause {
    let mut clauses = parse(resource_type, query).unwrap().clauses;
    assert_eq!(clauses.len(), 1, "{query}");
    clauses.remove(0)
}

/// The texts of all issues, each behind its code.
pub(crate) fn refusal_in(scope: Scope<'_>, query: &str) -> String {
    let issues = parse_in(scope, query).unwrap_err().issues;
    let texts: Vec<String> =
        issues.iter().map(|issue| format!("{}: {}", issue.code.code(), issue.diagnostics)).collect();
    texts.join("\n")
}

pub(crate) fn refusal(resource_type: &str, query: &str) -> String {
    refusal_in(Scope::Type(resource_type), query)
}

pub(crate) fn extract(json: &str) -> SearchKeys {
    EXTRACTOR.extract(Document::parse(json).unwrap().root())
}
