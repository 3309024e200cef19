//! The value of `_elements` as a tree of names.

use thiserror::Error;

use crate::types::{ElementInfo, TypeId, TypeModel};

/// Characters of a path that a message shows.
const SHOWN: usize = 64;

/// The elements wanted of a resource or a value, by name. Empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ElementTree {
    children: Vec<(Box<str>, ElementTree)>,
}

/// A path of `_elements` that leads nowhere.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("'{path}' is no element here: {parent} has {}", .known.join(", "))]
pub struct UnknownElement {
    /// The path as it was given, cut short.
    pub path: String,
    /// The type or element that has no such element. Where several types were looked at, the last.
    pub parent: String,
    /// What that has.
    pub known: Vec<String>,
}

impl ElementTree {
    /// The tree of some paths, each of which must be an element of one of the resource types.
    ///
    /// A path is the name of an element (`birthDate`) or leads into it (`name.given`); it may begin with the type
    /// (`Patient.name`). A choice of types is named as such (`value`, `value[x]`) or as it stands in JSON (`valueQuantity`).
    ///
    /// # Errors
    /// The first path that is no element.
    pub fn parse(types: &TypeModel, kinds: &[&str], paths: &[&str]) -> Result<Self, UnknownElement> {
        let mut tree = Self::default();
        for path in paths {
            let names: Vec<&str> =
                path.split('.').map(|name| name.strip_suffix("[x]").unwrap_or(name)).collect();
            let names = match names.split_first() {
                Some((first, rest)) if kinds.contains(first) && !rest.is_empty() => rest,
                _ => &names,
            };
            let mut failures = kinds.iter().map(|kind| unknown(types, kind, names));
            // One type that has the element is enough.
            if let Some(Some((parent, known))) = failures.try_fold(None, |_, failure| failure.map(Some)) {
                let path = path.chars().take(SHOWN).collect();
                return Err(UnknownElement { path, parent, known });
            }
            tree.insert(names);
        }
        Ok(tree)
    }

    /// Whether everything is wanted.
    pub(super) fn is_whole(&self) -> bool {
        self.children.is_empty()
    }

    /// What is wanted of an element, if it is listed by its name or by its name in JSON.
    pub(super) fn child(&self, name: &str, json_name: &str) -> Option<&Self> {
        let found = self.children.iter().find(|(listed, _)| **listed == *name || **listed == *json_name);
        found.map(|(_, child)| child)
    }

    fn insert(&mut self, names: &[&str]) {
        let Some((first, rest)) = names.split_first() else { return };
        match self.children.iter_mut().find(|(name, _)| **name == **first) {
            // The whole element is listed already, or is now.
            Some((_, child)) if child.is_whole() || rest.is_empty() => child.children.clear(),
            Some((_, child)) => child.insert(rest),
            None => {
                let mut child = Self::default();
                child.insert(rest);
                self.children.push(((*first).into(), child));
            }
        }
    }
}

/// What has no element of the next name on the way, and what it has instead; `None` if the path leads somewhere.
fn unknown(types: &TypeModel, kind: &str, names: &[&str]) -> Option<(String, Vec<String>)> {
    let mut current: Vec<TypeId> = types.id(kind).into_iter().collect();
    let mut parent = kind.to_owned();
    for name in names {
        let elements = || current.iter().filter_map(|id| types.get(*id)).flat_map(|info| &info.elements);
        let next: Vec<TypeId> = elements().flat_map(|element| matching_types(element, name)).collect();
        if next.is_empty() {
            return Some((parent, elements().map(|element| element.name.to_string()).collect()));
        }
        (current, parent) = (next, (*name).to_owned());
    }
    None
}

/// The types that an element can have under a name: all of a choice, the one that its name in JSON tells, or none.
fn matching_types<'a>(element: &'a ElementInfo, name: &'a str) -> impl Iterator<Item = TypeId> + 'a {
    let types = element.types.iter();
    types
        .filter(move |of_type| *element.name == *name || *of_type.json_name == *name)
        .map(|of_type| of_type.type_id)
}
