//! A condition on the index keys of a resource: the kinds of search parameters under one name.

use super::composite::Composites;
use super::date::Dates;
use super::fragment::Fragment;
use super::hierarchy::Hierarchy;
use super::position::Positions;
use super::quantity::Quantities;
use super::reference::References;
use super::source::{Row, Source};
use super::string::Strings;
use super::token::Tokens;
use super::uri::Uris;

/// One of the keys of a parameter is one of those wanted.
#[derive(Clone, Debug)]
pub(in crate::store) enum Keys {
    Tokens(Tokens),
    References(References),
    Uris(Uris),
    Strings(Strings),
    Dates(Dates),
    Quantities(Quantities),
    Composites(Composites),
    Hierarchy(Hierarchy),
    Positions(Positions),
}

impl Keys {
    pub(super) fn sources(&self) -> Vec<Source> {
        match self {
            Self::Tokens(keys) => keys.sources(),
            Self::References(keys) => keys.sources(),
            Self::Uris(keys) => keys.sources(),
            Self::Strings(keys) => keys.sources(),
            Self::Dates(keys) => keys.sources(),
            Self::Quantities(keys) => keys.sources(),
            Self::Composites(keys) => keys.sources(),
            Self::Hierarchy(keys) => keys.sources(),
            Self::Positions(keys) => keys.sources(),
        }
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        match self {
            Self::Tokens(keys) => keys.probe(row),
            Self::References(keys) => keys.probe(row),
            Self::Uris(keys) => keys.probe(row),
            Self::Strings(keys) => keys.probe(row),
            Self::Dates(keys) => keys.probe(row),
            Self::Quantities(keys) => keys.probe(row),
            Self::Composites(keys) => keys.probe(row),
            Self::Hierarchy(keys) => keys.probe(row),
            Self::Positions(keys) => keys.probe(row),
        }
    }

    /// Rows in the order of resources, see [`Condition::scan`](super::Condition::scan).
    pub(super) fn scan(&self) -> Option<Vec<Source>> {
        match self {
            Self::Dates(keys) => Some(vec![keys.scan()]),
            Self::Quantities(keys) => keys.scan(),
            Self::Composites(keys) => keys.scan(),
            _ => None,
        }
    }

    /// Whether the rows of [`Keys::sources`] are of different resources.
    pub(super) fn is_unique(&self) -> bool {
        match self {
            Self::Dates(keys) => keys.is_unique(),
            other => matches!(other.sources().as_slice(), [source] if source.in_order),
        }
    }

    /// Whether the probe seeks a row of an index table, which only live resources have; the others read `current.keys`.
    pub(super) fn probe_seeks(&self) -> bool {
        match self {
            Self::Tokens(_)
            | Self::References(_)
            | Self::Dates(_)
            | Self::Quantities(_)
            | Self::Composites(_) => true,
            Self::Hierarchy(_) | Self::Positions(_) => false,
            Self::Strings(keys) => keys.probe_seeks(),
            Self::Uris(keys) => keys.probe_seeks(),
        }
    }
}
