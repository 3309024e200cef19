//! Pages of other web origins (the CORS protocol of the Fetch standard): which may use the API, and what they may see of an answer.

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap,
    HeaderValue, ORIGIN, VARY,
};
use actix_web::middleware::Next;
use actix_web::web;

use super::headers::header;
use super::service::Service;

/// The methods of the API.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// The headers that the API reads and that a browser does not send by itself.
const REQUEST_HEADERS: &str = "Accept, Authorization, Cache-Control, Content-Encoding, Content-Type, If-Match, If-Modified-Since, \
    If-None-Exist, If-None-Match, Prefer, X-Correlation-Id, X-Provenance, X-Request-Id, X-Security-Context";
/// The headers of answers that a page may read besides the few that it always may.
const ANSWER_HEADERS: &str = "Content-Location, ETag, Expires, Last-Modified, Location, Retry-After, Warning, \
    X-Correlation-Id, X-Progress, X-Read-From, X-Request-Id";
/// Seconds for which a browser remembers that it may.
const MAX_AGE: &str = "600";

/// Middleware: lets pages of the origins in the settings use the API. A preflight is answered here.
pub(super) async fn cors(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let origins = request.app_data::<web::Data<Service>>().map(|service| &service.cors_origins);
    let Some(origins) = origins.filter(|origins| !origins.is_none()) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let origin = header(request.headers(), ORIGIN).and_then(|origin| origins.allow(origin));
    let allowed = origin.and_then(|origin| HeaderValue::from_str(origin).ok());
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight && allowed.is_some() {
        request.into_response(preflight()).map_into_right_body()
    } else {
        next.call(request).await?.map_into_left_body()
    };
    allow(response.headers_mut(), allowed);
    Ok(response)
}

/// The answer that tells what may be sent.
fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, METHODS))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS))
        .insert_header((ACCESS_CONTROL_MAX_AGE, MAX_AGE))
        .finish()
}

/// The headers that let a page read an answer. It depends on the origin also where the page may not.
fn allow(headers: &mut HeaderMap, allowed: Option<HeaderValue>) {
    headers.append(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(ANSWER_HEADERS));
    }
}
