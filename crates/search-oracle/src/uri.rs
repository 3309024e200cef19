//! Uris (R4 search, 3.1.1.5.9).

use crate::escape;
use crate::refusal::Refusal;
use crate::select::Datum;

/// A uri as a query gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    how: How,
    uri: String,
}

/// How uris are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Without modifier.
    Equal,
    /// `:above`: the value of the resource contains the one given.
    Above,
    /// `:below`
    Below,
}

/// The uris by which an element is found: a canonical also without its version.
pub(crate) fn read<'a>(datum: &Datum<'a>) -> Vec<&'a str> {
    let Some(uri) = datum.node.and_then(|node| node.as_str()) else { return Vec::new() };
    match datum.type_name {
        "uri" | "string" => vec![uri],
        "canonical" => std::iter::once(uri).chain(uri.split_once('|').map(|(url, _)| url)).collect(),
        _ => Vec::new(),
    }
}

impl Wanted {
    pub(crate) fn parse(value: &str, how: How) -> Result<Self, Refusal> {
        let uri = escape::plain(value)?;
        if uri.is_empty() || uri.contains(char::is_whitespace) {
            return Refusal::invalid(format!("'{value}' is not a uri"));
        }
        if how != How::Equal && !uri.contains("://") {
            return Refusal::invalid(format!("'{value}' is not a url, and so has nothing above or below it"));
        }
        Ok(Self { how, uri })
    }

    /// Whether a uri passes.
    pub(crate) fn fits(&self, uri: &str) -> bool {
        match self.how {
            How::Equal => uri == self.uri,
            How::Above => contains(uri, &self.uri),
            How::Below => contains(&self.uri, uri),
        }
    }
}

/// Whether `inner` is `outer`, or goes on where a segment of its path ends.
fn contains(outer: &str, inner: &str) -> bool {
    match inner.strip_prefix(outer) {
        Some(rest) => rest.is_empty() || outer.ends_with('/') || rest.starts_with('/'),
        None => false,
    }
}
