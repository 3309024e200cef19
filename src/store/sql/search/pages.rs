//! The numbers of the resources of a page, by a plan.

use diesel::sql_types::BigInt;
use fhir_search::query::{Sort, SortBy};

use super::followed::followed;
use super::keyset::Direction;
use super::order::{Kind, Position, SortValue};
use super::plan::{Plan, sort_table};
use super::select::{self, Search, Select};
use super::total;
use crate::store::StoreError;
use crate::store::query::{Condition, Fragment, Types};
use crate::store::sql::connection::Conn;

/// Rows of one resource that are expected at most.
const ROWS_OF_RESOURCE: usize = 4;

/// Where to read from, and how much.
pub(super) struct Reading {
    pub(super) direction: Direction,
    /// The beginning if there is none.
    pub(super) start: Option<Position>,
    pub(super) limit: usize,
}

impl Reading {
    fn run(&self, conn: &mut Conn<'_>, select: Select) -> Result<Vec<i64>, StoreError> {
        load(conn, &select.page(self.direction, self.start.is_some(), self.limit))
    }

    fn run_all(&self, conn: &mut Conn<'_>, selects: Vec<Select>) -> Result<Vec<i64>, StoreError> {
        if selects.is_empty() {
            return Ok(Vec::new());
        }
        load(conn, &select::merged_selects(selects, self.direction, self.start.is_some(), self.limit))
    }
}

/// The matches in the order in which they are read.
pub(super) fn read(
    conn: &mut Conn<'_>,
    search: &Search<'_>,
    plan: Plan,
    reading: &Reading,
) -> Result<Vec<i64>, StoreError> {
    let start = reading.start.as_ref();
    match plan {
        Plan::Nothing => Ok(Vec::new()),
        Plan::Walk => walk(conn, search, reading),
        Plan::Merge(driver) => {
            load(conn, &select::merged(search, driver, reading.direction, start, reading.limit))
        }
        Plan::Scan(driver) => {
            load(conn, &select::scanned(search, driver, reading.direction, start, reading.limit))
        }
        Plan::Follow(driver) => {
            let chains = search.conditions.get(driver).and_then(Condition::links).unwrap_or_default();
            followed(conn, &chains, reading.direction, start, reading.limit)
        }
        Plan::Collect(driver) => collect(conn, search, driver, reading),
        Plan::WalkThenCollect(driver, steps) => match walk_steps(conn, search, reading, steps)? {
            Some(rids) => Ok(rids),
            None => collect(conn, search, driver, reading),
        },
    }
}

/// Collects the rows of a condition and sorts them.
///
/// A resource has few rows and they stand together, so that somewhat more rows than wanted hold enough resources. That is far
/// cheaper than to gather all resources once before the first can be given out.
fn collect(
    conn: &mut Conn<'_>,
    search: &Search<'_>,
    driver: usize,
    reading: &Reading,
) -> Result<Vec<i64>, StoreError> {
    let start = reading.start.as_ref();
    let rows = select::collected(search, driver, start);
    if search.conditions.get(driver).is_some_and(Condition::is_unique) {
        return reading.run(conn, rows);
    }
    let most = reading.limit.saturating_mul(ROWS_OF_RESOURCE);
    let mut rids = load(conn, &rows.page(reading.direction, start.is_some(), most))?;
    let are_all = rids.len() < most;
    rids.dedup();
    if !are_all && rids.len() < reading.limit {
        return reading.run(conn, select::collected_once(search, driver, start));
    }
    rids.truncate(reading.limit);
    Ok(rids)
}

fn load(conn: &mut Conn<'_>, sql: &Fragment) -> Result<Vec<i64>, StoreError> {
    Ok(sql.statement::<BigInt>().load(conn)?)
}

fn walk(conn: &mut Conn<'_>, search: &Search<'_>, reading: &Reading) -> Result<Vec<i64>, StoreError> {
    let start = reading.start.as_ref();
    if let Some((kind, parameter)) = sort_table(search.sort) {
        return walk_keys(conn, search, reading, kind, parameter);
    }
    let (select, by_type): (Walk, _) = match search.sort.first() {
        Some(Sort { by: SortBy::Id, .. }) => (select::by_id, true),
        Some(Sort { by: SortBy::LastUpdated, .. }) => (select::by_time, true),
        // All are sorted.
        Some(_) => (select::of_types, false),
        // Types that make up most of the database are read with all others.
        None => (select::of_types, !total::are_most(conn, &search.types)?),
    };
    if by_type { walk_types(conn, search, reading, select) } else { reading.run(conn, select(search, start)) }
}

/// The resources of the types in some order.
type Walk = fn(&Search<'_>, Option<&Position>) -> Select;

/// Walks each type in the order of its index, and merges.
fn walk_types(
    conn: &mut Conn<'_>,
    search: &Search<'_>,
    reading: &Reading,
    select: Walk,
) -> Result<Vec<i64>, StoreError> {
    let start = reading.start.as_ref();
    let types = total::live(conn, &search.types)?.into_iter().map(|(code, _)| Types::one(code));
    let selects = types.map(|types| select(&Search { types, ..search.clone() }, start)).collect();
    reading.run_all(conn, selects)
}

/// First the resources that have a value to sort by, then those that have none; backwards the other way round.
fn walk_keys(
    conn: &mut Conn<'_>,
    search: &Search<'_>,
    reading: &Reading,
    kind: Kind,
    parameter: i32,
) -> Result<Vec<i64>, StoreError> {
    let start = reading.start.as_ref();
    let starts_without = match start {
        Some(start) => start.values.first() == Some(&SortValue::Missing),
        None => reading.direction.is_reverse(),
    };
    let from_end = |limit| Reading { direction: reading.direction, start: None, limit };
    let without = |conn: &mut Conn<'_>, reading: &Reading| {
        reading.run(conn, select::without_key(search, reading.start.as_ref()))
    };
    let with = |conn: &mut Conn<'_>, reading: &Reading| {
        let selects = select::by_key(search, kind, parameter, reading.start.as_ref())?;
        reading.run_all(conn, selects)
    };
    if select::ranged(search).is_some() {
        return with(conn, reading);
    }
    let mut rids = if starts_without { without(conn, reading)? } else { with(conn, reading)? };
    let missing = reading.limit.saturating_sub(rids.len());
    if missing > 0 && starts_without == reading.direction.is_reverse() {
        rids.extend(if starts_without {
            with(conn, &from_end(missing))?
        } else {
            without(conn, &from_end(missing))?
        });
    }
    Ok(rids)
}

/// Goes through so many resources of the types, newest first. `None` if that fills no page and there are more.
fn walk_steps(
    conn: &mut Conn<'_>,
    search: &Search<'_>,
    reading: &Reading,
    steps: i64,
) -> Result<Option<Vec<i64>>, StoreError> {
    let start = reading.start.as_ref();
    let all = Search { conditions: Vec::new(), ..search.clone() };
    let ahead = select::of_types(&all, start)
        .page(reading.direction, start.is_some(), 1)
        .append(Fragment::new(" OFFSET ?", [steps.into()]));
    let end = load(conn, &ahead)?.first().copied();
    let select = match end {
        None => select::of_types(search, start),
        Some(end) if reading.direction.is_reverse() => {
            select::of_types(search, start).and(Fragment::new("c.rid < ?", [end.into()]))
        }
        Some(end) => select::of_types(search, start).and(Fragment::new("c.rid > ?", [end.into()])),
    };
    let rids = reading.run(conn, select)?;
    Ok((end.is_none() || rids.len() >= reading.limit).then_some(rids))
}
