//! Slices: finding the one a differential speaks of, or making it.

use std::sync::Arc;

use super::differential::{Change, spell};
use super::generate::{Generator, Work};
use super::tree::{Branch, Key};
use super::{Defect, choice};
use crate::element_definition::{Discriminator, DiscriminatorKind, ElementDefinition, Slicing, SlicingRules};

impl Generator<'_> {
    /// Lays the change of a slice over the slice of `parent`. Where it is new, it is made from `before`, the sliced
    /// element as the base has it.
    pub(super) fn apply_slice(
        &mut self,
        work: &mut Work<'_>,
        parent: &mut Branch,
        before: &Branch,
        change: &Change,
        id: &str,
    ) {
        let slice_id = spell(id, &change.key);
        let at = match parent.position(&change.key) {
            Some(at) => at,
            None => self.make_slice(work, parent, before, change, &slice_id),
        };
        if let Some(slice) = parent.children.get_mut(at) {
            self.apply(work, slice, change, &slice_id);
        }
    }

    /// Makes a slice and puts it behind the slices that are there. Returns its position.
    fn make_slice(
        &mut self,
        work: &mut Work<'_>,
        parent: &mut Branch,
        before: &Branch,
        change: &Change,
        slice_id: &str,
    ) -> usize {
        let slice_name = change.key.slice.clone().unwrap_or_default();
        declare_slicing(work, parent, before, &slice_name, slice_id);
        let outer = slice_name.rsplit_once('/').map(|(outer, _)| outer);
        let template = match outer.map(|outer| find_slice(parent, &before.key.name, outer)) {
            Some(Some(outer_slice)) => outer_slice.clone(),
            Some(None) => {
                work.note(slice_id, Defect::UnknownParentSlice(outer.unwrap_or_default().into()));
                before.clone()
            }
            None => before.clone(),
        };
        let mut slice = Branch { key: change.key.clone(), ..template };
        let element = Arc::make_mut(&mut slice.element);
        element.slicing = None;
        element.slice_name = Some(slice_name.clone());
        element.min = Some(0);
        let says_types = change.element.as_ref().is_some_and(|said| !said.types.is_empty());
        if before.element.is_choice() && !says_types {
            narrow_to_named_type(element, &before.key.name, &slice_name);
        }
        let at = position_for(parent, &before.key.name, outer);
        parent.children.insert(at, slice);
        at
    }
}

/// Gives the sliced element its slicing where it goes without saying, and notes where it should have been said.
fn declare_slicing(
    work: &mut Work<'_>,
    parent: &mut Branch,
    before: &Branch,
    slice_name: &str,
    slice_id: &str,
) {
    let plain = Key { name: before.key.name.clone(), slice: None };
    let Some(sliced) = parent.position(&plain).and_then(|at| parent.children.get_mut(at)) else { return };
    if before.element.slicing.as_ref().is_some_and(|slicing| slicing.rules == SlicingRules::Closed) {
        work.note(slice_id, Defect::SliceOfClosed(slice_name.into()));
    }
    if sliced.element.slicing.is_some() {
        return;
    }
    let implied = if matches!(&*plain.name, "extension" | "modifierExtension") {
        slicing_by((DiscriminatorKind::Value, "url"), SlicingRules::Open)
    } else if plain.name.ends_with("[x]") {
        slicing_by((DiscriminatorKind::Type, "$this"), SlicingRules::Open)
    } else {
        // Within an outer slice the slicing of the outer slice serves.
        if !slice_name.contains('/') {
            work.note(slice_id, Defect::SliceWithoutSlicing(slice_name.into()));
        }
        return;
    };
    Arc::make_mut(&mut sliced.element).slicing = Some(implied);
}

fn find_slice<'a>(parent: &'a Branch, name: &str, slice: &str) -> Option<&'a Branch> {
    let key = Key { name: name.into(), slice: Some(slice.into()) };
    parent.position(&key).and_then(|at| parent.children.get(at))
}

/// Behind the last slice of the element; a slice of a slice behind the last of that one.
fn position_for(parent: &Branch, name: &str, outer: Option<&str>) -> usize {
    let belongs = |child: &Branch| {
        *child.key.name == *name
            && outer.is_none_or(|outer| {
                let tail = child.key.slice.as_deref().and_then(|slice| slice.strip_prefix(outer));
                tail.is_some_and(|tail| tail.is_empty() || tail.starts_with('/'))
            })
    };
    let last = parent.children.iter().rposition(belongs);
    last.or_else(|| parent.children.iter().rposition(|child| *child.key.name == *name))
        .map_or(parent.children.len(), |at| at + 1)
}

/// A slice of `value[x]` called `valueQuantity` allows just that type.
fn narrow_to_named_type(element: &mut ElementDefinition, choice: &str, slice: &str) {
    let types = element.types.iter().map(|allowed| &*allowed.code);
    let named = choice::type_named_by(choice, slice, types).map(Box::<str>::from);
    if let Some(named) = named {
        element.types.retain(|allowed| allowed.code == named);
    }
}

/// A slicing by one discriminator.
pub(super) fn slicing_by((kind, path): (DiscriminatorKind, &str), rules: SlicingRules) -> Arc<Slicing> {
    let discriminators = vec![Discriminator { kind, path: path.into() }];
    Arc::new(Slicing { discriminators, ordered: false, rules })
}
