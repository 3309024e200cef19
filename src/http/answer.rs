//! Response or error to HTTP.

use std::time::{Duration, UNIX_EPOCH};

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_LOCATION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, EXPIRES, HeaderName, HeaderValue,
    HttpDate, LAST_MODIFIED, LOCATION, RETRY_AFTER, VARY, WARNING,
};
use actix_web::{HttpResponse, HttpResponseBuilder};
use fhir_model::types::TypeModel;
use fhir_model::{Document, write, xml};

use super::binary::{self, Native};
use super::negotiation::Format;
use crate::interactions::{Error, Response};

/// When a client may ask again that finds the database away.
const RETRY_SECONDS: u32 = 2;

/// How far a job is (Bulk Data, asynchronous requests).
const PROGRESS: HeaderName = HeaderName::from_static("x-progress");

/// Which database has answered, if it is not the primary.
const READ_FROM: HeaderName = HeaderName::from_static("x-read-from");

/// How the client wants the text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Layout {
    /// By `_format` or `Accept`.
    pub(super) format: Format,
    /// `_pretty=true`
    pub(super) pretty: bool,
}

/// A response whose body is written as the client wants it.
pub(super) struct Written {
    response: Response,
    /// The content of a Binary, which is sent in the place of the body.
    native: Option<Native>,
    format: Format,
}

/// The answer to a read of a Binary: its content, or the resource in the format that the client wants.
pub(super) fn of_binary(
    response: Response,
    accept: Option<&str>,
    layout: Layout,
    types: &TypeModel,
) -> Result<Written, Error> {
    let Some(body) = response.body.as_deref().filter(|_| response.status == 200) else {
        return Ok(Written { response, native: None, format: layout.format });
    };
    match binary::native(body, accept)? {
        Ok(native) => Ok(Written {
            response: Response { body: None, ..response },
            native: Some(native),
            format: layout.format,
        }),
        Err(format) => laid_out(response, Layout { format, ..layout }, types),
    }
}

/// Writes the body of a response as the client wants it. Takes time for long ones: not for a thread that must not block.
pub(super) fn laid_out(response: Response, layout: Layout, types: &TypeModel) -> Result<Written, Error> {
    let layout = if response.plain_json { Layout { format: Format::Json, ..layout } } else { layout };
    let body = response.body.map(|body| text(body, layout, types)).transpose()?;
    Ok(Written { response: Response { body, ..response }, native: None, format: layout.format })
}

/// The HTTP response of an interaction.
pub(super) fn of_response(written: Written, base: &str) -> HttpResponse {
    let Written { response, native, format } = written;
    let mut http = HttpResponse::build(StatusCode::from_u16(response.status).unwrap_or(StatusCode::OK));
    if let Some(version) = response.version {
        http.insert_header((ETAG, format!("W/\"{version}\"")));
    }
    if let Some(micros) = response.last_modified {
        http.insert_header((LAST_MODIFIED, http_date(micros)));
    }
    if let Some(location) = response.location {
        http.insert_header((LOCATION, format!("{base}/{location}")));
    }
    http.append_header((VARY, "accept"));
    if let Some(address) = response.content_location {
        http.insert_header((CONTENT_LOCATION, format!("{base}/{address}")));
    }
    if let Some(progress) = response.progress {
        http.insert_header((PROGRESS, progress));
    }
    if let Some(micros) = response.expires {
        http.insert_header((EXPIRES, http_date(micros)));
    }
    if let Some(seconds) = response.retry_after {
        http.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    if response.from_replica {
        http.insert_header((READ_FROM, "replica"));
    }
    if let Some(text) = response.warning {
        http.insert_header((WARNING, format!("199 westway \"{text}\"")));
    }
    let content_type = if response.plain_json { "application/json" } else { format.content_type() };
    match (native, response.body) {
        (Some(native), _) => of_native(http, native),
        (None, Some(body)) => http.insert_header((CONTENT_TYPE, content_type)).body(body),
        (None, None) => http.finish(),
    }
}

fn http_date(micros: i64) -> HttpDate {
    HttpDate::from(UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).unwrap_or_default()))
}

/// The content of a Binary. A browser must not take what a client has stored for a page of this server.
fn of_native(mut http: HttpResponseBuilder, native: Native) -> HttpResponse {
    let content_type = HeaderValue::from_str(&native.content_type);
    http.insert_header((
        CONTENT_TYPE,
        content_type.unwrap_or(HeaderValue::from_static("application/octet-stream")),
    ));
    http.insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"));
    if let Some(context) = native.security_context {
        http.insert_header((binary::SECURITY_CONTEXT, context));
    }
    http.body(native.data)
}

/// The HTTP response of a failure: its status with its OperationOutcome. `request_id` tells where the log has more.
pub(super) fn of_error(error: &Error, layout: Layout, types: &TypeModel, request_id: &str) -> HttpResponse {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut http = HttpResponse::build(status);
    if let Error::Gone { version, .. } = error {
        http.insert_header((ETAG, format!("W/\"{version}\"")));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        http.insert_header((RETRY_AFTER, RETRY_SECONDS));
    }
    http.append_header((VARY, "accept"));
    let mut outcome = error.outcome();
    if status.is_server_error() {
        for issue in &mut outcome.issues {
            issue.diagnostics.push_str(&format!(" (request {request_id})"));
        }
    }
    let outcome = outcome.to_json();
    // An outcome can quote what XML cannot say; the client then learns of its mistake in JSON.
    let (format, body) = match text(outcome.clone(), layout, types) {
        Ok(body) => (layout.format, body),
        Err(_) => (Format::Json, outcome),
    };
    http.insert_header((CONTENT_TYPE, format.content_type())).body(body)
}

fn text(body: Vec<u8>, layout: Layout, types: &TypeModel) -> Result<Vec<u8>, Error> {
    match (layout.format, layout.pretty) {
        (Format::Json, false) => Ok(body),
        (Format::Json, true) => Ok(write::pretty(&body).unwrap_or(body)),
        (Format::Xml, pretty) => {
            let document = Document::parse_bytes(body)?;
            let layout = if pretty { xml::Layout::Pretty } else { xml::Layout::Compact };
            let written = xml::from_document(document.root(), types, layout);
            written.map(String::into_bytes).map_err(|error| Error::NotRepresentable(error.to_string()))
        }
        (Format::NdJson, _) => lines(body),
    }
}

/// The resources of a Bundle, one a line; of anything else the resource itself.
fn lines(body: Vec<u8>) -> Result<Vec<u8>, Error> {
    let document = Document::parse_bytes(body)?;
    let root = document.root();
    let mut out = Vec::with_capacity(document.source().len());
    if root.resource_type() == Some("Bundle") {
        for entry in root.get("entry").into_iter().flat_map(|entries| entries.items()) {
            if let Some(resource) = entry.get("resource") {
                write::write(resource, None, &mut out);
                out.push(b'\n');
            }
        }
    } else {
        write::write(root, None, &mut out);
        out.push(b'\n');
    }
    Ok(out)
}
