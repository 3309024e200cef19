//! The base snapshot as a tree that changes can be laid over, and back to a list.

use std::sync::Arc;

use crate::element_definition::ElementDefinition;

/// What tells an element among the children of its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// `value[x]`
    pub(super) name: Box<str>,
    /// `valueQuantity`, `a/b`
    pub(super) slice: Option<Box<str>>,
}

/// An element with its children. Slices stand beside the element they slice, after it.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub(super) key: Key,
    pub(super) element: Arc<ElementDefinition>,
    pub(super) children: Vec<Branch>,
}

impl Key {
    /// Reads a part of an element id: `component:SystolicBP`.
    pub(super) fn parse(part: &str) -> Self {
        match part.split_once(':') {
            Some((name, slice)) => Self { name: name.into(), slice: Some(slice.into()) },
            None => Self { name: part.into(), slice: None },
        }
    }
}

impl Branch {
    /// The tree of a snapshot's elements. `None` for an empty list.
    pub(super) fn from_elements(elements: &[Arc<ElementDefinition>]) -> Option<Self> {
        let (root, mut rest) = elements.split_first()?;
        let mut tree = Self::leaf(Key::parse(&root.id), root);
        tree.take_children(&mut rest);
        Some(tree)
    }

    fn leaf(key: Key, element: &Arc<ElementDefinition>) -> Self {
        Self { key, element: Arc::clone(element), children: Vec::new() }
    }

    fn take_children(&mut self, rest: &mut &[Arc<ElementDefinition>]) {
        while let Some((first, after)) = rest.split_first() {
            let tail = first.id.strip_prefix(&*self.element.id).and_then(|tail| tail.strip_prefix('.'));
            let Some(tail) = tail else { return };
            *rest = after;
            let mut child = Self::leaf(Key::parse(tail), first);
            child.take_children(rest);
            self.children.push(child);
        }
    }

    /// The elements as a list, their ids and paths spelt from the tree.
    pub(super) fn into_elements(self) -> Vec<Arc<ElementDefinition>> {
        let mut elements = Vec::new();
        self.spell("", "", &mut elements);
        elements
    }

    fn spell(self, parent_id: &str, parent_path: &str, out: &mut Vec<Arc<ElementDefinition>>) {
        let Self { key, mut element, children } = self;
        let path = join(parent_path, &key.name);
        let id = match &key.slice {
            Some(slice) => format!("{}:{slice}", join(parent_id, &key.name)),
            None => join(parent_id, &key.name),
        };
        if *element.id != *id || *element.path != *path {
            let renamed = Arc::make_mut(&mut element);
            renamed.id = id.as_str().into();
            renamed.path = path.as_str().into();
        }
        out.push(element);
        for child in children {
            child.spell(&id, &path, out);
        }
    }

    /// Where the child of that key stands.
    pub(super) fn position(&self, key: &Key) -> Option<usize> {
        self.children.iter().position(|child| child.key == *key)
    }

    /// The branch that an element id without slices names, seen from the root: `Observation.referenceRange`.
    pub(super) fn find(&self, id: &str) -> Option<&Self> {
        let mut parts = id.split('.');
        if parts.next() != Some(&self.key.name) {
            return None;
        }
        parts.try_fold(self, |branch, part| {
            let key = Key::parse(part);
            branch.children.iter().find(|child| child.key == key)
        })
    }

    /// Makes references to elements of the own definition (`#Questionnaire.item`) absolute in all that stands below,
    /// so that they can be followed from a definition of another type.
    pub(super) fn qualify_content_references(&mut self, url: &str) {
        for child in &mut self.children {
            let local = child.element.content_reference.as_deref().filter(|target| target.starts_with('#'));
            if let Some(local) = local {
                let absolute = format!("{url}{local}");
                Arc::make_mut(&mut child.element).content_reference = Some(absolute.into());
            }
            child.qualify_content_references(url);
        }
    }
}

/// `parent.name`, or just the name at the root.
pub(super) fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}
