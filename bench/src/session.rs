//! One client: its connection, what it measured, and the moment its latencies count from.

use std::time::{Duration, Instant};

use crate::exchange::{Connection, Request, Response};
use crate::record::Record;
use crate::target::Target;

/// An answer may take so long; then the client gives up and connects anew.
const PATIENCE: Duration = Duration::from_secs(300);

/// A client of the server under measurement.
#[derive(Debug)]
pub(crate) struct Session {
    target: Target,
    connection: Option<Connection>,
    /// What it measured.
    pub(crate) record: Record,
    /// When the next request should have been sent, where a schedule says so: waiting for one's turn is latency too.
    due: Option<Instant>,
}

/// What an answer counts beside itself.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    /// Nothing.
    Nothing,
    /// So many resources, known before.
    Resources(u64),
    /// The resources that the answer's Bundle contains.
    Entries,
}

impl Session {
    pub(crate) fn new(target: &Target) -> Self {
        Self { target: target.clone(), connection: None, record: Record::default(), due: None }
    }

    /// The next request counts from this moment.
    pub(crate) fn due_at(&mut self, moment: Instant) {
        self.due = Some(moment);
    }

    /// Sends a request, records its latency under `class`, and gives the answer if its status is one of `expected`.
    pub(crate) async fn exchange(
        &mut self,
        class: &str,
        request: &Request,
        expected: &[u16],
        count: Count,
    ) -> Option<Response> {
        let begun = self.due.take().unwrap_or_else(Instant::now);
        let answer = tokio::time::timeout(PATIENCE, self.send(request)).await;
        let latency = begun.elapsed();
        let failure = match answer {
            Ok(Ok(response)) if expected.contains(&response.status) => {
                let resources = match count {
                    Count::Nothing => 0,
                    Count::Resources(number) => number,
                    Count::Entries => entries(&response.body),
                };
                self.record.success(class, latency, response.body.len(), resources);
                return Some(response);
            }
            Ok(Ok(response)) => format!("status {}", response.status),
            Ok(Err(error)) => error.kind().to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        self.record.failure(class, failure);
        None
    }

    /// The path of a link of the server.
    pub(crate) fn path_of<'a>(&self, link: &'a str) -> &'a str {
        self.target.path_of(link)
    }

    /// Sends a request without recording it.
    pub(crate) async fn send(&mut self, request: &Request) -> std::io::Result<Response> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(&self.target).await?,
        };
        let (response, reusable) = connection.exchange(request).await?;
        if reusable {
            self.connection = Some(connection);
        }
        Ok(response)
    }
}

/// The entries of a Bundle, told by their `fullUrl`s: parsing would cost the cores more than the server spends.
fn entries(body: &[u8]) -> u64 {
    const KEY: &[u8] = b"\"fullUrl\"";
    let mut found = 0;
    let mut rest = body;
    while let Some(at) = rest.iter().position(|byte| *byte == b'"') {
        rest = rest.get(at..).unwrap_or_default();
        if rest.starts_with(KEY) {
            found += 1;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_counted() {
        assert_eq!(entries(br#"{"entry":[{"fullUrl":"a"},{ "fullUrl" :"b"}]}"#), 2);
        assert_eq!(entries(b"{}"), 0);
    }
}
