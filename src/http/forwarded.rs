//! What proxies in front of the server say of the address that the client asked for (RFC 7239, and the older `X-Forwarded-*`).
//!
//! Anybody can send these headers. They are read only where the other end of the connection is a proxy that the operator trusts, and of
//! several values the one that the nearest such proxy added: what stands before it may be the client's invention.

use std::net::IpAddr;

use actix_web::http::header::HeaderMap;

use crate::config::Networks;

/// The address that the client asked for, as far as it is told.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Forwarded {
    /// `http` or `https`.
    pub(super) scheme: Option<String>,
    /// Host and perhaps a port.
    pub(super) host: Option<String>,
    /// What the proxy takes away from the front of the path: empty or `/clinic`.
    pub(super) prefix: String,
}

impl Forwarded {
    /// Reads the headers that a trusted proxy sent.
    pub(super) fn read(headers: &HeaderMap, trusted: &Networks) -> Self {
        let last = |name: &str| values(headers, name).pop();
        let standard = standard(headers, trusted);
        Self {
            scheme: standard.scheme.or_else(|| last("x-forwarded-proto").and_then(|value| scheme(&value))),
            host: standard.host.or_else(|| last("x-forwarded-host").and_then(|value| host(&value))),
            prefix: last("x-forwarded-prefix").and_then(|value| prefix(&value)).unwrap_or_default(),
        }
    }
}

/// All values of a header that is a list, in their order.
fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let texts = headers.get_all(name).filter_map(|value| value.to_str().ok());
    let values = texts.flat_map(|text| text.split(',')).map(|value| value.trim().to_owned());
    values.filter(|value| !value.is_empty()).collect()
}

/// The header `Forwarded`: each proxy adds an element behind those that it got. From the last one on, elements count as long as the
/// one that they were received from (`for`) is a trusted proxy, too.
fn standard(headers: &HeaderMap, trusted: &Networks) -> Forwarded {
    let mut read = Forwarded::default();
    for element in values(headers, "forwarded").iter().rev() {
        let parameter = |wanted: &str| {
            let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
            let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            named.next().map(|(_, value)| value.trim().trim_matches('"'))
        };
        read.scheme = parameter("proto").and_then(scheme).or(read.scheme);
        read.host = parameter("host").and_then(host).or(read.host);
        if !parameter("for").and_then(node).is_some_and(|address| trusted.contains(address)) {
            break;
        }
    }
    read
}

/// The address of a node: `192.0.2.60`, `192.0.2.60:4711`, `[2001:db8::1]:4711`.
fn node(text: &str) -> Option<IpAddr> {
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split(']').next()?.parse().ok();
    }
    text.split(':').next()?.parse().ok()
}

fn scheme(text: &str) -> Option<String> {
    let scheme = text.to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https").then_some(scheme)
}

fn host(text: &str) -> Option<String> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || ".-_:[]".contains(character);
    (!text.is_empty() && text.chars().all(allowed)).then(|| text.to_owned())
}

fn prefix(text: &str) -> Option<String> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || "/.-_~".contains(character);
    (text.starts_with('/') && text.chars().all(allowed)).then(|| text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn read(pairs: &[(&'static str, &'static str)], trusted: &Networks) -> (String, String, String) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let Forwarded { scheme, host, prefix } = Forwarded::read(&headers, trusted);
        (scheme.unwrap_or_default(), host.unwrap_or_default(), prefix)
    }

    #[test]
    fn the_nearest_trusted_proxy_is_believed() {
        let trusted = Networks::parse("10.0.0.0/8").unwrap();
        for (headers, expected) in [
            (
                &[("forwarded", "for=1.2.3.4;proto=https;host=fhir.example.org")][..],
                ("https", "fhir.example.org", ""),
            ),
            (
                &[("forwarded", "proto=http;host=evil.example, for=1.2.3.4;proto=https;host=good.example")],
                ("https", "good.example", ""),
            ),
            (
                &[
                    ("forwarded", "for=1.2.3.4;host=outer.example;proto=https"),
                    ("forwarded", "for=\"10.0.0.7:443\""),
                ],
                ("https", "outer.example", ""),
            ),
            (
                &[
                    ("x-forwarded-proto", "HTTPS"),
                    ("x-forwarded-host", "evil.example, good.example:8443"),
                    ("x-forwarded-prefix", "/clinic/"),
                ],
                ("https", "good.example:8443", "/clinic"),
            ),
            (
                &[
                    ("x-forwarded-proto", "ftp"),
                    ("x-forwarded-host", "a/b\"<"),
                    ("x-forwarded-prefix", "//a?"),
                ],
                ("", "", ""),
            ),
        ] {
            let (scheme, host, prefix) = read(headers, &trusted);
            assert_eq!((scheme.as_str(), host.as_str(), prefix.as_str()), expected, "{headers:?}");
        }
    }
}
