//! The differential as a tree of changes.

use std::sync::Arc;

use super::tree::{Key, join};
use super::{Defect, Note};
use crate::element_definition::ElementDefinition;

/// What a differential says about one element and what stands below it.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) key: Key,
    /// Nothing where the differential only speaks of elements below.
    pub(super) element: Option<Arc<ElementDefinition>>,
    pub(super) children: Vec<Change>,
}

impl Change {
    fn empty(key: Key) -> Self {
        Self { key, element: None, children: Vec::new() }
    }

    /// The tree of a differential. The root is named by the type, whatever the entries say.
    pub(super) fn from_elements(
        type_name: &str,
        elements: &[Arc<ElementDefinition>],
        notes: &mut Vec<Note>,
    ) -> Self {
        let mut root = Self::empty(Key::parse(type_name));
        let mut open: Vec<Key> = Vec::new();
        for element in elements {
            let keys = keys_from_id(element).unwrap_or_else(|| {
                if !element.id.is_empty() {
                    let defect = Defect::IdDoesNotFit(element.id.clone());
                    notes.push(Note { element: element.path.clone(), defect });
                }
                keys_from_path(element, &open)
            });
            root.place(keys.get(1..).unwrap_or_default(), element, notes);
            open = keys;
        }
        root
    }

    fn place(&mut self, keys: &[Key], element: &Arc<ElementDefinition>, notes: &mut Vec<Note>) {
        let Some((first, rest)) = keys.split_first() else { return self.say(element, notes) };
        match self.children.iter_mut().find(|child| child.key == *first) {
            Some(child) => child.place(rest, element, notes),
            None => {
                let mut child = Self::empty(first.clone());
                child.place(rest, element, notes);
                self.children.push(child);
            }
        }
    }

    fn say(&mut self, element: &Arc<ElementDefinition>, notes: &mut Vec<Note>) {
        match &mut self.element {
            None => self.element = Some(Arc::clone(element)),
            Some(earlier) => {
                notes.push(Note { element: element.path.clone(), defect: Defect::Duplicate });
                Arc::make_mut(earlier).override_with(element);
            }
        }
    }
}

/// The place of an element as its id gives it. `None` where the id is missing or contradicts the path.
fn keys_from_id(element: &ElementDefinition) -> Option<Vec<Key>> {
    let mut keys: Vec<Key> = element.id.split('.').map(Key::parse).collect();
    let names: Vec<&str> = element.path.split('.').collect();
    let fits =
        keys.len() == names.len() && keys.iter().zip(&names).all(|(key, name)| is_same_name(&key.name, name));
    let last = keys.last_mut().filter(|_| fits)?;
    if let Some(slice) = &element.slice_name {
        // A short cut such as `valueQuantity` may carry its own name as the slice name.
        if last.slice.is_none() && *last.name != **slice {
            last.slice = Some(slice.clone());
        }
    }
    Some(keys)
}

/// Whether the name in an id is the one in the path, be it by the short cut for a choice (`valueQuantity`).
fn is_same_name(in_id: &str, in_path: &str) -> bool {
    in_id == in_path || in_id.strip_suffix("[x]").is_some_and(|stem| in_path.starts_with(stem))
}

/// The place of an element without a usable id: below the entry before it as far as the paths agree.
fn keys_from_path(element: &ElementDefinition, open: &[Key]) -> Vec<Key> {
    let names: Vec<&str> = element.path.split('.').collect();
    let parents = names.len().saturating_sub(1);
    let shared = open.iter().zip(&names).take(parents).take_while(|(key, name)| *key.name == ***name).count();
    let mut keys: Vec<Key> = open.iter().take(shared).cloned().collect();
    keys.extend(names.iter().skip(shared).map(|name| Key { name: (*name).into(), slice: None }));
    if let Some(last) = keys.last_mut() {
        last.slice.clone_from(&element.slice_name);
    }
    keys
}

/// The id that a key has below a parent, for notes.
pub(super) fn spell(parent: &str, key: &Key) -> String {
    match &key.slice {
        Some(slice) => format!("{}:{slice}", join(parent, &key.name)),
        None => join(parent, &key.name),
    }
}
