//! Codes with their systems, and the FHIR data types that carry them.

use serde_json::{Value, json};

/// One concept of a code system.
#[derive(Clone, Copy, Debug)]
pub(super) struct Concept {
    system: &'static str,
    code: &'static str,
    display: &'static str,
}

impl Concept {
    pub(super) const fn new(system: &'static str, code: &'static str, display: &'static str) -> Self {
        Self { system, code, display }
    }

    /// A concept of SNOMED CT.
    pub(super) const fn snomed(code: &'static str, display: &'static str) -> Self {
        Self::new("http://snomed.info/sct", code, display)
    }

    /// The treatment function or main specialty of a service or clinician.
    pub(super) const fn specialty(code: &'static str, display: &'static str) -> Self {
        Self::new("https://fhir.hl7.org.uk/CodeSystem/UKCore-PracticeSettingCode", code, display)
    }

    /// The code within its system.
    pub(super) const fn code(&self) -> &'static str {
        self.code
    }

    /// What the concept is called.
    pub(super) const fn display(&self) -> &'static str {
        self.display
    }

    /// As a `Coding`.
    pub(super) fn coding(&self) -> Value {
        json!({"system": self.system, "code": self.code, "display": self.display})
    }

    /// As a `CodeableConcept`.
    pub(super) fn codeable(&self) -> Value {
        json!({"coding": [self.coding()]})
    }

    /// As a `CodeableConcept` that says more in words than the code does.
    pub(super) fn codeable_with_text(&self, text: &str) -> Value {
        json!({"coding": [self.coding()], "text": text})
    }
}

/// A `CodeableConcept` in words only, for what has no code we could vouch for.
pub(super) fn in_words(text: &str) -> Value {
    json!({"text": text})
}
