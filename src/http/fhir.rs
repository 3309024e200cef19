//! The FHIR API: HTTP request to [`Request`], interaction on a blocking thread, answer to HTTP.

use actix_web::http::header::{ACCEPT, ACCEPT_ENCODING, ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};

use super::access_log::request_id;
use super::answer::{self, Layout, Written};
use super::binary;
use super::body::{self, ENCODINGS};
use super::headers::{conditions, header, prefer, refuse_override, wants_the_newest};
use super::negotiation::{Format, check_form, sent, wanted};
use super::service::Service;
use crate::interactions::request::{Media, Verb, parse_query};
use crate::interactions::{Error, Interaction, Request, dispatch};

/// What the access log and the metrics say about a request: the shape of its route, without ids.
pub(super) struct RoutePattern(pub(super) String);

/// Any request below the base path.
pub(super) async fn handle(
    http: HttpRequest,
    payload: web::Payload,
    service: web::Data<Service>,
) -> HttpResponse {
    let base = service.base_of(&http);
    let asked = asked(&http);
    let mut layout = asked.as_ref().map(|(_, layout)| *layout).unwrap_or_default();
    let answered = match asked {
        Ok((query, _)) => answered(&http, payload, &service, query, &base, &mut layout).await,
        Err(error) => Err(error),
    };
    match answered {
        Ok(written) => answer::of_response(written, &base),
        Err(error) => failed(&http, &service, &error, layout),
    }
}

/// The refusal of a request that is not even looked at by an interaction, in the format that the client wants.
pub(super) fn refused(http: &HttpRequest, error: &Error) -> HttpResponse {
    let layout = asked(http).map(|(_, layout)| layout).unwrap_or_default();
    match http.app_data::<web::Data<Service>>() {
        Some(service) => failed(http, service, error, layout),
        None => HttpResponse::InternalServerError().finish(),
    }
}

/// The answer to a failure, with the headers that belong to its status.
fn failed(http: &HttpRequest, service: &Service, error: &Error, layout: Layout) -> HttpResponse {
    let id = request_id(http);
    if error.status() >= 500 {
        log::error!("request {id}: {}", error.detail());
    }
    let mut answer = answer::of_error(error, layout, service.context.registry.types(), &id);
    match error {
        Error::MethodNotAllowed { .. } | Error::OperationElsewhere { .. } | Error::ReadOnly { .. } => {
            let path = service.path_of(http);
            let methods = Interaction::methods(&service.context, &path).into_iter();
            let only_read = matches!(error, Error::ReadOnly { .. });
            let names = methods.filter(|verb| !only_read || matches!(verb, Verb::Get | Verb::Head));
            let names = names.map(Verb::name).collect::<Vec<_>>().join(", ");
            if let Ok(names) = HeaderValue::from_str(&names) {
                answer.headers_mut().insert(ALLOW, names);
            }
        }
        Error::TooManyJobs => {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("10"));
        }
        Error::UnsupportedEncoding(_) => {
            answer.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(ENCODINGS));
        }
        _ => {}
    }
    answer
}

/// The parameters of the address, and how the client wants the answer.
fn asked(http: &HttpRequest) -> Result<(Vec<(String, String)>, Layout), Error> {
    let query = parse_query(http.query_string().as_bytes())?;
    let layout = layout(http, &query)?;
    Ok((query, layout))
}

fn layout(http: &HttpRequest, query: &[(String, String)]) -> Result<Layout, Error> {
    let value = |wanted: &str| query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let pretty = value("_pretty") == Some("true");
    match wanted(value("_format"), header(http.headers(), ACCEPT)) {
        Ok(format) => Ok(Layout { format, pretty }),
        // Whether the content of a Binary fits is known when it is read; until then only refusals are written.
        Err(_) if is_read_of_binary(http, query) => Ok(Layout { pretty, ..Layout::default() }),
        Err(error) => Err(error),
    }
}

fn is_read_of_binary(http: &HttpRequest, query: &[(String, String)]) -> bool {
    let path = http.app_data::<web::Data<Service>>().map(|service| service.path_of(http)).unwrap_or_default();
    binary::is_read(Verb::of(http.method().as_str()), &path, query)
}

/// The answer; `layout` is that of the address, and becomes that of the form where there is one.
async fn answered(
    http: &HttpRequest,
    payload: web::Payload,
    service: &web::Data<Service>,
    query: Vec<(String, String)>,
    base: &str,
    layout: &mut Layout,
) -> Result<Written, Error> {
    refuse_override(http.headers())?;
    let path = service.path_of(http);
    let verb = Verb::of(http.method().as_str())
        .ok_or_else(|| Error::MethodNotAllowed { verb: "this method", path: path.join("/") })?;
    let mut request = Request {
        verb,
        path,
        query,
        body: Vec::new(),
        media: Media::Json,
        conditions: conditions(http.headers()),
        prefer: prefer(http.headers())?,
        provenance: http.headers().get("x-provenance").map(|value| value.as_bytes().to_vec()),
        may_be_older: !wants_the_newest(http.headers()),
        base: base.to_owned(),
    };
    let interaction = Interaction::of(&service.context, &request)?;
    http.extensions_mut().insert(RoutePattern(interaction.pattern()));
    read_body(http, payload, service, &mut request).await?;
    *layout = self::layout(http, &request.query)?;
    let (service, layout) = (service.clone(), *layout);
    let is_binary = is_read_of_binary(http, &request.query);
    let accept = header(http.headers(), ACCEPT).filter(|_| is_binary).map(str::to_owned);
    let deferred = request.prefer.respond_async && request.verb != Verb::Head && interaction.is_deferrable();
    let address = service.address_of(http, base);
    // A thread of its own would cost a plain read by id more than the read itself.
    let is_plain = matches!(layout.format, Format::Json) && !layout.pretty && request.query.is_empty();
    let at_once =
        is_plain && matches!(interaction, Interaction::Read { .. }) && service.context.store.reads_at_once();
    let work = move || {
        if let Some(threads) = service.deferred.as_ref().filter(|_| deferred) {
            let response = threads.take(&service.context, request, interaction, address)?;
            return answer::laid_out(response, layout, service.context.registry.types());
        }
        let response = dispatch(&service.context, &request, interaction)?;
        let types = service.context.registry.types();
        match is_binary {
            true => answer::of_binary(response, accept.as_deref(), layout, types),
            false => answer::laid_out(response, layout, types),
        }
    };
    let performed = if at_once { Ok(work()) } else { web::block(work).await };
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
    let is_binary = binary::is_write(request);
    if !is_search && !is_binary && content_type.is_some() {
        request.media = sent(content_type)?;
    }
    let body = body::read(http.headers(), payload, service.max_body_bytes).await?;
    if is_search {
        check_form(content_type, body.is_empty())?;
        request.query.extend(parse_query(&body)?);
    } else if let Some(content_type) =
        content_type.filter(|given| is_binary && binary::is_content(given, &body))
    {
        request.body = binary::resource(content_type, http.headers(), request.path.get(1), &body)?;
    } else {
        if is_binary {
            request.media = sent(content_type)?;
        }
        // An operation may come without a body, and then says nothing of its type.
        if content_type.is_none() && !body.is_empty() {
            request.media = sent(content_type)?;
        }
        request.body = body;
    }
    Ok(())
}
