//! Snapshots: a StructureDefinition's differential laid over its base, so that every element stands there with
//! all that holds for it (R4, 5.1.0.5 and ElementDefinition 2.26.0).
//!
//! # How a snapshot is made
//!
//! Flat element lists are awkward to change, so both sides become trees: the base snapshot a tree of `Branch`es and
//! the differential a tree of `Change`s. A node of either is told by its name (`value[x]`) and its slice
//! (`valueQuantity`); the ids of the result are spelt from the tree, which is what makes copied subtrees cheap: they
//! are only renamed at the very end, and what did not change is shared with the base (`Arc`).
//!
//! 1. The base's snapshot is taken (generated first where needed; a base that leads back to itself is an error). A
//!    definition without a base starts from nothing; a specialisation renames the root of the base to its own type.
//! 2. The changes are laid over the tree from the root downwards:
//!    * A change of an element overrides what it names and keeps the rest; constraints are added by key; a binding
//!      that only gives its strength keeps the value set; a bare `Reference` keeps the target profiles. What would
//!      loosen the base is not taken over and becomes a note.
//!    * An element that has, or is narrowed to, a single type carries the invariants of that type's root, so that a
//!      validator finds all that holds at an element in one place.
//!    * A profile on the type (always so for extension slices) brings the constraints of its root element, and, for
//!      extensions, its cardinality, before the change itself is applied.
//!    * Where the changes reach below an element that has no children yet, it is opened: with the elements of the
//!      profile on its type, of its type, or of the element its `contentReference` names. Choices that
//!      still allow several types open as `Element`. A profile that is being generated further up is not
//!      opened again (its plain type is), so cyclic profiles end.
//!    * A slice that the base has is changed in place. A new one starts as a copy of the sliced element as the base has
//!      it, with `min` 0; what the differential says of all occurrences stays with the sliced element and holds for the
//!      slices too. `a/b` starts from the slice `a`. Extensions are sliced by url and choices by type even if nobody
//!      says so.
//!    * `valueQuantity` in a differential is short for the slice `value[x]:valueQuantity` of a choice that now
//!      allows nothing else.
//! 3. Elements that the base does not have are new elements in a specialisation, and a note in a profile.
//!
//! Real profiles have defects; they make [`Note`]s, not errors. Only a missing base or a cycle of bases is an error.
//! A definition without a differential, or whose base is not known, is served by the snapshot it brought, if any.

mod choice;
mod differential;
mod expand;
mod generate;
mod merge;
mod slice;
mod tree;

use std::sync::Arc;

use thiserror::Error;

use crate::element_definition::ElementDefinition;
use crate::structure_definition::StructureDefinition;

/// Where the generator finds the definitions that others build on.
pub trait Definitions {
    /// The definition of a canonical url, with or without `|version`.
    fn structure_definition(&self, canonical: &str) -> Option<Arc<StructureDefinition>>;
}

/// All elements of a definition, each with everything that holds for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// The elements, parents before children, slices after the element they slice.
    pub elements: Vec<Arc<ElementDefinition>>,
    /// What was found wrong with the definition and tolerated.
    pub notes: Vec<Note>,
}

impl Snapshot {
    /// The first element: the type itself.
    pub fn root(&self) -> Option<&Arc<ElementDefinition>> {
        self.elements.first()
    }

    /// The element of that id.
    pub fn element(&self, id: &str) -> Option<&Arc<ElementDefinition>> {
        self.elements.iter().find(|element| &*element.id == id)
    }
}

/// Why no snapshot can be made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SnapshotError {
    /// The base is not among the definitions.
    #[error("{url}: its base definition {base} is not known")]
    MissingBase {
        /// The definition.
        url: Box<str>,
        /// Its base.
        base: Box<str>,
    },
    /// The base leads back to the definition.
    #[error("{url}: its chain of base definitions comes back to it")]
    BaseCycle {
        /// The definition.
        url: Box<str>,
    },
    /// There is neither a base nor an element.
    #[error("{url}: it has no elements and no base definition")]
    Empty {
        /// The definition.
        url: Box<str>,
    },
}

/// A defect of a definition, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{element}: {defect}")]
pub struct Note {
    /// The id of the element.
    pub element: Box<str>,
    /// What is wrong.
    pub defect: Defect,
}

/// What can be wrong with a differential without making it useless.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Defect {
    /// A profile constrains an element that its base does not have.
    #[error("the base has no such element; what is said about it is left out")]
    UnknownElement,
    /// A profile on a type is not among the definitions.
    #[error("the profile {0} is not known; the plain type is taken")]
    UnknownProfile(Box<str>),
    /// A profile on a type leads back to a definition that is being generated.
    #[error("the profile {0} contains itself; the plain type is taken")]
    CyclicProfile(Box<str>),
    /// A type is not among the definitions, or there is none to open the element with.
    #[error("nothing is known to stand below this element; what is said about its children is left out")]
    NothingBelow,
    /// A cardinality that the base does not allow.
    #[error("{0} is wider than the base allows; the base's cardinality stays")]
    WiderCardinality(Box<str>),
    /// A binding weaker than the base's required one.
    #[error("the required binding of the base cannot be weakened; it stays")]
    WeakerBinding,
    /// A type that the base does not allow.
    #[error("the type {0} is not allowed by the base and left out")]
    UnknownType(Box<str>),
    /// A slice of an element that nobody has sliced.
    #[error("the slice {0} has no slicing to belong to")]
    SliceWithoutSlicing(Box<str>),
    /// A new slice where the base closed the slicing.
    #[error("the base has closed the slicing; the slice {0} can never occur")]
    SliceOfClosed(Box<str>),
    /// A re-slice of a slice that does not exist.
    #[error("the slice {0} to slice again does not exist; the sliced element is taken")]
    UnknownParentSlice(Box<str>),
    /// Two entries for one element.
    #[error("the differential has the element more than once; later entries add to earlier ones")]
    Duplicate,
    /// `id` and `path` do not fit; the path and slice name are used.
    #[error("the id {0} does not fit the path")]
    IdDoesNotFit(Box<str>),
    /// The differential was not used because the base is missing.
    #[error("the base definition {0} is not known; the published snapshot is taken as it is")]
    PublishedSnapshotUsed(Box<str>),
}

/// Generates the snapshot of a definition.
pub(crate) fn generate(
    definition: &StructureDefinition,
    definitions: &dyn Definitions,
) -> Result<Arc<Snapshot>, SnapshotError> {
    generate::Generator::new(definitions).generate(definition)
}
