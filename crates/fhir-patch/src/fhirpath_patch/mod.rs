//! FHIRPath Patch (R4 fhirpatch.html): operations in a Parameters resource, on elements that FHIRPath selects.

mod edit;
mod location;
mod occurrences;
mod parameters;
mod typed_value;

use std::collections::HashSet;

use fhir_model::types::TypeModel;
use fhir_model::{Document, Node};
use fhirpath::{CompileError, CompileErrorKind, Context, Element, Expression, Item};

use crate::error::PatchError;
use crate::limits::{Budget, Limits};
use crate::value::Value;
use location::{Target, list_of, locate};
use typed_value::TypedValue;

/// How many steps the FHIRPath of all operations of a patch may take together.
const MAX_STEPS: usize = 20_000_000;
/// How many of them a single operation may take.
const MAX_STEPS_EACH: usize = 1_000_000;

/// A list of operations on elements.
#[derive(Debug)]
pub struct FhirPathPatch {
    operations: Vec<Operation>,
}

#[derive(Debug)]
struct Operation {
    /// The FHIRPath of what is changed.
    path: String,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Add { name: String, value: TypedValue },
    Insert { index: usize, value: TypedValue },
    Delete,
    Replace(TypedValue),
    Move { source: usize, destination: usize },
}

impl FhirPathPatch {
    /// Reads the operations from a Parameters resource.
    pub fn parse(parameters: Node<'_>, types: &TypeModel, limits: Limits) -> Result<Self, PatchError> {
        Ok(Self { operations: parameters::operations(parameters, types, limits)? })
    }

    pub(crate) fn apply_within(
        &self,
        resource: Node<'_>,
        types: &TypeModel,
        mut budget: Budget,
    ) -> Result<Vec<u8>, PatchError> {
        let max_steps = (MAX_STEPS / self.operations.len().max(1)).min(MAX_STEPS_EACH) as u32;
        let mut root = Value::from(resource);
        for (index, operation) in self.operations.iter().enumerate() {
            operation
                .apply(&mut root, types, max_steps, &mut budget)
                .map_err(|error| error.in_operation(index, &operation.path))?;
        }
        Ok(root.to_vec())
    }
}

impl Operation {
    fn apply(
        &self,
        root: &mut Value,
        types: &TypeModel,
        max_steps: u32,
        budget: &mut Budget,
    ) -> Result<(), PatchError> {
        // FHIRPath walks over documents, so each operation reads what the ones before it have made.
        let json = root.to_vec();
        budget.work(json.len())?;
        let document = Document::parse_bytes(json)
            .map_err(|error| PatchError::not_applicable(format!("the resource cannot be read: {error}")))?;
        let target = self.select(document.root(), types, max_steps)?;
        match (&self.action, target) {
            (Action::Delete, None) => Ok(()),
            (Action::Insert { .. } | Action::Move { .. }, None) => {
                Err(PatchError::not_applicable("the path selects no element; use add to begin a list"))
            }
            (_, None) => Err(PatchError::not_applicable("the path selects no element")),
            (Action::Add { name, value }, Some(Target::Resource(type_id))) => {
                let object = root.as_object_mut().ok_or_else(lost)?;
                edit::add(object, type_id, name, value, types)
            }
            (_, Some(Target::Resource(_))) => Err(PatchError::not_applicable(
                "the resource itself can be neither replaced, moved nor deleted",
            )),
            (Action::Add { name, value }, Some(Target::Element(location))) => {
                edit::add_below(root, &location, name, value, types)
            }
            (Action::Insert { index, value }, Some(Target::Element(location))) => {
                edit::insert(root, &location, *index, value, types)
            }
            (Action::Delete, Some(Target::Element(location))) => edit::delete(root, &location),
            (Action::Replace(value), Some(Target::Element(location))) => {
                edit::replace(root, &location, value, types)
            }
            (Action::Move { source, destination }, Some(Target::Element(location))) => {
                edit::reorder(root, &location, *source, *destination)
            }
        }
    }

    /// The place of the element that the path selects; for insertions and moves, of the first one of the list.
    fn select(
        &self,
        resource: Node<'_>,
        types: &TypeModel,
        max_steps: u32,
    ) -> Result<Option<Target>, PatchError> {
        let type_id = resource.resource_type().and_then(|name| types.id(name));
        let expression =
            Expression::compile(&self.path, types, type_id).map_err(|error| not_compiled(&error))?;
        let context = Context { max_steps, ..Context::new(types, resource) };
        let items = expression
            .evaluate(&context, resource)
            .map_err(|error| PatchError::not_applicable(format!("the path cannot be evaluated: {error}")))?;
        let Some(first) = items.first() else { return Ok(None) };
        let target = first.as_element().and_then(|element| locate(resource, types, element));
        let target = target.ok_or_else(foreign)?;
        match (&self.action, &target) {
            (Action::Insert { .. } | Action::Move { .. }, Target::Element(location)) => {
                check_list(&items, &list_of(resource, location))?;
            }
            _ if items.len() > 1 => {
                let message = format!("the path selects {} elements where one is needed", items.len());
                return Err(PatchError::not_applicable(message));
            }
            _ => {}
        }
        Ok(Some(target))
    }
}

/// Whether the items are a list and all of it: a position in a part of a list could mean two places.
fn check_list(items: &[Item<'_>], list: &[u32]) -> Result<(), PatchError> {
    let node = |item: &Item<'_>| item.as_element().and_then(Element::any_node).map(|node| node.index());
    let selected: HashSet<u32> =
        items.iter().map(|item| node(item).ok_or_else(foreign)).collect::<Result<_, _>>()?;
    let in_list = list.iter().filter(|node| selected.contains(node)).count();
    if in_list < selected.len() {
        return Err(PatchError::not_applicable("the path selects elements of several lists"));
    }
    if in_list < list.len() {
        return Err(PatchError::not_applicable(format!(
            "the path selects {in_list} of the {} elements of the list; it must select the list",
            list.len()
        )));
    }
    Ok(())
}

fn foreign() -> PatchError {
    PatchError::not_applicable("the path selects something that is no element of the resource")
}

/// An unknown element is a mistake about this type of resource, everything else one of the expression.
fn not_compiled(error: &CompileError) -> PatchError {
    let message = format!("the path is refused: {error}");
    match error.kind {
        CompileErrorKind::UnknownElement { .. } => PatchError::not_applicable(message),
        _ => PatchError::syntax(message),
    }
}

/// A place that was found in the document, and is not there in the tree of the same text.
fn lost() -> PatchError {
    PatchError::not_applicable("the element cannot be reached")
}

#[cfg(test)]
mod tests;
