//! The answer to "is this code in that value set?", and how answers combine.

use crate::not_checked::NotChecked;

/// Whether a code is in a value set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Membership {
    /// It is.
    Member,
    /// It is not, whatever else is known of the code.
    NotMember,
    /// That cannot be told here.
    NotChecked(NotChecked),
}

impl Membership {
    /// `Member` or `NotMember`.
    pub(crate) fn of(member: bool) -> Self {
        if member { Self::Member } else { Self::NotMember }
    }

    /// Membership in the union: one member is enough, and what is open stays open.
    pub(crate) fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Member => Self::Member,
            Self::NotMember => other(),
            Self::NotChecked(reason) => match other() {
                Self::Member => Self::Member,
                Self::NotMember | Self::NotChecked(_) => Self::NotChecked(reason),
            },
        }
    }

    /// Membership in the intersection: one that is not a member is enough.
    pub(crate) fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Member => other(),
            Self::NotMember => Self::NotMember,
            Self::NotChecked(reason) => match other() {
                Self::NotMember => Self::NotMember,
                Self::Member | Self::NotChecked(_) => Self::NotChecked(reason),
            },
        }
    }

    /// Membership in the complement.
    pub(crate) fn not(self) -> Self {
        match self {
            Self::Member => Self::NotMember,
            Self::NotMember => Self::Member,
            open @ Self::NotChecked(_) => open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_combine_like_truth_values_with_an_unknown() {
        let open = || Membership::NotChecked(NotChecked::needs("http://loinc.org"));
        let (yes, no) = (|| Membership::Member, || Membership::NotMember);
        assert_eq!((open().or(yes), open().or(no), no().or(open)), (yes(), open(), open()));
        assert_eq!((open().and(yes), open().and(no), yes().and(open)), (open(), no(), open()));
        assert_eq!((yes().not(), no().not(), open().not()), (no(), yes(), open()));
    }
}
