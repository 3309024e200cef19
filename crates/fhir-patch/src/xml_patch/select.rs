//! What a selector finds in a document: exactly one node.

use super::namespaces::declared_prefix;
use super::selector::{ChildKind, Last, NameTest, Predicate, Selector, Step};
use super::tree::{Content, Element, Path, resolved};
use crate::error::PatchError;

/// The node that was selected.
#[derive(Debug)]
pub(super) enum Found {
    /// A child of an element; the path ends with its position.
    Node(Path),
    /// An attribute of the element at a path, declarations of namespaces included.
    Attribute(Path, String),
}

impl Selector {
    /// How often the selector may read the document.
    pub(super) fn cost(&self) -> usize {
        1 + self.steps.iter().map(|step| step.predicates.len()).sum::<usize>()
    }

    /// The one node that the selector finds. None, or several, is an error (RFC 5261, section 5.1, `unlocated-node`).
    pub(super) fn find(&self, document: &Element) -> Result<Found, PatchError> {
        let mut paths = vec![Path::new()];
        for step in &self.steps {
            paths = paths.iter().flat_map(|path| step.children(document, path)).collect();
        }
        let mut found: Vec<Found> = match &self.last {
            None => paths.into_iter().map(Found::Node).collect(),
            Some(last) => paths.into_iter().flat_map(|path| last.of(document, path)).collect(),
        };
        match (found.pop(), found.len()) {
            (Some(found), 0) => Ok(found),
            (None, _) => Err(PatchError::not_applicable("the selector finds nothing")),
            (_, others) => Err(PatchError::not_applicable(format!(
                "the selector finds {} nodes where one is needed",
                others + 1
            ))),
        }
    }
}

impl Step {
    fn children(&self, document: &Element, parent: &Path) -> Vec<Path> {
        let Some(element) = document.at(parent) else { return Vec::new() };
        let mut found: Vec<(usize, &Element)> = element
            .children
            .iter()
            .enumerate()
            .filter_map(|(position, child)| match child {
                Content::Element(child) if self.test.takes(child) => Some((position, child)),
                _ => None,
            })
            .collect();
        for predicate in &self.predicates {
            let count = found.len();
            let mut number = 0;
            found.retain(|(_, element)| {
                number += 1;
                match predicate {
                    Predicate::Position(wanted) => number == *wanted,
                    Predicate::Last => number == count,
                    Predicate::Value { path, attribute, value } => {
                        has_value(element, path, attribute.as_deref(), value)
                    }
                }
            });
        }
        found.into_iter().map(|(position, _)| parent.iter().copied().chain([position]).collect()).collect()
    }
}

impl NameTest {
    fn takes(&self, element: &Element) -> bool {
        match self {
            Self::Any => true,
            Self::Name { namespace, local } => {
                element.local_name() == local && element.namespace == *namespace
            }
        }
    }
}

fn has_value(element: &Element, path: &[NameTest], attribute: Option<&str>, value: &str) -> bool {
    match (path.split_first(), attribute) {
        (Some((test, rest)), _) => element
            .elements()
            .filter(|child| test.takes(child))
            .any(|child| has_value(child, rest, attribute, value)),
        (None, Some(name)) => element.attribute(name).is_some_and(|raw| resolved(raw) == value),
        (None, None) => element.text() == value,
    }
}

impl Last {
    fn of(&self, document: &Element, path: Path) -> Vec<Found> {
        let Some(element) = document.at(&path) else { return Vec::new() };
        match self {
            Self::Attribute(name) => {
                let is_there = element.attribute(name).is_some() && declared_prefix(name).is_none();
                is_there.then(|| Found::Attribute(path, name.clone())).into_iter().collect()
            }
            Self::Namespace(prefix) => {
                let name = format!("xmlns:{prefix}");
                let is_there = element.attribute(&name).is_some();
                is_there.then_some(Found::Attribute(path, name)).into_iter().collect()
            }
            Self::Child(kind, position) => {
                let children = element.children.iter().enumerate().filter(|(_, child)| kind.takes(child));
                let numbered = (1..).zip(children.map(|(position, _)| position));
                let wanted =
                    numbered.filter(|(number, _)| position.is_none_or(|position| position == *number));
                let found =
                    wanted.map(|(_, child)| Found::Node(path.iter().copied().chain([child]).collect()));
                found.collect()
            }
        }
    }
}

impl ChildKind {
    fn takes(&self, child: &Content) -> bool {
        match (self, child) {
            (Self::Text, Content::Text(_)) | (Self::Comment, Content::Comment(_)) => true,
            (Self::Instruction(target), Content::Instruction(text)) => target
                .as_deref()
                .is_none_or(|target| text.split(super::tree::is_space).next() == Some(target)),
            _ => false,
        }
    }
}
