//! Turns a resource in XML into JSON, as far as the inputs of the suite need it.

use std::fmt::Write;

use fhir_model::types::{TypeId, TypeKind, TypeModel};
use roxmltree::Node;

/// The JSON of a resource in XML.
pub(crate) fn to_json(text: &str, model: &TypeModel) -> String {
    let document = roxmltree::Document::parse(text).unwrap();
    resource(document.root_element(), text, model)
}

fn resource(node: Node<'_, '_>, text: &str, model: &TypeModel) -> String {
    let name = node.tag_name().name();
    let mut members = members(node, model.id(name).unwrap(), text, model);
    members.insert(0, format!("\"resourceType\":{}", quoted(name)));
    format!("{{{}}}", members.join(","))
}

/// The members of an object, elements of one name gathered into arrays where the type repeats them.
fn members(node: Node<'_, '_>, type_id: TypeId, text: &str, model: &TypeModel) -> Vec<String> {
    let info = model.get(type_id).unwrap();
    let mut members: Vec<String> = ["id", "url"]
        .into_iter()
        .filter_map(|name| Some(format!("\"{name}\":{}", quoted(node.attribute(name)?))))
        .collect();
    let children: Vec<Node<'_, '_>> = node.children().filter(Node::is_element).collect();
    let mut done: Vec<&str> = Vec::new();
    for child in &children {
        let name = child.tag_name().name();
        if done.contains(&name) {
            continue;
        }
        done.push(name);
        let (element, element_type) =
            info.element_by_json_name(name).unwrap_or_else(|| panic!("{}.{name}", info.name));
        let same: Vec<_> = children.iter().filter(|other| other.tag_name().name() == name).collect();
        let converted: Vec<_> =
            same.iter().map(|child| value(**child, element_type.type_id, text, model)).collect();
        let join = |pick: fn(&Converted) -> &Option<String>| {
            let values: Vec<&str> =
                converted.iter().map(|pair| pick(pair).as_deref().unwrap_or("null")).collect();
            let has_any = converted.iter().any(|pair| pick(pair).is_some());
            let joined = if element.is_array() { format!("[{}]", values.join(",")) } else { values.concat() };
            has_any.then_some(joined)
        };
        members.extend(join(|pair| &pair.0).map(|value| format!("{}:{value}", quoted(name))));
        members
            .extend(join(|pair| &pair.1).map(|sibling| format!("{}:{sibling}", quoted(&format!("_{name}")))));
    }
    members
}

/// The value of an element, and what goes into the sibling of a primitive.
type Converted = (Option<String>, Option<String>);

fn value(node: Node<'_, '_>, type_id: TypeId, text: &str, model: &TypeModel) -> Converted {
    let info = model.get(type_id).unwrap();
    if &*info.name == "xhtml" {
        return (text.get(node.range()).map(quoted), None);
    }
    match info.kind {
        TypeKind::Resource => {
            let inner = node.children().find(Node::is_element).unwrap();
            (Some(resource(inner, text, model)), None)
        }
        TypeKind::Primitive => {
            let sibling = members(node, type_id, text, model);
            let sibling = (!sibling.is_empty()).then(|| format!("{{{}}}", sibling.join(",")));
            let plain =
                matches!(&*info.name, "boolean" | "integer" | "positiveInt" | "unsignedInt" | "decimal");
            let value =
                node.attribute("value").map(|value| if plain { value.to_owned() } else { quoted(value) });
            (value, sibling)
        }
        TypeKind::Complex | TypeKind::Backbone => {
            (Some(format!("{{{}}}", members(node, type_id, text, model).join(","))), None)
        }
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => write!(quoted, "\\u{:04x}", u32::from(c)).unwrap(),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
