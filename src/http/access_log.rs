//! One line for each request: id, method, shape of the route, status, time. Never an id of a resource, a parameter or a body:
//! nothing of a patient.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use uuid::Uuid;

use super::fhir::RoutePattern;
use super::service::Service;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: the client's `X-Request-Id` where it is a plain one, else ours.
struct RequestId(String);

/// Middleware: gives every request an id, answers it in `X-Request-Id`, counts and logs.
pub(super) async fn access_log(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let begun = Instant::now();
    let id = client_id(&request).unwrap_or_else(|| Uuid::now_v7().to_string());
    let method = request.method().clone();
    request.extensions_mut().insert(RequestId(id.clone()));
    let service = request.app_data::<web::Data<Service>>().cloned();
    let mut response = next.call(request).await?;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let elapsed = begun.elapsed();
    let status = response.status().as_u16();
    let pattern = response.request().extensions().get::<RoutePattern>().map(|pattern| pattern.0.clone());
    let route = pattern.or_else(|| response.request().match_pattern()).unwrap_or_else(|| "-".into());
    if let Some(service) = service {
        service.metrics.count(method.as_str(), &route, status, elapsed);
    }
    let millis = elapsed.as_secs_f64() * 1000.0;
    log::info!(target: "westway::access", "{id} {method} {route} {status} {millis:.1}ms");
    Ok(response)
}

/// The id of a request, for other lines of the log.
pub(super) fn request_id(http: &HttpRequest) -> String {
    http.extensions().get::<RequestId>().map_or_else(|| "-".into(), |id| id.0.clone())
}

fn client_id(request: &ServiceRequest) -> Option<String> {
    let value = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let plain = |character: char| character.is_ascii_alphanumeric() || "-._".contains(character);
    ((1..=64).contains(&value.len()) && value.chars().all(plain)).then(|| value.to_owned())
}
