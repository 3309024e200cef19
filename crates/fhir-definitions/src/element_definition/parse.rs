//! ElementDefinition from JSON. Lenient: what cannot be read is left out, as if the definition had not said it.

use std::sync::Arc;

use fhir_model::{Document, Node, write};

use super::{
    Binding, BindingStrength, Constraint, Discriminator, DiscriminatorKind, ElementBase, ElementDefinition,
    ElementType, Max, Slicing, SlicingRules, TypedValue,
};

pub(super) const FHIR_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
pub(super) const REGEX: &str = "http://hl7.org/fhir/StructureDefinition/regex";
pub(super) const MAX_VALUE_SET: &str =
    "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";

impl ElementDefinition {
    /// Reads an ElementDefinition. Everything but the path is optional.
    pub fn parse(node: Node<'_>) -> Self {
        let mut element = Self::default();
        for (name, value) in node.members() {
            element.read_member(name, value);
        }
        element
    }

    fn read_member(&mut self, name: &str, value: Node<'_>) {
        match name {
            "id" => self.id = text(value),
            "path" => self.path = text(value),
            "representation" => self.representation = texts(value),
            "sliceName" => self.slice_name = some_text(value),
            "sliceIsConstraining" => self.slice_is_constraining = value.as_bool(),
            "slicing" => self.slicing = Some(Arc::new(parse_slicing(value))),
            "min" => self.min = number(value),
            "max" => self.max = parse_max(value),
            "base" => self.base = Some(Arc::new(parse_base(value))),
            "contentReference" => self.content_reference = some_text(value),
            "type" => self.types = value.items().map(parse_type).collect(),
            "maxLength" => self.max_length = number(value),
            "condition" => self.condition = texts(value),
            "constraint" => {
                self.constraints = value.items().filter_map(parse_constraint).map(Arc::new).collect()
            }
            "mustSupport" => self.must_support = value.as_bool(),
            "isModifier" => self.is_modifier = value.as_bool(),
            "isSummary" => self.is_summary = value.as_bool(),
            "binding" => self.binding = parse_binding(value).map(Arc::new),
            _ => self.read_typed_member(name, value),
        }
    }

    fn read_typed_member(&mut self, name: &str, value: Node<'_>) {
        let fields = [
            ("defaultValue", &mut self.default_value),
            ("fixed", &mut self.fixed),
            ("pattern", &mut self.pattern),
            ("minValue", &mut self.min_value),
            ("maxValue", &mut self.max_value),
        ];
        for (prefix, field) in fields {
            if let Some(suffix) = name.strip_prefix(prefix) {
                *field = TypedValue::copy_of(suffix, value);
            }
        }
    }
}

impl TypedValue {
    /// The part of this value that `names` lead to (`coding`, `code`); `None` where it says nothing there, or several
    /// things. The part keeps no type.
    pub fn part(&self, names: &[&str]) -> Option<Self> {
        let mut node = self.value();
        for name in names {
            let member = node.get(name)?;
            let mut items = member.each();
            node = items.next().filter(|_| items.next().is_none())?;
        }
        Self::copy_of("", node)
    }

    /// A value with its own copy of the JSON. `None` only where the copy could not be read again.
    fn copy_of(suffix: &str, value: Node<'_>) -> Option<Self> {
        let document = Document::parse_bytes(write::to_vec(value)).ok()?;
        Some(Self { suffix: suffix.into(), document: Arc::new(document) })
    }
}

fn parse_slicing(node: Node<'_>) -> Slicing {
    let discriminators = node.get("discriminator").into_iter().flat_map(Node::items);
    Slicing {
        discriminators: discriminators.filter_map(parse_discriminator).collect(),
        ordered: node.get("ordered").and_then(Node::as_bool).unwrap_or(false),
        rules: match node.get_str("rules") {
            Some("closed") => SlicingRules::Closed,
            Some("openAtEnd") => SlicingRules::OpenAtEnd,
            _ => SlicingRules::Open,
        },
    }
}

fn parse_discriminator(node: Node<'_>) -> Option<Discriminator> {
    let kind = match node.get_str("type")? {
        "value" => DiscriminatorKind::Value,
        "exists" => DiscriminatorKind::Exists,
        "pattern" => DiscriminatorKind::Pattern,
        "type" => DiscriminatorKind::Type,
        "profile" => DiscriminatorKind::Profile,
        _ => return None,
    };
    Some(Discriminator { kind, path: node.get_str("path")?.into() })
}

fn parse_base(node: Node<'_>) -> ElementBase {
    ElementBase {
        path: node.get("path").map(text).unwrap_or_default(),
        min: node.get("min").and_then(number).unwrap_or(0),
        max: node.get("max").and_then(parse_max).unwrap_or(Max::Unbounded),
    }
}

fn parse_type(node: Node<'_>) -> ElementType {
    ElementType {
        code: node.get("code").map(text).unwrap_or_default(),
        profiles: node.get("profile").map(texts).unwrap_or_default(),
        target_profiles: node.get("targetProfile").map(texts).unwrap_or_default(),
        aggregation: node.get("aggregation").map(texts).unwrap_or_default(),
        versioning: node.get("versioning").and_then(some_text),
        fhir_type: extension(node, FHIR_TYPE, "valueUrl"),
        regex: extension(node, REGEX, "valueString"),
    }
}

fn parse_constraint(node: Node<'_>) -> Option<Constraint> {
    Some(Constraint {
        key: node.get_str("key")?.into(),
        is_error: node.get_str("severity") != Some("warning"),
        human: node.get("human").and_then(some_text),
        expression: node.get("expression").and_then(some_text),
        source: node.get("source").and_then(some_text),
    })
}

fn parse_binding(node: Node<'_>) -> Option<Binding> {
    let strength = match node.get_str("strength")? {
        "required" => BindingStrength::Required,
        "extensible" => BindingStrength::Extensible,
        "preferred" => BindingStrength::Preferred,
        "example" => BindingStrength::Example,
        _ => return None,
    };
    Some(Binding {
        strength,
        value_set: node.get("valueSet").and_then(some_text),
        max_value_set: extension(node, MAX_VALUE_SET, "valueCanonical"),
    })
}

fn extension(node: Node<'_>, url: &str, value: &str) -> Option<Box<str>> {
    let extensions = node.get("extension")?;
    let found = extensions.items().find(|extension| extension.get_str("url") == Some(url))?;
    found.get(value).and_then(some_text)
}

fn parse_max(node: Node<'_>) -> Option<Max> {
    match node.as_str()? {
        "*" => Some(Max::Unbounded),
        count => count.parse().ok().map(Max::Count),
    }
}

fn number(node: Node<'_>) -> Option<u32> {
    node.as_number()?.parse().ok()
}

fn text(node: Node<'_>) -> Box<str> {
    node.as_str().unwrap_or_default().into()
}

fn some_text(node: Node<'_>) -> Option<Box<str>> {
    node.as_str().map(Into::into)
}

fn texts(node: Node<'_>) -> Vec<Box<str>> {
    node.items().filter_map(some_text).collect()
}
