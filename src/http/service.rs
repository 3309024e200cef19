//! What the handlers share.

use std::sync::Arc;

use actix_web::HttpRequest;

use super::forwarded::Forwarded;
use super::metrics::Metrics;
use crate::config::{Networks, Origins};
use crate::interactions::Context;
use crate::interactions::deferred::Deferred;
use crate::interactions::request::parse_path;

/// Built once at start.
pub(super) struct Service {
    /// The engines and the store.
    pub(super) context: Arc<Context>,
    /// Threads for requests in the background, unless the operator wants none.
    pub(super) deferred: Option<Deferred>,
    /// Counters for `/metrics`.
    pub(super) metrics: Metrics,
    /// The address under which clients know this server, if the operator says.
    pub(super) public_base: Option<String>,
    /// Where the FHIR API begins: `/fhir`.
    pub(super) base_path: String,
    /// The proxies that are believed what the client asked for.
    pub(super) trusted_proxies: Networks,
    /// The web origins whose pages may use the API.
    pub(super) cors_origins: Origins,
    /// Bytes of a body at most.
    pub(super) max_body_bytes: usize,
}

impl Service {
    /// The segments of the path below the base.
    pub(super) fn path_of(&self, http: &HttpRequest) -> Vec<String> {
        parse_path(http.path().strip_prefix(&self.base_path).unwrap_or_default())
    }

    /// The whole address of a request, below its base.
    pub(super) fn address_of(&self, http: &HttpRequest, base: &str) -> String {
        let path = http.uri().path_and_query().map_or("", |path| path.as_str());
        format!("{base}{}", path.strip_prefix(&self.base_path).unwrap_or_default())
    }

    /// The base address for links: the operator's, else the one that the client asked for, as a trusted proxy or the request tells it.
    pub(super) fn base_of(&self, http: &HttpRequest) -> String {
        if let Some(base) = &self.public_base {
            return base.clone();
        }
        let is_trusted = http.peer_addr().is_some_and(|peer| self.trusted_proxies.contains(peer.ip()));
        let told = match is_trusted {
            true => Forwarded::read(http.headers(), &self.trusted_proxies),
            false => Forwarded::default(),
        };
        let own_scheme = if http.app_config().secure() { "https" } else { "http" };
        let scheme = told.scheme.as_deref().unwrap_or(own_scheme);
        let own_host =
            || http.headers().get("host").and_then(|host| host.to_str().ok()).or(http.uri().host());
        let host = told.host.as_deref().or_else(own_host).unwrap_or_else(|| http.app_config().host());
        format!("{scheme}://{host}{}{}", told.prefix, self.base_path)
    }
}
