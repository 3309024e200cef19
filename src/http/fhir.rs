//! The FHIR API: HTTP request to [`Request`], interaction on a blocking thread, answer to HTTP.

use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HttpDate, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH,
};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};

use super::answer::{self, Layout};
use super::negotiation::{check_form, sent, wanted};
use super::service::Service;
use crate::interactions::request::{Conditions, Media, Prefer, Verb, parse_path, parse_query};
use crate::interactions::{Error, Interaction, Request, Response, dispatch};

/// What the access log and the metrics say about a request: the shape of its route, without ids.
pub(super) struct RoutePattern(pub(super) String);

/// Any request below the base path.
pub(super) async fn handle(
    http: HttpRequest,
    payload: web::Payload,
    service: web::Data<Service>,
) -> HttpResponse {
    let base = service.base_of(&http);
    let accept = header(http.headers(), ACCEPT);
    let asked = parse_query(http.query_string().as_bytes())
        .and_then(|query| layout(&query, accept).map(|layout| (query, layout)));
    let mut layout = asked.as_ref().map(|(_, layout)| *layout).unwrap_or_default();
    let answered = match asked {
        Ok((query, _)) => answered(&http, payload, &service, query, &base, &mut layout).await,
        Err(error) => Err(error),
    };
    match answered {
        Ok(response) => answer::of_response(response, &base, layout),
        Err(error) => {
            if error.status() >= 500 {
                log::error!("request {}: {error}", super::access_log::request_id(&http));
            }
            answer::of_error(&error, layout, service.context.registry.types())
        }
    }
}

/// How the client wants the answer.
fn layout(query: &[(String, String)], accept: Option<&str>) -> Result<Layout, Error> {
    let value = |wanted: &str| query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    Ok(Layout { format: wanted(value("_format"), accept)?, pretty: value("_pretty") == Some("true") })
}

/// The answer; `layout` is that of the address, and becomes that of the form where there is one.
async fn answered(
    http: &HttpRequest,
    payload: web::Payload,
    service: &web::Data<Service>,
    query: Vec<(String, String)>,
    base: &str,
    layout: &mut Layout,
) -> Result<Response, Error> {
    let mut request = Request {
        verb: verb(http.method())?,
        path: parse_path(http.path().strip_prefix(&service.base_path).unwrap_or_default()),
        query,
        body: Vec::new(),
        media: Media::Json,
        conditions: conditions(http.headers()),
        prefer: prefer(http.headers())?,
        base: base.to_owned(),
    };
    let interaction = Interaction::of(&service.context, &request)?;
    http.extensions_mut().insert(RoutePattern(interaction.pattern()));
    read_body(http, payload, service, &mut request).await?;
    *layout = self::layout(&request.query, header(http.headers(), ACCEPT))?;
    let (service, layout) = (service.clone(), *layout);
    let performed = web::block(move || {
        let response = dispatch(&service.context, &request, interaction)?;
        answer::laid_out(response, layout, service.context.registry.types())
    })
    .await;
    performed.map_err(|error| Error::Internal(error.to_string()))?
}

async fn read_body(
    http: &HttpRequest,
    payload: web::Payload,
    service: &Service,
    request: &mut Request,
) -> Result<(), Error> {
    if !matches!(request.verb, Verb::Post | Verb::Put | Verb::Patch) {
        return Ok(());
    }
    let content_type = header(http.headers(), CONTENT_TYPE);
    let is_search = request.path.last().is_some_and(|segment| segment == "_search");
    if !is_search && content_type.is_some() {
        request.media = sent(content_type)?;
    }
    let limit = service.max_body_bytes;
    let body = payload.to_bytes_limited(limit).await.map_err(|_| Error::TooLarge(limit))?;
    let body = body.map_err(|error| Error::BadParameter(format!("the body could not be read: {error}")))?;
    if is_search {
        check_form(content_type, body.is_empty())?;
        request.query.extend(parse_query(&body)?);
    } else {
        // An operation may come without a body, and then says nothing of its type.
        if content_type.is_none() && !body.is_empty() {
            request.media = sent(content_type)?;
        }
        request.body = body.to_vec();
    }
    Ok(())
}

fn verb(method: &Method) -> Result<Verb, Error> {
    Verb::of(method.as_str())
        .ok_or_else(|| Error::MethodNotAllowed { verb: "this method", path: String::new() })
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn conditions(headers: &HeaderMap) -> Conditions {
    Conditions {
        if_match: header(headers, IF_MATCH).map(str::to_owned),
        if_none_match: header(headers, IF_NONE_MATCH).map(str::to_owned),
        if_modified_since: header(headers, IF_MODIFIED_SINCE).and_then(http_date),
        if_none_exist: header(headers, HeaderName::from_static("if-none-exist")).map(str::to_owned),
    }
}

/// A date of HTTP in microseconds since 1970; one that is none is ignored, as RFC 9110 asks.
fn http_date(text: &str) -> Option<i64> {
    let time = SystemTime::from(text.parse::<HttpDate>().ok()?);
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_micros()).ok()
}

fn prefer(headers: &HeaderMap) -> Result<Prefer, Error> {
    let values = headers.get_all("prefer").filter_map(|value| value.to_str().ok());
    Prefer::parse(values).map_err(|preference| {
        Error::BadParameter(format!(
            "Prefer: {preference} is not known; return=minimal, return=representation, return=OperationOutcome, handling=strict and handling=lenient are"
        ))
    })
}
