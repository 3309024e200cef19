//! The answer to a search by the plainest means.

use std::cmp::Ordering;
use std::slice;

use fhir_search::keys::SearchKeys;
use fhir_search::matches::{Indexed, Population, matches};
use fhir_search::parameters::ParameterId;
use fhir_search::query::{Query, SharedOrder, Sort, SortBy};

use super::world::World;

/// The type and id of a resource.
type Name = (Box<str>, Box<str>);

/// The names (`Patient/1`) of all matches in the order asked for.
pub(super) fn answer(world: &mut World, query: &Query) -> Vec<String> {
    let fits = |resource: &Indexed<'_>| query.clauses.iter().all(|clause| matches(clause, *resource, world));
    let live = query.types.iter().flat_map(|kind| world.of_type(kind));
    let names: Vec<Name> =
        live.filter(fits).map(|resource| (resource.kind.into(), resource.id.into())).collect();
    let mut rows: Vec<(i64, Name)> =
        names.into_iter().map(|name| (world.rid(&name.0, &name.1), name)).collect();
    let newest_first = query.sort.first().is_none_or(|sort| sort.descending);
    rows.sort_by(|(a_rid, a), (b_rid, b)| {
        let [a, b] = [a, b].map(|(kind, id)| world.find(kind, id).unwrap());
        let keys = query.sort.iter().map(|sort| compare(sort, a, b));
        let ties = if newest_first { b_rid.cmp(a_rid) } else { a_rid.cmp(b_rid) };
        keys.fold(Ordering::Equal, Ordering::then).then(ties)
    });
    rows.into_iter().map(|(_, (kind, id))| format!("{kind}/{id}")).collect()
}

fn compare(sort: &Sort, a: Indexed<'_>, b: Indexed<'_>) -> Ordering {
    let descending = sort.descending;
    let (order, parameters) = match &sort.by {
        SortBy::Id => return directed(descending, a.id.cmp(b.id)),
        SortBy::LastUpdated => return directed(descending, a.last_updated.cmp(&b.last_updated)),
        SortBy::Date(parameter) => (SharedOrder::Date, slice::from_ref(parameter)),
        SortBy::Quantity(parameter) => (SharedOrder::Quantity, slice::from_ref(parameter)),
        SortBy::String(parameter) => (SharedOrder::String, slice::from_ref(parameter)),
        SortBy::Uri(parameter) => (SharedOrder::Uri, slice::from_ref(parameter)),
        SortBy::Text(parameter) => (SharedOrder::Text, slice::from_ref(parameter)),
        SortBy::Shared { by, parameters } => (*by, &**parameters),
    };
    let sorts = |parameter: &ParameterId| parameters.contains(parameter);
    match order {
        SharedOrder::Date => {
            let values = |keys: &SearchKeys| {
                let keys = keys.dates.iter().filter(|key| sorts(&key.parameter));
                keys.map(|key| (key.low, key.high)).collect()
            };
            missing_last(descending, values(a.keys), values(b.keys), Ord::cmp)
        }
        SharedOrder::Quantity => {
            let values = |keys: &SearchKeys| {
                let keys = keys.quantities.iter().filter(|key| sorts(&key.parameter) && key.unit == 0);
                keys.map(|key| (key.low, key.high)).collect()
            };
            missing_last(descending, values(a.keys), values(b.keys), |a, b| a.partial_cmp(b).unwrap())
        }
        SharedOrder::String => {
            let values = |keys: &SearchKeys| {
                let keys = keys.strings.iter().filter(|key| sorts(&key.parameter));
                keys.map(|key| (key.folded.clone(), key.exact)).collect()
            };
            missing_last(descending, values(a.keys), values(b.keys), Ord::cmp)
        }
        SharedOrder::Uri => {
            let values = |keys: &SearchKeys| {
                let keys = keys.uris.iter().filter(|key| sorts(&key.parameter));
                keys.map(|key| key.value.clone()).collect()
            };
            missing_last(descending, values(a.keys), values(b.keys), Ord::cmp)
        }
        SharedOrder::Text => {
            let values = |keys: &SearchKeys| {
                let texts = keys.sort_texts.iter().filter(|text| sorts(&text.parameter));
                let texts = texts.map(|text| if descending { &text.greatest } else { &text.least });
                texts.cloned().collect()
            };
            missing_last(descending, values(a.keys), values(b.keys), Ord::cmp)
        }
    }
}

/// Compares the least of the values, or the greatest of them.
fn missing_last<T>(
    descending: bool,
    mut a: Vec<T>,
    mut b: Vec<T>,
    order: impl Fn(&T, &T) -> Ordering,
) -> Ordering {
    for values in [&mut a, &mut b] {
        values.sort_by(|a, b| directed(descending, order(a, b)));
    }
    match (a.first(), b.first()) {
        (Some(a), Some(b)) => directed(descending, order(a, b)),
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (None, None) => Ordering::Equal,
    }
}

fn directed(descending: bool, order: Ordering) -> Ordering {
    if descending { order.reverse() } else { order }
}
