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
    /// `ne` of `_filter`
    Other,
}

/// Whether a canonical is of the version of another, which may be told in part: `url|1` stands for `url|1.2`, not for `url|10`.
pub(crate) fn is_of_version(canonical: &str, wanted: &str) -> bool {
    let (Some((url, version)), Some((wanted_url, wanted_version))) =
        (canonical.split_once('|'), wanted.split_once('|'))
    else {
        return false;
    };
    let parts = |version: &str| version.split(['.', '-']).map(str::to_owned).collect::<Vec<_>>();
    url == wanted_url && parts(version).starts_with(&parts(wanted_version))
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
        if matches!(how, How::Above | How::Below) && (!uri.contains("://") || uri.ends_with('|')) {
            return Refusal::invalid(format!("'{value}' is not a url, and so has nothing above or below it"));
        }
        Ok(Self { how, uri })
    }

    /// Whether a uri passes.
    pub(crate) fn fits(&self, uri: &str) -> bool {
        match self.how {
            How::Equal => uri == self.uri,
            How::Above => contains(uri, &self.uri),
            How::Below if self.uri.contains('|') => is_of_version(uri, &self.uri),
            How::Below => contains(&self.uri, uri),
            How::Other => {
                let parts = |uri: &str| match uri.split_once('|') {
                    Some((url, version)) => (url.to_owned(), Some(version.to_owned())),
                    None => (uri.to_owned(), None),
                };
                let ((url, version), (other, other_version)) = (parts(&self.uri), parts(uri));
                // A canonical without version may be of any.
                let versions_differ =
                    version != other_version && version.is_some() && other_version.is_some();
                url != other || versions_differ
            }
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
