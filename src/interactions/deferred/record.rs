//! What is kept of a request that is performed in the background: a line of JSON, and behind it the body of the request or, when it is
//! done, of the answer.

use serde::{Deserialize, Serialize};

use crate::interactions::context::now_micros;
use crate::interactions::{Context, Error, Request, Response};
use crate::store::kept::Kept;
use crate::store::nodes::NodeNumber;

/// A request and, when it is done, the answer to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    /// The address that was asked for.
    pub(super) request: String,
    /// When it came, microseconds since 1970.
    pub(super) begun: i64,
    /// What is to be performed, but for its body; none if that was begun and may not be begun again.
    #[serde(default)]
    pub(super) order: Option<Request>,
    /// What came out.
    pub(super) done: Option<Done>,
}

/// The answer but for its body.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Done {
    /// Whether it is a failure: the body is an OperationOutcome then.
    pub(super) failed: bool,
    /// The HTTP status.
    pub(super) status: u16,
    /// For the `ETag` header.
    pub(super) version: Option<u64>,
    /// For the `Last-Modified` header.
    pub(super) last_modified: Option<i64>,
    /// For the `Location` header.
    pub(super) location: Option<String>,
}

impl Done {
    /// The answer and its body.
    pub(super) fn of(answer: Result<Response, Error>) -> (Self, Vec<u8>) {
        match answer {
            Ok(Response { status, version, last_modified, location, body, .. }) => {
                (Self { failed: false, status, version, last_modified, location }, body.unwrap_or_default())
            }
            Err(error) => {
                let (version, last_modified, location) = (None, None, None);
                let done = Self { failed: true, status: error.status(), version, last_modified, location };
                (done, error.outcome().to_json())
            }
        }
    }

    /// The answer with its body again.
    pub(super) fn response(&self, body: Vec<u8>) -> Response {
        Response {
            status: self.status,
            version: self.version,
            last_modified: self.last_modified,
            location: self.location.clone(),
            body: (!body.is_empty()).then_some(body),
            ..Response::default()
        }
    }
}

impl Record {
    /// What is kept of it. `node` works on it.
    pub(super) fn kept(
        &self,
        id: &str,
        expires: i64,
        node: Option<NodeNumber>,
        body: &[u8],
    ) -> Result<Kept, Error> {
        let mut content =
            serde_json::to_vec(self).map_err(|error| Error::Internal(format!("a record: {error}")))?;
        content.push(b'\n');
        content.extend_from_slice(body);
        Ok(Kept { id: id.into(), expires, content, node })
    }
}

/// A record as it was found.
pub(super) struct Found {
    pub(super) record: Record,
    /// Microseconds since 1970.
    pub(super) expires: i64,
    /// The node that works on it.
    pub(super) node: Option<NodeNumber>,
    /// The body of the request or of the answer.
    pub(super) body: Vec<u8>,
}

/// The record of an id, unless it has expired.
pub(super) fn find(context: &Context, id: &str) -> Result<Found, Error> {
    let no_such = || Error::NoSuchJob(id.to_owned());
    let kept = context.store.kept(id)?.filter(|kept| kept.expires > now_micros()).ok_or_else(no_such)?;
    let Kept { expires, mut content, node, .. } = kept;
    let end = content.iter().position(|byte| *byte == b'\n').unwrap_or(content.len());
    let mut body = content.split_off(end);
    body.drain(..1.min(body.len()));
    let record = serde_json::from_slice(&content)
        .map_err(|error| Error::Internal(format!("the record of job {id}: {error}")))?;
    Ok(Found { record, expires, node, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_back_as_it_was() {
        let response = Response {
            status: 201,
            version: Some(3),
            last_modified: Some(7),
            location: Some("Patient/1/_history/3".to_owned()),
            body: Some(b"{\n}".to_vec()),
            ..Response::default()
        };
        let (done, body) = Done::of(Ok(response.clone()));
        assert_eq!(done.response(body), response);
        let (done, body) = Done::of(Err(Error::Contention));
        assert!(
            done.failed && done.status == 409 && body.starts_with(b"{\"resourceType\":\"OperationOutcome\"")
        );
    }
}
