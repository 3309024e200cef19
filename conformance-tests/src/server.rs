//! The server under test, and what it answers.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use ureq::http;

use crate::Stop;

/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Bytes of an answer that are read at most.
const MOST_BYTES: u64 = 64 << 20;

/// The media type of FHIR JSON.
const FHIR_JSON: &str = "application/fhir+json";

/// A FHIR server, known by its base address.
pub struct Server {
    base: String,
    agent: ureq::Agent,
}

/// A request that can still be changed.
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'s> {
    server: &'s Server,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

/// An answer with the request that it belongs to, for messages.
#[derive(Clone, Debug)]
pub struct Answer {
    /// `GET Patient/1`
    pub request: String,
    /// The HTTP status.
    pub status: u16,
    headers: http::HeaderMap,
    text: String,
}

impl Server {
    /// A server whose FHIR API begins at `base`, such as `http://127.0.0.1:8080/fhir`.
    pub fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .build();
        Self { base: base.trim_end_matches('/').to_owned(), agent: config.into() }
    }

    /// The base address, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request for a path below the base, or for a whole address of the server such as a page link.
    pub fn request(&self, method: &'static str, path: &str) -> Request<'_> {
        let headers = vec![("Accept", FHIR_JSON.to_owned())];
        Request { server: self, method, path: path.to_owned(), headers, body: None }
    }

    /// Gets a path.
    pub fn get(&self, path: &str) -> Result<Answer, Stop> {
        self.request("GET", path).send()
    }

    /// Posts a resource.
    pub fn post(&self, path: &str, resource: &Value) -> Result<Answer, Stop> {
        self.request("POST", path).resource(resource).send()
    }

    /// Puts a resource.
    pub fn put(&self, path: &str, resource: &Value) -> Result<Answer, Stop> {
        self.request("PUT", path).resource(resource).send()
    }

    /// Deletes a resource.
    pub fn delete(&self, path: &str) -> Result<Answer, Stop> {
        self.request("DELETE", path).send()
    }

    /// The CapabilityStatement.
    pub fn capabilities(&self) -> Result<Value, Stop> {
        self.get("metadata")?.expect(200)?.json()
    }
}

impl Request<'_> {
    /// Adds a header, or replaces it.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Sends a resource as FHIR JSON.
    pub fn resource(self, resource: &Value) -> Self {
        self.body(FHIR_JSON, &resource.to_string())
    }

    /// Sends any text.
    pub fn body(mut self, content_type: &str, text: &str) -> Self {
        self.body = Some(text.as_bytes().to_vec());
        self.header("Content-Type", content_type)
    }

    /// Sends the request.
    ///
    /// # Errors
    /// The server did not answer. Any status is an answer.
    pub fn send(self) -> Result<Answer, Stop> {
        let request = format!("{} {}", self.method, self.path);
        let address = match self.path.as_str() {
            path if path.starts_with("http://") => path.to_owned(),
            "" => self.server.base.clone(),
            path => format!("{}/{path}", self.server.base),
        };
        let builder = http::Request::builder().method(self.method).uri(address);
        let builder =
            self.headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, value));
        let agent = &self.server.agent;
        let sent = match self.body {
            Some(body) => builder.body(body).map(|request| agent.run(request)),
            None => builder.body(()).map(|request| agent.run(request)),
        };
        let lost = |error: &dyn fmt::Display| Stop::Failed(format!("{request}: no answer: {error}"));
        let mut response = sent.map_err(|error| lost(&error))?.map_err(|error| lost(&error))?;
        let reader = response.body_mut().with_config().limit(MOST_BYTES);
        let text = reader.read_to_string().map_err(|error| lost(&error))?;
        Ok(Answer { request, status: response.status().as_u16(), headers: response.headers().clone(), text })
    }
}

impl Answer {
    /// This answer, if it has the status.
    pub fn expect(self, status: u16) -> Result<Self, Stop> {
        if self.status == status {
            Ok(self)
        } else {
            Err(self.failed(&format!("status {status} was expected")))
        }
    }

    /// A header; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON, with the digits of numbers as they were sent.
    pub fn json(&self) -> Result<Value, Stop> {
        serde_json::from_str(&self.text)
            .map_err(|error| self.failed(&format!("the body is not JSON: {error}")))
    }

    /// The body, which must be a resource of this type.
    pub fn resource(&self, resource_type: &str) -> Result<Value, Stop> {
        let resource = self.json()?;
        match resource.get("resourceType").and_then(Value::as_str) {
            Some(found) if found == resource_type => Ok(resource),
            _ => Err(self.failed(&format!("a {resource_type} was expected"))),
        }
    }

    /// The id of the resource in the body.
    pub fn id(&self) -> Result<String, Stop> {
        let body = self.json()?;
        let id = body.get("id").and_then(Value::as_str);
        id.map(str::to_owned).ok_or_else(|| self.failed("a resource with an id was expected"))
    }

    /// That this answer is not what was expected.
    pub fn failed(&self, what: &str) -> Stop {
        let begin: String = self.text.chars().take(200).collect();
        Stop::Failed(format!("{}: {what}, but got {} {begin}", self.request, self.status))
    }

    /// Fails with `what` unless `holds`.
    pub fn require(&self, holds: bool, what: &str) -> Result<(), Stop> {
        if holds { Ok(()) } else { Err(self.failed(what)) }
    }
}

/// A text that no other run has used, for identifiers and ids.
pub(crate) fn unique(prefix: &str) -> String {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{prefix}-{:x}", elapsed.as_nanos())
}
