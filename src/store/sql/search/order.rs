//! The order of matches: what each is sorted by, as SQL and as a value in a cursor.

use std::slice;

use fhir_search::parameters::ParameterId;
use fhir_search::query::{SharedOrder, Sort, SortBy};

use crate::store::StoreError;
use crate::store::keys_blob::{QuantityRow, Real, StoredKeys};
use crate::store::query::{Bound, Fragment, integers};
use crate::store::sql::dialect;

/// The unit under which every number and quantity stands.
pub(in crate::store) const ANY_UNIT: i64 = 0;

/// What the keys of a resource are sorted by, by the number that SQL knows it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    Date = 1,
    Quantity = 2,
    String = 3,
    Uri = 4,
    Text = 5,
}

impl Kind {
    pub(in crate::store) fn from_code(code: i32) -> Option<Self> {
        [Self::Date, Self::Quantity, Self::String, Self::Uri, Self::Text]
            .into_iter()
            .find(|kind| *kind as i32 == code)
    }

    /// The kind and the parameters, of which a resource has keys of one at most, unless it is a property that every resource has.
    pub(super) fn of(by: &SortBy) -> Option<(Self, &[ParameterId])> {
        let one = |kind, parameter| Some((kind, slice::from_ref(parameter)));
        match by {
            SortBy::Id | SortBy::LastUpdated => None,
            SortBy::Date(parameter) => one(Self::Date, parameter),
            SortBy::Quantity(parameter) => one(Self::Quantity, parameter),
            SortBy::String(parameter) => one(Self::String, parameter),
            SortBy::Uri(parameter) => one(Self::Uri, parameter),
            SortBy::Text(parameter) => one(Self::Text, parameter),
            SortBy::Shared { by, parameters } => Some((Self::of_shared(*by), parameters)),
        }
    }

    /// The kind and the parameter, where it is one alone: what an index table can have the order of.
    pub(super) fn of_one(by: &SortBy) -> Option<(Self, i32)> {
        match Self::of(by)? {
            (kind, [parameter]) => Some((kind, parameter.0)),
            _ => None,
        }
    }

    fn of_shared(order: SharedOrder) -> Self {
        match order {
            SharedOrder::Date => Self::Date,
            SharedOrder::Quantity => Self::Quantity,
            SharedOrder::String => Self::String,
            SharedOrder::Uri => Self::Uri,
            SharedOrder::Text => Self::Text,
        }
    }
}

/// The numbers of a list as it is bound in SQLite.
pub(in crate::store) fn listed(numbers: &str) -> impl Iterator<Item = i32> + '_ {
    numbers.trim_matches(['[', ']']).split(',').filter_map(|number| number.parse().ok())
}

/// What one resource is sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SortValue {
    /// It has no such key: it comes last in both directions.
    Missing,
    /// A time.
    Time(i64),
    /// An id.
    Id(String),
    /// What [`sort_key`] makes of keys.
    Key(Vec<u8>),
}

impl SortValue {
    fn bound(&self) -> Option<Bound> {
        match self {
            Self::Missing => None,
            Self::Time(time) => Some((*time).into()),
            Self::Id(id) => Some(Bound::Text(id.clone())),
            Self::Key(key) => Some(Bound::Blob(key.clone())),
        }
    }
}

/// The key a resource is sorted by: the first in ascending order, the last in descending order.
pub(in crate::store) fn leading<T>(keys: &[T], descending: bool, belongs: impl Fn(&T) -> bool) -> Option<&T> {
    let mut keys = keys.iter().filter(|key| belongs(key));
    if descending { keys.next_back() } else { keys.next() }
}

/// The leading key of a parameter as bytes that have the order of the values. Dates and quantities are sorted by their lower
/// end, then by the upper one; strings by the folded text, then by the hash of the text as written.
pub(in crate::store) fn sort_key(
    keys: &StoredKeys,
    kind: Kind,
    parameter: i32,
    descending: bool,
) -> Option<Vec<u8>> {
    match kind {
        Kind::Date => leading(&keys.dates, descending, |key| key.parameter.0 == parameter)
            .map(|key| [integer_bytes(key.low), integer_bytes(key.high)].concat()),
        Kind::Quantity => {
            let belongs = |key: &QuantityRow| key.parameter.0 == parameter && key.unit == ANY_UNIT;
            leading(&keys.quantities, descending, belongs)
                .map(|key| [real_bytes(key.low), real_bytes(key.high)].concat())
        }
        Kind::String => leading(&keys.strings, descending, |key| key.parameter.0 == parameter)
            .map(|key| [key.folded.as_bytes(), &[0], &integer_bytes(key.exact)].concat()),
        Kind::Uri => leading(&keys.uris, descending, |key| key.parameter.0 == parameter)
            .map(|key| key.value.as_bytes().to_vec()),
        Kind::Text => {
            let text = keys.sort_texts.iter().find(|text| text.parameter.0 == parameter)?;
            let text = if descending { &text.greatest } else { &text.least };
            Some(text.as_bytes().to_vec())
        }
    }
}

fn integer_bytes(value: i64) -> [u8; 8] {
    (value.cast_unsigned() ^ 1 << 63).to_be_bytes()
}

fn integer_from(bytes: [u8; 8]) -> i64 {
    (u64::from_be_bytes(bytes) ^ 1 << 63).cast_signed()
}

fn real_bytes(value: Real) -> [u8; 8] {
    let bits = value.get().to_bits();
    let ordered = if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
    ordered.to_be_bytes()
}

fn real_from(bytes: [u8; 8]) -> f64 {
    let ordered = u64::from_be_bytes(bytes);
    f64::from_bits(if ordered >> 63 == 1 { ordered & !(1 << 63) } else { !ordered })
}

/// The values that the columns of an index table have for a key of [`sort_key`].
fn native(kind: Kind, key: &[u8]) -> Option<[Bound; 2]> {
    let (first, second) = key.split_at_checked(key.len().checked_sub(8)?)?;
    let second: [u8; 8] = second.try_into().ok()?;
    match kind {
        Kind::Date => Some([integer_from(first.try_into().ok()?).into(), integer_from(second).into()]),
        Kind::Quantity => Some([real_from(first.try_into().ok()?).into(), real_from(second).into()]),
        Kind::String => {
            let folded = std::str::from_utf8(first.strip_suffix(&[0])?).ok()?;
            Some([folded.into(), integer_from(second).into()])
        }
        Kind::Uri | Kind::Text => None,
    }
}

/// One column that rows are ordered by.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) expression: Fragment,
    pub(super) descending: bool,
    /// Whether it can be NULL, which comes last.
    pub(super) nullable: bool,
    /// Where the page begins; `None` is NULL.
    pub(super) start: Option<Bound>,
}

/// Where a page begins, in the order of the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// One for each key of `_sort`.
    pub(super) values: Vec<SortValue>,
    /// Settles ties.
    pub(super) rid: i64,
}

/// Ties are settled in the direction of the first key, so that they follow the index tables; without keys newest first.
pub(super) fn rid_descends(sort: &[Sort]) -> bool {
    sort.first().is_none_or(|key| key.descending)
}

/// The key of the one parameter of several that a row `c` of `current` has keys of: a function of SQLite, which decodes the keys once.
const SHARED_SORT_KEY: &str = "{shared_sort_key(c.keys, ?, ?, ?)|\
    (SELECT k.value FROM (SELECT ?::bigint AS kind, ?::bigint[] AS listed, ?::bigint AS descending) AS a \
    CROSS JOIN LATERAL unnest(a.listed) AS p (parameter) \
    CROSS JOIN LATERAL (SELECT sort_key(c.rid, a.kind, p.parameter, a.descending) AS value) AS k \
    WHERE k.value IS NOT NULL LIMIT 1)}";

/// The columns of the keys of `_sort` computed for the row `c` of `current` (and `i` of `resource_id`).
pub(super) fn columns(sort: &[Sort], start: Option<&Position>) -> Vec<Column> {
    let start_of = |index: usize| start.and_then(|start| start.values.get(index)).and_then(SortValue::bound);
    let columns = sort.iter().enumerate().map(|(index, key)| Column {
        expression: match (&key.by, Kind::of(&key.by)) {
            (SortBy::Id, _) => Fragment::text("i.fhir_id"),
            (_, None) => Fragment::text("c.ts"),
            (_, Some((kind, [parameter]))) => Fragment::new(
                format!("sort_key({}, ?, ?, ?)", dialect::keys("c")),
                [(kind as i32).into(), parameter.0.into(), key.descending.into()],
            ),
            (_, Some((kind, parameters))) => Fragment::new(
                SHARED_SORT_KEY,
                [
                    (kind as i32).into(),
                    integers(parameters.iter().map(|parameter| i64::from(parameter.0))),
                    key.descending.into(),
                ],
            ),
        },
        descending: key.descending,
        nullable: Kind::of(&key.by).is_some(),
        start: start_of(index),
    });
    columns.collect()
}

/// The two columns of an index table `s` that hold the first key of `_sort`.
pub(super) fn index_columns(
    names: [&str; 2],
    kind: Kind,
    descending: bool,
    start: Option<&Position>,
) -> Result<Vec<Column>, StoreError> {
    let start = match start.map(|start| start.values.first()) {
        Some(Some(SortValue::Key(key))) => Some(native(kind, key).ok_or(StoreError::BadCursor)?),
        Some(_) => return Err(StoreError::BadCursor),
        None => None,
    };
    let [first, second] = names;
    let [first_start, second_start] = start.map_or([None, None], |values| values.map(Some));
    let column = |name: &str, start| Column {
        expression: Fragment::text(format!("s.{name}")),
        descending,
        nullable: false,
        start,
    };
    Ok(vec![column(first, first_start), column(second, second_start)])
}

/// The column that settles ties.
pub(super) fn rid_column(name: &str, sort: &[Sort], start: Option<&Position>) -> Column {
    Column {
        expression: Fragment::text(name),
        descending: rid_descends(sort),
        nullable: false,
        start: start.map(|start| start.rid.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_keys_have_the_order_of_the_values_and_give_them_back() {
        let integers = [i64::MIN, -5, -1, 0, 1, 7, i64::MAX];
        assert!(integers.map(integer_bytes).is_sorted());
        assert_eq!(integers.map(integer_bytes).map(integer_from), integers);
        let reals = [f64::NEG_INFINITY, -2.5, -0.1, 0.0, 1e-9, 3.0, f64::INFINITY];
        let bytes = reals.map(|value| real_bytes(Real::new(value).unwrap()));
        assert!(bytes.is_sorted());
        assert_eq!(bytes.map(real_from), reals);
    }
}
