//! Value sets that no package defines, because their url says what is in them (FHIR R4, "Using SNOMED CT with FHIR",
//! "Using LOINC with FHIR", "Using UCUM with FHIR").

use foldhash::HashSet;

use super::{Codes, Selection, ValueSet};
use crate::code_systems::Source;
use crate::grammar::Grammar;
use crate::not_checked::NotChecked;

impl ValueSet {
    /// The value set that a canonical implies.
    pub(crate) fn implicit(canonical: &str) -> Option<Self> {
        let (system, codes) = match canonical {
            "http://unitsofmeasure.org/vs" => {
                ("http://unitsofmeasure.org", Codes::Whole(Source::Grammar(Grammar::Units)))
            }
            // FHIR R4 itself binds `Expression.language` to the text of the standard.
            "http://www.rfc-editor.org/bcp/bcp13.txt" => {
                ("urn:ietf:bcp:13", Codes::Whole(Source::Grammar(Grammar::MediaTypes)))
            }
            _ => open(canonical)?,
        };
        let selection = Selection { system: Some(system.into()), codes, imports: Vec::new() };
        Some(Self {
            url: canonical.into(),
            include: vec![selection],
            exclude: Vec::new(),
            expansion: None,
            defect: None,
        })
    }
}

/// Sets of systems that are not here: all of the system, or a part that only the system knows.
fn open(canonical: &str) -> Option<(&'static str, Codes)> {
    let (system, grammar, known) = if canonical.starts_with("http://loinc.org/vs") {
        ("http://loinc.org", Grammar::Loinc, None)
    } else if let Some((before, part)) = canonical.split_once("?fhir_vs") {
        before.starts_with("http://snomed.info/sct").then_some(())?;
        ("http://snomed.info/sct", Grammar::SnomedCt, part.strip_prefix("=isa/"))
    } else {
        return None;
    };
    let known: HashSet<Box<str>> = known.into_iter().map(Into::into).collect();
    Some((
        system,
        Codes::Open { known, source: Some(Source::Grammar(grammar)), reason: NotChecked::needs(system) },
    ))
}
