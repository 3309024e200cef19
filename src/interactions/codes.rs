//! The terminology that searches ask: ValueSets of this server, and the definitions it was started with.

use std::sync::Arc;

use fhir_definitions::Registry;
use fhir_definitions::canonical::compare_versions;
use fhir_model::Document;
use fhir_model::reference::Reference;
use fhir_search::canonical;
use fhir_search::parse::Codes;
use fhir_search::query::{Clause, Query, Test, UriTest};
use fhir_terminology::{NotChecked, Terminology};

use crate::store::{Store, StoreError};

/// The most ValueSets of one url that are looked at.
const MOST_OF_URL: usize = 100;

/// Value sets and code systems, listed for searches.
pub(super) struct ListedCodes {
    terminology: Terminology,
    store: Arc<dyn Store>,
    base_urls: Vec<String>,
}

impl ListedCodes {
    pub(super) fn new(registry: Arc<Registry>, store: Arc<dyn Store>, base_urls: Vec<String>) -> Self {
        Self { terminology: Terminology::new(registry), store, base_urls }
    }

    /// The ValueSet of this server that a query names: by its canonical url, as `ValueSet/id`, or by its address here.
    fn stored(&self, value_set: &str) -> Result<Option<Document>, String> {
        let found = match Reference::parse(value_set) {
            Reference::Relative { resource_type: "ValueSet", id, version: None } => {
                let found = self.by_id(id).map_err(|error| failed(&error))?;
                return found.map(Some).ok_or_else(|| "there is no such ValueSet on this server".to_owned());
            }
            Reference::Absolute { base, resource_type: "ValueSet", id, version: None }
                if self.base_urls.iter().any(|own| own == base) =>
            {
                self.by_canonical(value_set).and_then(|found| match found {
                    Some(found) => Ok(Some(found)),
                    None => self.by_id(id),
                })
            }
            _ => self.by_canonical(value_set),
        };
        found.map_err(|error| failed(&error))
    }

    fn by_id(&self, id: &str) -> Result<Option<Document>, StoreError> {
        let found = self.store.read("ValueSet", id)?.filter(|found| !found.is_deleted());
        Ok(found.and_then(|found| Document::parse_bytes(found.body).ok()))
    }

    /// Without a version the latest one.
    fn by_canonical(&self, canonical: &str) -> Result<Option<Document>, StoreError> {
        let (url, version) = canonical::parts(canonical);
        let parameter = self.store.parameter_id("ValueSet", "url")?;
        let test = Test::Uri(vec![UriTest::Equal(url.into())]);
        let clause = Clause::Parameter { parameter, test };
        let query = Query::matching(vec!["ValueSet".into()], vec![clause], MOST_OF_URL);
        let found = self.store.search(&query, None)?.matches.into_iter();
        let documents = found.filter_map(|found| Document::parse_bytes(found.body).ok());
        let of_version = documents.filter(|document| {
            version.is_none_or(|version| document.root().get_str("version") == Some(version))
        });
        Ok(of_version
            .max_by(|a, b| compare_versions(a.root().get_str("version"), b.root().get_str("version"))))
    }

    fn defined(&self, value_set: &str, most: usize) -> Result<Vec<(String, String)>, String> {
        let codes = self.terminology.codes(value_set, most);
        let codes = codes.ok_or_else(|| why_not(&self.terminology.gaps(value_set), most))?;
        Ok(codes.iter().map(|listed| (listed.system.to_owned(), listed.code.to_owned())).collect())
    }
}

/// Why the codes of a value set cannot be listed.
fn why_not(gaps: &[NotChecked], most: usize) -> String {
    let gaps: Vec<String> = gaps.iter().map(ToString::to_string).collect();
    match gaps.as_slice() {
        [] => format!("its codes cannot be listed, or are more than {most}"),
        gaps => gaps.join(", "),
    }
}

/// What a client is told when the database does not answer.
fn failed(error: &StoreError) -> String {
    log::error!("a ValueSet could not be read: {error}");
    "the ValueSets of this server cannot be read now".to_owned()
}

impl Codes for ListedCodes {
    fn expand(&self, value_set: &str, most: usize) -> Result<Vec<(String, String)>, String> {
        match self.stored(value_set)? {
            Some(stored) => {
                let codes = self.terminology.codes_of(value_set, stored.root(), most);
                codes.map_err(|gaps| why_not(&gaps, most))
            }
            None => self.defined(value_set, most),
        }
    }

    fn descendants(&self, system: &str, code: &str, most: usize) -> Result<Vec<String>, String> {
        hierarchy(self.terminology.descendants(system, code), most)
    }

    fn ancestors(&self, system: &str, code: &str, most: usize) -> Result<Vec<String>, String> {
        hierarchy(self.terminology.ancestors(system, code), most)
    }
}

fn hierarchy(codes: Result<Option<Vec<&str>>, NotChecked>, most: usize) -> Result<Vec<String>, String> {
    match codes {
        Err(reason) => Err(reason.to_string()),
        Ok(None) => Err("the system has no such code".to_owned()),
        Ok(Some(codes)) if codes.len() > most => Err(format!("it reaches more than {most} codes")),
        Ok(Some(codes)) => Ok(codes.into_iter().map(str::to_owned).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::{self, Options};

    #[test]
    fn value_sets_and_hierarchies_are_listed_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let store = sqlite::open(&folder.path().join("codes.db"), &Options::default()).unwrap();
        let codes = ListedCodes::new(Arc::new(Registry::embedded().unwrap()), Arc::new(store), Vec::new());
        let genders = codes.expand("http://hl7.org/fhir/ValueSet/administrative-gender", 100).unwrap();
        assert!(
            genders.contains(&("http://hl7.org/fhir/administrative-gender".to_owned(), "male".to_owned()))
        );
        assert!(codes.expand("http://hl7.org/fhir/ValueSet/administrative-gender", 2).is_err());
        let snomed = codes.expand("http://hl7.org/fhir/ValueSet/clinical-findings", 10_000).unwrap_err();
        assert!(snomed.contains("SNOMED CT"), "{snomed}");
        assert!(codes.expand("http://nowhere/vs", 10).unwrap_err().contains("not known"));

        let actions = "http://terminology.hl7.org/CodeSystem/condition-clinical";
        let below = codes.descendants(actions, "active", 100).unwrap();
        assert!(below.contains(&"active".to_owned()) && below.contains(&"relapse".to_owned()), "{below:?}");
        assert!(codes.ancestors(actions, "relapse", 100).unwrap().contains(&"active".to_owned()));
        assert!(codes.descendants(actions, "dragon", 100).unwrap_err().contains("no such code"));
        assert!(codes.descendants("http://snomed.info/sct", "1", 100).unwrap_err().contains("SNOMED CT"));
    }
}
