//! Search: runs a typed query. `docs/search-engine.md` explains how.

use fhir_search::query::{Query, Sort, SortBy, Total};

use super::dictionary::Dictionary;
use crate::store::keys_blob::StoredKeys;
use crate::store::query::{All, Resolver, Types};
use crate::store::sql::connection::Conn;
use crate::store::{Cursor, SearchPage, StoreError};
use include::Included;
use keyset::Direction;
use order::{Kind, Position, SortValue};
use pages::Reading;
use plan::Plan;
use rows::Resource;
use select::Search;

mod cursor;
mod followed;
mod include;
mod keyset;
pub(in crate::store) mod order;
mod pages;
mod plan;
mod rows;
mod samples;
mod select;
mod total;

#[cfg(test)]
mod tests;

pub(super) use samples::samples;
pub(super) use total::resources;

/// A page of matches with what is included. The caller has opened a transaction, so all statements see one state.
pub(super) fn page(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    query: &Query,
    cursor: Option<&Cursor>,
) -> Result<SearchPage, StoreError> {
    let from = cursor.map(|cursor| cursor::decode(&query.sort, cursor)).transpose()?;
    let search = resolve(conn, dictionary, query)?;
    if query.only_count || query.count == 0 {
        return Ok(SearchPage { total: Some(total::matches(conn, &search)?), ..SearchPage::default() });
    }
    let (mut page, matches) = matches(conn, dictionary, query, &search, from)?;
    if page.total.is_none() && query.total == Total::Accurate {
        page.total = Some(total::matches(conn, &search)?);
    }
    if !query.includes.is_empty() || !query.rev_includes.is_empty() {
        let Included { resources, truncated } = include::include(conn, dictionary, query, &matches)?;
        page.included = resources.into_iter().map(|resource| resource.version).collect();
        page.included_truncated = truncated;
    }
    page.matches = matches.into_iter().map(|resource| resource.version).collect();
    Ok(page)
}

/// The ids of `limit` matches, in no order; also called by the writer, within its transaction.
pub(super) fn matching_ids(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    query: &Query,
    limit: usize,
) -> Result<Vec<Box<str>>, StoreError> {
    let search = Search { sort: &[], ..resolve(conn, dictionary, query)? };
    let reading = Reading { direction: Direction::After, start: None, limit };
    let rids = find(conn, &search, &reading)?;
    rows::ids(conn, &rids)
}

fn resolve<'a>(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    query: &'a Query,
) -> Result<Search<'a>, StoreError> {
    let types = Types::new(dictionary, query.types.iter().map(|name| &**name));
    let mut resolver = Resolver { conn: &mut *conn, dictionary };
    let conditions = resolver.conditions(&types, &query.clauses)?;
    let single = match query.sort.first() {
        Some(Sort { by: SortBy::Date(parameter), .. }) => resolver.is_single(parameter.0)?,
        _ => false,
    };
    let mut conditions = All::new(conditions).into_conditions();
    for condition in &mut conditions {
        plan::choose_drivers(conn, condition)?;
    }
    Ok(Search { types, conditions, sort: &query.sort, single })
}

fn find(conn: &mut Conn<'_>, search: &Search<'_>, reading: &Reading) -> Result<Vec<i64>, StoreError> {
    let resources = resources(conn, &search.types)?;
    let plan =
        if resources == 0 { Plan::Nothing } else { plan::choose(conn, search, resources, reading.limit)? };
    pages::read(conn, search, plan, reading)
}

/// The matches of a page, and the page with everything about them but their bodies.
fn matches(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    query: &Query,
    search: &Search<'_>,
    from: Option<(Direction, Option<Position>)>,
) -> Result<(SearchPage, Vec<Resource>), StoreError> {
    let (direction, start) = match &from {
        Some((direction, position)) => (*direction, position.clone()),
        None => (Direction::After, None),
    };
    // One more than the page holds tells whether there is another page.
    let reading = Reading { direction, start, limit: query.count.saturating_add(1) };
    let mut rids = find(conn, search, &reading)?;
    let more = rids.len() > query.count;
    rids.truncate(query.count);
    if direction.is_reverse() {
        rids.reverse();
    }
    let sorted_by_keys = query.sort.iter().any(|key| Kind::of(&key.by).is_some());
    let matches =
        rows::load(conn, dictionary, &rids, sorted_by_keys || !query.includes.is_empty() || query.contained)?;
    let mut page = SearchPage::default();
    if from.is_none() && !more {
        page.total = Some(matches.len() as u64);
    }
    // Reading onwards there was a page before this one, reading backwards there was one behind it.
    let (has_next, has_previous) = match direction {
        Direction::After => (more, from.is_some()),
        Direction::Before | Direction::UpTo => (true, more),
        Direction::End => (false, more),
    };
    let cursor = |direction, resource: &Resource| {
        cursor::encode(&query.sort, direction, &position(&query.sort, resource))
    };
    match (matches.first(), matches.last(), from) {
        (Some(first), Some(last), _) => {
            page.previous = has_previous.then(|| cursor(Direction::Before, first));
            page.next = has_next.then(|| cursor(Direction::After, last));
        }
        // All that was to be here has been deleted: the way back begins with the last match of the page before.
        (_, _, Some((Direction::After, Some(position)))) => {
            page.previous = Some(cursor::encode(&query.sort, Direction::UpTo, &position));
        }
        _ => {}
    }
    page.last = (!matches.is_empty()).then(|| cursor::end(&query.sort));
    Ok((page, matches))
}

/// Where a resource stands in the order.
fn position(sort: &[Sort], resource: &Resource) -> Position {
    let keys = if sort.is_empty() { None } else { StoredKeys::decode(&resource.keys) }.unwrap_or_default();
    let values = sort.iter().map(|key| match (&key.by, Kind::of(&key.by)) {
        (SortBy::Id, _) => SortValue::Id(resource.version.id.to_string()),
        (_, None) => SortValue::Time(resource.version.last_updated),
        (_, Some((kind, parameters))) => {
            let mut own =
                parameters.iter().filter_map(|own| order::sort_key(&keys, kind, own.0, key.descending));
            own.next().map_or(SortValue::Missing, SortValue::Key)
        }
    });
    Position { values: values.collect(), rid: resource.rid }
}
