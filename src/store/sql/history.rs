//! History of a resource, of a type, of all: versions in the reverse order of commits, or in their order.
//!
//! Time never decreases with `vid`, so a bound in time is a bound in `vid`, found by bisection without an index on time.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Text};

use super::connection::{Conn, on};
use super::dialect::IS_IN_LIST;
use super::dictionary::Dictionary;
use super::method;
use crate::store::query::{Fragment, integers};
use crate::store::schema::{resource_id, version};
use crate::store::{HistoryPage, HistoryQuery, HistoryScope, Listed, StoreError, Version};

/// A history query with its bounds as numbers of rows.
struct Bounds {
    scope: Scope,
    /// First `vid`.
    from: Option<i64>,
    /// First `vid` after the last.
    before: Option<i64>,
    /// Only versions that were not superseded by this time.
    current_after: Option<i64>,
    /// Only these.
    chosen: Option<Chosen>,
    ascending: bool,
}

/// What a List names.
#[derive(Clone, Default)]
struct Chosen {
    /// Resources, with all their versions.
    rids: Vec<i64>,
    /// Single versions.
    vids: Vec<i64>,
}

#[derive(Clone, Copy)]
enum Scope {
    System,
    Type(i32),
    Instance(i64),
}

/// A page of history.
pub(super) fn page(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    query: &HistoryQuery,
) -> Result<HistoryPage, StoreError> {
    let Some(scope) = scope(conn, dictionary, &query.scope)? else {
        return Ok(HistoryPage { versions: Vec::new(), total: 0, next: None });
    };
    let chosen = query.listed.as_deref().map(|listed| chosen(conn, dictionary, listed)).transpose()?;
    let ascending = query.ascending;
    let mut bounds = Bounds { scope, from: None, before: None, current_after: None, chosen, ascending };
    if let Some(since) = query.since {
        bounds.from = Some(first_since(conn, since)?);
    }
    if let Some((low, high)) = query.at {
        bounds.current_after = Some(low);
        bounds.before = Some(first_since(conn, high)?);
    }
    let total = bounds.total(conn)?;
    match query.after {
        Some(after) if ascending => bounds.from = bounds.from.max(Some(after.saturating_add(1))),
        Some(after) => bounds.before = Some(bounds.before.map_or(after, |before| before.min(after))),
        None => {}
    }
    let mut rows = bounds.versions(conn, query.count.saturating_add(1))?;
    let more = rows.len() > query.count;
    rows.truncate(query.count);
    let next = if more { rows.last().map(|row| row.vid) } else { None };
    let versions = rows.into_iter().map(|row| row.into_version(dictionary)).collect::<Result<_, _>>()?;
    Ok(HistoryPage { versions, total, next })
}

/// The scope in numbers; `None` if there never was such a thing.
fn scope(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    scope: &HistoryScope,
) -> Result<Option<Scope>, StoreError> {
    match scope {
        HistoryScope::System => Ok(Some(Scope::System)),
        HistoryScope::Type(kind) => Ok(dictionary.find_type(kind).map(Scope::Type)),
        HistoryScope::Instance(kind, id) => Ok(rid(conn, dictionary, kind, id)?.map(Scope::Instance)),
    }
}

/// The number of a resource, if there ever was such a thing.
fn rid(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    kind: &str,
    id: &str,
) -> Result<Option<i64>, StoreError> {
    let Some(code) = dictionary.find_type(kind) else { return Ok(None) };
    let rids = resource_id::table
        .select(resource_id::rid)
        .filter(resource_id::kind.eq(code))
        .filter(resource_id::fhir_id.eq(id));
    let rids = on!(conn, rids.load::<i64>(conn))?;
    Ok(rids.first().copied())
}

/// The items of a List in numbers; those that do not exist are left out.
fn chosen(conn: &mut Conn<'_>, dictionary: &Dictionary, listed: &[Listed]) -> Result<Chosen, StoreError> {
    let mut chosen = Chosen::default();
    for item in listed {
        let Some(rid) = rid(conn, dictionary, &item.kind, &item.id)? else { continue };
        match item.version.map(i64::try_from) {
            None => chosen.rids.push(rid),
            Some(Ok(number)) => {
                let text = "SELECT v.vid FROM version AS v WHERE v.rid = ? AND v.version = ?";
                let named = Fragment::new(text, [rid.into(), number.into()]);
                chosen.vids.extend(named.statement::<BigInt>().load::<i64>(conn)?);
            }
            Some(Err(_)) => {}
        }
    }
    Ok(chosen)
}

/// The first `vid` made at or after a time; one past the last if there is none.
fn first_since(conn: &mut Conn<'_>, time: i64) -> Result<i64, StoreError> {
    let last = version::table.select(max(version::vid));
    let last: Option<i64> = on!(conn, last.get_result(conn))?;
    let (mut low, mut high) = (1, last.unwrap_or(0) + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        // Numbers of versions that were rolled back are missing: look at the next that exists.
        let found = version::table
            .select((version::vid, version::ts))
            .filter(version::vid.ge(middle))
            .order(version::vid)
            .limit(1);
        let found = on!(conn, found.load::<(i64, i64)>(conn))?;
        match found.first() {
            Some((vid, ts)) if *ts < time => low = vid + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

#[derive(Queryable)]
struct Row {
    vid: i64,
    kind: i32,
    id: String,
    number: i64,
    ts: i64,
    method: i32,
    body: Vec<u8>,
}

type RowTypes = (BigInt, Integer, Text, BigInt, BigInt, Integer, Binary);

impl Row {
    fn into_version(self, dictionary: &Dictionary) -> Result<Version, StoreError> {
        Ok(Version {
            kind: dictionary.type_name(self.kind),
            id: self.id.into_boxed_str(),
            version: self.number.unsigned_abs(),
            last_updated: self.ts,
            method: method::from_code(self.method)?,
            body: self.body,
        })
    }
}

impl Bounds {
    fn versions(&self, conn: &mut Conn<'_>, limit: usize) -> Result<Vec<Row>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let order = if self.ascending { " ORDER BY v.vid" } else { " ORDER BY v.vid DESC" };
        // The numbers of the page are read from an index, and only then the bodies.
        let page = Fragment::text("SELECT v.vid FROM version AS v WHERE ")
            .append(self.condition())
            .append(Fragment::new(format!("{order} LIMIT ?"), [limit.into()]));
        // Tables in the order in which they are read: both databases keep to it.
        let columns = "SELECT v.vid, v.type, i.fhir_id, v.version, v.ts, v.method, v.body FROM (";
        let read = ") AS p CROSS JOIN version AS v CROSS JOIN resource_id AS i WHERE v.vid = p.vid AND i.rid = v.rid";
        let query = Fragment::text(columns).append(page).push(read).push(order);
        Ok(query.statement::<RowTypes>().load(conn)?)
    }

    /// What is true of the versions `v`.
    fn condition(&self) -> Fragment {
        let scope = match self.scope {
            Scope::System => None,
            Scope::Type(code) => Some(Fragment::new("v.type = ?", [code.into()])),
            Scope::Instance(rid) => Some(Fragment::new("v.rid = ?", [rid.into()])),
        };
        let from = self.from.map(|vid| Fragment::new("v.vid >= ?", [vid.into()]));
        let before = self.before.map(|vid| Fragment::new("v.vid < ?", [vid.into()]));
        let current = self.current_after.map(|time| {
            // Not only the next number: versions between may have been removed.
            let superseded = "NOT EXISTS (SELECT 1 FROM version AS f \
                WHERE f.rid = v.rid AND f.version > v.version AND f.ts <= ?)";
            Fragment::new(superseded, [time.into()])
        });
        let chosen = self.chosen.as_ref().map(|Chosen { rids, vids }| {
            let text = format!("(v.rid {IS_IN_LIST} OR v.vid {IS_IN_LIST})");
            Fragment::new(text, [integers(rids.iter().copied()), integers(vids.iter().copied())])
        });
        Fragment::all([scope, from, before, current, chosen].into_iter().flatten().collect())
    }

    /// How many versions there are, from the counts kept where there are no bounds.
    fn total(&self, conn: &mut Conn<'_>) -> Result<u64, StoreError> {
        let bounded = self.from.is_some()
            || self.before.is_some()
            || self.current_after.is_some()
            || self.chosen.is_some();
        let counts = match self.scope {
            Scope::Instance(_) => return self.counted(conn),
            Scope::Type(_) if bounded => return self.counted(conn),
            Scope::Type(code) => Fragment::new("type = ?", [code.into()]),
            Scope::System => Fragment::all(Vec::new()),
        };
        let counts = Fragment::text("SELECT type, versions FROM type_count WHERE ").append(counts);
        let mut total = 0;
        for (code, versions) in counts.statement::<(Integer, BigInt)>().load::<(i32, i64)>(conn)? {
            // By type, for which there is an index without the bodies.
            total += if bounded {
                Self { scope: Scope::Type(code), chosen: self.chosen.clone(), ..*self }.counted(conn)?
            } else {
                versions.unsigned_abs()
            };
        }
        Ok(total)
    }

    fn counted(&self, conn: &mut Conn<'_>) -> Result<u64, StoreError> {
        let count = Fragment::text("SELECT count(*) FROM version AS v WHERE ").append(self.condition());
        Ok(count.statement::<BigInt>().get_result::<i64>(conn)?.unsigned_abs())
    }
}
