//! A patch document to operations.

use super::edit::{Action, Fragment, Operation, Place, Space};
use super::namespaces::{Scope, declared_prefix};
use super::tree::{Element, resolved};
use super::{read, selector};
use crate::error::PatchError;
use crate::limits::Limits;

pub(super) fn operations(body: &str, limits: Limits) -> Result<Vec<Operation>, PatchError> {
    let document = read::document(body).map_err(PatchError::syntax)?;
    let root = document.elements().find(|root| matches!(root.local_name(), "diff" | "patch"));
    let root = root.ok_or_else(|| PatchError::syntax("an XML Patch is an element diff"))?;
    let mut scope = Scope::default();
    scope.enter(root);
    let count = root.elements().count();
    limits.check_operations(count)?;
    if count == 0 {
        return Err(PatchError::syntax("the patch has no operations"));
    }
    let operation = |(index, element): (usize, &Element)| {
        operation(element, scope.clone()).map_err(|error| {
            error.in_operation(index, &element.attribute("sel").map(resolved).unwrap_or_default())
        })
    };
    root.elements().enumerate().map(operation).collect()
}

fn operation(element: &Element, mut scope: Scope) -> Result<Operation, PatchError> {
    scope.enter(element);
    let selector = element.attribute("sel").map(resolved);
    let selector = selector.ok_or_else(|| PatchError::syntax("the operation has no attribute sel"))?;
    let selector = selector::parse(&selector, &scope)
        .map_err(|message| PatchError::syntax(format!("the selector is refused: {message}")))?;
    let known: &[&str] = match element.local_name() {
        "add" => &["sel", "pos", "type"],
        "replace" => &["sel"],
        "remove" => &["sel", "ws"],
        other => return Err(PatchError::syntax(format!("there is no operation \"{other}\""))),
    };
    let names = element.attributes.iter().map(|(name, _)| &**name);
    let unknown = names.filter(|name| declared_prefix(name).is_none()).find(|name| !known.contains(name));
    if let Some(name) = unknown {
        let message = format!("the operation {} has no attribute {name}", element.local_name());
        return Err(PatchError::syntax(message));
    }
    let fragment = Fragment { content: element.children.clone(), scope };
    let action = match element.local_name() {
        "add" => addition(element, fragment)?,
        "replace" => Action::Replace(fragment),
        _ if element.children.iter().all(|child| child.is_space()) => Action::Remove(space(element)?),
        _ => return Err(PatchError::syntax("a removal has no content")),
    };
    Ok(Operation { selector, action })
}

fn addition(element: &Element, fragment: Fragment) -> Result<Action, PatchError> {
    let Some(kind) = element.attribute("type") else {
        let place = match element.attribute("pos") {
            None => Place::Append,
            Some("prepend") => Place::Prepend,
            Some("before") => Place::Before,
            Some("after") => Place::After,
            Some(other) => return Err(PatchError::syntax(format!("there is no position \"{other}\""))),
        };
        return Ok(Action::Add(place, fragment));
    };
    let name = match (kind.strip_prefix('@'), kind.strip_prefix("namespace::")) {
        (Some(name), _) if declared_prefix(name).is_none() => name.to_owned(),
        (None, Some(prefix)) => format!("xmlns:{prefix}"),
        _ => return Err(PatchError::syntax(format!("there is no type \"{kind}\" of additions"))),
    };
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    if name.split(':').count() > 2 || !name.split(':').all(is_name) {
        return Err(PatchError::syntax(format!("\"{name}\" is not the name of an attribute")));
    }
    if element.attribute("pos").is_some() {
        return Err(PatchError::syntax("an attribute has no position"));
    }
    let value = fragment.text().ok_or_else(|| PatchError::syntax("the value of an attribute is a text"))?;
    Ok(Action::AddAttribute(name, value))
}

fn space(element: &Element) -> Result<Space, PatchError> {
    match element.attribute("ws") {
        None => Ok(Space::default()),
        Some("before") => Ok(Space { before: true, after: false }),
        Some("after") => Ok(Space { before: false, after: true }),
        Some("both") => Ok(Space { before: true, after: true }),
        Some(other) => Err(PatchError::syntax(format!("there is no white space \"{other}\""))),
    }
}
