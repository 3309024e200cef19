//! Jobs that go on after their request was answered (R4 asynchronous requests, 3.1.0.7.1): `[base]/_async/{id}`.

use fhir_model::primitive::instant_text;
use serde_json::{Value, json};

use super::{Context, Error, Request, Response, deferred};
use crate::store::reindex::{Job, JobKind, JobState};

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
    if job.state == JobState::Open {
        let progress = Some(format!("{} of {} resources", job.done, job.total.max(job.done)));
        return Ok(Response { progress, ..accepted(id) });
    }
    Ok(Response::resource(result(&job).to_string().into_bytes()))
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
