//! The elements of a snapshot as a tree: what stands below what, and what slices what.

use std::sync::Arc;

use fhir_definitions::ElementDefinition;

/// The relations of one element, as positions in the snapshot.
#[derive(Debug, Default)]
pub(super) struct Branch {
    /// The element above.
    pub(super) parent: Option<usize>,
    /// The elements directly below, without their slices.
    pub(super) children: Vec<usize>,
    /// The slices of this element or, at a slice, its re-slices.
    pub(super) slices: Vec<usize>,
    /// Whether the element is a slice.
    pub(super) is_slice: bool,
}

/// The name of an element without `[x]`.
pub(super) fn plain_name(element: &ElementDefinition) -> &str {
    element.name().strip_suffix("[x]").unwrap_or_else(|| element.name())
}

/// The tree of a snapshot, whose elements come parents first, each slice after what it slices.
pub(super) fn tree(elements: &[Arc<ElementDefinition>]) -> Vec<Branch> {
    let mut branches: Vec<Branch> = Vec::with_capacity(elements.len());
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (position, element) in elements.iter().enumerate() {
        let depth = element.path.matches('.').count();
        while open.last().is_some_and(|(open_depth, _)| *open_depth >= depth) {
            open.pop();
        }
        let parent = open.last().map(|(_, parent)| *parent);
        let sliced = parent.and_then(|parent| sliced_element(elements, &branches, parent, element));
        branches.push(Branch { parent, is_slice: sliced.is_some(), ..Branch::default() });
        if let Some(branch) = sliced.and_then(|sliced| branches.get_mut(sliced)) {
            branch.slices.push(position);
        } else if let Some(branch) = parent.and_then(|parent| branches.get_mut(parent)) {
            branch.children.push(position);
        }
        open.push((depth, position));
    }
    branches
}

/// What a slice is a slice of: `a/b` of the slice `a` if there is one, all others of the element itself.
fn sliced_element(
    elements: &[Arc<ElementDefinition>],
    branches: &[Branch],
    parent: usize,
    slice: &ElementDefinition,
) -> Option<usize> {
    let slice_name = slice.slice_name.as_deref()?;
    let siblings = &branches.get(parent)?.children;
    let is_sliced = |position: &&usize| elements.get(**position).is_some_and(|e| e.name() == slice.name());
    let mut sliced = *siblings.iter().find(is_sliced)?;
    for (end, _) in slice_name.match_indices('/') {
        let outer = slice_name.get(..end);
        let slices = &branches.get(sliced)?.slices;
        let is_outer =
            |position: &&usize| elements.get(**position).is_some_and(|e| e.slice_name.as_deref() == outer);
        sliced = slices.iter().find(is_outer).copied().unwrap_or(sliced);
    }
    Some(sliced)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(path: &str, slice_name: Option<&str>) -> Arc<ElementDefinition> {
        let slice_name = slice_name.map(Into::into);
        Arc::new(ElementDefinition { path: path.into(), slice_name, ..ElementDefinition::default() })
    }

    #[test]
    fn slices_and_their_slices_hang_under_what_they_slice() {
        let elements = [
            element("A", None),
            element("A.b", None),
            element("A.b", Some("x")),
            element("A.b.c", None),
            element("A.b", Some("x/y")),
            element("A.d[x]", None),
        ];
        let branches = tree(&elements);
        assert_eq!(branches[0].children, [1, 5]);
        assert_eq!(branches[1].slices, [2]);
        assert_eq!(branches[2].slices, [4]);
        assert_eq!(branches[2].children, [3]);
        assert!(branches[4].is_slice);
        assert_eq!(branches[3].parent, Some(2));
        assert_eq!(plain_name(&elements[5]), "d");
    }
}
