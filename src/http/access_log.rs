//! One line for each request: id, method, shape of the route, status, time. Never an id of a resource, a parameter or a body:
//! nothing of a patient.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use uuid::Uuid;

use super::fhir::RoutePattern;
use super::headers::header;
use super::service::Service;
use crate::interactions::request::Verb;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// The id of a request: the client's `X-Request-Id` where it is a plain one, else ours.
struct RequestId(String);

/// Middleware: gives every request an id, answers it in `X-Request-Id` (and the client's `X-Correlation-Id` too), counts and logs.
pub(super) async fn access_log(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let begun = Instant::now();
    let id = plain(&request, REQUEST_ID).unwrap_or_else(|| Uuid::now_v7().to_string());
    let correlation = plain(&request, CORRELATION_ID);
    let method = request.method().clone();
    request.extensions_mut().insert(RequestId(id.clone()));
    let service = request.app_data::<web::Data<Service>>().cloned();
    let mut response = next.call(request).await?;
    for (name, value) in [(REQUEST_ID, Some(&id)), (CORRELATION_ID, correlation.as_ref())] {
        if let Some(Ok(value)) = value.map(|value| HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    let elapsed = begun.elapsed();
    let status = response.status().as_u16();
    let pattern = response.request().extensions().get::<RoutePattern>().map(|pattern| pattern.0.clone());
    let route = pattern.or_else(|| response.request().match_pattern()).unwrap_or_else(|| "-".into());
    if let Some(service) = service {
        service.metrics.count(known(&method), &route, status, elapsed);
    }
    let millis = elapsed.as_secs_f64() * 1000.0;
    let correlation = correlation.map(|id| format!(" correlation={id}")).unwrap_or_default();
    log::info!(target: "westway::access", "{id} {method} {route} {status} {millis:.1}ms{correlation}");
    Ok(response)
}

/// The id of a request, for other lines of the log and for what a client is told of a failure.
pub(super) fn request_id(http: &HttpRequest) -> String {
    http.extensions().get::<RequestId>().map_or_else(|| "-".into(), |id| id.0.clone())
}

/// The name of a method that HTTP knows: clients must not make up names of series.
fn known(method: &Method) -> &str {
    let known = Verb::of(method.as_str()).is_some() || *method == Method::OPTIONS;
    if known { method.as_str() } else { "other" }
}

/// A header that is an id: nothing in it can forge a line of the log.
fn plain(request: &ServiceRequest, name: HeaderName) -> Option<String> {
    let value = header(request.headers(), name)?;
    let plain = |character: char| character.is_ascii_alphanumeric() || "-._".contains(character);
    ((1..=64).contains(&value.len()) && value.chars().all(plain)).then(|| value.to_owned())
}
