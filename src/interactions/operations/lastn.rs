//! `$lastn`: the most recent Observations of each code (R4 Observation operation lastn).
//!
//! All search parameters of Observation choose among the Observations; a subject and a category or code must be among them. What is
//! found is grouped by code, and of each group come the `max` most recent, and those of the same time as the last of these.

use std::collections::HashMap;

use fhir_model::Node;
use fhir_model::primitive::DateTime;
use fhir_search::parse::Scope;
use fhir_search::query::Query;

use super::code_groups::CodeGroups;
use super::definition::{Call, Level, Operation, Parameter};
use super::graph::parsed;
use super::searchset::{self, Link};
use crate::interactions::projection::Projector;
use crate::interactions::{Error, Response, search};
use crate::store::{SearchPage, Version};

pub(super) static LASTN: Operation = Operation {
    name: "lastn",
    definition: "http://hl7.org/fhir/OperationDefinition/Observation-lastn",
    levels: &[Level::Type],
    types: &["Observation"],
    by_get: true,
    changes_data: false,
    parameters: &[Parameter::once("max", "positiveInt")],
    takes_search: true,
    returns: Some("Bundle"),
    perform: lastn,
};

/// Parameters of searches that this operation decides itself.
const DECIDED: [&str; 6] = ["_sort", "_count", "_include", "_revinclude", "_total", "_page"];

/// Observations that are read from the store at once.
const READ_AT_ONCE: usize = 1000;

fn lastn(call: &Call<'_>) -> Result<Response, Error> {
    let max = call.inputs.positive("max")?.unwrap_or(1);
    let query = query(call)?;
    let mut matches = most_recent(call, &query, max)?;
    if let Some(projector) = Projector::of_search(call.context, &query)? {
        matches.iter_mut().try_for_each(|version| projector.project(version))?;
    }
    let total = Some(matches.len() as u64);
    searchset::answer(&Link::of(call)?, None, &SearchPage { matches, total, ..SearchPage::default() })
}

fn query(call: &Call<'_>) -> Result<Query, Error> {
    let mut pairs = call.inputs.search(LASTN.parameters);
    let is_given = |wanted: fn(&str) -> bool| pairs.iter().any(|(name, _)| wanted(code_of(name)));
    if let Some((name, _)) = pairs.iter().find(|(name, _)| DECIDED.contains(&code_of(name))) {
        return Err(Error::BadParameter(format!("$lastn does not take the parameter '{name}'")));
    }
    if !is_given(|code| matches!(code, "patient" | "subject")) {
        return Err(Error::BadParameter("$lastn needs the parameter patient or subject".into()));
    }
    if !is_given(|code| code == "category" || code.contains("code")) {
        return Err(Error::BadParameter("$lastn needs the parameter category or one of codes".into()));
    }
    pairs.push(("_sort".to_owned(), "-date".to_owned()));
    let query = search::parse(call.context, Scope::Type("Observation"), &pairs, call.request.prefer.lenient)?;
    if query.only_count {
        return Err(Error::bad_parameter("_summary", "count", "true, text, data or false"));
    }
    Ok(Query { count: READ_AT_ONCE, ..query })
}

/// The code of a search parameter in its name in a query: without modifier and chain.
fn code_of(name: &str) -> &str {
    name.split([':', '.']).next().unwrap_or_default()
}

/// An Observation that may be among the most recent of its group.
struct Candidate {
    version: Version,
    /// A number of its group.
    group: usize,
    time: Option<(i64, i64)>,
}

/// The most recent Observations of each group, the most recent of all first.
fn most_recent(call: &Call<'_>, query: &Query, max: usize) -> Result<Vec<Version>, Error> {
    let mut groups = CodeGroups::default();
    // Which codes are one group is known only when all Observations were seen. Until then those are kept that are recent enough
    // among the Observations of the same first code, which are all in one group.
    let mut of_first_code = Quota::new(max);
    let mut candidates = Vec::new();
    let mut cursor = None;
    loop {
        let page = call.context.store.search(query, cursor.as_ref())?;
        for version in page.matches {
            let document = parsed(&version)?;
            let group = groups.add(document.root().get("code"));
            let time = effective(document.root());
            if of_first_code.admits(group, time) {
                candidates.push(Candidate { version, group, time });
            }
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    let mut of_group = Quota::new(max);
    candidates.retain(|candidate| of_group.admits(groups.root(candidate.group), candidate.time));
    Ok(candidates.into_iter().map(|candidate| candidate.version).collect())
}

/// Lets so many of each group in, and those of the same time as the last one.
struct Quota {
    max: usize,
    /// For each group how many are in, and the time of the last.
    admitted: HashMap<usize, (usize, Option<(i64, i64)>)>,
}

impl Quota {
    fn new(max: usize) -> Self {
        Self { max, admitted: HashMap::new() }
    }

    fn admits(&mut self, group: usize, time: Option<(i64, i64)>) -> bool {
        let (count, last) = self.admitted.entry(group).or_default();
        let admitted = *count < self.max || (time.is_some() && *last == time);
        if admitted {
            (*count, *last) = (*count + 1, time);
        }
        admitted
    }
}

/// The time of an Observation as the period it covers, microseconds.
fn effective(observation: Node<'_>) -> Option<(i64, i64)> {
    let range = |text: Option<&str>| DateTime::parse_date_time(text?).ok().map(|time| time.range_micros(0));
    let moment = ["effectiveDateTime", "effectiveInstant"].iter().find_map(|name| observation.get_str(name));
    if moment.is_some() {
        return range(moment);
    }
    let period = observation.get("effectivePeriod")?;
    let low = range(period.get_str("start")).map_or(i64::MIN, |(low, _)| low);
    let high = range(period.get_str("end")).map_or(i64::MAX, |(_, high)| high);
    Some((low, high))
}
