//! The terminology that searches ask: the definitions the server was started with.

use std::sync::Arc;

use fhir_definitions::Registry;
use fhir_search::parse::Codes;
use fhir_terminology::{NotChecked, Terminology};

/// The value sets and code systems of a registry, listed for searches.
pub(super) struct ListedCodes(Terminology);

impl ListedCodes {
    pub(super) fn new(registry: Arc<Registry>) -> Self {
        Self(Terminology::new(registry))
    }
}

impl Codes for ListedCodes {
    fn expand(&self, value_set: &str, most: usize) -> Result<Vec<(String, String)>, String> {
        let codes = self.0.codes(value_set, most).ok_or_else(|| {
            let gaps: Vec<String> = self.0.gaps(value_set).iter().map(ToString::to_string).collect();
            match gaps.as_slice() {
                [] => format!("its codes cannot be listed, or are more than {most}"),
                gaps => gaps.join(", "),
            }
        })?;
        Ok(codes.iter().map(|listed| (listed.system.to_owned(), listed.code.to_owned())).collect())
    }

    fn descendants(&self, system: &str, code: &str, most: usize) -> Result<Vec<String>, String> {
        hierarchy(self.0.descendants(system, code), most)
    }

    fn ancestors(&self, system: &str, code: &str, most: usize) -> Result<Vec<String>, String> {
        hierarchy(self.0.ancestors(system, code), most)
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

    #[test]
    fn value_sets_and_hierarchies_are_listed_or_refused() {
        let codes = ListedCodes::new(Arc::new(Registry::embedded().unwrap()));
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
