//! What the handlers share.

use actix_web::HttpRequest;

use super::metrics::Metrics;
use crate::interactions::Context;

/// Built once at start.
pub(super) struct Service {
    /// The engines and the store.
    pub(super) context: Context,
    /// Counters for `/metrics`.
    pub(super) metrics: Metrics,
    /// The address under which clients know this server, if the operator says.
    pub(super) public_base: Option<String>,
    /// Where the FHIR API begins: `/fhir`.
    pub(super) base_path: String,
    /// Bytes of a body at most.
    pub(super) max_body_bytes: usize,
}

impl Service {
    /// The base address for links: the operator's, else the host that the client asked for.
    pub(super) fn base_of(&self, http: &HttpRequest) -> String {
        if let Some(base) = &self.public_base {
            return base.clone();
        }
        let uri = http.uri();
        let scheme = if http.app_config().secure() { "https" } else { "http" };
        let host = http.headers().get("host").and_then(|host| host.to_str().ok()).or(uri.host());
        format!("{scheme}://{}{}", host.unwrap_or_else(|| http.app_config().host()), self.base_path)
    }
}
