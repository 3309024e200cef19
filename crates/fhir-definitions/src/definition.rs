//! The definitions of a registry: their texts, found by canonical url and parsed when first asked for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use fhir_model::Document;
use serde::Deserialize;

use crate::canonical::{Canonical, compare_versions};
use crate::structure_definition::StructureDefinition;

/// The kinds of canonical resources that a registry keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the FHIR resource type of that name")]
pub enum DefinitionKind {
    StructureDefinition,
    SearchParameter,
    ValueSet,
    CodeSystem,
    ConceptMap,
    OperationDefinition,
    CompartmentDefinition,
    CapabilityStatement,
    MessageDefinition,
}

impl DefinitionKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::StructureDefinition,
        Self::SearchParameter,
        Self::ValueSet,
        Self::CodeSystem,
        Self::ConceptMap,
        Self::OperationDefinition,
        Self::CompartmentDefinition,
        Self::CapabilityStatement,
        Self::MessageDefinition,
    ];

    /// The resource type: `ValueSet`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StructureDefinition => "StructureDefinition",
            Self::SearchParameter => "SearchParameter",
            Self::ValueSet => "ValueSet",
            Self::CodeSystem => "CodeSystem",
            Self::ConceptMap => "ConceptMap",
            Self::OperationDefinition => "OperationDefinition",
            Self::CompartmentDefinition => "CompartmentDefinition",
            Self::CapabilityStatement => "CapabilityStatement",
            Self::MessageDefinition => "MessageDefinition",
        }
    }

    /// The kind of that resource type.
    pub fn of(resource_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == resource_type)
    }
}

/// One definition of a registry.
#[derive(Debug)]
pub struct Definition {
    /// Its resource type.
    pub kind: DefinitionKind,
    /// Its canonical url.
    pub url: Box<str>,
    /// Its business version.
    pub version: Option<Box<str>>,
    text: Text,
    defines: Defines,
    document: OnceLock<Option<Arc<Document>>>,
    structure: OnceLock<Option<Arc<StructureDefinition>>>,
}

/// What a definition makes, as far as its head tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Defines {
    /// A type of FHIR.
    Type,
    /// A profile on the type of that name.
    Profile(Box<str>),
    /// Anything else.
    Other,
}

/// A JSON text that may be one line of a longer text.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    source: Arc<str>,
    range: Range<usize>,
}

impl Text {
    pub(crate) fn new(source: Arc<str>, range: Range<usize>) -> Self {
        Self { source, range }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.source.get(self.range.clone()).unwrap_or_default()
    }
}

/// The few members that tell what a definition is; the rest of the text is only skipped.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head<'a> {
    #[serde(borrow, default)]
    pub(crate) resource_type: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) url: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) derivation: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "type")]
    type_name: Option<TypeMember<'a>>,
}

/// `type` is a code in a StructureDefinition, a CodeableConcept or a list elsewhere.
#[derive(Deserialize)]
#[serde(untagged)]
enum TypeMember<'a> {
    Code(#[serde(borrow)] Cow<'a, str>),
    Other(serde::de::IgnoredAny),
}

impl Head<'_> {
    /// What the definition makes: a StructureDefinition of a type, of a profile, or something else, a logical model for one.
    pub(crate) fn defines(&self) -> Defines {
        if self.resource_type != "StructureDefinition" || self.kind.as_deref() == Some("logical") {
            return Defines::Other;
        }
        match (self.derivation.as_deref(), &self.type_name) {
            (Some("constraint"), Some(TypeMember::Code(type_name))) => {
                Defines::Profile(type_name.as_ref().into())
            }
            (Some("constraint"), _) => Defines::Other,
            _ => Defines::Type,
        }
    }
}

impl Definition {
    /// The JSON text.
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// The parsed definition, kept once it has been asked for; `None` if the text breaks the rules of FHIR's
    /// JSON (a member given twice, for one).
    pub fn document(&self) -> Option<&Arc<Document>> {
        self.document.get_or_init(|| self.parse().map(Arc::new)).as_ref()
    }

    /// The definition as a StructureDefinition, kept once it has been asked for; `None` if it is none or lacks
    /// what one needs.
    pub fn structure(&self) -> Option<&Arc<StructureDefinition>> {
        let read = || StructureDefinition::parse(self.parse()?.root()).ok().map(Arc::new);
        self.structure.get_or_init(read).as_ref()
    }

    /// The type that this profile constrains; `None` if it is no profile.
    pub(crate) fn profiled_type(&self) -> Option<&str> {
        match &self.defines {
            Defines::Profile(type_name) => Some(type_name),
            Defines::Type | Defines::Other => None,
        }
    }

    /// The definition parsed for one use: nothing is kept.
    pub(crate) fn parse(&self) -> Option<Document> {
        Document::parse(self.text()).ok()
    }
}

/// All definitions, found by canonical url.
#[derive(Debug, Default)]
pub(crate) struct DefinitionIndex {
    definitions: Vec<Definition>,
    by_url: HashMap<Box<str>, Vec<usize>>,
}

impl DefinitionIndex {
    /// Adds the definition of that text, whose head is `head`. It takes the place of one of the same kind, url
    /// and version.
    pub(crate) fn insert(&mut self, kind: DefinitionKind, url: &str, head: &Head<'_>, text: Text) {
        let definition = Definition {
            kind,
            url: url.into(),
            version: head.version.as_deref().map(Into::into),
            text,
            defines: head.defines(),
            document: OnceLock::new(),
            structure: OnceLock::new(),
        };
        let positions = self.by_url.entry(url.into()).or_default();
        for position in &*positions {
            if let Some(earlier) = self.definitions.get_mut(*position)
                && (earlier.kind, &earlier.version) == (kind, &definition.version)
            {
                *earlier = definition;
                return;
            }
        }
        positions.push(self.definitions.len());
        self.definitions.push(definition);
    }

    /// The definition of that kind and canonical. Without a version the latest one; a version that is not known may be
    /// the beginning of one (`0.2` of `0.2.1`), and then means the latest of those.
    pub(crate) fn find(&self, kind: DefinitionKind, canonical: &str) -> Option<&Definition> {
        let canonical = Canonical::parse(canonical);
        let positions = self.by_url.get(canonical.url)?;
        let latest = |is_asked_for: &dyn Fn(&str) -> bool| {
            positions
                .iter()
                .filter_map(|position| self.definitions.get(*position))
                .filter(|definition| definition.kind == kind)
                .filter(|definition| is_asked_for(definition.version.as_deref().unwrap_or_default()))
                .max_by(|a, b| compare_versions(a.version.as_deref(), b.version.as_deref()))
        };
        match canonical.version {
            None => latest(&|_| true),
            Some(asked) => latest(&|version| version == asked).or_else(|| {
                latest(&|version| version.strip_prefix(asked).is_some_and(|rest| rest.starts_with('.')))
            }),
        }
    }

    /// The StructureDefinitions that define types, parsed for one use.
    pub(crate) fn type_definitions(&self) -> Vec<Document> {
        self.definitions
            .iter()
            .filter(|definition| definition.defines == Defines::Type)
            .filter_map(Definition::parse)
            .collect()
    }

    /// The latest version of each definition of a kind, in the order of loading.
    pub(crate) fn latest(&self, kind: DefinitionKind) -> impl Iterator<Item = &Definition> {
        self.of_kind(kind).filter(move |definition| {
            self.find(kind, &definition.url).is_some_and(|latest| std::ptr::eq(latest, *definition))
        })
    }

    /// The definitions of a kind in the order of loading.
    pub(crate) fn of_kind(&self, kind: DefinitionKind) -> impl Iterator<Item = &Definition> {
        self.definitions.iter().filter(move |definition| definition.kind == kind)
    }
}
