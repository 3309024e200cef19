//! Jobs that compute index keys anew: reading them, and what the writer does for them.

use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use serde::{Deserialize, Serialize};

use super::changes::{Changes, Now, Present, Resource};
use super::connection::{Conn, on};
use super::contained::{self, Container, Parts};
use super::dictionary::Dictionary;
use super::search;
use super::statement::{Statement, Value};
use super::write_set::{State, decode, stored_keys};
use crate::store::StoreError;
use crate::store::query::Types;
use crate::store::reindex::{
    IndexedDefinition, Job, JobKind, JobState, Position, Rekeyed, Step, Stored, Work,
};
use crate::store::schema::{current, indexed_definition, job, resource_id};

/// Resources of one step: few enough that a client's write hardly waits for the step.
const STEP_RESOURCES: i64 = 200;
/// Bytes of bodies of one step.
const STEP_BYTES: usize = 4 << 20;
/// How long jobs are kept after their end, microseconds.
const KEPT: i64 = 30 * 24 * 3600 * 1_000_000;

const OPEN: &str = "open";
const DONE: &str = "done";
const CANCELLED: &str = "cancelled";

/// What the writer does for jobs.
#[derive(Clone, Debug)]
pub(super) enum JobTask {
    Open { id: Box<str>, work: Work },
    Cancel { id: Box<str> },
    Step(Step),
}

/// The column `job.work`.
#[derive(Serialize, Deserialize)]
struct WorkColumn {
    types: Vec<Box<str>>,
    definitions: Vec<IndexedDefinition>,
}

/// Performs a task within the savepoint of the writer.
pub(super) fn apply(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    task: JobTask,
    now: i64,
) -> Result<(), StoreError> {
    match task {
        JobTask::Open { id, work } => open(conn, dictionary, &id, work, now),
        JobTask::Cancel { id } => close(conn, &id, CANCELLED, now),
        JobTask::Step(step) => self::step(conn, dictionary, state, step, now),
    }
}

fn open(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    id: &str,
    work: Work,
    now: i64,
) -> Result<(), StoreError> {
    let old = job::table.filter(job::state.ne(OPEN)).filter(job::updated.lt(now - KEPT));
    on!(conn, diesel::delete(old).execute(conn))?;
    for earlier in open_jobs(conn)? {
        let replaced =
            |definition: &IndexedDefinition| work.definitions.iter().any(|d| d.id == definition.id);
        let is_brought = |definition: &IndexedDefinition| {
            earlier
                .work
                .definitions
                .iter()
                .any(|d| d.id == definition.id && d.definition == definition.definition)
        };
        if work.definitions.iter().any(is_brought) {
            return Err(StoreError::ConditionChanged);
        }
        if !earlier.work.definitions.is_empty() && earlier.work.definitions.iter().all(replaced) {
            close(conn, &earlier.id, CANCELLED, now)?;
        }
    }
    for (followed, is_complete) in definitions(conn)? {
        let is_followed = |definition: &IndexedDefinition| {
            is_complete && definition.id == followed.id && definition.definition == followed.definition
        };
        if work.definitions.iter().any(is_followed) {
            return Err(StoreError::ConditionChanged);
        }
    }
    for IndexedDefinition { id, definition, types } in &work.definitions {
        let earlier = indexed_definition::table.filter(indexed_definition::id.eq(&**id));
        on!(conn, diesel::delete(earlier).execute(conn))?;
        let row = (
            indexed_definition::id.eq(&**id),
            indexed_definition::definition.eq(definition.as_deref()),
            indexed_definition::types.eq(json(types)?),
            indexed_definition::complete.eq(false),
        );
        on!(conn, diesel::insert_into(indexed_definition::table).values(row).execute(conn))?;
    }
    let types = Types::new(dictionary, work.types.iter().map(|kind| &**kind));
    let total = search::resources(conn, &types)?;
    let kind = kind_text(work.kind);
    let column = WorkColumn { types: work.types, definitions: work.definitions };
    let row = (
        job::id.eq(id),
        job::kind.eq(kind),
        job::state.eq(OPEN),
        job::work.eq(json(&column)?),
        (job::at_type.eq(0), job::at_rid.eq(0)),
        (job::total.eq(total), job::done.eq(0)),
        (job::created.eq(now), job::updated.eq(now)),
    );
    on!(conn, diesel::insert_into(job::table).values(row).execute(conn))?;
    Ok(())
}

fn close(conn: &mut Conn<'_>, id: &str, state: &str, now: i64) -> Result<(), StoreError> {
    let open = diesel::update(job::table.filter(job::id.eq(id)).filter(job::state.eq(OPEN)));
    on!(conn, open.set((job::state.eq(state), job::updated.eq(now))).execute(conn))?;
    Ok(())
}

fn step(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    step: Step,
    now: i64,
) -> Result<(), StoreError> {
    let is_expected =
        |job: &Job| job.state == JobState::Open && job.at == step.from && job.node == step.taken_from;
    find(conn, &step.job)?.filter(is_expected).ok_or(StoreError::ConditionChanged)?;
    let earlier = Changes::default();
    let mut changes = Changes::default();
    for Rekeyed { rid, vid, keys } in &step.keys {
        let (rid, vid) = (*rid, *vid);
        let found = current::table
            .select((current::kind, current::number, current::ts, current::keys))
            .filter(current::rid.eq(rid))
            .filter(current::vid.eq(vid));
        let found = on!(conn, found.load::<(i32, i64, i64, Vec<u8>)>(conn))?;
        let Some((kind, number, ts, old)) = found.into_iter().next() else { continue };
        let parts = match keys.contained.as_slice() {
            [] => Parts::default(),
            _ => Parts::of(dictionary, (&dictionary.type_name(kind), &id(conn, rid)?), keys)?,
        };
        let (keys, text) = stored_keys(conn, dictionary, state, kind, keys, &parts.links)?;
        // Where the keys are the same and nothing is contained, nothing was.
        if keys.encode() != old || !parts.is_empty() {
            let old = decode(&old)?;
            let container = Container { number, vid, ts };
            let into = (&earlier, &mut changes);
            contained::replace(conn, dictionary, state, into, (&old, container, parts))?;
            let before = Some(Present { kind, number, ts, deleted: false, keys: old });
            let now = Now { number, vid, ts, deleted: false, keys, text, rows: None };
            changes.put(rid, Resource { kind, before, now: Some(now) });
        }
    }
    changes.write(conn, dictionary, state, &[])?;
    let done = i64::try_from(step.done).unwrap_or(i64::MAX);
    let progress = (
        job::at_type.eq(i64::try_from(step.at.kind).unwrap_or(i64::MAX)),
        job::at_rid.eq(step.at.rid),
        job::done.eq(job::done + done),
        job::updated.eq(now),
        job::node.eq(step.node),
    );
    let update = diesel::update(job::table.filter(job::id.eq(&*step.job)));
    on!(conn, update.set(progress).execute(conn))?;
    match find(conn, &step.job)? {
        Some(job) if job.at.kind >= job.work.types.len() => finish(conn, &job, now),
        _ => Ok(()),
    }
}

/// The id of a resource.
fn id(conn: &mut Conn<'_>, rid: i64) -> Result<String, StoreError> {
    let id = resource_id::table.select(resource_id::fhir_id).filter(resource_id::rid.eq(rid));
    Ok(on!(conn, id.load::<String>(conn))?.into_iter().next().unwrap_or_default())
}

/// Closes a job and declares its definitions complete, but for those that have changed since it was opened.
fn finish(conn: &mut Conn<'_>, done: &Job, now: i64) -> Result<(), StoreError> {
    for IndexedDefinition { id, definition, .. } in &done.work.definitions {
        let row = indexed_definition::table.filter(indexed_definition::id.eq(&**id));
        match definition {
            Some(text) => {
                let followed = diesel::update(row.filter(indexed_definition::definition.eq(&**text)));
                on!(conn, followed.set(indexed_definition::complete.eq(true)).execute(conn))?
            }
            None => {
                let gone = diesel::delete(row.filter(indexed_definition::definition.is_null()));
                on!(conn, gone.execute(conn))?
            }
        };
    }
    close(conn, &done.id, DONE, now)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = job)]
struct Row {
    id: String,
    kind: String,
    state: String,
    work: String,
    at_type: i64,
    at_rid: i64,
    total: i64,
    done: i64,
    created: i64,
    updated: i64,
    node: Option<i32>,
}

impl Row {
    fn into_job(self) -> Result<Job, StoreError> {
        let WorkColumn { types, definitions } = from_json(&self.work)?;
        let kind = match self.kind.as_str() {
            "reindex" => JobKind::Reindex,
            _ => JobKind::SearchParameters,
        };
        let state = match self.state.as_str() {
            OPEN => JobState::Open,
            DONE => JobState::Done,
            _ => JobState::Cancelled,
        };
        Ok(Job {
            id: self.id.into(),
            work: Work { kind, types, definitions },
            state,
            at: Position { kind: usize::try_from(self.at_type).unwrap_or_default(), rid: self.at_rid },
            total: self.total.unsigned_abs(),
            done: self.done.unsigned_abs(),
            created: self.created,
            updated: self.updated,
            node: self.node,
        })
    }
}

fn kind_text(kind: JobKind) -> &'static str {
    match kind {
        JobKind::SearchParameters => "search-parameters",
        JobKind::Reindex => "reindex",
    }
}

/// The job of that id.
pub(super) fn find(conn: &mut Conn<'_>, id: &str) -> Result<Option<Job>, StoreError> {
    let rows = on!(conn, job::table.filter(job::id.eq(id)).select(Row::as_select()).load(conn))?;
    rows.into_iter().next().map(Row::into_job).transpose()
}

/// The jobs to do, in their order.
pub(super) fn open_jobs(conn: &mut Conn<'_>) -> Result<Vec<Job>, StoreError> {
    let open = job::table.filter(job::state.eq(OPEN)).order(job::number);
    let rows = on!(conn, open.select(Row::as_select()).load(conn))?;
    rows.into_iter().map(Row::into_job).collect()
}

/// The definitions that the index follows, and whether they are complete.
pub(super) fn definitions(conn: &mut Conn<'_>) -> Result<Vec<(IndexedDefinition, bool)>, StoreError> {
    let rows = on!(conn, indexed_definition::table.load::<(String, Option<String>, String, bool)>(conn))?;
    let read = rows.into_iter().map(|(id, definition, types, complete)| {
        let definition = definition.map(String::into_boxed_str);
        Ok((IndexedDefinition { id: id.into(), definition, types: from_json(&types)? }, complete))
    });
    read.collect()
}

/// Live resources of the type of that code behind `after`.
pub(super) fn resources_after(conn: &mut Conn<'_>, code: i32, after: i64) -> Result<Vec<Stored>, StoreError> {
    const LIVE: &str = "SELECT c.rid, c.vid, r.fhir_id, v.body FROM current AS c \
        JOIN version AS v ON v.vid = c.vid JOIN resource_id AS r ON r.rid = c.rid \
        WHERE c.type = ? AND c.deleted = 0 AND c.rid > ? ORDER BY c.rid LIMIT ?";
    let values = [i64::from(code), after, STEP_RESOURCES].map(Value::Integer).to_vec();
    let statement = Statement::<(BigInt, BigInt, Text, Binary)>::new(LIVE, values);
    let mut found = Vec::new();
    let mut bytes = 0;
    on!(conn, {
        for row in statement.load_iter::<(i64, i64, String, Vec<u8>), DefaultLoadingMode>(conn)? {
            let (rid, vid, id, body) = row?;
            bytes += body.len();
            found.push(Stored { rid, vid, id: id.into(), body });
            if bytes > STEP_BYTES {
                break;
            }
        }
    });
    Ok(found)
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Database(error.to_string()))
}

fn from_json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Database(format!("a damaged job: {error}")))
}
