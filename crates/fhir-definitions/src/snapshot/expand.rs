//! Opening elements: the children that types, profiles on types and content references bring.

use std::sync::Arc;

use super::generate::{Generator, Work};
use super::tree::Branch;
use super::{Defect, SnapshotError};
use crate::element_definition::{ElementDefinition, ElementType};
use crate::structure_definition::StructureDefinition;

const TYPES: &str = "http://hl7.org/fhir/StructureDefinition/";

impl Generator<'_> {
    /// Gives a branch the children that its type brings.
    pub(super) fn expand(&mut self, work: &mut Work<'_>, branch: &mut Branch, id: &str) {
        if let Some(reference) = branch.element.content_reference.clone() {
            self.open_reference(work, branch, &reference);
        } else {
            branch.children = self.content_of(work, &branch.element.types, id);
        }
        // The root of a definition without a base begins with nothing.
        let is_root = !id.contains('.');
        if branch.children.is_empty() && !is_root {
            work.note(id, Defect::NothingBelow);
        }
    }

    /// Opens a branch anew after its type was narrowed.
    pub(super) fn reopen(&mut self, work: &mut Work<'_>, branch: &mut Branch, id: &str) {
        let children = self.content_of(work, &branch.element.types, id);
        if !children.is_empty() {
            branch.children = children;
        }
    }

    /// The element gets the content, and so the type, of the element it refers to.
    fn open_reference(&mut self, work: &Work<'_>, branch: &mut Branch, reference: &str) {
        let (url, target) = reference.split_once('#').unwrap_or(("", reference));
        let foreign = if url.is_empty() { None } else { self.tree_of(url) };
        let tree = if url.is_empty() { Some(&work.origin) } else { foreign.as_ref() };
        let Some(source) = tree.and_then(|tree| tree.find(target)) else { return };
        branch.children.clone_from(&source.children);
        let types = source.element.types.clone();
        let element = Arc::make_mut(&mut branch.element);
        element.content_reference = None;
        element.types = types;
    }

    fn content_of(&mut self, work: &mut Work<'_>, types: &[ElementType], id: &str) -> Vec<Branch> {
        let Some(first) = types.first() else { return Vec::new() };
        let is_one_type = types.iter().all(|allowed| allowed.code == first.code);
        if !is_one_type {
            return self.children_of(&type_url("Element"));
        }
        if let (1, [profile]) = (types.len(), first.profiles.as_slice()) {
            match self.profile_children(profile) {
                Ok(children) => return children,
                Err(defect) => work.note(id, defect),
            }
        }
        self.children_of(&type_url(&first.code))
    }

    fn profile_children(&mut self, profile: &str) -> Result<Vec<Branch>, Defect> {
        let definition = self.definitions.structure_definition(profile);
        let definition = definition.ok_or_else(|| Defect::UnknownProfile(profile.into()))?;
        if self.under_way.contains(&definition.url) {
            self.met_cycle = true;
            return Err(Defect::CyclicProfile(profile.into()));
        }
        let tree = self.tree(&definition).map_err(|_| Defect::UnknownProfile(profile.into()))?;
        Ok(tree.children)
    }

    fn children_of(&mut self, url: &str) -> Vec<Branch> {
        self.tree_of(url).map(|tree| tree.children).unwrap_or_default()
    }

    fn tree_of(&mut self, url: &str) -> Option<Branch> {
        let definition = self.definitions.structure_definition(url)?;
        self.tree(&definition).ok()
    }

    fn tree(&mut self, definition: &StructureDefinition) -> Result<Branch, SnapshotError> {
        let snapshot = self.snapshot_of(definition)?;
        let empty = || SnapshotError::Empty { url: definition.url.clone() };
        let mut tree = Branch::from_elements(&snapshot.elements).ok_or_else(empty)?;
        tree.qualify_content_references(&type_url(&definition.type_name));
        Ok(tree)
    }

    /// Lays the roots of the types (and of the profiles on them) that an element is given over it.
    pub(super) fn take_type_roots(
        &mut self,
        work: &mut Work<'_>,
        element: &mut ElementDefinition,
        types: &[ElementType],
        id: &str,
    ) {
        let [only] = types else {
            // Whatever the type, it is an Element: of choices among data types that much is sure.
            return self.take_element_root(element);
        };
        let is_extension = *only.code == *"Extension";
        if let [profile] = only.profiles.as_slice() {
            match self.root_of(profile) {
                Some(root) => return element.take_root(&root, is_extension),
                None => work.note(id, Defect::UnknownProfile(profile.clone())),
            }
        }
        if let Some(root) = self.root_of(&type_url(&only.code)) {
            // The plain type's own cardinality is 0..*, so there is none to take.
            element.take_root(&root, false);
        }
    }

    /// Lays the constraints that hold for every element over one.
    pub(super) fn take_element_root(&mut self, element: &mut ElementDefinition) {
        if let Some(root) = self.root_of(&type_url("Element")) {
            element.take_root(&root, false);
        }
    }

    /// The root element of a type or profile. It needs no snapshot, so types may contain each other freely.
    fn root_of(&mut self, canonical: &str) -> Option<Arc<ElementDefinition>> {
        if let Some(known) = self.roots.get(canonical) {
            return known.clone();
        }
        // Also ends a cycle of bases: the definition is nothing while it is being looked at.
        self.roots.insert(canonical.into(), None);
        let root = self.make_root(canonical);
        self.roots.insert(canonical.into(), root.clone());
        root
    }

    fn make_root(&mut self, canonical: &str) -> Option<Arc<ElementDefinition>> {
        let definition = self.definitions.structure_definition(canonical)?;
        let mut root = match &definition.base_definition {
            Some(base) => (*self.root_of(base)?).clone(),
            None => ElementDefinition::default(),
        };
        if let Some(own) = definition.root_change() {
            root.constrain((**own).clone(), &definition);
        }
        Some(Arc::new(root))
    }
}

/// The canonical url of a type: that of the standard, unless the code is a url itself.
fn type_url(code: &str) -> String {
    if code.contains(':') { code.to_owned() } else { format!("{TYPES}{code}") }
}
