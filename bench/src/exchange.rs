//! HTTP/1.1 over one kept connection, as lean as it can be: the driver shares the cores with the server it measures, and what
//! it spends counts against fast servers most.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::target::Target;

/// Headers of an answer; more than any server sends.
const MOST_HEADERS: usize = 64;

/// What is sent.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// `GET`.
    pub(crate) method: &'static str,
    /// Below the base, with its query: `/Patient?gender=female`.
    pub(crate) path: String,
    /// Further headers.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// A FHIR JSON body.
    pub(crate) body: Option<Arc<[u8]>>,
}

impl Request {
    /// A request without a body.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), headers: Vec::new(), body: None }
    }

    /// A request with a JSON body.
    pub(crate) fn with_body(
        method: &'static str,
        path: impl Into<String>,
        body: impl Into<Arc<[u8]>>,
    ) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Some(body.into()) }
    }
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Response {
    /// The status code.
    pub(crate) status: u16,
    /// The header `Location`.
    pub(crate) location: Option<String>,
    /// The body as sent, unchunked.
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The body as JSON; `Null` if it is none.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A connection that is kept.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    /// Bytes that were received and not yet understood.
    received: Vec<u8>,
    sent: Vec<u8>,
    target: Target,
}

/// Where the head of an answer ends and how its body is delimited.
struct Head {
    status: u16,
    location: Option<String>,
    framing: Framing,
    closes: bool,
    length: usize,
}

enum Framing {
    Length(usize),
    Chunked,
    /// Until the server closes.
    End,
}

impl Connection {
    pub(crate) async fn open(target: &Target) -> io::Result<Self> {
        let stream = TcpStream::connect(&target.authority).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::new(), sent: Vec::new(), target: target.clone() })
    }

    /// Sends a request and reads its answer. `true` beside it: the connection can be used again.
    pub(crate) async fn exchange(&mut self, request: &Request) -> io::Result<(Response, bool)> {
        self.write(request);
        self.stream.write_all(&self.sent).await?;
        let head = self.head().await?;
        let mut response = Response { status: head.status, location: head.location, body: Vec::new() };
        self.received.drain(..head.length);
        let mut reusable = !head.closes;
        match head.framing {
            Framing::Length(length) => {
                while self.received.len() < length {
                    self.receive().await?;
                }
                response.body = self.received.drain(..length).collect();
            }
            Framing::Chunked => response.body = self.chunks().await?,
            Framing::End => {
                while self.stream.read_buf(&mut self.received).await? > 0 {}
                response.body = std::mem::take(&mut self.received);
                reusable = false;
            }
        }
        Ok((response, reusable))
    }

    fn write(&mut self, request: &Request) {
        let Target { authority, prefix } = &self.target;
        let text = &mut self.sent;
        text.clear();
        // A base without a path is asked for as `/`.
        let root = if prefix.is_empty() && request.path.is_empty() { "/" } else { "" };
        for part in [request.method, " ", prefix, root, &request.path, " HTTP/1.1\r\nHost: ", authority] {
            text.extend_from_slice(part.as_bytes());
        }
        text.extend_from_slice(b"\r\nAccept: application/fhir+json\r\n");
        for (name, value) in &request.headers {
            for part in [*name, ": ", value, "\r\n"] {
                text.extend_from_slice(part.as_bytes());
            }
        }
        if let Some(body) = &request.body {
            let length = format!("Content-Type: application/fhir+json\r\nContent-Length: {}\r\n", body.len());
            text.extend_from_slice(length.as_bytes());
        }
        text.extend_from_slice(b"\r\n");
        text.extend_from_slice(request.body.as_deref().unwrap_or_default());
    }

    async fn receive(&mut self) -> io::Result<()> {
        self.received.reserve(16 * 1024);
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    async fn head(&mut self) -> io::Result<Head> {
        loop {
            if let Some(head) = parse_head(&self.received)? {
                if head.status != 100 {
                    return Ok(head);
                }
                self.received.drain(..head.length);
                continue;
            }
            self.receive().await?;
        }
    }

    async fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let (start, size) = loop {
                match httparse::parse_chunk_size(&self.received) {
                    Ok(httparse::Status::Complete((start, size))) => break (start, to_usize(size)?),
                    Ok(httparse::Status::Partial) => self.receive().await?,
                    Err(_) => return Err(malformed("the size of a chunk")),
                }
            };
            let end = start + size;
            while self.received.len() < end + 2 {
                self.receive().await?;
            }
            body.extend_from_slice(self.received.get(start..end).unwrap_or_default());
            self.received.drain(..end + 2);
            if size == 0 {
                return Ok(body);
            }
        }
    }
}

fn parse_head(bytes: &[u8]) -> io::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Response::new(&mut headers);
    let length = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(malformed(&error.to_string())),
    };
    let status = parsed.code.unwrap_or_default();
    let bodiless = matches!(status, 100..=199 | 204 | 304);
    let mut head = Head {
        status,
        location: None,
        framing: if bodiless { Framing::Length(0) } else { Framing::End },
        closes: false,
        length,
    };
    for header in parsed.headers.iter() {
        let value = String::from_utf8_lossy(header.value);
        if header.name.eq_ignore_ascii_case("content-length") && !bodiless {
            head.framing = Framing::Length(
                value.trim().parse().map_err(|_| malformed("a Content-Length that is no number"))?,
            );
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") && !bodiless {
            head.framing = Framing::Chunked;
        } else if header.name.eq_ignore_ascii_case("connection") {
            head.closes = value.eq_ignore_ascii_case("close");
        } else if header.name.eq_ignore_ascii_case("location") {
            head.location = Some(value.into_owned());
        }
    }
    Ok(Some(head))
}

fn to_usize(size: u64) -> io::Result<usize> {
    usize::try_from(size).map_err(|_| malformed("a chunk larger than memory"))
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not HTTP: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_tell_how_the_body_is_delimited() {
        assert!(parse_head(b"HTTP/1.1 200 OK\r\nContent-Le").unwrap().is_none());
        let head = parse_head(b"HTTP/1.1 201 Created\r\nContent-Length: 7\r\nlocation: /x\r\n\r\n{}")
            .unwrap()
            .unwrap();
        assert_eq!((head.status, head.location.as_deref()), (201, Some("/x")));
        assert!(matches!(head.framing, Framing::Length(7)));
        let head = parse_head(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
            .unwrap();
        assert!(head.is_some_and(|head| matches!(head.framing, Framing::Chunked) && head.closes));
        let head = parse_head(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert!(matches!(head.framing, Framing::Length(0)));
        assert!(parse_head(b"SSH-2.0\r\n\r\n").is_err());
    }
}
