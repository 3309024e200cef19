//! One condition of a search with all names resolved to numbers.

use super::all::All;
use super::chain::Chain;
use super::date::Dates;
use super::fragment::Fragment;
use super::has::Has;
use super::identity::Ids;
use super::keys::Keys;
use super::last_updated::LastUpdated;
use super::of_types::OfTypes;
use super::present::Present;
use super::source::{Row, Source, Sources};
use super::words::Words;

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
    /// All of them hold.
    All(All),
    /// It does not hold.
    Not(Box<Condition>),
    /// A parameter selects something.
    Present(Present),
    /// `_text`, `_content`
    Words(Words),
    /// It is of one of some types.
    OfTypes(OfTypes),
}

impl Condition {
    /// What nothing fulfils.
    pub(super) fn never() -> Self {
        Self::Any(Vec::new())
    }

    /// What holds for all other resources.
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Not(condition) => *condition,
            other => Self::Not(Box::new(other)),
        }
    }

    /// The rows of the resources that fulfil it.
    pub(in crate::store) fn sources(&self) -> Sources {
        match self {
            Self::Keys(keys) => Sources::all(keys.sources()),
            Self::Ids(ids) => Sources::all(ids.sources()),
            Self::LastUpdated(times) => Sources::all(times.sources()),
            Self::Chain(chain) => chain.sources(),
            Self::Has(has) => has.sources(),
            Self::Any(conditions) => Sources::either(conditions.iter().map(Self::sources)),
            Self::All(all) => all.sources(),
            Self::Not(_) => Sources::Unindexed,
            Self::Present(present) => Sources::all(present.sources()),
            Self::Words(words) => Sources::all(words.sources()),
            Self::OfTypes(types) => Sources::all(types.sources()),
        }
    }

    /// A test of one resource, which is known to be live and of the right type if [`Condition::reads_current`]. Never NULL.
    pub(in crate::store) fn probe(&self, row: &Row) -> Fragment {
        match self {
            Self::Keys(keys) => keys.probe(row),
            Self::Ids(ids) => ids.probe(row),
            Self::LastUpdated(times) => times.probe(row),
            Self::Chain(chain) => chain.probe(row),
            Self::Has(has) => has.probe(row),
            Self::Any(conditions) => Fragment::any(conditions.iter().map(|one| one.probe(row)).collect()),
            Self::All(all) => all.probe(row),
            Self::Not(condition) => Fragment::text("NOT (").append(condition.probe(row)).push(")"),
            Self::Present(present) => present.probe(row),
            Self::Words(words) => words.probe(row),
            Self::OfTypes(types) => types.probe(row),
        }
    }

    /// Whether the rows of [`Condition::sources`] are of different resources.
    pub(in crate::store) fn is_unique(&self) -> bool {
        match self {
            Self::Keys(keys) => keys.is_unique(),
            Self::Ids(_) | Self::Words(_) | Self::OfTypes(_) => true,
            Self::Chain(chain) => chain.is_unique(),
            Self::All(all) => all.driver().is_some_and(Self::is_unique),
            // The targets of one reference, each of another type.
            Self::Any(conditions) => conditions.iter().enumerate().all(|(index, one)| {
                let exclude = |other: &Self| match (one, other) {
                    (Self::Chain(one), Self::Chain(other)) => one.excludes(other),
                    _ => false,
                };
                one.is_unique() && conditions.iter().skip(index + 1).all(exclude)
            }),
            Self::LastUpdated(_) | Self::Has(_) | Self::Not(_) | Self::Present(_) => false,
        }
    }

    /// Rows of the resources, each source in the order of resources, a resource perhaps several times in a row, for a condition
    /// that many fulfil.
    pub(in crate::store) fn scan(&self) -> Option<Vec<Source>> {
        match self {
            Self::Keys(keys) => keys.scan(),
            _ => None,
        }
    }

    /// The chains, if it is that the one reference of a resource leads to what fulfils one of several conditions.
    pub(in crate::store) fn links(&self) -> Option<Vec<&Chain>> {
        match self {
            Self::Chain(chain) if chain.single => Some(vec![chain]),
            Self::Any(conditions) => {
                let chains = conditions.iter().map(|condition| match condition {
                    Self::Chain(chain) if chain.single => Some(chain),
                    _ => None,
                });
                let chains = chains.collect::<Option<Vec<&Chain>>>()?;
                let is_one = chains
                    .windows(2)
                    .all(|pair| matches!(pair, [one, next] if one.reference == next.reference));
                is_one.then_some(chains)
            }
            _ => None,
        }
    }

    /// The test of dates, if it is one.
    pub(in crate::store) fn dates(&self) -> Option<&Dates> {
        match self {
            Self::Keys(Keys::Dates(dates)) => Some(dates),
            _ => None,
        }
    }

    /// Whether the probe needs the resource's row of `current`; where not, it holds for live resources of the right type only.
    pub(in crate::store) fn reads_current(&self) -> bool {
        match self {
            Self::Keys(keys) => !keys.probe_seeks(),
            Self::Any(conditions) => conditions.iter().any(Self::reads_current),
            Self::All(all) => all.reads_current(),
            Self::Words(_) => false,
            // What does not hold for a resource may not hold because it is deleted.
            _ => true,
        }
    }
}
