//! Response or error to HTTP.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ETAG, HttpDate, LAST_MODIFIED, LOCATION};
use std::time::{Duration, UNIX_EPOCH};

use super::negotiation::FHIR_JSON;
use crate::interactions::{Error, Response};

/// How the client wants the text laid out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Layout {
    /// `_pretty=true`
    pub(super) pretty: bool,
}

/// The HTTP response of an interaction.
pub(super) fn of_response(response: Response, base: &str, layout: Layout) -> HttpResponse {
    let mut http = HttpResponse::build(StatusCode::from_u16(response.status).unwrap_or(StatusCode::OK));
    if let Some(version) = response.version {
        http.insert_header((ETAG, format!("W/\"{version}\"")));
    }
    if let Some(micros) = response.last_modified {
        let time = UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).unwrap_or_default());
        http.insert_header((LAST_MODIFIED, HttpDate::from(time)));
    }
    if let Some(location) = response.location {
        http.insert_header((LOCATION, format!("{base}/{location}")));
    }
    match response.body {
        Some(body) => http.insert_header((CONTENT_TYPE, FHIR_JSON)).body(laid_out(body, layout)),
        None => http.finish(),
    }
}

/// The HTTP response of a failure: its status with its OperationOutcome.
pub(super) fn of_error(error: &Error, layout: Layout) -> HttpResponse {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut http = HttpResponse::build(status);
    if let Error::Gone { version, .. } = error {
        http.insert_header((ETAG, format!("W/\"{version}\"")));
    }
    http.insert_header((CONTENT_TYPE, FHIR_JSON)).body(laid_out(error.outcome().to_json(), layout))
}

fn laid_out(body: Vec<u8>, layout: Layout) -> Vec<u8> {
    if layout.pretty { fhir_model::write::pretty(&body).unwrap_or(body) } else { body }
}
