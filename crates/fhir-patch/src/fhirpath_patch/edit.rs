//! What the operations do, once it is known where.

use fhir_model::types::{ElementInfo, ElementType, TypeId, TypeInfo, TypeKind, TypeModel};

use super::location::{Location, Step, object_at};
use super::lost;
use super::occurrences::{Occurrence, Occurrences};
use super::typed_value::TypedValue;
use crate::error::PatchError;
use crate::value::{Object, Value};

type Edited = Result<(), PatchError>;

/// Adds an element to an object of a type: at the end of its list, or where there is none yet.
pub(super) fn add(
    object: &mut Object,
    type_id: TypeId,
    name: &str,
    value: &TypedValue,
    types: &TypeModel,
) -> Edited {
    let (element, asked) = element_named(types, type_id, name)?;
    let chosen = value.choose(types, element, asked)?;
    let added = value.build(types, chosen.type_id)?;
    let present = |json_name: &str| {
        object.get(json_name).is_some_and(|value| !value.is_null())
            || object.get(&format!("_{json_name}")).is_some()
    };
    let is_there = element.types.iter().any(|own| present(&own.json_name));
    if is_there && !element.is_array() {
        let message =
            format!("{}.{} is there already, and does not repeat", types.name(type_id), element.name);
        return Err(PatchError::not_applicable(message));
    }
    let mut occurrences = Occurrences::take(object, &chosen.json_name);
    if !is_there {
        occurrences.is_array = element.is_array();
        occurrences.position = types.get(type_id).map(|info| place(object, info, element));
    }
    occurrences.list.push(added);
    occurrences.put(object, &chosen.json_name);
    Ok(())
}

/// The element of that name of a type: `value` and `value[x]` for all choices, `valueQuantity` for one of them.
fn element_named<'m>(
    types: &'m TypeModel,
    type_id: TypeId,
    name: &str,
) -> Result<(&'m ElementInfo, Option<&'m ElementType>), PatchError> {
    let info = types.get(type_id);
    let element = info.and_then(|info| info.element(name.strip_suffix("[x]").unwrap_or(name)));
    let found = element
        .map(|element| (element, None))
        .or_else(|| types.member(type_id, name).map(|(element, asked)| (element, Some(asked))));
    // The value of a primitive is not an element of its JSON.
    let is_value = |element: &ElementInfo| {
        info.is_some_and(|info| info.kind == TypeKind::Primitive) && &*element.name == "value"
    };
    found.filter(|(element, _)| !is_value(element)).ok_or_else(|| {
        PatchError::not_applicable(format!("{} has no element \"{name}\"", types.name(type_id)))
    })
}

/// The position among the members of an object at which an element stands in the order of its definition.
fn place(object: &Object, info: &TypeInfo, element: &ElementInfo) -> usize {
    let order = |name: &str| {
        let name = name.strip_prefix('_').unwrap_or(name);
        info.elements.iter().position(|own| own.types.iter().any(|own| *own.json_name == *name))
    };
    let own = info.elements.iter().position(|other| std::ptr::eq(other, element));
    // A member that no element is, such as `resourceType`, comes before all that are.
    object.members.iter().rposition(|(name, _)| order(name) <= own).map_or(0, |position| position + 1)
}

/// Adds an element to the element at a place.
pub(super) fn add_below(
    root: &mut Value,
    location: &Location,
    name: &str,
    value: &TypedValue,
    types: &TypeModel,
) -> Edited {
    let is_primitive = types.get(location.type_id).is_some_and(|info| info.kind == TypeKind::Primitive);
    if !is_primitive {
        let object = object_at(root, &location.steps()).ok_or_else(lost)?;
        return add(object, location.type_id, name, value, types);
    }
    change(root, location, |occurrences, index| {
        let occurrence = occurrences.list.get_mut(index).ok_or_else(lost)?;
        let sibling = occurrence.sibling.get_or_insert_with(|| Value::Object(Object::default()));
        add(sibling.as_object_mut().ok_or_else(lost)?, location.type_id, name, value, types)
    })
}

/// Changes the list that an element is in; `edit` gets the position of the element.
fn change(
    root: &mut Value,
    location: &Location,
    edit: impl FnOnce(&mut Occurrences, usize) -> Edited,
) -> Edited {
    let holder = object_at(root, &location.holder).ok_or_else(lost)?;
    let mut occurrences = Occurrences::take(holder, &location.name);
    edit(&mut occurrences, location.index.unwrap_or_default())?;
    occurrences.put(holder, &location.name);
    Ok(())
}

/// Puts a value in the place of an element, with all that the element contained. A choice takes on the type of the value.
pub(super) fn replace(
    root: &mut Value,
    location: &Location,
    value: &TypedValue,
    types: &TypeModel,
) -> Edited {
    let (element, current) = types.member(location.holder_type, &location.name).ok_or_else(lost)?;
    let asked = matches!(value, TypedValue::Parts(_)).then_some(current);
    let chosen = value.choose(types, element, asked)?;
    let new = value.build(types, chosen.type_id)?;
    let holder = object_at(root, &location.holder).ok_or_else(lost)?;
    let mut occurrences = Occurrences::take(holder, &location.name);
    *occurrences.list.get_mut(location.index.unwrap_or_default()).ok_or_else(lost)? = new;
    occurrences.put(holder, &chosen.json_name);
    Ok(())
}

/// Takes an element out, and the elements around it that are empty then: FHIR has no empty elements.
pub(super) fn delete(root: &mut Value, location: &Location) -> Edited {
    change(root, location, |occurrences, index| {
        if index < occurrences.list.len() {
            occurrences.list.remove(index);
        }
        Ok(())
    })?;
    delete_if_empty(root, &location.holder)
}

fn delete_if_empty(root: &mut Value, steps: &[Step]) -> Edited {
    let is_empty = object_at(root, steps).is_some_and(|object| object.members.is_empty());
    let (before, index) = match steps {
        [before @ .., Step::Item(index)] => (before, *index),
        before => (before, 0),
    };
    let [holder @ .., Step::Member(member)] = before else { return Ok(()) };
    if !is_empty {
        return Ok(());
    }
    let object = object_at(root, holder).ok_or_else(lost)?;
    let name = member.strip_prefix('_').unwrap_or(member);
    let mut occurrences = Occurrences::take(object, name);
    if let Some(occurrence) = occurrences.list.get_mut(index) {
        *(if name == &**member { &mut occurrence.value } else { &mut occurrence.sibling }) = None;
        if occurrence.is_empty() {
            occurrences.list.remove(index);
        }
    }
    occurrences.put(object, name);
    delete_if_empty(root, holder)
}

/// Inserts a value into the list that an element is in.
pub(super) fn insert(
    root: &mut Value,
    location: &Location,
    index: usize,
    value: &TypedValue,
    types: &TypeModel,
) -> Edited {
    let (element, current) = types.member(location.holder_type, &location.name).ok_or_else(lost)?;
    let chosen = value.choose(types, element, Some(current))?;
    let new = value.build(types, chosen.type_id)?;
    change_list(root, location, |list| {
        check_index("index", index, list.len() + 1)?;
        list.insert(index, new);
        Ok(())
    })
}

/// Moves an element within the list that an element is in; `destination` is its position afterwards.
pub(super) fn reorder(root: &mut Value, location: &Location, source: usize, destination: usize) -> Edited {
    change_list(root, location, |list| {
        check_index("source", source, list.len())?;
        check_index("destination", destination, list.len())?;
        let moved = list.remove(source);
        list.insert(destination, moved);
        Ok(())
    })
}

fn change_list(
    root: &mut Value,
    location: &Location,
    edit: impl FnOnce(&mut Vec<Occurrence>) -> Edited,
) -> Edited {
    change(root, location, |occurrences, _| {
        if !occurrences.is_array {
            return Err(PatchError::not_applicable(format!("{} does not repeat", location.name)));
        }
        edit(&mut occurrences.list)
    })
}

fn check_index(name: &str, index: usize, end: usize) -> Edited {
    if index < end {
        return Ok(());
    }
    Err(PatchError::not_applicable(format!(
        "the {name} {index} is outside of the list; it must be less than {end}"
    )))
}
