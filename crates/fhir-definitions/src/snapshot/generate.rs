//! The walk that lays a differential over its base.

use std::collections::HashMap;
use std::sync::Arc;

use super::differential::{Change, spell};
use super::tree::{Branch, Key, join};
use super::{Defect, Definitions, Note, Snapshot, SnapshotError, choice};
use crate::element_definition::{DiscriminatorKind, ElementDefinition, ElementType, SlicingRules};
use crate::structure_definition::{Derivation, StructureDefinition};

/// Generates one snapshot and those it needs on the way.
pub(super) struct Generator<'a> {
    pub(super) definitions: &'a dyn Definitions,
    /// Urls of the definitions under way, outermost first: what may not be opened again.
    pub(super) under_way: Vec<Box<str>>,
    /// Whether a profile was not opened because it was under way. What was made meanwhile depends on where the walk
    /// began, and is not kept.
    pub(super) met_cycle: bool,
    /// Root elements of types and profiles, by canonical url.
    pub(super) roots: HashMap<Box<str>, Option<Arc<ElementDefinition>>>,
}

/// The definition whose differential is being laid over its base.
pub(super) struct Work<'a> {
    pub(super) definition: &'a StructureDefinition,
    /// The tree before any change, to follow content references in.
    pub(super) origin: Branch,
    pub(super) notes: Vec<Note>,
}

impl Work<'_> {
    pub(super) fn note(&mut self, element: &str, defect: Defect) {
        let note = Note { element: element.into(), defect };
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn is_specialization(&self) -> bool {
        self.definition.derivation == Derivation::Specialization
    }
}

impl<'a> Generator<'a> {
    pub(super) fn new(definitions: &'a dyn Definitions) -> Self {
        Self { definitions, under_way: Vec::new(), met_cycle: false, roots: HashMap::new() }
    }

    /// The snapshot of a definition; kept ones are not made again.
    pub(super) fn snapshot_of(
        &mut self,
        definition: &StructureDefinition,
    ) -> Result<Arc<Snapshot>, SnapshotError> {
        if let Some(known) = definition.known_snapshot() {
            return known;
        }
        let met_before = std::mem::replace(&mut self.met_cycle, false);
        let generated = self.generate(definition);
        if !self.met_cycle {
            definition.remember_snapshot(generated.clone());
        }
        self.met_cycle |= met_before;
        generated
    }

    /// Makes the snapshot of a definition.
    pub(super) fn generate(
        &mut self,
        definition: &StructureDefinition,
    ) -> Result<Arc<Snapshot>, SnapshotError> {
        if self.under_way.contains(&definition.url) {
            self.met_cycle = true;
            return Err(SnapshotError::BaseCycle { url: definition.url.clone() });
        }
        self.under_way.push(definition.url.clone());
        let made = self.lay_over_base(definition);
        self.under_way.pop();
        made.map(Arc::new)
    }

    fn lay_over_base(&mut self, definition: &StructureDefinition) -> Result<Snapshot, SnapshotError> {
        if definition.differential.is_empty() && !definition.published_snapshot.is_empty() {
            return Ok(Snapshot { elements: definition.published_snapshot.clone(), notes: Vec::new() });
        }
        let base = match self.base_tree(definition) {
            Err(SnapshotError::MissingBase { base, .. }) if !definition.published_snapshot.is_empty() => {
                let note = Note {
                    element: definition.type_name.clone(),
                    defect: Defect::PublishedSnapshotUsed(base),
                };
                return Ok(Snapshot { elements: definition.published_snapshot.clone(), notes: vec![note] });
            }
            base => base?,
        };
        let mut notes = Vec::new();
        let changes = Change::from_elements(&definition.type_name, &definition.differential, &mut notes);
        let mut tree = base.clone();
        let mut work = Work { definition, origin: base, notes };
        let root_id = definition.type_name.clone();
        self.apply(&mut work, &mut tree, &changes, &root_id);
        Ok(Snapshot { elements: tree.into_elements(), notes: work.notes })
    }

    /// The tree to lay the differential over.
    fn base_tree(&mut self, definition: &StructureDefinition) -> Result<Branch, SnapshotError> {
        let key = Key::parse(&definition.type_name);
        let Some(url) = &definition.base_definition else {
            let root = definition.differential.first().or(definition.published_snapshot.first());
            let root = root.ok_or_else(|| SnapshotError::Empty { url: definition.url.clone() })?;
            let mut element =
                ElementDefinition { min: root.min, max: root.max, ..ElementDefinition::default() };
            element.complete_definition(&definition.type_name);
            return Ok(Branch { key, element: Arc::new(element), children: Vec::new() });
        };
        let missing = || SnapshotError::MissingBase { url: definition.url.clone(), base: url.clone() };
        let base = self.definitions.structure_definition(url).ok_or_else(missing)?;
        let snapshot = self.snapshot_of(&base)?;
        let mut tree = Branch::from_elements(&snapshot.elements).ok_or_else(missing)?;
        if definition.derivation == Derivation::Specialization {
            // The root is that of a new type; everything else remembers where it comes from.
            tree.key = key;
            let root = Arc::make_mut(&mut tree.element);
            root.base = None;
            if let Some(own) = definition.root_change() {
                root.min = own.min.or(root.min);
                root.max = own.max.or(root.max);
            }
            root.complete_definition(&definition.type_name);
        }
        Ok(tree)
    }

    /// Lays a change and all below it over a branch.
    pub(super) fn apply(&mut self, work: &mut Work<'_>, branch: &mut Branch, change: &Change, id: &str) {
        if let Some(element) = &change.element {
            self.apply_element(work, branch, element, id);
        }
        if change.children.is_empty() {
            return;
        }
        if branch.children.is_empty() {
            self.expand(work, branch, id);
        }
        let mut names: Vec<&str> = Vec::new();
        for child in &change.children {
            if !names.contains(&&*child.key.name) {
                names.push(&child.key.name);
            }
        }
        for name in names {
            let group = change.children.iter().filter(|child| &*child.key.name == name).collect();
            self.apply_group(work, branch, name, group, id);
        }
    }

    /// Lays the differential's entry for one element over it.
    fn apply_element(
        &mut self,
        work: &mut Work<'_>,
        branch: &mut Branch,
        change: &ElementDefinition,
        id: &str,
    ) {
        let element = Arc::make_mut(&mut branch.element);
        let types_before = element.types.clone();
        let mut change = change.clone();
        let (types, mut defects) = element.narrowed_types(&change.types, work.definition.derivation);
        if !types.is_empty() && !element.restates_system_type(&types) {
            self.take_type_roots(work, element, &types, id);
        }
        change.types = types;
        defects.extend(element.constrain(change, work.definition));
        for defect in defects {
            work.note(id, defect);
        }
        if element.types != types_before
            && !branch.children.is_empty()
            && !is_same_content(&types_before, &element.types)
        {
            // A profile on the type replaces the plain children that an outer definition may have opened.
            self.reopen(work, branch, id);
        }
    }

    /// Lays the changes of the elements of one name, the plain one and its slices, over a parent.
    fn apply_group(
        &mut self,
        work: &mut Work<'_>,
        parent: &mut Branch,
        name: &str,
        group: Vec<&Change>,
        id: &str,
    ) {
        let plain = Key { name: name.into(), slice: None };
        let Some(at) = parent.position(&plain) else {
            if let Some((at, type_name)) = choice::choice_for(parent, name) {
                return self.apply_short_cut(work, parent, at, &type_name, group, id);
            }
            if work.is_specialization() {
                return self.define(work, parent, plain, group, id);
            }
            let unknown = join(id, name);
            return work.note(&unknown, Defect::UnknownElement);
        };
        let before = parent.children.get(at).cloned();
        for change in group.iter().filter(|change| change.key.slice.is_none()) {
            if let Some(child) = parent.children.get_mut(at) {
                self.apply(work, child, change, &join(id, name));
            }
        }
        let Some(before) = before else { return };
        for change in group.into_iter().filter(|change| change.key.slice.is_some()) {
            self.apply_slice(work, parent, &before, change, id);
        }
    }

    /// Adds an element that a specialisation defines.
    fn define(&mut self, work: &mut Work<'_>, parent: &mut Branch, key: Key, group: Vec<&Change>, id: &str) {
        let child_id = spell(id, &key);
        let mut element = ElementDefinition::default();
        if let Some(change) = group.iter().find_map(|change| change.element.as_ref()) {
            element.min = change.min;
            element.max = change.max;
            if change.content_reference.is_some() {
                self.take_element_root(&mut element);
            }
        }
        element.complete_definition(&child_id);
        parent.children.push(Branch { key, element: Arc::new(element), children: Vec::new() });
        let name = group.first().map(|change| change.key.name.clone()).unwrap_or_default();
        self.apply_group(work, parent, &name, group, id);
    }

    /// `valueQuantity`: the slice `value[x]:valueQuantity` of a choice that is narrowed to that type.
    fn apply_short_cut(
        &mut self,
        work: &mut Work<'_>,
        parent: &mut Branch,
        at: usize,
        type_name: &str,
        group: Vec<&Change>,
        id: &str,
    ) {
        let Some(choice) = parent.children.get_mut(at) else { return };
        let before = choice.clone();
        let element = Arc::make_mut(&mut choice.element);
        element.types.retain(|allowed| *allowed.code == *type_name);
        let discriminator = (DiscriminatorKind::Type, "$this");
        element.slicing.get_or_insert_with(|| super::slice::slicing_by(discriminator, SlicingRules::Closed));
        let name = before.key.name.clone();
        for change in group {
            let mut change = change.clone();
            change.key = Key { name: name.clone(), slice: Some(change.key.slice.unwrap_or(change.key.name)) };
            let said = change.element.get_or_insert_default();
            if said.types.is_empty() {
                let only = before.element.types.iter().find(|allowed| *allowed.code == *type_name);
                Arc::make_mut(said).types = only.cloned().into_iter().collect();
            }
            self.apply_slice(work, parent, &before, &change, id);
        }
    }
}

/// Whether elements of these types have the same children, so that what was opened can stay.
fn is_same_content(before: &[ElementType], after: &[ElementType]) -> bool {
    let content = |types: &[ElementType]| -> Vec<(Box<str>, Vec<Box<str>>)> {
        types.iter().map(|allowed| (allowed.code.clone(), allowed.profiles.clone())).collect()
    };
    content(before) == content(after)
}
