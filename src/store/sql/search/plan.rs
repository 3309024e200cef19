//! The choice of the rows a search begins with.

use diesel::sql_types::BigInt;
use fhir_search::query::{Sort, SortBy};

use super::order::Kind;
use super::select::{self, Search};
use crate::store::StoreError;
use crate::store::query::{Condition, Fragment, Source, Sources};
use crate::store::sql::connection::Conn;

/// A condition with fewer rows than this is taken without looking further.
const FEW: i64 = 200;

/// So many ordered lists are merged.
const MERGED: usize = 128;

/// How much cheaper it is to read the keys of a parameter in the order of resources than to walk over the resources.
const SCANNING: i64 = 5;

/// Conditions within others are compared up to so many rows.
const NESTED: i64 = 10_000;

/// So many resources at the far end of a chain are each asked what refers to them.
const FOLLOWED: i64 = 2_000;

/// How much dearer it is to walk over a resource and read its keys than to collect the number of one.
const WALKING: i64 = 4;

/// How to find the matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Some condition cannot be fulfilled.
    Nothing,
    /// Go through the resources of the type in the order asked for, and test each.
    Walk,
    /// Go through the rows of this condition, which have the order asked for.
    Merge(usize),
    /// Go through all keys of the parameter of this condition in the order asked for, pick out those that fit, and test the rest.
    Scan(usize),
    /// Go from the far end of this chain, which is the only condition, to what refers to it last.
    Follow(usize),
    /// Take all rows of this condition and sort them.
    Collect(usize),
    /// Walk so many resources; if that does not fill the page, collect. For ranges of values that are many, but may all be old.
    WalkThenCollect(usize, i64),
}

/// Chooses, for a page of `limit` matches among `resources` of the types.
pub(super) fn choose(
    conn: &mut Conn<'_>,
    search: &Search<'_>,
    resources: i64,
    limit: usize,
) -> Result<Plan, StoreError> {
    if is_impossible(&search.conditions) {
        return Ok(Plan::Nothing);
    }
    if let ([condition], []) = (search.conditions.as_slice(), search.sort)
        && is_in_order(condition)
    {
        return Ok(Plan::Merge(0));
    }
    if let ([condition], []) = (search.conditions.as_slice(), search.sort)
        && can_follow(conn, condition)?
    {
        return Ok(Plan::Follow(0));
    }
    let ranged = select::ranged(search);
    if ranged.is_some() && search.conditions.len() == 1 {
        return Ok(Plan::Walk);
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX).max(1);
    let weight = if search.sort.is_empty() { WALKING } else { 1 };
    // With n rows collecting costs n, walking limit * resources / n: as much where n is the root of their product.
    let many = (weight.saturating_mul(limit).saturating_mul(resources)).isqrt().clamp(FEW, 100_000);
    let can_scan = |condition: &Condition| search.sort.is_empty() && condition.scan().is_some();
    let bound = if search.conditions.iter().all(can_scan) { (many / SCANNING).max(FEW) } else { many };
    let Some((best, rows)) = most_selective(conn, &search.conditions, bound)? else { return Ok(Plan::Walk) };
    if search.sort.is_empty() {
        return Ok(choose_unsorted(search, best, rows, many, limit.saturating_mul(resources) / many));
    }
    // Rows that have the order asked for need not be collected.
    let is_few = rows < many && ranged != Some(best);
    Ok(if is_few || !is_walkable(search.sort) { Plan::Collect(best) } else { Plan::Walk })
}

fn choose_unsorted(search: &Search<'_>, best: usize, rows: i64, many: i64, expected_walk: i64) -> Plan {
    let scan = search.conditions.get(best).and_then(Condition::scan).is_some();
    let in_order = |index: usize| search.conditions.get(index).is_some_and(is_in_order);
    if in_order(best) {
        Plan::Merge(best)
    } else if rows < if scan { (many / SCANNING).max(FEW) } else { many } {
        Plan::Collect(best)
    } else if let Some(index) = (0..search.conditions.len()).find(|index| in_order(*index)) {
        Plan::Merge(index)
    } else if scan {
        Plan::Scan(best)
    } else if matches!(search.conditions.get(best), Some(Condition::Keys(_) | Condition::LastUpdated(_))) {
        Plan::WalkThenCollect(best, expected_walk.saturating_mul(4).max(FEW))
    } else {
        Plan::Walk
    }
}

/// Whether the condition is a chain to few resources, along a reference with one value.
fn can_follow(conn: &mut Conn<'_>, condition: &Condition) -> Result<bool, StoreError> {
    let Some(chains) = condition.links() else { return Ok(false) };
    let mut far = 0;
    for chain in chains {
        far += estimate(conn, chain.far(), FOLLOWED - far)?.unwrap_or(FOLLOWED);
        if far >= FOLLOWED {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether one of the conditions cannot be fulfilled.
pub(super) fn is_impossible(conditions: &[Condition]) -> bool {
    conditions.iter().any(|condition| matches!(condition.sources(), Sources::Nothing))
}

/// Whether the rows of the condition come in the order of resources.
pub(super) fn is_in_order(condition: &Condition) -> bool {
    match condition.sources() {
        Sources::Rows(rows) => rows.len() <= MERGED && rows.iter().all(|source| source.in_order),
        Sources::Nothing | Sources::Unindexed => false,
    }
}

/// Lets conjunctions within the condition begin with the rows of their most selective condition.
pub(super) fn choose_drivers(conn: &mut Conn<'_>, condition: &mut Condition) -> Result<(), StoreError> {
    match condition {
        Condition::Chain(chain) => choose_drivers(conn, chain.far_mut()),
        Condition::Has(has) => choose_drivers(conn, has.far_mut()),
        Condition::Any(conditions) => {
            conditions.iter_mut().try_for_each(|condition| choose_drivers(conn, condition))
        }
        Condition::All(all) => {
            for condition in all.conditions() {
                choose_drivers(conn, condition)?;
            }
            if let Some((best, _)) = most_selective(conn, all.conditions(), NESTED)? {
                all.drive(best);
            }
            Ok(())
        }
        // What is only asked of single resources has no driver.
        _ => Ok(()),
    }
}

/// Whether some index has the order of the first key.
fn is_walkable(sort: &[Sort]) -> bool {
    !matches!(sort.first(), Some(Sort { by: SortBy::Uri(_) | SortBy::Text(_), .. }))
}

/// The index table that has the order of the first key of `_sort`.
pub(super) fn sort_table(sort: &[Sort]) -> Option<(Kind, i32)> {
    sort.first().and_then(|key| Kind::of_one(&key.by)).filter(|_| is_walkable(sort))
}

/// The condition with the fewest rows and their number, which is `many` if there are more; none if no condition has an index. A cheap look first: most searches have
/// a condition that leaves little.
pub(super) fn most_selective(
    conn: &mut Conn<'_>,
    conditions: &[Condition],
    many: i64,
) -> Result<Option<(usize, i64)>, StoreError> {
    let mut best = None;
    for bound in [FEW, many] {
        best = None;
        for (index, condition) in conditions.iter().enumerate() {
            let Some(rows) = estimate(conn, condition, bound)? else { continue };
            if best.is_none_or(|(_, least)| rows < least) {
                best = Some((index, rows));
            }
        }
        if best.is_some_and(|(_, rows)| rows < bound) {
            break;
        }
    }
    Ok(best)
}

/// The number of rows of a condition, counted up to a bound; none if it has no index.
fn estimate(conn: &mut Conn<'_>, condition: &Condition, bound: i64) -> Result<Option<i64>, StoreError> {
    let Some(rows) = condition.sources().rows() else { return Ok(None) };
    match condition {
        Condition::Chain(chain) if estimate(conn, chain.far(), bound)?.is_none_or(|far| far >= bound) => {
            Ok(Some(bound))
        }
        Condition::Has(has) => estimate(conn, has.far(), bound),
        Condition::All(all) => match all.driver() {
            Some(driver) => estimate(conn, driver, bound),
            None => Ok(None),
        },
        Condition::Any(conditions) => {
            let mut rows: i64 = 0;
            for condition in conditions {
                rows += estimate(conn, condition, bound - rows)?.unwrap_or(bound);
                if rows >= bound {
                    break;
                }
            }
            Ok(Some(rows))
        }
        _ => Ok(Some(count(conn, rows, bound)?)),
    }
}

fn count(conn: &mut Conn<'_>, sources: Vec<Source>, bound: i64) -> Result<i64, StoreError> {
    if sources.is_empty() {
        return Ok(0);
    }
    let rows = Fragment::union_all(sources.into_iter().map(Source::select).collect());
    let count = Fragment::text("SELECT count(*) FROM (")
        .append(rows)
        .append(Fragment::new(" LIMIT ?) AS r", [bound.into()]));
    Ok(count.statement::<BigInt>().get_result(conn)?)
}
