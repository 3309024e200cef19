//! The server: routes, limits and shutdown.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::{Compress, DefaultHeaders, from_fn};
use actix_web::rt::signal::unix::{SignalKind, signal};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, Resource, Route, web};

use super::access_log::access_log;
use super::cors::cors;
use super::description;
use super::encoding::acceptable;
use super::fhir;
use super::metrics::Metrics;
use super::service::Service;
use crate::config::Settings;
use crate::interactions::deferred::Deferred;
use crate::interactions::{Context, Error};

/// Seconds that requests in flight get to finish when the server stops.
const SHUTDOWN_SECONDS: u64 = 30;

/// A server that listens.
pub struct Running {
    /// Resolves when the server has stopped. Nothing is answered unless it is awaited.
    pub server: Server,
    /// Stops it.
    pub handle: ServerHandle,
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
}

/// Binds the address of the settings. Must be called inside an actix runtime.
pub fn start(settings: &Settings, context: Context) -> io::Result<Running> {
    let context = Arc::new(context);
    let service = web::Data::new(Service {
        deferred: Deferred::start(&context, settings.async_jobs, settings.async_hours)?,
        context,
        metrics: Metrics::new(),
        public_base: settings.base_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
        base_path: settings.base_path.clone(),
        trusted_proxies: settings.trusted_proxies.clone(),
        cors_origins: settings.cors_origins.clone(),
        max_body_bytes: settings.max_body_bytes,
    });
    let base_path = settings.base_path.clone();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = if settings.workers == 0 { cores } else { settings.workers };
    let http = HttpServer::new(move || {
        App::new()
            .app_data(service.clone())
            .wrap(Compress::default())
            .wrap(from_fn(acceptable))
            .wrap(from_fn(cors))
            .wrap(from_fn(access_log))
            .wrap(
                DefaultHeaders::new()
                    .add((X_CONTENT_TYPE_OPTIONS, "nosniff"))
                    .add((REFERRER_POLICY, "no-referrer")),
            )
            .service(page("/health", web::get().to(health)))
            .service(page("/ready", web::get().to(ready)))
            .service(page("/metrics", web::get().to(metrics)))
            .service(page("/", web::get().to(description::overview)))
            .service(page("/docs/{type}", web::get().to(description::resource_type)))
            .service(page("/openapi.json", web::get().to(description::openapi)))
            .service(web::scope(&base_path).default_service(web::route().to(fhir::handle)))
            .default_service(web::route().to(elsewhere))
    })
    .workers(workers)
    // Reads wait for a connection of the pool; writes wait for the disk, and the more of them wait, the more share one commit.
    .worker_max_blocking_threads((settings.readers as usize * 4).div_ceil(workers))
    .client_request_timeout(Duration::from_secs(settings.request_timeout_seconds))
    .keep_alive(Duration::from_secs(75))
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .shutdown_signal(asked_to_stop()?)
    .bind(settings.listen.as_str())?;
    let addresses = http.addrs();
    let server = http.run();
    let handle = server.handle();
    Ok(Running { server, handle, addresses })
}

/// Resolves when the process gets SIGTERM, or SIGINT (Ctrl-C): requests in flight are finished, new ones not taken.
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(poll_fn(move |cx| {
        let asked = terminate.poll_recv(cx).is_ready() || interrupt.poll_recv(cx).is_ready();
        if asked { Poll::Ready(()) } else { Poll::Pending }
    }))
}

/// The process is alive.
async fn health() -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body("ok\n")
}

/// The database answers and takes writes.
async fn ready(service: web::Data<Service>) -> HttpResponse {
    let checked = web::block(move || service.context.store.check()).await;
    let (mut response, text) = match checked {
        Ok(Ok(())) => (HttpResponse::Ok(), "ready\n"),
        _ => (HttpResponse::ServiceUnavailable(), "the database does not answer\n"),
    };
    response.insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body(text)
}

async fn metrics(service: web::Data<Service>) -> HttpResponse {
    let shared = service.clone();
    if let Ok(Ok(status)) = web::block(move || shared.context.store.status()).await {
        service.metrics.observe(&status);
    }
    let text = service.metrics.text();
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8"))
        .body(text)
}

/// A page beside the FHIR API, which can only be read.
fn page(path: &str, get: Route) -> Resource {
    web::resource(path).route(get).default_service(web::route().to(only_read))
}

async fn only_read(http: HttpRequest) -> HttpResponse {
    let error = Error::MethodNotAllowed { verb: "this method", path: http.path().to_owned() };
    let mut answer = fhir::refused(&http, &error);
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
    answer
}

async fn elsewhere(http: HttpRequest, service: web::Data<Service>) -> HttpResponse {
    let text = format!("{} (the FHIR API is below {})", http.path(), service.base_path);
    fhir::refused(&http, &Error::NoSuchPath(text))
}
