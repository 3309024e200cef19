//! StructureDefinition (R4, 5.3): a type, or a profile on a type, with its differential and its snapshot.

use std::sync::{Arc, OnceLock};

use fhir_model::Node;
use thiserror::Error;

use crate::element_definition::{ElementDefinition, ObjectWriter};
use crate::snapshot::{self, Definitions, Snapshot, SnapshotError};

/// A StructureDefinition as facts. The snapshot is generated when it is first asked for and then kept.
#[derive(Debug)]
pub struct StructureDefinition {
    /// The canonical url, without version.
    pub url: Box<str>,
    /// The business version.
    pub version: Option<Box<str>>,
    /// The logical id, where the definition is a stored resource.
    pub id: Option<Box<str>>,
    /// The name for computers.
    pub name: Box<str>,
    /// PublicationStatus: `draft`, `active`, `retired`, `unknown`.
    pub status: Box<str>,
    /// What kind of thing is described.
    pub kind: StructureKind,
    /// Whether no instance can be just of this type.
    pub is_abstract: bool,
    /// Where an extension may be used.
    pub contexts: Vec<ExtensionContext>,
    /// FHIRPath that must hold where an extension is used.
    pub context_invariants: Vec<Box<str>>,
    /// The type that is defined or constrained: `Patient`, `Extension`.
    pub type_name: Box<str>,
    /// The canonical url of the definition this one builds on; only `Element` and `Resource` have none.
    pub base_definition: Option<Box<str>>,
    /// Whether a new type is made, or an existing one constrained.
    pub derivation: Derivation,
    /// The elements as changes to the base.
    pub differential: Vec<Arc<ElementDefinition>>,
    /// The snapshot that the definition brought itself. Used only where there is no differential: see
    /// [`StructureDefinition::snapshot`].
    pub published_snapshot: Vec<Arc<ElementDefinition>>,
    generated: OnceLock<Result<Arc<Snapshot>, SnapshotError>>,
}

/// StructureDefinitionKind
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the variants are the codes of StructureDefinitionKind, defined by the standard"
)]
pub enum StructureKind {
    PrimitiveType,
    ComplexType,
    Resource,
    Logical,
}

/// TypeDerivationRule
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derivation {
    /// A new type. Also what has no base at all.
    Specialization,
    /// A profile: restricts an existing type.
    Constraint,
}

/// `StructureDefinition.context`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionContext {
    /// `fhirpath`, `element` or `extension`
    pub kind: Box<str>,
    /// The path, element id or extension url.
    pub expression: Box<str>,
}

/// Why a resource is not a StructureDefinition that can be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StructureDefinitionError {
    /// Something else was given.
    #[error("the resource is not a StructureDefinition but {0}")]
    WrongType(String),
    /// A required element is missing, or not as the standard has it.
    #[error("StructureDefinition {url}: {element} is missing or not valid")]
    Element {
        /// The url, where there is one.
        url: String,
        /// The element.
        element: &'static str,
    },
}

impl StructureDefinition {
    /// Reads the facts of a StructureDefinition.
    pub fn parse(node: Node<'_>) -> Result<Self, StructureDefinitionError> {
        if node.resource_type() != Some("StructureDefinition") {
            let found = node.resource_type().unwrap_or("something without resourceType");
            return Err(StructureDefinitionError::WrongType(found.to_owned()));
        }
        let url = node.get_str("url").unwrap_or_default();
        let missing = |element| StructureDefinitionError::Element { url: url.to_owned(), element };
        if url.is_empty() {
            return Err(missing("url"));
        }
        let text = |name| node.get_str(name).map(Box::<str>::from);
        Ok(Self {
            url: url.into(),
            version: text("version"),
            id: text("id"),
            name: text("name").unwrap_or_default(),
            status: text("status").unwrap_or_else(|| "unknown".into()),
            kind: node.get_str("kind").and_then(StructureKind::from_code).ok_or_else(|| missing("kind"))?,
            is_abstract: node.get("abstract").and_then(Node::as_bool).unwrap_or(false),
            contexts: list(node, "context").filter_map(parse_context).collect(),
            context_invariants: list(node, "contextInvariant")
                .filter_map(|n| n.as_str().map(Into::into))
                .collect(),
            type_name: text("type").ok_or_else(|| missing("type"))?,
            base_definition: text("baseDefinition"),
            derivation: match node.get_str("derivation") {
                Some("constraint") => Derivation::Constraint,
                _ => Derivation::Specialization,
            },
            differential: elements(node, "differential"),
            published_snapshot: elements(node, "snapshot"),
            generated: OnceLock::new(),
        })
    }

    /// The snapshot, generated from the differential and the base at the first call.
    ///
    /// A definition belongs to one set of definitions: `definitions` must be the same at every call.
    pub fn snapshot(&self, definitions: &dyn Definitions) -> Result<Arc<Snapshot>, SnapshotError> {
        if let Some(known) = self.known_snapshot() {
            return known;
        }
        let generated = snapshot::generate(self, definitions);
        self.remember_snapshot(generated.clone());
        generated
    }

    /// What the differential says of the root, if anything.
    pub(crate) fn root_change(&self) -> Option<&Arc<ElementDefinition>> {
        self.differential.first().filter(|element| !element.path.contains('.'))
    }

    pub(crate) fn known_snapshot(&self) -> Option<Result<Arc<Snapshot>, SnapshotError>> {
        self.generated.get().cloned()
    }

    /// Keeps a generated snapshot; where another thread was first, its (equal) result stays.
    pub(crate) fn remember_snapshot(&self, generated: Result<Arc<Snapshot>, SnapshotError>) {
        self.generated.get_or_init(|| generated);
    }

    /// The resource as JSON: its facts, its differential and, where given, a snapshot.
    pub fn to_json(&self, snapshot: Option<&Snapshot>) -> Vec<u8> {
        let mut out = Vec::with_capacity(4096);
        let mut object = ObjectWriter::open(&mut out);
        object.text("resourceType", Some("StructureDefinition"));
        object.text("id", self.id.as_ref());
        object.text("url", Some(&self.url));
        object.text("version", self.version.as_ref());
        object.text("name", Some(&self.name));
        object.text("status", Some(&self.status));
        object.text("kind", Some(self.kind.code()));
        object.raw("abstract", Some(self.is_abstract));
        object.objects("context", &self.contexts, |context, out| {
            let mut object = ObjectWriter::open(out);
            object.text("type", Some(&context.kind));
            object.text("expression", Some(&context.expression));
            object.close();
        });
        object.texts("contextInvariant", &self.context_invariants);
        object.text("type", Some(&self.type_name));
        object.text("baseDefinition", self.base_definition.as_ref());
        object.text("derivation", self.base_definition.as_ref().map(|_| self.derivation.code()));
        object.object("snapshot", snapshot.map(|snapshot| &*snapshot.elements), write_elements);
        object.object("differential", Some(&*self.differential), write_elements);
        object.close();
        out
    }
}

impl StructureKind {
    fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "primitive-type" => Self::PrimitiveType,
            "complex-type" => Self::ComplexType,
            "resource" => Self::Resource,
            "logical" => Self::Logical,
            _ => return None,
        })
    }

    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Self::PrimitiveType => "primitive-type",
            Self::ComplexType => "complex-type",
            Self::Resource => "resource",
            Self::Logical => "logical",
        }
    }
}

impl Derivation {
    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Specialization => "specialization",
            Self::Constraint => "constraint",
        }
    }
}

fn list<'a>(node: Node<'a>, name: &str) -> impl Iterator<Item = Node<'a>> {
    node.get(name).into_iter().flat_map(Node::items)
}

fn parse_context(node: Node<'_>) -> Option<ExtensionContext> {
    Some(ExtensionContext {
        kind: node.get_str("type")?.into(),
        expression: node.get_str("expression")?.into(),
    })
}

fn elements(node: Node<'_>, view: &str) -> Vec<Arc<ElementDefinition>> {
    let list = node.get(view).and_then(|view| view.get("element"));
    list.into_iter().flat_map(Node::items).map(|node| Arc::new(ElementDefinition::parse(node))).collect()
}

fn write_elements(elements: &[Arc<ElementDefinition>], out: &mut Vec<u8>) {
    let mut object = ObjectWriter::open(out);
    object.objects("element", elements, |element, out| element.write_json(out));
    object.close();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element_definition::Max;
    use fhir_model::Document;

    const SOURCE: &str = r##"{"resourceType":"StructureDefinition","id":"x","url":"http://example.org/x","version":"1",
        "name":"X","status":"active","kind":"resource","abstract":false,"type":"Observation",
        "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Observation","derivation":"constraint",
        "differential":{"element":[{"id":"Observation","path":"Observation","constraint":[{"key":"x-1",
        "severity":"warning","human":"h","expression":"value.exists()"}]},
        {"id":"Observation.value[x]:valueQuantity","path":"Observation.value[x]","sliceName":"valueQuantity",
        "slicing":{"discriminator":[{"type":"type","path":"$this"}],"ordered":false,"rules":"closed"},
        "min":1,"max":"*","base":{"path":"Observation.value[x]","min":0,"max":"1"},
        "type":[{"code":"Reference","targetProfile":["http://example.org/p"],"aggregation":["contained"]}],
        "fixedDecimal":1.00,"patternCoding":{"code":"a"},"maxLength":7,"condition":["x-1"],"mustSupport":true,
        "binding":{"strength":"required","valueSet":"http://example.org/vs"}}]}}"##;

    #[test]
    fn facts_survive_the_way_through_the_structs() {
        let document = Document::parse(SOURCE).unwrap();
        let first = StructureDefinition::parse(document.root()).unwrap();
        assert_eq!(first.differential[1].max, Some(Max::Unbounded));
        assert_eq!(first.differential[1].fixed.as_ref().unwrap().value().as_number(), Some("1.00"));
        let text = String::from_utf8(first.to_json(None)).unwrap();
        let again = Document::parse(text).unwrap();
        let second = StructureDefinition::parse(again.root()).unwrap();
        assert_eq!(first.differential, second.differential);
        assert_eq!(first.to_json(None), second.to_json(None));
    }

    #[test]
    fn what_is_no_structure_definition_is_refused() {
        let parse = |text: &str| {
            let document = Document::parse(text).unwrap();
            StructureDefinition::parse(document.root()).unwrap_err().to_string()
        };
        assert_eq!(
            parse(r#"{"resourceType":"Patient"}"#),
            "the resource is not a StructureDefinition but Patient"
        );
        assert!(parse(r#"{"resourceType":"StructureDefinition"}"#).contains("url is missing"));
        let kindless =
            r#"{"resourceType":"StructureDefinition","url":"http://example.org/a","type":"Patient"}"#;
        assert!(parse(kindless).contains("kind is missing"));
    }
}
