//! History of a resource, of a type, of all: versions in the reverse order of commits.
//!
//! Time never decreases with `vid`, so a bound in time is a bound in `vid`, found by bisection without an index on time.

use diesel::dsl::{count_star, exists, max, not};
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::dictionary::Dictionary;
use super::method;
use crate::store::schema::{resource_id, type_count, version};
use crate::store::{HistoryPage, HistoryQuery, HistoryScope, StoreError, Version};

diesel::alias!(const FOLLOWING: Alias<Following> = version as following);

/// A history query with its bounds as numbers of rows.
struct Bounds {
    scope: Scope,
    /// First `vid`.
    from: Option<i64>,
    /// First `vid` after the last.
    before: Option<i64>,
    /// Only versions that were not superseded by this time.
    current_after: Option<i64>,
}

#[derive(Clone, Copy)]
enum Scope {
    System,
    Type(i32),
    Instance(i64),
}

/// A page of history.
pub(super) fn page(
    conn: &mut SqliteConnection,
    dictionary: &Dictionary,
    query: &HistoryQuery,
) -> Result<HistoryPage, StoreError> {
    let Some(scope) = scope(conn, dictionary, &query.scope)? else {
        return Ok(HistoryPage { versions: Vec::new(), total: 0, next: None });
    };
    let mut bounds = Bounds { scope, from: None, before: None, current_after: None };
    if let Some(since) = query.since {
        bounds.from = Some(first_since(conn, since)?);
    }
    if let Some((low, high)) = query.at {
        bounds.current_after = Some(low);
        bounds.before = Some(first_since(conn, high)?);
    }
    let total = bounds.total(conn)?;
    if let Some(after) = query.after {
        bounds.before = Some(bounds.before.map_or(after, |before| before.min(after)));
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
    conn: &mut SqliteConnection,
    dictionary: &Dictionary,
    scope: &HistoryScope,
) -> Result<Option<Scope>, StoreError> {
    match scope {
        HistoryScope::System => Ok(Some(Scope::System)),
        HistoryScope::Type(kind) => Ok(dictionary.find_type(kind).map(Scope::Type)),
        HistoryScope::Instance(kind, id) => {
            let Some(code) = dictionary.find_type(kind) else { return Ok(None) };
            let rids = resource_id::table
                .select(resource_id::rid)
                .filter(resource_id::kind.eq(code))
                .filter(resource_id::fhir_id.eq(&**id))
                .load::<i64>(conn)?;
            Ok(rids.first().copied().map(Scope::Instance))
        }
    }
}

/// The first `vid` made at or after a time; one past the last if there is none.
fn first_since(conn: &mut SqliteConnection, time: i64) -> Result<i64, StoreError> {
    let last: Option<i64> = version::table.select(max(version::vid)).get_result(conn)?;
    let (mut low, mut high) = (1, last.unwrap_or(0) + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        // Numbers of versions that were rolled back are missing: look at the next that exists.
        let found = version::table
            .select((version::vid, version::ts))
            .filter(version::vid.ge(middle))
            .order(version::vid)
            .limit(1)
            .load::<(i64, i64)>(conn)?;
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
    fn versions(&self, conn: &mut SqliteConnection, limit: usize) -> Result<Vec<Row>, StoreError> {
        let query = version::table
            .inner_join(resource_id::table.on(resource_id::rid.eq(version::rid)))
            .filter(version::vid.eq_any(self.rows(limit)))
            .order(version::vid.desc())
            .select((
                version::vid,
                version::kind,
                resource_id::fhir_id,
                version::number,
                version::ts,
                version::method,
                version::body,
            ));
        Ok(query.load(conn)?)
    }

    /// The `vid`s of the page, read from an index.
    fn rows(&self, limit: usize) -> version::BoxedQuery<'static, Sqlite, diesel::sql_types::BigInt> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.filtered().select(version::vid).order(version::vid.desc()).limit(limit)
    }

    fn filtered(&self) -> version::BoxedQuery<'static, Sqlite> {
        let mut query = version::table.into_boxed();
        match self.scope {
            Scope::System => {}
            Scope::Type(code) => query = query.filter(version::kind.eq(code)),
            Scope::Instance(rid) => query = query.filter(version::rid.eq(rid)),
        }
        if let Some(from) = self.from {
            query = query.filter(version::vid.ge(from));
        }
        if let Some(before) = self.before {
            query = query.filter(version::vid.lt(before));
        }
        if let Some(time) = self.current_after {
            let superseded = FOLLOWING
                .filter(FOLLOWING.field(version::rid).eq(version::rid))
                .filter(FOLLOWING.field(version::number).eq(version::number + 1))
                .filter(FOLLOWING.field(version::ts).le(time));
            query = query.filter(not(exists(superseded)));
        }
        query
    }

    /// How many versions there are, from the counts kept where there are no bounds.
    fn total(&self, conn: &mut SqliteConnection) -> Result<u64, StoreError> {
        let bounded = self.from.is_some() || self.before.is_some() || self.current_after.is_some();
        let counts: Vec<(i32, i64)> = match self.scope {
            Scope::Instance(_) => return self.counted(conn),
            Scope::Type(_) if bounded => return self.counted(conn),
            Scope::Type(code) => type_count::table
                .select((type_count::kind, type_count::versions))
                .filter(type_count::kind.eq(code))
                .load(conn)?,
            Scope::System => type_count::table.select((type_count::kind, type_count::versions)).load(conn)?,
        };
        let mut total = 0;
        for (code, versions) in counts {
            // By type, for which there is an index without the bodies.
            total += if bounded {
                Self { scope: Scope::Type(code), ..*self }.counted(conn)?
            } else {
                versions.unsigned_abs()
            };
        }
        Ok(total)
    }

    fn counted(&self, conn: &mut SqliteConnection) -> Result<u64, StoreError> {
        let count: i64 = self.filtered().select(count_star()).get_result(conn)?;
        Ok(count.unsigned_abs())
    }
}
