//! What a code system says of a code.

use crate::membership::Membership;
use crate::not_checked::NotChecked;

/// Whether a code exists in a code system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeStatus<'a> {
    /// It does.
    Known {
        /// How the code system displays it.
        display: Option<&'a str>,
        /// False for concepts that only group others (`notSelectable`, `abstract`).
        selectable: bool,
        /// False for concepts that are out of use (`inactive`, or a `status` of `retired`, `deprecated` or `inactive`).
        active: bool,
    },
    /// It does not.
    Unknown,
    /// That cannot be told here.
    NotChecked(NotChecked),
}

impl CodeStatus<'_> {
    /// A code that a grammar admits: no display, and nothing to be said against it.
    pub(crate) fn by_grammar(admitted: bool) -> Self {
        if admitted { Self::Known { display: None, selectable: true, active: true } } else { Self::Unknown }
    }

    /// Membership in the whole code system.
    pub(crate) fn membership(self) -> Membership {
        match self {
            Self::Known { .. } => Membership::Member,
            Self::Unknown => Membership::NotMember,
            Self::NotChecked(reason) => Membership::NotChecked(reason),
        }
    }
}
