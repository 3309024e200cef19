//! One condition of a search with all names resolved to numbers.

use super::chain::Chain;
use super::fragment::Fragment;
use super::has::Has;
use super::identity::Ids;
use super::keys::Keys;
use super::last_updated::LastUpdated;
use super::source::{Row, Source};

/// A condition on a resource.
#[derive(Clone, Debug)]
pub(in crate::store) enum Condition {
    /// Of its index keys.
    Keys(Keys),
    /// `_id`
    Ids(Ids),
    /// `_lastUpdated`
    LastUpdated(LastUpdated),
    /// A chain.
    Chain(Chain),
    /// `_has`
    Has(Has),
    /// One of them holds; none if there are none.
    Any(Vec<Condition>),
}

impl Condition {
    /// What nothing fulfils.
    pub(super) fn never() -> Self {
        Self::Any(Vec::new())
    }

    /// The rows of the resources that fulfil it.
    pub(in crate::store) fn sources(&self) -> Vec<Source> {
        match self {
            Self::Keys(keys) => keys.sources(),
            Self::Ids(ids) => ids.sources(),
            Self::LastUpdated(times) => times.sources(),
            Self::Chain(chain) => chain.sources(),
            Self::Has(has) => has.sources(),
            Self::Any(conditions) => conditions.iter().flat_map(Self::sources).collect(),
        }
    }

    /// A test of one resource, which is known to be live and of the right type if [`Condition::reads_current`].
    pub(in crate::store) fn probe(&self, row: &Row) -> Fragment {
        match self {
            Self::Keys(keys) => keys.probe(row),
            Self::Ids(ids) => ids.probe(row),
            Self::LastUpdated(times) => times.probe(row),
            Self::Chain(chain) => chain.probe(row),
            Self::Has(has) => has.probe(row),
            Self::Any(conditions) => Fragment::any(conditions.iter().map(|one| one.probe(row)).collect()),
        }
    }

    /// Whether the probe needs the resource's row of `current`; where not, it holds for live resources of the right type only.
    pub(in crate::store) fn reads_current(&self) -> bool {
        match self {
            Self::Keys(keys) => !keys.probe_seeks(),
            Self::Ids(_) | Self::LastUpdated(_) | Self::Chain(_) | Self::Has(_) => true,
            Self::Any(conditions) => conditions.iter().any(Self::reads_current),
        }
    }
}
