//! Elements as values of FHIRPath Patch operations: a value of a data type where Parameters have one, else the parts.

use fhir_model::Node;
use fhir_model::types::{ElementInfo, TypeId, TypeKind, TypeModel};
use fhir_model::write::{write, write_string};

/// One occurrence of an element, with its type there.
#[derive(Clone, Copy)]
pub(super) struct Occurrence<'a> {
    pub(super) type_id: TypeId,
    /// The value; a primitive with extensions may have none.
    pub(super) value: Option<Node<'a>>,
    /// Id and extensions of a primitive.
    pub(super) sibling: Option<Node<'a>>,
}

/// The occurrences of one element of an object, in order.
pub(super) struct Element<'a, 'm> {
    pub(super) info: &'m ElementInfo,
    pub(super) occurrences: Vec<Occurrence<'a>>,
}

/// The elements of an object; members that the type does not have are left out.
pub(super) fn elements<'a, 'm>(
    types: &'m TypeModel,
    type_id: TypeId,
    object: Node<'a>,
) -> Vec<Element<'a, 'm>> {
    let mut elements: Vec<Element<'a, 'm>> = Vec::new();
    for (member, node) in object.members() {
        let name = member.strip_prefix('_').unwrap_or(member);
        let Some((info, chosen)) = types.member(type_id, name) else { continue };
        if elements.iter().any(|known| known.info.name == info.name) {
            continue;
        }
        let (values, siblings) = match member == name {
            true => (Some(node), object.get(&format!("_{name}"))),
            false => (object.get(name), Some(node)),
        };
        let items = |node: Option<Node<'a>>| -> Vec<Option<Node<'a>>> {
            node.into_iter()
                .flat_map(Node::each)
                .map(|item| Some(item).filter(|item| !item.is_null()))
                .collect()
        };
        let (values, siblings) = (items(values), items(siblings));
        let at = |list: &[Option<Node<'a>>], position: usize| list.get(position).copied().flatten();
        let occurrences = (0..values.len().max(siblings.len())).map(|position| Occurrence {
            type_id: chosen.type_id,
            value: at(&values, position),
            sibling: at(&siblings, position),
        });
        elements.push(Element { info, occurrences: occurrences.collect() });
    }
    elements
}

/// Appends the members that give a parameter this value.
pub(super) fn write_value(types: &TypeModel, occurrence: Occurrence<'_>, out: &mut Vec<u8>) {
    let Some(info) = types.get(occurrence.type_id) else { return };
    match (info.kind, value_name(types, &info.name)) {
        (TypeKind::Resource, _) => {
            out.extend_from_slice(b"\"resource\":");
            write_node(occurrence.value, out);
        }
        (_, Some(name)) => write_named(&name, occurrence, out),
        // xhtml is a string to JSON.
        (TypeKind::Primitive, None) => write_named("valueString", occurrence, out),
        (_, None) => write_parts(types, occurrence, out),
    }
}

/// The member of a parameter that has values of a type.
fn value_name(types: &TypeModel, type_name: &str) -> Option<String> {
    let mut letters = type_name.chars();
    let first = letters.next()?.to_ascii_uppercase();
    let name = format!("value{first}{}", letters.as_str());
    types.member(types.id("Parameters.parameter")?, &name).map(|_| name)
}

fn write_named(name: &str, occurrence: Occurrence<'_>, out: &mut Vec<u8>) {
    let halves = [(name.to_owned(), occurrence.value), (format!("_{name}"), occurrence.sibling)];
    let mut is_first = true;
    for (name, half) in halves.iter().filter(|(_, half)| half.is_some()) {
        if !is_first {
            out.push(b',');
        }
        is_first = false;
        write_string(name, out);
        out.push(b':');
        write_node(*half, out);
    }
}

fn write_parts(types: &TypeModel, occurrence: Occurrence<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"part\":[");
    let elements =
        occurrence.value.map(|value| elements(types, occurrence.type_id, value)).unwrap_or_default();
    let parts = elements
        .iter()
        .flat_map(|element| element.occurrences.iter().map(|occurrence| (&*element.info.name, *occurrence)));
    for (position, (name, part)) in parts.enumerate() {
        out.extend_from_slice(if position == 0 { b"{\"name\":" } else { b",{\"name\":" });
        write_string(name, out);
        out.push(b',');
        write_value(types, part, out);
        out.push(b'}');
    }
    out.push(b']');
}

fn write_node(node: Option<Node<'_>>, out: &mut Vec<u8>) {
    match node {
        Some(node) => write(node, None, out),
        None => out.extend_from_slice(b"null"),
    }
}
