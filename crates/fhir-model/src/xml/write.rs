//! A resource to FHIR's XML.

use super::error::XmlError;
use super::escape::{is_character, is_name, push_attribute_value};
use super::tree::{self, XHTML_ELEMENT};
use super::{FHIR_NAMESPACE, Limits};
use crate::node::{Kind, Node};
use crate::path::path_of;
use crate::types::{TypeId, TypeKind, TypeModel};

/// How the XML is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Without white space between elements.
    #[default]
    Compact,
    /// For people: an element a line, two spaces a level.
    Pretty,
}

pub(super) fn write(resource: Node<'_>, types: &TypeModel, layout: Layout) -> Result<String, XmlError> {
    let out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_owned();
    let mut writer = Writer { types, root: resource, layout, level: 0, out };
    writer.resource(resource, true)?;
    if layout == Layout::Pretty {
        writer.out.push('\n');
    }
    Ok(writer.out)
}

struct Writer<'m, 'a> {
    types: &'m TypeModel,
    root: Node<'a>,
    layout: Layout,
    level: usize,
    out: String,
}

/// A member of an object together with its `_` sibling.
struct Member<'a> {
    name: &'a str,
    value: Option<Node<'a>>,
    sibling: Option<Node<'a>>,
    type_id: Option<TypeId>,
    is_attribute: bool,
}

type Step = Result<(), XmlError>;

impl<'a> Writer<'_, 'a> {
    fn refuse(&self, message: impl Into<String>, node: Node<'_>) -> XmlError {
        XmlError::NotRepresentable { message: message.into(), path: path_of(self.root, node.index()) }
    }

    fn begin_line(&mut self) {
        if self.layout == Layout::Pretty {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("  ", self.level));
        }
    }

    fn begin_tag(&mut self, name: &str, node: Node<'_>) -> Step {
        // Read back, a leading underscore would make it the sibling of another member, and a `div` is always XHTML.
        if !is_name(name) || name.contains(':') || name.starts_with('_') || name == XHTML_ELEMENT {
            return Err(self.refuse(format!("\"{name}\" is not the name of an XML element"), node));
        }
        self.begin_line();
        self.out.push('<');
        self.out.push_str(name);
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &str, node: Node<'_>) -> Step {
        if value.contains(|c| !is_character(c)) {
            return Err(self.refuse("it has a character that XML does not allow", node));
        }
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        push_attribute_value(value, &mut self.out);
        self.out.push('"');
        Ok(())
    }

    fn resource(&mut self, node: Node<'a>, is_outermost: bool) -> Step {
        let Some(name) = node.resource_type() else {
            return Err(self.refuse("a resource without resourceType", node));
        };
        self.begin_tag(name, node)?;
        if is_outermost {
            self.attribute("xmlns", FHIR_NAMESPACE, node)?;
        }
        let type_id = self.types.id(name).filter(|id| self.kind(*id) == Some(TypeKind::Resource));
        let mut members = self.members(node, type_id);
        members.retain(|member| member.name != "resourceType");
        self.content(name, &members)
    }

    fn kind(&self, id: TypeId) -> Option<TypeKind> {
        self.types.get(id).map(|info| info.kind)
    }

    /// The members of an object in the order of XML: as the type defines them, then unknown ones by their names.
    fn members(&self, object: Node<'a>, type_id: Option<TypeId>) -> Vec<Member<'a>> {
        let elements = type_id.and_then(|id| self.types.get(id)).map_or(&[][..], |info| &info.elements);
        let find = |name| type_id.and_then(|id| self.types.member(id, name));
        let mut keys: Vec<_> = object
            .members()
            .map(|(key, node)| {
                let (name, is_sibling) = key.strip_prefix('_').map_or((key, false), |name| (name, true));
                let place = |info| elements.iter().position(|other| std::ptr::eq(other, info));
                let order = find(name).and_then(|(info, _)| place(info)).unwrap_or(usize::MAX);
                (order, name, is_sibling, node)
            })
            .collect();
        keys.sort_unstable_by_key(|(order, name, is_sibling, _)| (*order, *name, *is_sibling));
        let has_attributes = type_id.is_none() && object.resource_type().is_none();
        let member = |keys: &[(usize, &'a str, bool, Node<'a>)]| {
            let (_, name, ..) = keys.first()?;
            let pick = |sibling| keys.iter().find(|(_, _, is, _)| *is == sibling).map(|(.., node)| *node);
            let (value, found) = (pick(false), find(name));
            let is_attribute = match found {
                Some((info, _)) => info.is_xml_attribute,
                None => {
                    has_attributes && matches!(*name, "id" | "url") && value.and_then(Node::as_str).is_some()
                }
            };
            let type_id = found.map(|(_, element_type)| element_type.type_id);
            Some(Member { name, value, sibling: pick(true), type_id, is_attribute })
        };
        keys.chunk_by(|a, b| a.1 == b.1).filter_map(member).collect()
    }

    /// The attributes and elements of a tag that has been begun, and its end.
    fn content(&mut self, name: &str, members: &[Member<'a>]) -> Step {
        for member in members.iter().filter(|member| member.is_attribute) {
            match (member.value.and_then(Node::as_str), member.sibling) {
                (Some(text), None) => self.attribute(member.name, text, self.root)?,
                _ => {
                    let node = member.value.or(member.sibling).unwrap_or(self.root);
                    return Err(self.refuse("an attribute is one string", node));
                }
            }
        }
        if members.iter().all(|member| member.is_attribute) {
            self.out.push_str("/>");
            return Ok(());
        }
        self.out.push('>');
        self.level += 1;
        for member in members.iter().filter(|member| !member.is_attribute) {
            self.member(member)?;
        }
        self.level -= 1;
        self.end_tag(name);
        Ok(())
    }

    fn end_tag(&mut self, name: &str) {
        self.begin_line();
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// All elements of a member, its values paired with their siblings.
    fn member(&mut self, member: &Member<'a>) -> Step {
        let mut values = member.value.into_iter().flat_map(Node::each);
        let mut siblings = member.sibling.into_iter().flat_map(Node::each);
        loop {
            let (value, sibling) = (values.next(), siblings.next());
            let Some(node) = value.or(sibling) else { return Ok(()) };
            let present = |node: Option<Node<'a>>| node.filter(|node| !node.is_null());
            self.element(member, present(value), present(sibling), node)?;
        }
    }

    fn element(
        &mut self,
        member: &Member<'a>,
        value: Option<Node<'a>>,
        sibling: Option<Node<'a>>,
        node: Node<'a>,
    ) -> Step {
        if member.name == XHTML_ELEMENT {
            return match (value, sibling) {
                (Some(value), None) => self.xhtml(value),
                _ => Err(self.refuse("XHTML has no extensions", node)),
            };
        }
        let kind = member.type_id.and_then(|id| self.kind(id));
        match value.map(|value| (value, value.kind())) {
            Some((value, Kind::Object)) if sibling.is_none() && kind != Some(TypeKind::Primitive) => {
                if kind == Some(TypeKind::Resource) {
                    return self.held_resource(member.name, value);
                }
                self.begin_tag(member.name, value)?;
                let members = self.members(value, member.type_id);
                self.content(member.name, &members)
            }
            Some((_, Kind::Object | Kind::Array | Kind::Null)) => {
                Err(self.refuse("neither a value nor an element", node))
            }
            None if sibling.is_none() => Err(self.refuse("null without a value to stand for", node)),
            _ if !matches!(kind, None | Some(TypeKind::Primitive)) => {
                Err(self.refuse("a primitive where an object was expected", node))
            }
            primitive => {
                if sibling.is_some_and(|sibling| !sibling.is_object()) {
                    return Err(self.refuse("the sibling of a primitive must be an object", node));
                }
                self.begin_tag(member.name, node)?;
                if let Some((value, text)) =
                    primitive.and_then(|(value, _)| Some((value, value.primitive_text()?)))
                {
                    self.attribute("value", text, value)?;
                }
                let members = sibling.map_or_else(Vec::new, |sibling| self.members(sibling, member.type_id));
                self.content(member.name, &members)
            }
        }
    }

    fn held_resource(&mut self, name: &str, resource: Node<'a>) -> Step {
        self.begin_tag(name, resource)?;
        if resource.is_empty() {
            self.out.push_str("/>");
            return Ok(());
        }
        self.out.push('>');
        self.level += 1;
        self.resource(resource, false)?;
        self.level -= 1;
        self.end_tag(name);
        Ok(())
    }

    /// The text of a narrative as it is, once it is sure that it is one element and no more.
    fn xhtml(&mut self, node: Node<'_>) -> Step {
        let text = node.as_str().unwrap_or_default();
        let element =
            tree::parse(text, Limits::default()).map_err(|error| self.refuse(error.to_string(), node))?;
        if element.xhtml.as_deref() != Some(text.trim()) {
            return Err(self.refuse("it is not a div of XHTML", node));
        }
        self.begin_line();
        self.out.push_str(text.trim());
        Ok(())
    }
}
