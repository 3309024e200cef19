//! What the server says of itself outside of the FHIR API: `/openapi.json`, and pages for people at `/` and `/docs/Type`.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};

use super::fhir;
use super::service::Service;
use crate::description::{self, Place};
use crate::interactions::Error;
use crate::interactions::request::parse_query;

/// The OpenAPI document; `type` names the resource types that it should be about.
pub(super) async fn openapi(http: HttpRequest, service: web::Data<Service>) -> HttpResponse {
    let types = parse_query(http.query_string().as_bytes()).map(|query| {
        let types = query.into_iter().filter(|(name, _)| name == "type").map(|(_, types)| types);
        types.collect::<Vec<_>>().join(",")
    });
    answered(http, service, "application/json", move |service, base| {
        let types = types?;
        let types: Vec<&str> = types.split(',').filter(|kind| !kind.is_empty()).collect();
        description::openapi(&service.context, place(service, base), &types)
    })
    .await
}

/// The page about the server.
pub(super) async fn overview(http: HttpRequest, service: web::Data<Service>) -> HttpResponse {
    answered(http, service, "text/html; charset=utf-8", |service, base| {
        Ok(description::overview(&service.context, place(service, base)).into_bytes())
    })
    .await
}

/// The page about a resource type.
pub(super) async fn resource_type(
    http: HttpRequest,
    service: web::Data<Service>,
    kind: web::Path<String>,
) -> HttpResponse {
    answered(http, service, "text/html; charset=utf-8", move |service, base| {
        description::resource_type(&service.context, place(service, base), &kind).map(String::into_bytes)
    })
    .await
}

fn place<'a>(service: &Service, base: &'a str) -> Place<'a> {
    Place { base, max_body_bytes: service.max_body_bytes }
}

/// Has the text made on a thread that may block, and answers with it.
async fn answered(
    http: HttpRequest,
    service: web::Data<Service>,
    media_type: &'static str,
    make: impl FnOnce(&Service, &str) -> Result<Vec<u8>, Error> + Send + 'static,
) -> HttpResponse {
    let base = service.base_of(&http);
    let shared = service.clone();
    let made = web::block(move || make(&shared, &base)).await;
    match made.map_err(|error| Error::Internal(error.to_string())).flatten() {
        Ok(text) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, media_type))
            .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"))
            .body(text),
        Err(error) => fhir::refused(&http, &error),
    }
}
