//! The headers of a request, as interactions take them.

use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::http::header::{
    CACHE_CONTROL, HeaderMap, HeaderName, HttpDate, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH,
};

use crate::interactions::Error;
use crate::interactions::request::{Conditions, Prefer};

/// Headers by which a request can pretend to have another method than proxies and logs see.
const OVERRIDES: [&str; 3] = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];

/// The value of a header, if it is text.
pub(super) fn header(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Refuses a request that wants to be taken for one with another method.
pub(super) fn refuse_override(headers: &HeaderMap) -> Result<(), Error> {
    let given = OVERRIDES.into_iter().find(|name| headers.contains_key(*name));
    given.map_or(Ok(()), |name| Err(Error::MethodOverride(name)))
}

/// The headers that make a request conditional.
pub(super) fn conditions(headers: &HeaderMap) -> Conditions {
    Conditions {
        if_match: header(headers, IF_MATCH).map(str::to_owned),
        if_none_match: header(headers, IF_NONE_MATCH).map(str::to_owned),
        if_modified_since: header(headers, IF_MODIFIED_SINCE).and_then(http_date),
        if_none_exist: header(headers, HeaderName::from_static("if-none-exist")).map(str::to_owned),
    }
}

/// A date of HTTP in microseconds since 1970; one that is none is ignored, as RFC 9110 asks.
fn http_date(text: &str) -> Option<i64> {
    let time = SystemTime::from(text.parse::<HttpDate>().ok()?);
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_micros()).ok()
}

/// The `Prefer` headers.
pub(super) fn prefer(headers: &HeaderMap) -> Result<Prefer, Error> {
    let values = headers.get_all("prefer").filter_map(|value| value.to_str().ok());
    Prefer::parse(values).map_err(|preference| {
        Error::BadParameter(format!(
            "Prefer: {preference} is not known; return=minimal, return=representation, return=OperationOutcome, handling=strict and handling=lenient are"
        ))
    })
}

/// Whether a client does not want what a standby says: `Cache-Control: no-cache` (RFC 9111).
pub(super) fn wants_the_newest(headers: &HeaderMap) -> bool {
    let values = headers.get_all(CACHE_CONTROL).filter_map(|value| value.to_str().ok());
    let mut directives = values.flat_map(|value| value.split(',')).map(str::trim);
    directives.any(|directive| directive.eq_ignore_ascii_case("no-cache"))
}
