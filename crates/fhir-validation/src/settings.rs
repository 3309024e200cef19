//! What an operator can decide about validation.

use std::collections::BTreeMap;

use fhir_model::Severity;

use crate::rules::{Mode, NhsRules};

/// How strictly resources are judged where the standard leaves it open.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For a resource type the profiles that each resource of it must meet, whether it claims them or not; contained
    /// resources are exempt.
    pub required_profiles: BTreeMap<Box<str>, Vec<Box<str>>>,
    /// A profile that `meta.profile` claims and that is not known, or cannot be used.
    pub unknown_profile: Severity,
    /// An extension whose definition is not known. A modifier extension that is not known is always an error, since
    /// nobody can say what it does to the meaning of the element.
    pub unknown_extension: Severity,
    /// Constraints that are only best practice, such as narrative in every resource (dom-6); `None` leaves them out.
    pub best_practice: Option<Severity>,
    /// A reference whose target is found neither in the resource nor by the [`References`](crate::References) given;
    /// `None` leaves it to the server's own check of references.
    pub unresolved_reference: Option<Severity>,
    /// Whether bindings that cannot be checked without a terminology server are told of, one by one.
    pub report_unchecked: bool,
    /// What text that looks like HTML means where HTML has no place.
    pub html_in_strings: Mode,
    /// The rules of the NHS.
    pub nhs: NhsRules,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            required_profiles: BTreeMap::new(),
            unknown_profile: Severity::Warning,
            unknown_extension: Severity::Information,
            best_practice: None,
            unresolved_reference: None,
            report_unchecked: false,
            html_in_strings: Mode::Warn,
            nhs: NhsRules::default(),
        }
    }
}
