//! The tree of XML elements to JSON, led by the types of the elements.

use std::collections::HashMap;
use std::fmt::Write;

use super::error::{XmlError, XmlProblem};
use super::json::{JsonText, is_number};
use super::tree::{Element, Namespace, XHTML_ELEMENT};
use super::{Limits, XmlDocument};
use crate::types::{ElementInfo, TypeId, TypeKind, TypeModel};

/// After this many problems no more are listed.
const MAX_PROBLEMS: usize = 100;

pub(super) fn read(root: &Element<'_>, types: &TypeModel, limits: Limits) -> Result<XmlDocument, XmlError> {
    if root.xhtml.is_some() {
        let message = "XHTML where a resource was expected".to_owned();
        return Err(XmlError::Malformed { message, position: root.position });
    }
    let json = JsonText::default();
    let mut reader = Reader { types, json, problems: Vec::new(), path: root.name.to_owned() };
    reader.check(root, Namespace::Fhir);
    reader.resource(root);
    let document = reader.json.finish(limits.max_depth).map_err(|error| XmlError::Malformed {
        message: format!("its JSON is refused: {}", error.message),
        position: root.position,
    })?;
    Ok(XmlDocument { document, problems: reader.problems })
}

struct Reader<'m> {
    types: &'m TypeModel,
    json: JsonText,
    problems: Vec<XmlProblem>,
    /// The path of the current element.
    path: String,
}

/// The elements of one name in their parent: one member in JSON, or two with the `_` sibling of primitives.
struct Group<'t, 'x> {
    name: &'t str,
    elements: Vec<&'t Element<'x>>,
}

/// What the elements of a group are in JSON.
#[derive(Clone, Copy)]
enum Form {
    /// A value with a sibling for id and extensions. `is_literal` tells the values that are no strings in JSON.
    Primitive { type_id: Option<TypeId>, is_literal: fn(&str) -> bool },
    /// An element that holds a resource.
    Resource,
    /// An object, of a type that may be unknown.
    Object { type_id: Option<TypeId> },
}

impl Reader<'_> {
    fn problem(&mut self, message: String, at: &Element<'_>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(XmlProblem { message, position: at.position, path: self.path.clone() });
        }
    }

    /// What is wrong with an element wherever it stands.
    fn check(&mut self, element: &Element<'_>, parent_namespace: Namespace) {
        let expected = if element.name == XHTML_ELEMENT { Namespace::Xhtml } else { Namespace::Fhir };
        // Children inherit a wrong namespace, which is said once.
        let is_inherited = element.namespace == parent_namespace && parent_namespace != Namespace::Fhir;
        if element.namespace != expected && !is_inherited {
            self.problem(format!("the element {} is in the wrong namespace", element.name), element);
        }
        if element.text.is_some() {
            self.problem(
                format!("the element {} has text; values are attributes in FHIR", element.name),
                element,
            );
        }
    }

    fn resource(&mut self, element: &Element<'_>) {
        let type_id = self.types.id(element.name).filter(|id| self.is_resource(*id));
        self.json.open(b'{', element.position);
        self.json.key("resourceType", element.position);
        self.json.string(element.name, element.position);
        for attribute in &element.attributes {
            self.problem(format!("a resource has no attribute {}", attribute.name), element);
        }
        self.children(element, type_id, &["resourceType"]);
        self.json.close(b'}');
    }

    fn is_resource(&self, id: TypeId) -> bool {
        self.types.get(id).is_some_and(|info| info.kind == TypeKind::Resource)
    }

    /// The members of an object: its attributes and its elements.
    fn object(&mut self, element: &Element<'_>, type_id: Option<TypeId>, is_primitive: bool) {
        self.json.open(b'{', element.position);
        let mut taken = Vec::new();
        for attribute in &element.attributes {
            let name = attribute.name.as_str();
            let is_known = match type_id {
                Some(id) => self.types.member(id, name).is_some_and(|(info, _)| info.is_xml_attribute),
                None => matches!(name, "id" | "url"),
            };
            if is_known {
                self.json.key(name, element.position);
                self.json.string(&attribute.value, element.position);
                taken.push(name);
            } else if !(is_primitive && name == "value") {
                self.problem(format!("the element {} has no attribute {name}", element.name), element);
            }
        }
        self.children(element, type_id, &taken);
        self.json.close(b'}');
    }

    /// The child elements as members; names in `taken` are members already.
    fn children(&mut self, parent: &Element<'_>, type_id: Option<TypeId>, taken: &[&str]) {
        self.check_order(parent, type_id);
        let mut groups: Vec<Group<'_, '_>> = Vec::new();
        let mut by_name: HashMap<&str, usize> = HashMap::new();
        for child in &parent.children {
            self.check(child, parent.namespace);
            if child.name.starts_with('_') || taken.contains(&child.name) {
                self.problem(format!("{} cannot have an element {}", parent.name, child.name), child);
                continue;
            }
            let position = *by_name.entry(child.name).or_insert(groups.len());
            match groups.get_mut(position) {
                Some(group) => group.elements.push(child),
                None => groups.push(Group { name: child.name, elements: vec![child] }),
            }
        }
        for group in &groups {
            self.group(group, type_id);
        }
    }

    /// The elements of a type follow each other as the type defines them.
    fn check_order(&mut self, parent: &Element<'_>, type_id: Option<TypeId>) {
        let Some(info) = type_id.and_then(|id| self.types.get(id)) else { return };
        let mut latest: Option<(usize, &str)> = None;
        for child in &parent.children {
            let Some((element, _)) = type_id.and_then(|id| self.types.member(id, child.name)) else {
                continue;
            };
            if element.is_xml_attribute {
                self.problem(format!("{} is an attribute in XML", child.name), child);
            }
            let position = info.elements.iter().position(|other| std::ptr::eq(other, element)).unwrap_or(0);
            match latest {
                Some((furthest, other)) if position < furthest => {
                    self.problem(format!("{} must stand before {other}", child.name), child);
                }
                _ => latest = Some((position, child.name)),
            }
        }
    }

    fn group(&mut self, group: &Group<'_, '_>, parent_type: Option<TypeId>) {
        let Group { name, elements } = group;
        let found = parent_type.and_then(|id| self.types.member(id, name));
        let form = self.form(found.map(|(_, element_type)| element_type.type_id), elements);
        let held = |element: &&Element<'_>| match form {
            Form::Resource => element.children.len().max(1),
            _ => 1,
        };
        let is_array = found.is_some_and(|(info, _): (&ElementInfo, _)| info.is_array())
            || elements.iter().map(held).sum::<usize>() > 1;
        if let Form::Primitive { type_id, is_literal } = form {
            return self.primitives(group, type_id, is_literal, is_array);
        }
        self.member(name, group, is_array, |reader, element| match (&element.xhtml, form) {
            (Some(text), _) => reader.json.string(text, element.position),
            (None, Form::Resource) => reader.held_resources(element),
            (None, Form::Object { type_id } | Form::Primitive { type_id, .. }) => {
                reader.object(element, type_id, false);
            }
        });
    }

    fn form(&self, type_id: Option<TypeId>, elements: &[&Element<'_>]) -> Form {
        let Some(info) = type_id.and_then(|id| self.types.get(id)) else {
            // An unknown element is taken for what it looks like.
            let is_primitive = elements.iter().any(|element| has_value(element));
            return if is_primitive {
                Form::Primitive { type_id: None, is_literal: |_| false }
            } else {
                Form::Object { type_id: None }
            };
        };
        match info.kind {
            TypeKind::Primitive => {
                let is_literal = match &*info.name {
                    "boolean" => |text: &str| matches!(text, "true" | "false"),
                    "integer" | "positiveInt" | "unsignedInt" | "decimal" => is_number,
                    _ => |_: &str| false,
                };
                Form::Primitive { type_id, is_literal }
            }
            TypeKind::Resource => Form::Resource,
            TypeKind::Complex | TypeKind::Backbone => Form::Object { type_id },
        }
    }

    /// A member with one value per element of the group.
    fn member(
        &mut self,
        name: &str,
        group: &Group<'_, '_>,
        is_array: bool,
        mut value: impl FnMut(&mut Self, &Element<'_>),
    ) {
        let Some(first) = group.elements.first() else { return };
        self.json.key(name, first.position);
        if is_array {
            self.json.open(b'[', first.position);
        }
        let path_length = self.path.len();
        for (position, element) in group.elements.iter().enumerate() {
            // Writing to a String cannot fail.
            let _ = write!(self.path, ".{}", group.name);
            if is_array {
                let _ = write!(self.path, "[{position}]");
            }
            value(self, element);
            self.path.truncate(path_length);
        }
        if is_array {
            self.json.close(b']');
        }
    }

    /// The values of primitives, then what else they have, both padded with `null` in arrays.
    fn primitives(
        &mut self,
        group: &Group<'_, '_>,
        type_id: Option<TypeId>,
        is_literal: fn(&str) -> bool,
        is_array: bool,
    ) {
        let has_value =
            |element: &Element<'_>| element.xhtml.is_some() || element.attribute("value").is_some();
        // An element without anything is an empty object, so that it is not lost.
        let has_more = |element: &Element<'_>| {
            let has_attributes = element.attributes.iter().any(|attribute| attribute.name != "value");
            has_attributes || !element.children.is_empty() || !has_value(element)
        };
        if group.elements.iter().any(|element| has_value(element)) {
            self.member(group.name, group, is_array, |reader, element| {
                let value = element.xhtml.as_deref().or_else(|| element.attribute("value"));
                match value {
                    Some(text) if is_literal(text) => {
                        reader.json.literal(text, element.position);
                    }
                    Some(text) => reader.json.string(text, element.position),
                    None => reader.json.literal("null", element.position),
                }
            });
        }
        if group.elements.iter().any(|element| has_more(element)) {
            self.member(&format!("_{}", group.name), group, is_array, |reader, element| {
                if has_more(element) {
                    reader.object(element, type_id, true);
                } else {
                    reader.json.literal("null", element.position);
                }
            });
        }
    }

    /// The resource in an element that holds one. More than one is a mistake, but none of them is lost.
    fn held_resources(&mut self, element: &Element<'_>) {
        for attribute in &element.attributes {
            self.problem(
                format!("the element {} has no attribute {}", element.name, attribute.name),
                element,
            );
        }
        if element.children.len() != 1 {
            self.problem(format!("the element {} must hold one resource", element.name), element);
        }
        if element.children.is_empty() {
            self.json.open(b'{', element.position);
            self.json.close(b'}');
        }
        for resource in &element.children {
            self.check(resource, element.namespace);
            match &resource.xhtml {
                Some(text) => self.json.string(text, resource.position),
                None => self.resource(resource),
            }
        }
    }
}

/// Whether an element has what a primitive has.
fn has_value(element: &Element<'_>) -> bool {
    element.xhtml.is_some() || element.attribute("value").is_some()
}
