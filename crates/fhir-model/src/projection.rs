//! Part of a resource: what `_summary` and `_elements` leave of it (R4 search, 3.1.1.5.8 and 3.1.1.5.9).
//!
//! What remains is written as it was: in its order, with its digits. The [`TypeModel`] says which elements belong to
//! summaries, which are mandatory, and what `valueQuantity` is.

mod elements;

use crate::node::Node;
use crate::types::{ElementInfo, TypeId, TypeKind, TypeModel};
use crate::write::{write, write_string};
pub use elements::{ElementTree, UnknownElement};

/// The tag of a resource that is not whole, as it stands in `meta.tag`.
const SUBSETTED: &str =
    "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\",\"code\":\"SUBSETTED\"}";

/// How much of a resource is wanted.
///
/// Always there: `resourceType`, `id`, `meta` and what changes the meaning of the rest (`implicitRules`,
/// `modifierExtension`). The narrative apart, mandatory elements are always there too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projection {
    /// The elements that the definitions mark as part of summaries, at every level (`_summary=true`).
    Summary,
    /// The narrative and the mandatory elements (`_summary=text`).
    Text,
    /// Everything but the narrative (`_summary=data`).
    Data,
    /// These elements (`_elements`).
    Elements(ElementTree),
}

/// How much of one value is wanted.
#[derive(Clone, Copy)]
enum Part<'p> {
    Whole,
    Summary,
    /// Only what must be there.
    Mandatory,
    Listed(&'p ElementTree),
}

impl Projection {
    /// Appends what is wanted of a resource, tagged as incomplete (`SUBSETTED`), as compact JSON.
    pub fn write(&self, types: &TypeModel, resource: Node<'_>, out: &mut Vec<u8>) {
        let writer = Writer { types };
        let kind = resource.resource_type().and_then(|name| types.id(name));
        let mut tagged = false;
        let mut separator = b'{';
        for (name, value) in resource.members() {
            let start = out.len();
            write_name(name, &mut separator, out);
            let written = match name {
                "meta" => {
                    tagged = true;
                    write_tagged(value, out);
                    true
                }
                "resourceType" | "id" | "implicitRules" | "_implicitRules" => {
                    writer.value(value, None, Part::Whole, out)
                }
                _ => self.member(&writer, kind, name, value, out),
            };
            if !written {
                undo(start, &mut separator, out);
            }
        }
        if !tagged {
            write_name("meta", &mut separator, out);
            out.extend_from_slice(format!("{{\"tag\":[{SUBSETTED}]}}").as_bytes());
        }
        out.push(b'}');
    }

    /// Writes a member of the resource, if any of it is wanted.
    fn member(
        &self,
        writer: &Writer<'_>,
        kind: Option<TypeId>,
        name: &str,
        value: Node<'_>,
        out: &mut Vec<u8>,
    ) -> bool {
        match self {
            Self::Data => name != "text" && writer.value(value, None, Part::Whole, out),
            Self::Text => {
                let wanted = matches!(name, "text" | "modifierExtension") || writer.is_mandatory(kind, name);
                wanted && writer.value(value, None, Part::Whole, out)
            }
            Self::Summary => writer.member(kind, name, value, Part::Summary, out),
            Self::Elements(tree) => writer.member(kind, name, value, Part::Listed(tree), out),
        }
    }
}

struct Writer<'m> {
    types: &'m TypeModel,
}

impl Writer<'_> {
    fn is_mandatory(&self, parent: Option<TypeId>, name: &str) -> bool {
        let element = parent.and_then(|parent| self.types.member(parent, element_name(name)));
        element.is_some_and(|(element, _)| element.min > 0)
    }

    /// Writes the value of a member of which `part` of the parent is wanted. Returns whether anything was written.
    fn member(
        &self,
        parent: Option<TypeId>,
        name: &str,
        value: Node<'_>,
        part: Part<'_>,
        out: &mut Vec<u8>,
    ) -> bool {
        let json_name = element_name(name);
        let Some((element, of_type)) = parent.and_then(|parent| self.types.member(parent, json_name)) else {
            return false;
        };
        let Some(wanted) = part.of(element, json_name) else { return false };
        self.value(value, Some(of_type.type_id), wanted, out) || {
            // Where nothing inside of what must be there is wanted, there is still to be something.
            element.min > 0 && self.value(value, None, Part::Whole, out)
        }
    }

    /// Writes a value, or nothing if nothing in it is wanted. Returns whether anything was written.
    fn value(&self, value: Node<'_>, kind: Option<TypeId>, part: Part<'_>, out: &mut Vec<u8>) -> bool {
        let parts = kind.filter(|kind| !matches!(part, Part::Whole) && self.has_parts(*kind));
        if parts.is_none() {
            write(value, None, out);
            return true;
        }
        let start = out.len();
        let (mut separator, end) = if value.is_array() { (b'[', b']') } else { (b'{', b'}') };
        for item in value.items() {
            let before = out.len();
            out.push(separator);
            if self.value(item, kind, part, out) { separator = b',' } else { out.truncate(before) }
        }
        for (name, member) in value.members() {
            let before = out.len();
            write_name(name, &mut separator, out);
            if !self.member(parts, name, member, part, out) {
                undo(before, &mut separator, out);
            }
        }
        out.push(end);
        let written = separator == b',';
        if !written {
            out.truncate(start);
        }
        written
    }

    /// Whether values of a type are looked into. Primitives are not, with what stands in their `_` siblings, and neither are
    /// resources within resources.
    fn has_parts(&self, kind: TypeId) -> bool {
        self.types.get(kind).is_some_and(|kind| matches!(kind.kind, TypeKind::Complex | TypeKind::Backbone))
    }
}

impl<'p> Part<'p> {
    /// How much of an element is wanted; `None` for nothing.
    fn of(self, element: &ElementInfo, json_name: &str) -> Option<Self> {
        if &*element.name == "modifierExtension" {
            return Some(Self::Whole);
        }
        let mandatory = element.min > 0;
        match self {
            Self::Whole => Some(Self::Whole),
            Self::Summary => (element.is_summary || mandatory).then_some(Self::Summary),
            Self::Mandatory => mandatory.then_some(Self::Mandatory),
            Self::Listed(tree) => match tree.child(&element.name, json_name) {
                Some(child) if child.is_whole() => Some(Self::Whole),
                Some(child) => Some(Self::Listed(child)),
                None => mandatory.then_some(Self::Mandatory),
            },
        }
    }
}

/// The name of the element that a member of JSON is about: `_birthDate` is about `birthDate`.
fn element_name(member: &str) -> &str {
    member.strip_prefix('_').unwrap_or(member)
}

fn write_name(name: &str, separator: &mut u8, out: &mut Vec<u8>) {
    out.push(*separator);
    *separator = b',';
    write_string(name, out);
    out.push(b':');
}

/// Takes back a member that turned out to be empty, with its separator.
fn undo(start: usize, separator: &mut u8, out: &mut Vec<u8>) {
    if let Some(before) = out.get(start) {
        *separator = *before;
    }
    out.truncate(start);
}

/// Writes `meta` with the tag added, unless it is there.
fn write_tagged(meta: Node<'_>, out: &mut Vec<u8>) {
    let mut separator = b'{';
    for (name, value) in meta.members().filter(|(name, _)| *name != "tag") {
        write_name(name, &mut separator, out);
        write(value, None, out);
    }
    write_name("tag", &mut separator, out);
    let mut before_item = b'[';
    for tag in meta.get("tag").into_iter().flat_map(Node::items) {
        let is_ours = tag.get_str("code") == Some("SUBSETTED")
            && tag.get_str("system").is_some_and(|system| system.ends_with("/v3-ObservationValue"));
        if !is_ours {
            out.push(before_item);
            before_item = b',';
            write(tag, None, out);
        }
    }
    out.push(before_item);
    out.extend_from_slice(SUBSETTED.as_bytes());
    out.extend_from_slice(b"]}");
}
