//! A condition on the index keys of a resource: the kinds of search parameters under one name.

use super::composite::Composites;
use super::date::Dates;
use super::fragment::Fragment;
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
        }
    }

    /// Whether the probe seeks a row of an index table, which only live resources have; the others read `current.keys`.
    pub(super) fn probe_seeks(&self) -> bool {
        match self {
            Self::Tokens(_) | Self::References(_) | Self::Uris(_) => true,
            Self::Dates(_) | Self::Quantities(_) => false,
            Self::Strings(keys) => keys.probe_seeks(),
            Self::Composites(keys) => keys.probe_seeks(),
        }
    }
}
