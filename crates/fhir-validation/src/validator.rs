//! The validator: structure, rules of the types, and all profiles that apply.

use std::sync::Arc;

use fhir_definitions::Registry;
use fhir_model::{Issue, IssueType, Node};
use fhir_terminology::Terminology;

use crate::profile::{Engine, ValidationHost, Walk};
use crate::references::References;
use crate::settings::Settings;
use crate::structure::StructureValidator;

/// Checks resources in full. Cheap to share between threads; definitions are compiled when first needed and kept.
pub struct Validator {
    structure: StructureValidator,
    engine: Engine,
}

impl Validator {
    /// A validator by the definitions of a registry.
    pub fn new(registry: Arc<Registry>, terminology: Arc<Terminology>, settings: Settings) -> Self {
        let structure = StructureValidator::new(Arc::clone(&registry), Arc::clone(&terminology));
        Self { structure, engine: Engine::new(registry, terminology, settings) }
    }

    /// The settings it was made with.
    pub fn settings(&self) -> &Settings {
        &self.engine.settings
    }

    /// The issues of a resource by the structure of its type, R4's own rules, the profiles it claims in `meta.profile`, and
    /// the given ones; none if all is well. Resources in the resource are checked likewise, but for the given profiles.
    ///
    /// `references` finds resources beyond this one. At most 50 errors and 50 other issues are listed; an information at the
    /// end tells how many more there are.
    pub fn validate(&self, resource: Node<'_>, profiles: &[&str], references: &dyn References) -> Vec<Issue> {
        self.validate_further(resource, self.structure(resource), profiles, references)
    }

    /// The issues of a resource by the structure of its type alone.
    pub fn structure(&self, resource: Node<'_>) -> Vec<Issue> {
        self.structure.validate(resource)
    }

    /// As [`Validator::validate`], for a resource of which the issues of [`Validator::structure`] are known.
    pub fn validate_further(
        &self,
        resource: Node<'_>,
        structure: Vec<Issue>,
        profiles: &[&str],
        references: &dyn References,
    ) -> Vec<Issue> {
        let host = ValidationHost::new(&self.engine, resource, references);
        Walk::new(&host).with_structure(structure).run(resource, profiles)
    }

    /// What in a definition cannot be used, by canonical: errors if it cannot be used at all, warnings for its parts. Ask when
    /// definitions are loaded; it compiles the definition.
    pub fn check_profile(&self, canonical: &str) -> Vec<Issue> {
        let profile = match self.engine.profile(canonical) {
            Ok(profile) => profile,
            Err(error) => {
                let issue = Issue::error(IssueType::Invalid, error.to_string());
                return vec![issue.rule("profile-unusable")];
            }
        };
        let issue = |element: &str, text: &str| {
            let text = format!("{}, {element}: {text}", profile.canonical);
            Issue::warning(IssueType::Incomplete, text).at(element).rule("profile-defect")
        };
        let mut issues: Vec<Issue> =
            profile.defects.iter().map(|defect| issue(&defect.element, &defect.text)).collect();
        let definition = self.engine.registry.structure_definition(canonical);
        let snapshot = definition.and_then(|definition| definition.snapshot(&*self.engine.registry).ok());
        let notes = snapshot.iter().flat_map(|snapshot| &snapshot.notes);
        issues.extend(notes.map(|note| issue(&note.element, &note.defect.to_string())));
        issues
    }
}
