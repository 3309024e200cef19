//! A response, free of the protocol that carries it.

use fhir_model::{Issue, OperationOutcome};

use super::request::{Prefer, Returns};
use crate::store::{Effect, Version};

/// What a client gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Version for the `ETag` header.
    pub version: Option<u64>,
    /// Microseconds since 1970 for the `Last-Modified` header.
    pub last_modified: Option<i64>,
    /// Address of the version written, relative to the base: `Patient/1/_history/2`.
    pub location: Option<String>,
    /// Address under which the progress of a job is told, relative to the base, for the `Content-Location` header.
    pub content_location: Option<String>,
    /// How far a job is, for the `X-Progress` header.
    pub progress: Option<String>,
    /// Microseconds since 1970 for the `Expires` header.
    pub expires: Option<i64>,
    /// Seconds for the `Retry-After` header.
    pub retry_after: Option<u32>,
    /// What a client should know although it was done, for the `Warning` header.
    pub warning: Option<&'static str>,
    /// Whether a standby has answered, for the `X-Read-From` header.
    pub from_replica: bool,
    /// Whether the body is JSON of another standard, and so has no other format.
    pub plain_json: bool,
    /// The resource, as JSON.
    pub body: Option<Vec<u8>>,
}

impl Response {
    /// A resource that is not a stored version: a Bundle, an OperationOutcome.
    pub fn resource(body: Vec<u8>) -> Self {
        Self { status: 200, body: Some(body), ..Self::default() }
    }

    /// A stored version.
    pub fn version(version: Version) -> Self {
        Self {
            status: 200,
            version: Some(version.version),
            last_modified: Some(version.last_updated),
            body: Some(version.body),
            ..Self::default()
        }
    }

    /// The answer to a create or update: 201 with its address or 200, with the body that the client prefers. `remarks` is what
    /// validation had to say without refusing it.
    pub fn written(
        version: Version,
        effect: Effect,
        prefer: Prefer,
        default: Returns,
        remarks: &[Issue],
    ) -> Self {
        let status = if effect == Effect::Created { 201 } else { 200 };
        let location = format!("{}/{}/_history/{}", version.kind, version.id, version.version);
        let body = match prefer.returns.unwrap_or(default) {
            Returns::Minimal => None,
            Returns::Representation => Some(version.body),
            Returns::OperationOutcome => Some(OperationOutcome { issues: remarks.to_vec() }.to_json()),
        };
        Self {
            status,
            version: Some(version.version),
            last_modified: Some(version.last_updated),
            location: Some(location),
            body,
            ..Self::default()
        }
    }
}

/// The reason phrase that goes with a status in `Bundle.entry.response.status`.
pub fn status_line(status: u16) -> String {
    let reason = match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        304 => "Not Modified",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition Failed",
        422 => "Unprocessable Entity",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "",
    };
    format!("{status} {reason}").trim_end().to_owned()
}
