//! ElementDefinition (R4, 2.26): the machine-checkable facts of one element of a StructureDefinition.
//!
//! Texts for readers (short, definition, comment, requirements, mappings, examples) are not kept. What a
//! differential leaves open is `None` or empty here, so the same structs serve differentials and snapshots.

mod parse;
mod write;

pub(crate) use write::ObjectWriter;

use std::fmt;
use std::sync::Arc;

use fhir_model::{Document, Node};

/// One element of a differential or snapshot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ElementDefinition {
    /// `Patient.identifier:nhsNumber.system`; empty where the definition gives none.
    pub id: Box<str>,
    /// `Patient.identifier.system`
    pub path: Box<str>,
    /// How the element stands in XML and JSON: `xmlAttr`, `xmlText`, `typeAttr`, `cdaText`, `xhtml`.
    pub representation: Vec<Box<str>>,
    /// The name of the slice that this element is.
    pub slice_name: Option<Box<str>>,
    /// Whether the slice constrains an inherited slice of that name.
    pub slice_is_constraining: Option<bool>,
    /// How the occurrences of this element are told apart.
    pub slicing: Option<Arc<Slicing>>,
    /// Least number of occurrences.
    pub min: Option<u32>,
    /// Greatest number of occurrences.
    pub max: Option<Max>,
    /// Where the element was first defined, and its cardinality there.
    pub base: Option<Arc<ElementBase>>,
    /// `#Observation.referenceRange`: the content is that of another element.
    pub content_reference: Option<Box<str>>,
    /// The types allowed.
    pub types: Vec<ElementType>,
    /// `defaultValue[x]`
    pub default_value: Option<TypedValue>,
    /// `fixed[x]`: the value must be exactly this.
    pub fixed: Option<TypedValue>,
    /// `pattern[x]`: the value must have at least this.
    pub pattern: Option<TypedValue>,
    /// `minValue[x]`
    pub min_value: Option<TypedValue>,
    /// `maxValue[x]`
    pub max_value: Option<TypedValue>,
    /// Greatest length of a string, in characters.
    pub max_length: Option<u32>,
    /// Keys of constraints whose outcome depends on this element.
    pub condition: Vec<Box<str>>,
    /// Invariants that hold at this element.
    pub constraints: Vec<Arc<Constraint>>,
    /// Whether the element must be supported.
    pub must_support: Option<bool>,
    /// Whether the element can change the meaning of its parent.
    pub is_modifier: Option<bool>,
    /// Whether the element is part of summaries.
    pub is_summary: Option<bool>,
    /// The value set that codes are bound to.
    pub binding: Option<Arc<Binding>>,
}

/// `ElementDefinition.max`; ordered, with [`Max::Unbounded`] above every count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Max {
    /// A number.
    Count(u32),
    /// `*`
    Unbounded,
}

/// `ElementDefinition.base`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementBase {
    /// `DomainResource.extension`
    pub path: Box<str>,
    /// Least number of occurrences there.
    pub min: u32,
    /// Greatest number of occurrences there.
    pub max: Max,
}

/// `ElementDefinition.slicing`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slicing {
    /// What must be looked at to tell the slice of an occurrence.
    pub discriminators: Vec<Discriminator>,
    /// Whether the slices must come in the order of the definition.
    pub ordered: bool,
    /// What else may occur.
    pub rules: SlicingRules,
}

/// `ElementDefinition.slicing.discriminator`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discriminator {
    /// How the values at the path are compared.
    pub kind: DiscriminatorKind,
    /// A restricted FHIRPath from the sliced element: `$this`, `coding.system`, `resolve()`.
    pub path: Box<str>,
}

/// DiscriminatorType
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the codes of DiscriminatorType, defined by the standard")]
pub enum DiscriminatorKind {
    Value,
    Exists,
    Pattern,
    Type,
    Profile,
}

/// SlicingRules
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlicingRules {
    /// Nothing but the slices.
    Closed,
    /// Anything anywhere.
    Open,
    /// Anything after the slices.
    OpenAtEnd,
}

/// `ElementDefinition.type`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ElementType {
    /// A type name (`Reference`) or, for the values of primitives, an absolute uri of FHIRPath's types.
    pub code: Box<str>,
    /// Profiles of which the value must meet one.
    pub profiles: Vec<Box<str>>,
    /// For Reference and canonical: profiles of which the target must meet one.
    pub target_profiles: Vec<Box<str>>,
    /// `contained`, `referenced`, `bundled`
    pub aggregation: Vec<Box<str>>,
    /// `either`, `independent`, `specific`
    pub versioning: Option<Box<str>>,
    /// The FHIR type of an element whose code is a FHIRPath type (extension structuredefinition-fhir-type).
    pub fhir_type: Option<Box<str>>,
    /// The regular expression of a primitive's value (extension regex).
    pub regex: Option<Box<str>>,
}

/// `ElementDefinition.constraint`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// `ele-1`
    pub key: Box<str>,
    /// Whether breaking it is an error (true) or worth a warning.
    pub is_error: bool,
    /// What it asks for, for readers; definitions kept as facts have none.
    pub human: Option<Box<str>>,
    /// FHIRPath; constraints without one cannot be checked.
    pub expression: Option<Box<str>>,
    /// The canonical url of the definition that brought it.
    pub source: Option<Box<str>>,
}

/// `ElementDefinition.binding`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// How much it binds.
    pub strength: BindingStrength,
    /// The canonical url of the value set; in a differential it may be left to the base.
    pub value_set: Option<Box<str>>,
    /// The value set that no code may leave even though the binding is not required (extension maxValueSet).
    pub max_value_set: Option<Box<str>>,
}

/// BindingStrength, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants are the codes of BindingStrength, defined by the standard")]
pub enum BindingStrength {
    Example,
    Preferred,
    Extensible,
    Required,
}

/// A value of any type, as `fixedUri` or `patternCodeableConcept` give it.
#[derive(Clone)]
pub struct TypedValue {
    suffix: Box<str>,
    document: Arc<Document>,
}

impl TypedValue {
    /// The type as the member name carries it: `Uri`, `CodeableConcept`.
    pub fn type_suffix(&self) -> &str {
        &self.suffix
    }

    /// The value.
    pub fn value(&self) -> Node<'_> {
        self.document.root()
    }
}

impl PartialEq for TypedValue {
    fn eq(&self, other: &Self) -> bool {
        self.suffix == other.suffix && self.document.source() == other.document.source()
    }
}

impl fmt::Debug for TypedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.suffix, self.document.source())
    }
}

impl ElementDefinition {
    /// The last part of the path: `value[x]` of `Observation.value[x]`.
    pub fn name(&self) -> &str {
        self.path.rsplit_once('.').map_or(&*self.path, |(_, name)| name)
    }

    /// Whether the element is a choice of types: `value[x]`.
    pub fn is_choice(&self) -> bool {
        self.path.ends_with("[x]")
    }

    /// Whether this is `extension` or `modifierExtension`, which are sliced by url whether or not it is said.
    pub fn is_extension(&self) -> bool {
        matches!(self.name(), "extension" | "modifierExtension")
    }
}

impl fmt::Display for Max {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Unbounded => f.write_str("*"),
        }
    }
}

impl DiscriminatorKind {
    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Exists => "exists",
            Self::Pattern => "pattern",
            Self::Type => "type",
            Self::Profile => "profile",
        }
    }
}

impl SlicingRules {
    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::OpenAtEnd => "openAtEnd",
        }
    }
}

impl BindingStrength {
    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Example => "example",
            Self::Preferred => "preferred",
            Self::Extensible => "extensible",
            Self::Required => "required",
        }
    }
}
