//! The operations, and what they do to a document.

use super::namespaces::{Scope, carry_over, declared_prefix, resolve, scope_at};
use super::select::Found;
use super::selector::Selector;
use super::tree::{Content, Element, Path, attribute_value, resolved};
use crate::error::PatchError;
use crate::limits::MAX_DEPTH;

/// One operation of a patch.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) selector: Selector,
    pub(super) action: Action,
}

#[derive(Debug)]
pub(super) enum Action {
    Add(Place, Fragment),
    /// An attribute, or with `xmlns:` the declaration of a namespace, and its value.
    AddAttribute(String, String),
    Replace(Fragment),
    Remove(Space),
}

/// Where content is added (RFC 5261, section 4.3, `pos`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// As the last child of the selected element.
    Append,
    /// As its first child.
    Prepend,
    /// As the sibling before the selected node.
    Before,
    /// As the sibling after it.
    After,
}

/// Which white space goes with what is removed (RFC 5261, section 4.5, `ws`).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Space {
    pub(super) before: bool,
    pub(super) after: bool,
}

/// Content of an operation, with the namespaces that its prefixes stand for there.
#[derive(Debug)]
pub(super) struct Fragment {
    pub(super) content: Vec<Content>,
    pub(super) scope: Scope,
}

impl Operation {
    pub(super) fn path(&self) -> &str {
        &self.selector.text
    }

    pub(super) fn apply(&self, document: &mut Element) -> Result<(), PatchError> {
        match (&self.action, self.selector.find(document)?) {
            (Action::Add(place, fragment), Found::Node(path)) => add(document, &path, *place, fragment),
            (Action::AddAttribute(name, value), Found::Node(path)) => {
                add_attribute(document, &path, name, value)
            }
            (Action::Add(..) | Action::AddAttribute(..), Found::Attribute(..)) => {
                Err(PatchError::not_applicable("nothing can be added to an attribute"))
            }
            (Action::Replace(fragment), Found::Attribute(path, name)) => {
                let text = fragment.text().ok_or_else(|| replacement("a text"))?;
                document.at_mut(&path)?.set_attribute(&name, attribute_value(&text));
                declarations_changed(document, &name);
                Ok(())
            }
            (Action::Replace(fragment), Found::Node(path)) => replace(document, &path, fragment),
            (Action::Remove(_), Found::Attribute(path, name)) => {
                document.at_mut(&path)?.remove_attribute(&name);
                declarations_changed(document, &name);
                Ok(())
            }
            (Action::Remove(space), Found::Node(path)) => remove(document, &path, *space),
        }
    }
}

impl Fragment {
    /// The content, if it is nothing but text.
    pub(super) fn text(&self) -> Option<String> {
        let text = |content: &Content| match content {
            Content::Text(raw) => Some(resolved(raw)),
            _ => None,
        };
        self.content.iter().map(text).collect()
    }

    /// The content for a place inside of the element at `parent`.
    fn at(&self, document: &Element, parent: &[usize]) -> Result<Vec<Content>, PatchError> {
        let scope = scope_at(document, parent);
        let mut content = self.content.clone();
        for element in &mut content {
            if let Content::Element(element) = element {
                if parent.len() + element.depth() > MAX_DEPTH {
                    let message = format!("the result is nested deeper than {MAX_DEPTH} levels");
                    return Err(PatchError::too_costly(message));
                }
                carry_over(element, &self.scope, &scope);
            }
        }
        Ok(content)
    }
}

/// Gives prefixes their new meaning, if an attribute that has changed is a declaration.
fn declarations_changed(document: &mut Element, attribute: &str) {
    if declared_prefix(attribute).is_some() {
        resolve(document, &mut Scope::default());
    }
}

fn replacement(wanted: &str) -> PatchError {
    PatchError::not_applicable(format!("what is selected can only be replaced by {wanted}"))
}

/// The path of the parent, and the position in it.
fn split(path: &Path) -> Result<(usize, &[usize]), PatchError> {
    let split = path.split_last().map(|(position, parent)| (*position, parent));
    split.ok_or_else(|| PatchError::not_applicable("the selector finds nothing"))
}

fn add(document: &mut Element, path: &Path, place: Place, fragment: &Fragment) -> Result<(), PatchError> {
    let (position, parent) = match place {
        Place::Append | Place::Prepend => {
            let Some(element) = document.at(path) else {
                return Err(PatchError::not_applicable("only an element can take content"));
            };
            (if place == Place::Append { element.children.len() } else { 0 }, path.as_slice())
        }
        Place::Before | Place::After => {
            let (position, parent) = split(path)?;
            (position + usize::from(place == Place::After), parent)
        }
    };
    let content = fragment.at(document, parent)?;
    let element = document.at_mut(parent)?;
    element.children.splice(position..position, content);
    element.join_texts();
    Ok(())
}

fn add_attribute(document: &mut Element, path: &Path, name: &str, value: &str) -> Result<(), PatchError> {
    let element = document.at_mut(path)?;
    if element.attribute(name).is_some() {
        return Err(PatchError::not_applicable(format!("the element has an attribute {name} already")));
    }
    element.set_attribute(name, attribute_value(value));
    declarations_changed(document, name);
    Ok(())
}

/// A node is replaced by one of its own kind, a text also by nothing.
fn replace(document: &mut Element, path: &Path, fragment: &Fragment) -> Result<(), PatchError> {
    let (position, parent) = split(path)?;
    let mut content = fragment.at(document, parent)?;
    let element = document.at_mut(parent)?;
    let replaced = element.children.get_mut(position);
    let replaced = replaced.ok_or_else(|| PatchError::not_applicable("the selector finds nothing"))?;
    if matches!(replaced, Content::Text(_)) {
        let text = if content.is_empty() { Some(Content::Text(String::new())) } else { content.pop() };
        *replaced = text
            .filter(|text| matches!(text, Content::Text(_)) && content.is_empty())
            .ok_or_else(|| replacement("a text"))?;
    } else {
        content.retain(|child| !child.is_space());
        let wanted = match replaced {
            Content::Element(_) => "one element",
            Content::Comment(_) => "one comment",
            _ => "one processing instruction",
        };
        let new = content.pop().filter(|new| {
            std::mem::discriminant(new) == std::mem::discriminant(replaced) && content.is_empty()
        });
        *replaced = new.ok_or_else(|| replacement(wanted))?;
    }
    element.join_texts();
    Ok(())
}

fn remove(document: &mut Element, path: &Path, space: Space) -> Result<(), PatchError> {
    let (position, parent) = split(path)?;
    let element = document.at_mut(parent)?;
    let is_space = |position: Option<usize>| {
        position.and_then(|position| element.children.get(position)).is_some_and(Content::is_space)
    };
    let (before, after) = (position.checked_sub(1), position + 1);
    if (space.before && !is_space(before)) || (space.after && !is_space(Some(after))) {
        return Err(PatchError::not_applicable("there is no white space to be removed with the node"));
    }
    let start = position - usize::from(space.before);
    element.children.drain(start..=position + usize::from(space.after));
    element.join_texts();
    Ok(())
}
