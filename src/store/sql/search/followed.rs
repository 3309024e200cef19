//! The newest resources whose one reference leads to one of few others.
//!
//! What refers to one resource stands in the index in the order of the page. So the newest reference to each of the others is looked
//! up, and they are followed in that order until none of the rest can add to the page.

use diesel::sql_types::{BigInt, Nullable};

use super::keyset::{Direction, behind};
use super::order::{Position, rid_column};
use crate::store::StoreError;
use crate::store::query::{Bound, Chain, Fragment, Source};
use crate::store::sql::connection::Conn;

/// The numbers of a page of resources that one of the chains leads from; all are along the same reference, of which no resource
/// has several.
pub(super) fn followed(
    conn: &mut Conn<'_>,
    chains: &[&Chain],
    direction: Direction,
    start: Option<&Position>,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    let Some(reference) = chains.first().map(|chain| chain.reference()) else { return Ok(Vec::new()) };
    let is_before = |one: i64, other: i64| if direction.is_reverse() { one < other } else { one > other };
    // More targets than matches wanted are of no use: each of the nearest has one match at least.
    let targets = targets(chains, reference, direction, start).append(limited(limit));
    let mut found: Vec<i64> = Vec::new();
    for (nearest, target) in
        targets.statement::<(Nullable<BigInt>, BigInt)>().load::<(Option<i64>, i64)>(conn)?
    {
        let last = found.get(limit.saturating_sub(1)).copied();
        let Some(nearest) = nearest else { break };
        if last.is_some_and(|last| !is_before(nearest, last)) {
            break;
        }
        let rows = referring(reference, target, direction, start, last).append(limited(limit));
        found.extend(rows.statement::<BigInt>().load::<i64>(conn)?);
        found.sort_unstable();
        if !direction.is_reverse() {
            found.reverse();
        }
        found.truncate(limit);
    }
    Ok(found)
}

/// The nearest resource that refers to each resource at the far end, and that resource, nearest first.
pub(super) fn targets(
    chains: &[&Chain],
    reference: i32,
    direction: Direction,
    start: Option<&Position>,
) -> Fragment {
    let far = chains.iter().flat_map(|chain| chain.far().sources().rows().unwrap_or_default());
    let far = Fragment::union_all(far.map(Source::select).collect());
    // A target that came twice would take the place of another.
    let far = match chains {
        [chain] if chain.far().is_unique() => far,
        _ => Fragment::text("SELECT DISTINCT rid FROM (").append(far).push(") AS g"),
    };
    Fragment::text("SELECT (")
        .append(references(reference, "f.rid", direction, start))
        .push(" LIMIT 1) AS nearest, f.rid FROM (")
        .append(far)
        .push(&format!(") AS f ORDER BY nearest{} NULLS LAST", order(direction)))
}

/// The resources that refer to a target, nearest first; only those before `last`.
pub(super) fn referring(
    reference: i32,
    target: i64,
    direction: Direction,
    start: Option<&Position>,
    last: Option<i64>,
) -> Fragment {
    let before = if direction.is_reverse() { "x.rid < ?" } else { "x.rid > ?" };
    // The farthest of all if there is none: one statement for both.
    let last = last.unwrap_or(if direction.is_reverse() { i64::MAX } else { i64::MIN });
    Fragment::text("SELECT x.rid FROM ix_reference AS x WHERE ")
        .append(Fragment::new(before, [last.into()]))
        .append(Fragment::new(" AND x.target = ?", [target.into()]))
        .append(rest(reference, direction, start))
}

fn references(reference: i32, target: &str, direction: Direction, start: Option<&Position>) -> Fragment {
    Fragment::text(format!("SELECT x.rid FROM ix_reference AS x WHERE x.target = {target}"))
        .append(rest(reference, direction, start))
}

/// The parameter, the position and the order, which all selects share.
fn rest(reference: i32, direction: Direction, start: Option<&Position>) -> Fragment {
    let mut rest = Fragment::new(" AND x.parameter = ?", [Bound::from(reference)]);
    if start.is_some() {
        rest = rest.push(" AND ").append(behind(&[rid_column("x.rid", &[], start)], direction));
    }
    rest.push(" ORDER BY x.rid").push(order(direction))
}

fn order(direction: Direction) -> &'static str {
    if direction.is_reverse() { "" } else { " DESC" }
}

fn limited(limit: usize) -> Fragment {
    Fragment::new(" LIMIT ?", [i64::try_from(limit).unwrap_or(i64::MAX).into()])
}
