//! One concept of a code system.

use fhir_model::Node;

/// A concept, without its definition and designations.
#[derive(Debug)]
pub(crate) struct Concept {
    pub(crate) code: Box<str>,
    pub(crate) display: Option<Box<str>>,
    /// `property.code` and the text of `property.value[x]`, the code where that is a Coding.
    pub(crate) properties: Vec<(Box<str>, Box<str>)>,
}

impl Concept {
    /// Reads `CodeSystem.concept`; `None` without a code.
    pub(crate) fn parse(node: Node<'_>) -> Option<Self> {
        let properties = node.get("property").into_iter().flat_map(Node::each).filter_map(parse_property);
        Some(Self {
            code: node.get_str("code")?.into(),
            display: node.get_str("display").map(Into::into),
            properties: properties.collect(),
        })
    }

    /// The values of a property.
    pub(crate) fn values<'a>(&'a self, property: &'a str) -> impl Iterator<Item = &'a str> {
        self.properties.iter().filter(move |(name, _)| **name == *property).map(|(_, value)| &**value)
    }

    /// Whether the concept may be used in data, and is not there only to group others.
    pub(crate) fn is_selectable(&self) -> bool {
        !["notSelectable", "abstract"].iter().any(|name| self.values(name).any(|value| value == "true"))
    }

    /// Whether the concept is still in use.
    pub(crate) fn is_active(&self) -> bool {
        let retired = |status| matches!(status, "retired" | "deprecated" | "inactive");
        !self.values("inactive").any(|value| value == "true") && !self.values("status").any(retired)
    }
}

fn parse_property(node: Node<'_>) -> Option<(Box<str>, Box<str>)> {
    let (_, value) = node.members().find(|(name, _)| name.starts_with("value"))?;
    let text = value.primitive_text().or_else(|| value.get_str("code"))?;
    Some((node.get_str("code")?.into(), text.into()))
}
