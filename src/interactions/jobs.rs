//! Jobs that go on after their request was answered (R4 asynchronous requests, 3.1.0.7.1): `[base]/_async/{id}`.

use fhir_model::primitive::instant_text;
use serde_json::{Value, json};

use super::context::now_micros;
use super::{Context, Error, Request, Response, deferred};
use crate::store::reindex::{Job, JobKind, JobState};

/// After so long, microseconds, all nodes know that a job is done.
const KNOWN_TO_ALL: i64 = 60_000_000;

/// The answer to a request that began a job: 202, with the address where it is told how far it is.
pub(super) fn accepted(job: &str) -> Response {
    Response { status: 202, content_location: Some(format!("_async/{job}")), ..Response::default() }
}

/// How far a job is: 202 as long as it goes on, then 200 with what it did.
pub(super) fn status(context: &Context, request: &Request, id: &str) -> Result<Response, Error> {
    let Some(job) = context.store.job(id)? else { return deferred::status(context, request, id) };
    if job.state == JobState::Cancelled {
        return Err(Error::NoSuchJob(id.to_owned()));
    }
    if job.state == JobState::Open || !is_known_to_all(context, &job) {
        return Ok(Response { progress: Some(progress(context, &job)), ..accepted(id) });
    }
    Ok(Response::resource(result(&job).to_string().into_bytes()))
}

/// How far a job is and, where there are several nodes, which has it.
fn progress(context: &Context, job: &Job) -> String {
    let text = format!("{} of {} resources", job.done, job.total.max(job.done));
    match job.node.filter(|_| context.store.is_shared()) {
        Some(node) => format!("{text}, by node {node}"),
        None => text,
    }
}

/// Whether all nodes can be searched by what the job has brought: who reads that it is done may ask any of them.
fn is_known_to_all(context: &Context, job: &Job) -> bool {
    let is_old = now_micros() - job.updated > KNOWN_TO_ALL;
    let parameters = &context.search_parameters;
    job.work.kind != JobKind::SearchParameters
        || is_old
        || (parameters.refresh().is_ok() && parameters.tell_all())
}

/// Ends a job before it is done (202). What it has done stays.
pub(super) fn cancel(context: &Context, id: &str) -> Result<Response, Error> {
    let Some(job) = context.store.job(id)? else { return deferred::cancel(context, id) };
    if job.state != JobState::Open {
        return Err(Error::NoSuchJob(id.to_owned()));
    }
    if job.work.kind == JobKind::SearchParameters {
        return Err(Error::JobNeeded(id.to_owned()));
    }
    context.store.cancel_job(id)?;
    Ok(Response { status: 202, ..Response::default() })
}

fn result(job: &Job) -> Value {
    let types = job.work.types.iter().map(|kind| json!({ "name": "type", "valueCode": kind }));
    let mut parameters = vec![
        json!({ "name": "resources", "valueDecimal": job.done }),
        json!({ "name": "started", "valueInstant": instant_text(job.created) }),
        json!({ "name": "finished", "valueInstant": instant_text(job.updated) }),
    ];
    parameters.extend(types);
    json!({ "resourceType": "Parameters", "parameter": parameters })
}
