//! Code systems that are too large to list, but whose codes have a form that can be checked.

mod bcp47;
mod check_digit;
mod mime;
mod units;

pub(crate) use units::Units;

use fhir_model::primitive::uri;

use crate::code_status::CodeStatus;
use crate::code_systems::CodeSystems;
use crate::not_checked::NotChecked;

/// A rule that says which codes a system has, or at least which it cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grammar {
    /// Language tags, BCP 47.
    LanguageTags,
    /// Media types, BCP 13.
    MediaTypes,
    /// Units of measure, UCUM.
    Units,
    /// URIs as identifiers, RFC 3986.
    Uris,
    /// SNOMED CT: only the form of its identifiers is known.
    SnomedCt,
    /// LOINC: only the form of its codes is known.
    Loinc,
}

impl Grammar {
    /// The grammar of that code system.
    pub(crate) fn of(url: &str) -> Option<Self> {
        Some(match url {
            "urn:ietf:bcp:47" => Self::LanguageTags,
            "urn:ietf:bcp:13" => Self::MediaTypes,
            "http://unitsofmeasure.org" => Self::Units,
            "urn:ietf:rfc:3986" => Self::Uris,
            "http://snomed.info/sct" => Self::SnomedCt,
            "http://loinc.org" => Self::Loinc,
            _ => return None,
        })
    }

    /// What the grammar says of a code.
    pub(crate) fn status(self, code: &str, systems: &CodeSystems) -> CodeStatus<'static> {
        match self {
            Self::LanguageTags => CodeStatus::by_grammar(bcp47::is_language_tag(code, systems)),
            Self::MediaTypes => CodeStatus::by_grammar(mime::is_media_type(code)),
            Self::Units => CodeStatus::by_grammar(systems.units().is_unit(code)),
            Self::Uris => CodeStatus::by_grammar(uri::check_uri(code).is_ok()),
            Self::SnomedCt if !check_digit::may_be_snomed_ct(code) => CodeStatus::Unknown,
            Self::SnomedCt => CodeStatus::NotChecked(NotChecked::needs("http://snomed.info/sct")),
            Self::Loinc if !check_digit::may_be_loinc(code) => CodeStatus::Unknown,
            Self::Loinc => CodeStatus::NotChecked(NotChecked::needs("http://loinc.org")),
        }
    }
}
