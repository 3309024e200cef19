//! Which concept is a kind of which other.

use foldhash::HashSet;

/// The `is-a` relations of a code system, by positions of its concepts. A concept may have several parents, and a
/// defective system may have circles; both are only followed once.
#[derive(Debug, Default)]
pub(crate) struct Hierarchy {
    children: Vec<Vec<usize>>,
    parents: Vec<Vec<usize>>,
}

impl Hierarchy {
    /// The hierarchy of that many concepts by pairs of parent and child.
    pub(crate) fn new(concepts: usize, pairs: &[(usize, usize)]) -> Self {
        let mut hierarchy =
            Self { children: vec![Vec::new(); concepts], parents: vec![Vec::new(); concepts] };
        for (parent, child) in pairs {
            if let (Some(children), Some(parents)) =
                (hierarchy.children.get_mut(*parent), hierarchy.parents.get_mut(*child))
            {
                children.push(*child);
                parents.push(*parent);
            }
        }
        hierarchy
    }

    /// The children of a concept.
    pub(crate) fn children(&self, concept: usize) -> &[usize] {
        self.children.get(concept).map_or(&[], Vec::as_slice)
    }

    /// The parents of a concept.
    pub(crate) fn parents(&self, concept: usize) -> &[usize] {
        self.parents.get(concept).map_or(&[], Vec::as_slice)
    }

    /// The concept and all below it.
    pub(crate) fn descendants_or_self(&self, concept: usize) -> HashSet<usize> {
        reachable(concept, |from| self.children(from))
    }

    /// The concept and all above it.
    pub(crate) fn ancestors_or_self(&self, concept: usize) -> HashSet<usize> {
        reachable(concept, |from| self.parents(from))
    }
}

fn reachable<'a>(start: usize, next: impl Fn(usize) -> &'a [usize]) -> HashSet<usize> {
    let mut seen = HashSet::from_iter([start]);
    let mut open = vec![start];
    while let Some(concept) = open.pop() {
        open.extend(next(concept).iter().filter(|found| seen.insert(**found)));
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_and_several_parents_are_followed_once() {
        let hierarchy = Hierarchy::new(4, &[(0, 1), (0, 2), (1, 3), (2, 3), (3, 0), (9, 0)]);
        assert_eq!(hierarchy.descendants_or_self(1), HashSet::from_iter([0, 1, 2, 3]));
        assert_eq!(Hierarchy::new(4, &[(0, 1), (1, 2)]).ancestors_or_self(2), HashSet::from_iter([0, 1, 2]));
    }
}
