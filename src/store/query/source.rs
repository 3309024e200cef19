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

    /// A resource at the other end of a reference.
    pub(super) fn linked(&self) -> Self {
        let depth = self.depth + 1;
        Self { rid: format!("x{depth}.rid"), current: format!("c{depth}"), depth }
    }

    /// The name of a table that yields [`Row::rid`].
    pub(super) fn link(&self) -> String {
        format!("x{}", self.depth)
    }
}
