//! Where the resources that fulfil a condition are found, and the names under which a condition sees a resource.

use super::fragment::Fragment;

/// Rows of the live resources that fulfil a condition, of the right type. A resource can have several.
#[derive(Clone, Debug)]
pub(in crate::store) struct Source {
    /// What stands behind FROM; one table in it is `s`, whose `rid` is the resource.
    pub(in crate::store) from: Fragment,
    /// What stands behind WHERE.
    pub(in crate::store) condition: Fragment,
    /// Whether the rows come in the order of `rid`, each resource once.
    pub(in crate::store) in_order: bool,
}

/// Where the resources that fulfil a condition are found.
#[derive(Clone, Debug)]
pub(in crate::store) enum Sources {
    /// Nothing fulfils the condition.
    Nothing,
    /// In these rows, and nowhere else.
    Rows(Vec<Source>),
    /// In no index: the resources must be asked one by one, see [`Condition::probe`](super::Condition::probe).
    Unindexed,
}

impl Sources {
    /// The rows, which are all.
    pub(super) fn all(rows: Vec<Source>) -> Self {
        if rows.is_empty() { Self::Nothing } else { Self::Rows(rows) }
    }

    /// Where the resources are found that one of several conditions holds for.
    pub(super) fn either(all: impl Iterator<Item = Self>) -> Self {
        let mut rows = Vec::new();
        for sources in all {
            match sources {
                Self::Nothing => {}
                Self::Rows(more) => rows.extend(more),
                Self::Unindexed => return Self::Unindexed,
            }
        }
        Self::all(rows)
    }

    /// Other rows in the place of each.
    pub(super) fn map(self, change: impl FnMut(Source) -> Source) -> Self {
        match self {
            Self::Rows(rows) => Self::Rows(rows.into_iter().map(change).collect()),
            other => other,
        }
    }

    /// The rows, if there is an index.
    pub(in crate::store) fn rows(self) -> Option<Vec<Source>> {
        match self {
            Self::Nothing => Some(Vec::new()),
            Self::Rows(rows) => Some(rows),
            Self::Unindexed => None,
        }
    }
}

impl Source {
    /// `SELECT s.rid FROM … WHERE …`
    pub(in crate::store) fn select(self) -> Fragment {
        Fragment::text("SELECT s.rid FROM ").append(self.from).push(" WHERE ").append(self.condition)
    }
}

/// How SQL names the resource that a condition is about.
#[derive(Clone, Debug)]
pub(in crate::store) struct Row {
    /// Its number.
    pub(in crate::store) rid: String,
    /// Its row of `current`.
    pub(in crate::store) current: String,
    /// How many chains lead to it; makes names that are new.
    depth: usize,
}

impl Row {
    /// The resource searched: `rid` names its number, and `c` its row of `current`.
    pub(in crate::store) fn searched(rid: &str) -> Self {
        Self { rid: rid.to_owned(), current: "c".to_owned(), depth: 0 }
    }

    /// A resource found by a source that is narrowed down: its row of `current` has a name that no plan uses.
    pub(super) fn narrowed() -> Self {
        Self { rid: "s.rid".to_owned(), current: "n".to_owned(), depth: 0 }
    }

    /// A resource at the other end of a reference.
    pub(super) fn linked(&self) -> Self {
        let depth = self.depth + 1;
        Self { rid: format!("x{depth}.rid"), current: format!("c{depth}"), depth }
    }

    /// The same for the probe of a condition that does not read `current`: `rid` is an expression.
    pub(super) fn linked_by(&self, rid: String) -> Self {
        Self { rid, ..self.linked() }
    }

    /// The name of a table that yields [`Row::rid`].
    pub(super) fn link(&self) -> String {
        format!("x{}", self.depth)
    }
}
