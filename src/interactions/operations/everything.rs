//! `$everything` of a patient, of all patients, and of an encounter (R4 Patient and Encounter operations).
//!
//! The answer has first the members of the compartment, newest first, then what they refer to, sorted: practitioners, organizations,
//! locations, medications and the like, and what those refer to. Nothing is in it twice, also over several pages: a page link tells
//! how far the answer has come, and what the members refer to begins when they are at their end. A resource that belongs into the
//! record of a patient is never in the answer for another patient, whoever refers to it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use fhir_model::primitive::DateTime;
use fhir_search::parameters::Compartment;
use fhir_search::parse::Scope;
use fhir_search::query::{Clause, Query};

use super::definition::{Call, Level, Operation, Parameter, Target};
use super::graph::{Key, existing, referred_by};
use super::{care_date, searchset};
use crate::interactions::links::PAGE_PARAMETER;
use crate::interactions::{Context, Error, Response, read, search};
use crate::store::{Cursor, SearchPage, Version};

pub(super) static PATIENT: Operation = Operation {
    name: "everything",
    definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    levels: &[Level::Type, Level::Instance],
    types: &["Patient"],
    by_get: true,
    changes_data: false,
    parameters: &[
        Parameter::once("start", "date"),
        Parameter::once("end", "date"),
        Parameter::once("_since", "instant"),
        Parameter::many("_type", "code"),
        Parameter::once("_count", "integer"),
        Parameter::once(PAGE_PARAMETER, "string"),
    ],
    takes_search: false,
    returns: Some("Bundle"),
    perform: everything,
};

pub(super) static ENCOUNTER: Operation = Operation {
    name: "everything",
    definition: "http://hl7.org/fhir/OperationDefinition/Encounter-everything",
    levels: &[Level::Instance],
    types: &["Encounter"],
    by_get: true,
    changes_data: false,
    parameters: &[
        Parameter::once("_since", "instant"),
        Parameter::many("_type", "code"),
        Parameter::once("_count", "integer"),
        Parameter::once(PAGE_PARAMETER, "string"),
    ],
    takes_search: false,
    returns: Some("Bundle"),
    perform: everything,
};

/// Resources in one Bundle when the client does not say: R4 wants all in one, memory wants an end.
const ALL: usize = 10_000;

/// Resources that are read from the store at once.
const READ_AT_ONCE: usize = 1000;

/// The type whose compartment is the record of a person.
const RECORD: &str = "Patient";

/// What a client asks for.
struct Asked {
    /// The resource types wanted; `None` for all.
    types: Option<BTreeSet<Box<str>>>,
    /// Only what was written at this time or later.
    since: Option<String>,
    /// Resources in one Bundle.
    count: usize,
}

impl Asked {
    fn of(call: &Call<'_>) -> Result<Self, Error> {
        let mut types = BTreeSet::new();
        for kind in call.inputs.texts("_type")?.into_iter().flat_map(|list| list.split(',')) {
            if !call.context.is_resource_type(kind) {
                return Err(Error::bad_parameter("_type", kind, "a resource type of R4"));
            }
            types.insert(Box::from(kind));
        }
        let most = call.context.limits.max_count;
        Ok(Self {
            types: Some(types).filter(|types| !types.is_empty()),
            since: call.inputs.instant("_since")?.map(str::to_owned),
            count: call.inputs.positive("_count")?.map_or(ALL, |count| count.min(most)),
        })
    }

    fn is_filter(&self) -> bool {
        self.types.is_some() || self.since.is_some()
    }

    fn wants(&self, version: &Version, since: Option<i64>) -> bool {
        self.types.as_ref().is_none_or(|types| types.contains(&version.kind))
            && since.is_none_or(|since| version.last_updated >= since)
    }
}

/// How far an answer has come.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// In the results of one of the queries for the members.
    Members { query: usize, cursor: Option<Cursor> },
    /// In what the members refer to, behind a resource.
    Referred { after: Option<Key> },
}

impl Place {
    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Members { query, cursor } => {
                let cursor = cursor.as_ref().map_or(&[][..], |cursor| &cursor.0);
                [&[b'm', u8::try_from(*query).unwrap_or(u8::MAX)], cursor].concat()
            }
            Self::Referred { after } => {
                let after = after.as_ref().map(|key| format!("{}/{}", key.kind, key.id));
                [b"r", after.unwrap_or_default().as_bytes()].concat()
            }
        }
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'm', query, cursor @ ..] => {
                let cursor = Some(Cursor(cursor.to_vec())).filter(|cursor| !cursor.0.is_empty());
                Some(Self::Members { query: usize::from(*query), cursor })
            }
            [b'r', after @ ..] => {
                let after = std::str::from_utf8(after).ok()?.split_once('/');
                let after = after.map(|(kind, id)| Key { kind: kind.into(), id: id.into() });
                Some(Self::Referred { after })
            }
            _ => None,
        }
    }
}

fn everything(call: &Call<'_>) -> Result<Response, Error> {
    if let Target::Instance { kind, id } = call.target {
        read::current(call.context, kind, id)?;
    }
    let asked = Asked::of(call)?;
    let link = searchset::Link::of(call)?;
    let first = Place::Members { query: 0, cursor: None };
    let place = match link.place()? {
        None => first.clone(),
        Some(bytes) => Place::from_bytes(&bytes).ok_or_else(searchset::not_of_this)?,
    };
    let is_first = place == first;
    let (mut page, next) = Filling::new(call, asked, is_first)?.fill(place)?;
    page.total = if is_first && next.is_none() { Some(page.matches.len() as u64) } else { None };
    searchset::answer(&link, next.map(|next| next.to_bytes()).as_deref(), &page)
}

/// A page that is being filled.
struct Filling<'a> {
    call: &'a Call<'a>,
    asked: Asked,
    /// The queries for the members that are wanted.
    queries: Vec<Query>,
    page: SearchPage,
    /// What the members refer to, if all members pass by.
    references: Option<References>,
}

impl<'a> Filling<'a> {
    fn new(call: &'a Call<'a>, asked: Asked, is_first: bool) -> Result<Self, Error> {
        let references = (is_first && !asked.is_filter()).then(References::default);
        let queries = queries(call, asked.types.as_ref())?;
        Ok(Self { call, queries, asked, page: SearchPage::default(), references })
    }

    /// The resources from a place on, and where the next page begins.
    fn fill(mut self, mut place: Place) -> Result<(SearchPage, Option<Place>), Error> {
        let since = since_clauses(self.call.context, &self.asked)?;
        while let Place::Members { query, cursor } = place {
            let room = self.room();
            let Some(wanted) = self.queries.get(query) else {
                place = Place::Referred { after: None };
                break;
            };
            if room == 0 {
                return Ok((self.page, Some(Place::Members { query, cursor })));
            }
            let mut wanted = Query { count: room.min(READ_AT_ONCE), ..wanted.clone() };
            wanted.clauses.extend_from_slice(&since);
            let next = self.members(&wanted, cursor.as_ref())?;
            place = Place::Members { query: if next.is_some() { query } else { query + 1 }, cursor: next };
        }
        let after = match place {
            Place::Referred { after } => after,
            Place::Members { .. } => None,
        };
        self.referred(after)
    }

    fn room(&self) -> usize {
        self.asked.count.saturating_sub(self.page.matches.len())
    }

    /// Takes members; returns where the next ones begin.
    fn members(&mut self, query: &Query, cursor: Option<&Cursor>) -> Result<Option<Cursor>, Error> {
        if query.types.is_empty() {
            return Ok(None);
        }
        let found = self.call.context.store.search(query, cursor)?;
        if let Some(references) = &mut self.references {
            found.matches.iter().try_for_each(|member| references.add(self.call.context, member))?;
        }
        self.page.matches.extend(found.matches);
        Ok(found.next)
    }

    /// Takes what the members refer to, behind a resource.
    fn referred(mut self, after: Option<Key>) -> Result<(SearchPage, Option<Place>), Error> {
        let room = self.room();
        let references = match self.references.take() {
            Some(references) => references,
            None => References::of_all(self.call)?,
        };
        let since = self.asked.since.as_deref().and_then(micros);
        let mut rest = references.followed(self.call)?.into_iter().filter(|(key, version)| {
            after.as_ref().is_none_or(|after| key > after) && self.asked.wants(version, since)
        });
        let mut last = after.clone();
        for (key, version) in rest.by_ref().take(room) {
            last = Some(key);
            self.page.included.push(version);
        }
        let next = rest.next().map(|_| Place::Referred { after: last });
        drop(rest);
        Ok((self.page, next))
    }
}

fn micros(instant: &str) -> Option<i64> {
    let instant = DateTime::parse_instant(instant).ok()?;
    Some(instant.range_micros(0).0)
}

fn since_clauses(context: &Context, asked: &Asked) -> Result<Vec<Clause>, Error> {
    let Some(since) = &asked.since else { return Ok(Vec::new()) };
    let pair = ("_lastUpdated".to_owned(), format!("ge{since}"));
    Ok(search::parse(context, Scope::System, &[pair], false)?.clauses)
}

/// The queries that find the members of the types, each resource by one of them. A query without types finds nothing.
fn queries(call: &Call<'_>, types: Option<&BTreeSet<Box<str>>>) -> Result<Vec<Query>, Error> {
    let context = call.context;
    let wants = |kind: &str| types.is_none_or(|types| types.contains(kind));
    let mut queries = match call.target {
        Target::Instance { kind, id } => vec![members_of(context, kind, id, wants)?],
        _ => {
            let mut patients = search::parse(context, Scope::Type(RECORD), &[], false)?;
            patients.types.retain(|kind| wants(kind));
            vec![patients, members_of_all(context, wants)?]
        }
    };
    if call.target.kind() == Some(RECORD) {
        let (start, end) = (call.inputs.date("start")?, call.inputs.date("end")?);
        for query in &mut queries {
            query.clauses.extend(care_date::within(context, &query.types, start, end)?);
        }
    }
    Ok(queries)
}

/// What is in the compartment of one resource.
fn members_of(
    context: &Context,
    owner: &str,
    id: &str,
    wants: impl Fn(&str) -> bool,
) -> Result<Query, Error> {
    let parameters = &context.search_state().parameters;
    let members = parameters.compartment(owner).into_iter().flat_map(Compartment::members);
    let types: Vec<&str> = members.filter(|kind| wants(kind)).collect();
    let pair = (!types.is_empty()).then(|| ("_type".to_owned(), types.join(",")));
    let scope = Scope::Compartment { owner, id, member: None };
    let mut query = search::parse(context, scope, pair.as_slice(), false)?;
    query.types.retain(|kind| wants(kind));
    Ok(query)
}

/// What is in the compartment of any patient, but the patients.
fn members_of_all(context: &Context, wants: impl Fn(&str) -> bool) -> Result<Query, Error> {
    let no_compartment = || Error::Internal("patients have no compartment".to_owned());
    let parameters = &context.search_state().parameters;
    let compartment = parameters.compartment(RECORD).ok_or_else(no_compartment)?;
    // Every patient was written since then.
    let ever = ("_lastUpdated".to_owned(), "ge1970".to_owned());
    let any = Clause::All(search::parse(context, Scope::Type(RECORD), &[ever], false)?.clauses);
    let mut query = search::parse(context, Scope::System, &[], false)?;
    let members = compartment.members().filter(|kind| *kind != RECORD && wants(kind));
    query.types = members.map(Box::from).collect();
    let pointing = query.types.iter().flat_map(|kind| compartment.parameters(kind));
    let pointing = pointing.map(|parameter| Clause::Chain {
        reference: *parameter,
        target: RECORD.into(),
        clause: Box::new(any.clone()),
    });
    query.clauses.push(Clause::Any(pointing.collect()));
    Ok(query)
}

/// What members refer to.
#[derive(Default)]
struct References {
    members: HashSet<Key>,
    targets: BTreeSet<Key>,
}

impl References {
    /// Reads all members again: a page link carries no list of what they refer to.
    fn of_all(call: &Call<'_>) -> Result<Self, Error> {
        let context = call.context;
        let mut references = Self::default();
        for query in queries(call, None)? {
            let query = Query { count: READ_AT_ONCE, ..query };
            let mut cursor = None;
            loop {
                let page = context.store.search(&query, cursor.as_ref())?;
                page.matches.iter().try_for_each(|member| references.add(context, member))?;
                match page.next {
                    Some(next) => cursor = Some(next),
                    None => break,
                }
            }
        }
        Ok(references)
    }

    fn add(&mut self, context: &Context, member: &Version) -> Result<(), Error> {
        self.members.insert(Key::of(member));
        self.targets.extend(referred_by(context, member)?);
        Ok(())
    }

    /// The resources referred to that are no members, and what they refer to in turn.
    ///
    /// From a member of an encounter all references are followed; otherwise only those to what is no record of a patient.
    fn followed(self, call: &Call<'_>) -> Result<BTreeMap<Key, Version>, Error> {
        let context = call.context;
        let parameters = &context.search_state().parameters;
        let records: HashSet<&str> =
            parameters.compartment(RECORD).into_iter().flat_map(Compartment::members).collect();
        let of_record = |key: &Key| records.contains(&*key.kind);
        let own_record = call.target.kind() != Some(RECORD);
        let Self { members, targets } = self;
        let mut open: Vec<Key> = targets.into_iter().filter(|key| own_record || !of_record(key)).collect();
        let mut found = BTreeMap::new();
        while let Some(key) = open.pop() {
            if members.contains(&key) || found.contains_key(&key) {
                continue;
            }
            let Some(version) = existing(context, &key)? else { continue };
            if !of_record(&key) {
                let further = referred_by(context, &version)?;
                open.extend(further.into_iter().filter(|key| !of_record(key)));
            }
            found.insert(key, version);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_from_their_bytes() {
        let key = Key { kind: "Practitioner".into(), id: "a-1".into() };
        for place in [
            Place::Members { query: 0, cursor: None },
            Place::Members { query: 1, cursor: Some(Cursor(vec![1, 0, 255])) },
            Place::Referred { after: None },
            Place::Referred { after: Some(key) },
        ] {
            assert_eq!(Place::from_bytes(&place.to_bytes()), Some(place));
        }
        assert_eq!(Place::from_bytes(b""), None);
        assert_eq!(Place::from_bytes(b"x"), None);
    }
}
