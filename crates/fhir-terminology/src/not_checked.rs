//! Why a question about a code cannot be answered here.

use std::fmt;
use std::sync::Arc;

/// Why membership was not decided. Never the same as "not a member": whoever validates says so and passes on.
///
/// `Display` gives the reason as the end of a sentence: `needs SNOMED CT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotChecked {
    /// The concepts of the code system of that name are not here: `SNOMED CT`, `LOINC`, or its url.
    NeedsSystem(Arc<str>),
    /// Only some concepts of the code system of that url are here, and the code is not one of them.
    PartOfSystem(Arc<str>),
    /// The value set of that url only lists some of its codes, and the code is not one of them.
    PartOfSet(Arc<str>),
    /// No value set of that canonical is known.
    UnknownValueSet(Arc<str>),
    /// A filter of a value set that is not understood: `parent = VTM`.
    Filter(Arc<str>),
    /// The value set of that url imports itself, or more sets than are followed.
    Imports(Arc<str>),
    /// The definition of that url breaks the rules of its resource type; the second part says how.
    Malformed(Arc<str>, &'static str),
}

impl fmt::Display for NotChecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsSystem(name) => write!(f, "needs {name}"),
            Self::PartOfSystem(url) => write!(f, "only part of {url} is known"),
            Self::PartOfSet(url) => write!(f, "only part of the value set {url} is known"),
            Self::UnknownValueSet(url) => write!(f, "the value set {url} is not known"),
            Self::Filter(filter) => write!(f, "the filter {filter} is not supported"),
            Self::Imports(url) => write!(f, "the value set {url} imports itself or too many others"),
            Self::Malformed(url, how) => write!(f, "the definition of {url} is malformed: {how}"),
        }
    }
}

impl NotChecked {
    /// What is missing for the code system of that url, by the name people know it by.
    pub(crate) fn needs(system: &str) -> Self {
        let name = match system {
            "http://snomed.info/sct" => "SNOMED CT",
            "http://loinc.org" => "LOINC",
            "https://dmd.nhs.uk" => "dm+d",
            "http://hl7.org/fhir/sid/icd-10" => "ICD-10",
            "http://hl7.org/fhir/sid/cvx" => "CVX",
            "http://www.nlm.nih.gov/research/umls/rxnorm" => "RxNorm",
            "http://www.ama-assn.org/go/cpt" => "CPT",
            "urn:iso:std:iso:3166:-2" => "ISO 3166-2",
            "http://unstats.un.org/unsd/methods/m49/m49.htm" => "UN M.49",
            other => other,
        };
        Self::NeedsSystem(name.into())
    }
}
