//! `_include` and `_revinclude`.

use std::collections::HashSet;

use diesel::sql_types::BigInt;
use fhir_search::query::{Include, Query};

use super::rows::{self, Resource};
use crate::store::StoreError;
use crate::store::keys_blob::StoredKeys;
use crate::store::query::{Fragment, integers};
use crate::store::sql::connection::Conn;
use crate::store::sql::dialect::list;
use crate::store::sql::dictionary::Dictionary;

/// At most so many resources are included on a page.
pub(super) const MOST: usize = 1000;

/// The resources included, and whether some were left out.
pub(super) struct Included {
    pub(super) resources: Vec<Resource>,
    pub(super) truncated: bool,
}

/// What the matches refer to and what refers to them; with `:iterate` also from what was included itself. Each resource once,
/// and none of the matches.
pub(super) fn include(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    query: &Query,
    matches: &[Resource],
) -> Result<Included, StoreError> {
    let mut seen: HashSet<i64> = matches.iter().map(|resource| resource.rid).collect();
    let mut all = Included { resources: Vec::new(), truncated: false };
    let mut first = 0;
    let mut found = linked(conn, dictionary, query, matches, &seen, false)?;
    loop {
        found.retain(|rid| seen.insert(*rid));
        let room = MOST.saturating_sub(all.resources.len());
        all.truncated = found.len() > room;
        found.truncate(room);
        all.resources.extend(rows::load(conn, dictionary, &found, true)?);
        let added = all.resources.get(first..).unwrap_or_default();
        if all.truncated || added.is_empty() {
            return Ok(all);
        }
        found = linked(conn, dictionary, query, added, &seen, true)?;
        first = all.resources.len();
    }
}

/// The live resources one step away.
fn linked(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    query: &Query,
    from: &[Resource],
    seen: &HashSet<i64>,
    iterating: bool,
) -> Result<Vec<i64>, StoreError> {
    let mut found = Vec::new();
    let wanted = |include: &&Include| include.iterate || !iterating;
    for include in query.includes.iter().filter(wanted) {
        found.extend(referred_to(conn, dictionary, include, from)?);
    }
    for include in query.rev_includes.iter().filter(wanted) {
        found.extend(referring(conn, dictionary, include, from, seen.len())?);
    }
    Ok(found)
}

fn referred_to(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    include: &Include,
    from: &[Resource],
) -> Result<Vec<i64>, StoreError> {
    let source = dictionary.find_type(&include.source);
    let mut targets = Vec::new();
    for resource in from.iter().filter(|resource| Some(resource.kind) == source) {
        let keys = StoredKeys::decode(&resource.keys).unwrap_or_default();
        let keys = keys.references.iter().filter(|key| include.parameters.contains(&key.parameter));
        targets.extend(keys.map(|key| key.target));
    }
    match &include.target {
        _ if targets.is_empty() => Ok(targets),
        None => rows::live(conn, &targets, None),
        Some(target) => match dictionary.find_type(target) {
            Some(code) => rows::live(conn, &targets, Some(code)),
            None => Ok(Vec::new()),
        },
    }
}

fn referring(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    include: &Include,
    to: &[Resource],
    seen: usize,
) -> Result<Vec<i64>, StoreError> {
    let target = include.target.as_deref().map(|target| dictionary.find_type(target));
    let to = to.iter().filter(|resource| target.is_none_or(|target| target == Some(resource.kind)));
    // One more than can be used, so that it is noticed when there are too many.
    let limit = i64::try_from(MOST + seen + 1).unwrap_or(i64::MAX);
    let sql = Fragment::new(
        format!(
            "SELECT DISTINCT s.rid FROM {} CROSS JOIN {} CROSS JOIN ix_reference AS s \
             WHERE s.parameter = p.value AND s.target = j.value LIMIT ?",
            list("j"),
            list("p")
        ),
        [
            integers(to.map(|resource| resource.rid)),
            integers(include.parameters.iter().map(|parameter| i64::from(parameter.0))),
            limit.into(),
        ],
    );
    Ok(sql.statement::<BigInt>().load(conn)?)
}
