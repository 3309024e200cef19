//! The index keys of the current version of a resource, as `current.keys` holds them.
//!
//! They are what [`SearchKeys`] says, with references resolved to numbers. Two sorted lists can be compared, so an update
//! touches only the index rows that differ; and the text to sort by is read from here, for no table has it.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use fhir_search::keys::{DateKey, SearchKeys, SortText, StringKey, TokenKey, UriKey};
use fhir_search::parameters::ParameterId;

mod codec;

pub(super) use codec::Coded;

/// The index keys of one resource. Every list is sorted and without duplicates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StoredKeys {
    pub(super) tokens: Vec<TokenKey>,
    pub(super) references: Vec<ReferenceRow>,
    pub(super) dates: Vec<DateKey>,
    pub(super) quantities: Vec<QuantityRow>,
    pub(super) strings: Vec<StringKey>,
    pub(super) uris: Vec<UriKey>,
    pub(super) composites: Vec<CompositeRow>,
    pub(super) sort_texts: Vec<SortText>,
    pub(super) positions: Vec<PositionRow>,
    /// Stands for the words in the text index, to see whether they changed; 0 if there are none.
    pub(super) text: u64,
}

/// A reference with its target resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReferenceRow {
    pub(super) parameter: ParameterId,
    /// A `resource_id.rid`.
    pub(super) target: i64,
}

/// A number or quantity in the order of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct QuantityRow {
    pub(super) parameter: ParameterId,
    pub(super) unit: i64,
    pub(super) low: Real,
    pub(super) high: Real,
}

/// A composite in the order of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CompositeRow {
    pub(super) parameter: ParameterId,
    pub(super) hash: i64,
    pub(super) low: Real,
    pub(super) high: Real,
}

/// A position in the order of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PositionRow {
    pub(super) parameter: ParameterId,
    pub(super) latitude: Real,
    pub(super) longitude: Real,
}

/// A number as SQLite stores and orders it: never NaN (which SQLite would turn into NULL), and one zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Real(f64);

impl Real {
    /// `None` for NaN.
    pub(super) fn new(value: f64) -> Option<Self> {
        // Adding zero turns the negative zero into the positive one, which SQLite takes for equal.
        (!value.is_nan()).then_some(Self(value + 0.0))
    }

    pub(super) fn get(&self) -> &f64 {
        &self.0
    }
}

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Real {}

impl PartialOrd for Real {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Real {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl StoredKeys {
    /// Resolves the references of extracted keys: `references` holds the targets in the order of `keys.references`.
    /// `text` stands for the words. Keys that are not numbers cannot be found by any search and are left out.
    pub(super) fn new(keys: &SearchKeys, references: Vec<ReferenceRow>, text: u64) -> Self {
        let quantities = keys.quantities.iter().filter_map(|key| {
            let (low, high) = (Real::new(key.low)?, Real::new(key.high)?);
            Some(QuantityRow { parameter: key.parameter, unit: key.unit, low, high })
        });
        let composites = keys.composites.iter().filter_map(|key| {
            let (low, high) = (Real::new(key.low)?, Real::new(key.high)?);
            Some(CompositeRow { parameter: key.parameter, hash: key.hash, low, high })
        });
        let positions = keys.positions.iter().filter_map(|key| {
            let (latitude, longitude) = (Real::new(key.latitude)?, Real::new(key.longitude)?);
            Some(PositionRow { parameter: key.parameter, latitude, longitude })
        });
        Self {
            positions: sorted(positions.collect()),
            text,
            quantities: sorted(quantities.collect()),
            composites: sorted(composites.collect()),
            references: sorted(references),
            tokens: sorted(keys.tokens.clone()),
            dates: sorted(keys.dates.clone()),
            strings: sorted(keys.strings.clone()),
            uris: sorted(keys.uris.clone()),
            sort_texts: sorted(keys.sort_texts.clone()),
        }
    }

    /// The parameters that have keys, each once, in order.
    pub(super) fn parameters(&self) -> BTreeSet<i32> {
        let tokens = self.tokens.iter().map(|key| key.parameter);
        let references = self.references.iter().map(|key| key.parameter);
        let dates = self.dates.iter().map(|key| key.parameter);
        let quantities = self.quantities.iter().map(|key| key.parameter);
        let strings = self.strings.iter().map(|key| key.parameter);
        let uris = self.uris.iter().map(|key| key.parameter);
        let composites = self.composites.iter().map(|key| key.parameter);
        let positions = self.positions.iter().map(|key| key.parameter);
        let all = tokens.chain(references).chain(dates).chain(quantities);
        all.chain(strings)
            .chain(uris)
            .chain(composites)
            .chain(positions)
            .map(|parameter| parameter.0)
            .collect()
    }

    /// The compact form. Of no keys at all it is empty.
    pub(super) fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads the compact form; `None` if it is damaged.
    pub(super) fn decode(blob: &[u8]) -> Option<Self> {
        codec::decode(blob)
    }

    /// The keys of one kind in the compact form; none if it is damaged.
    pub(super) fn decode_only<T: Coded>(blob: &[u8]) -> Vec<T> {
        codec::decode_only(blob).unwrap_or_default()
    }

    /// Whether there is a key of the parameter in the compact form.
    pub(super) fn has_key(blob: &[u8], parameter: i32) -> bool {
        codec::has_key(blob, parameter).unwrap_or(false)
    }
}

fn sorted<T: Ord>(mut keys: Vec<T>) -> Vec<T> {
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// What is only in `old` and what is only in `new`, both sorted.
pub(super) fn difference<T: Ord>(old: Vec<T>, new: Vec<T>) -> (Vec<T>, Vec<T>) {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let mut new = new.into_iter().peekable();
    for key in old {
        while let Some(next) = new.next_if(|next| *next < key) {
            added.push(next);
        }
        if new.next_if_eq(&key).is_none() {
            removed.push(key);
        }
    }
    added.extend(new);
    (removed, added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_what_went_and_what_came() {
        let (removed, added) = difference(vec![1, 3, 5, 7], vec![0, 3, 4, 7, 9]);
        assert_eq!(removed, [1, 5]);
        assert_eq!(added, [0, 4, 9]);
    }

    #[test]
    fn what_is_not_a_number_has_no_key_and_there_is_one_zero() {
        assert!(Real::new(f64::NAN).is_none());
        assert_eq!(Real::new(-0.0), Real::new(0.0));
        assert!(Real::new(f64::NEG_INFINITY) < Real::new(-1.0));
    }
}
