//! Parameters to operations.

use fhir_model::Node;
use fhir_model::types::{TypeId, TypeModel};

use super::occurrences::Occurrence;
use super::typed_value::TypedValue;
use super::{Action, Operation};
use crate::error::PatchError;
use crate::limits::Limits;
use crate::value::Value;

/// The parts that operations have, whatever their type.
const PARTS: [&str; 7] = ["type", "path", "name", "value", "index", "source", "destination"];

pub(super) fn operations(
    parameters: Node<'_>,
    types: &TypeModel,
    limits: Limits,
) -> Result<Vec<Operation>, PatchError> {
    let not_parameters = || PatchError::syntax("a FHIRPath Patch is a Parameters resource");
    if parameters.resource_type() != Some("Parameters") {
        return Err(not_parameters());
    }
    let parameter_type = types.id("Parameters.parameter").ok_or_else(not_parameters)?;
    let list = parameters.get("parameter").into_iter().flat_map(Node::each);
    limits.check_operations(list.clone().count())?;
    let operation = |(index, parameter): (usize, Node<'_>)| {
        let parts = Parts { parameter, parameter_type, types };
        let path = parts.text("path").unwrap_or_default();
        operation(&parts).map_err(|error| error.in_operation(index, path))
    };
    list.enumerate().map(operation).collect()
}

fn operation(parts: &Parts<'_>) -> Result<Operation, PatchError> {
    parts.check()?;
    let kind = parts.text("type")?;
    let (action, used): (_, &[&str]) = match kind {
        "add" => {
            let name = parts.text("name")?.to_owned();
            (Action::Add { name, value: parts.value()? }, &["name", "value"])
        }
        "insert" => {
            (Action::Insert { index: parts.number("index")?, value: parts.value()? }, &["index", "value"])
        }
        "delete" => (Action::Delete, &[]),
        "replace" => (Action::Replace(parts.value()?), &["value"]),
        "move" => {
            let (source, destination) = (parts.number("source")?, parts.number("destination")?);
            (Action::Move { source, destination }, &["source", "destination"])
        }
        other => return Err(PatchError::syntax(format!("there is no operation of the type \"{other}\""))),
    };
    let is_used = |name: &str| matches!(name, "type" | "path") || used.contains(&name);
    if let Some(name) = parts.names().find(|name| !is_used(name)) {
        return Err(PatchError::syntax(format!("the operation {kind} takes no part \"{name}\"")));
    }
    Ok(Operation { path: parts.text("path")?.to_owned(), action })
}

/// The parts of one operation.
struct Parts<'a> {
    parameter: Node<'a>,
    parameter_type: TypeId,
    types: &'a TypeModel,
}

impl<'a> Parts<'a> {
    fn each(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.parameter.get("part").into_iter().flat_map(Node::each)
    }

    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.each().map(|part| part.get_str("name").unwrap_or_default())
    }

    /// Whether this is an operation, with no part that is unknown or there twice.
    fn check(&self) -> Result<(), PatchError> {
        if self.parameter.get_str("name") != Some("operation") {
            return Err(PatchError::syntax("each parameter of a FHIRPath Patch has the name \"operation\""));
        }
        for (position, name) in self.names().enumerate() {
            if !PARTS.contains(&name) {
                return Err(PatchError::syntax(format!("an operation has no part \"{name}\"")));
            }
            if self.names().take(position).any(|other| other == name) {
                return Err(PatchError::syntax(format!("the part \"{name}\" is there twice")));
            }
        }
        Ok(())
    }

    fn part(&self, name: &str) -> Result<Node<'a>, PatchError> {
        let found = self.each().find(|part| part.get_str("name") == Some(name));
        found.ok_or_else(|| PatchError::syntax(format!("the operation has no part \"{name}\"")))
    }

    /// The text of a part that has a primitive.
    fn text(&self, name: &str) -> Result<&'a str, PatchError> {
        let part = self.part(name)?;
        let value = part.members().find(|(member, _)| member.starts_with("value"));
        value
            .and_then(|(_, value)| value.primitive_text())
            .ok_or_else(|| PatchError::syntax(format!("the part \"{name}\" has no primitive value")))
    }

    fn number(&self, name: &str) -> Result<usize, PatchError> {
        self.text(name)?
            .parse()
            .map_err(|_| PatchError::syntax(format!("the part \"{name}\" is not a position in a list")))
    }

    fn value(&self) -> Result<TypedValue, PatchError> {
        typed_value(self.part("value")?, self.parameter_type, self.types)
    }
}

/// The `value[x]`, `resource` or `part` of a parameter: just one of them.
fn typed_value(
    parameter: Node<'_>,
    parameter_type: TypeId,
    types: &TypeModel,
) -> Result<TypedValue, PatchError> {
    let mut found: Option<(&str, TypedValue)> = None;
    for (member, node) in parameter.members() {
        let name = member.strip_prefix('_').unwrap_or(member);
        if matches!(name, "name" | "id" | "extension" | "modifierExtension") {
            continue;
        }
        match &mut found {
            None => found = Some((name, member_value(member, node, parameter_type, types)?)),
            Some((own, TypedValue::Element { occurrence, .. })) if *own == name => {
                set(occurrence, member, node);
            }
            Some(_) => {
                return Err(PatchError::syntax(format!("the parameter has a second value, \"{member}\"")));
            }
        }
    }
    found.map(|(_, value)| value).ok_or_else(|| PatchError::syntax("the parameter has no value"))
}

/// What one member of a parameter says.
fn member_value(
    member: &str,
    node: Node<'_>,
    parameter_type: TypeId,
    types: &TypeModel,
) -> Result<TypedValue, PatchError> {
    match member {
        "resource" => Ok(TypedValue::Resource(Value::from(node))),
        "part" => {
            let parts = node.each().map(|part| {
                let name = part.get_str("name").unwrap_or_default().to_owned();
                Ok((name, typed_value(part, parameter_type, types)?))
            });
            parts.collect::<Result<_, PatchError>>().map(TypedValue::Parts)
        }
        _ => {
            let (_, chosen) = types
                .member(parameter_type, member.strip_prefix('_').unwrap_or(member))
                .ok_or_else(|| PatchError::syntax(format!("a parameter has no element \"{member}\"")))?;
            let mut occurrence = Occurrence::default();
            set(&mut occurrence, member, node);
            Ok(TypedValue::Element { type_id: chosen.type_id, occurrence })
        }
    }
}

/// Sets the value of a primitive or its `_` sibling.
fn set(occurrence: &mut Occurrence, member: &str, node: Node<'_>) {
    let half = if member.starts_with('_') { &mut occurrence.sibling } else { &mut occurrence.value };
    *half = Some(Value::from(node)).filter(|value| !value.is_null());
}
