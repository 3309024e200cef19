//! Media types (R4 HTTP 3.1.0.1.9): what a client sends and what it wants back.

use crate::interactions::Error;

/// The media type of all answers.
pub(super) const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// Whether the body of a request is FHIR JSON, by its `Content-Type`.
pub(super) fn check_content_type(content_type: Option<&str>) -> Result<(), Error> {
    let given = content_type.unwrap_or("(none)");
    let refused = || Error::UnsupportedMediaType(given.to_owned());
    let media = MediaType::parse(given);
    let json = matches!(media.essence.as_str(), "application/fhir+json" | "application/json" | "text/json");
    if json && media.is_utf8() && media.is_r4() { Ok(()) } else { Err(refused()) }
}

/// Whether the client takes FHIR JSON: `_format` decides, else `Accept`.
pub(super) fn check_accept(format: Option<&str>, accept: Option<&str>) -> Result<(), Error> {
    if let Some(format) = format {
        return match accepts(&MediaType::parse(format)) {
            true => Ok(()),
            false => Err(Error::NotAcceptable(format.to_owned())),
        };
    }
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else { return Ok(()) };
    let wanted = accept.split(',').map(MediaType::parse);
    if wanted.into_iter().any(|media| media.is_wanted() && accepts(&media)) {
        Ok(())
    } else {
        Err(Error::NotAcceptable(accept.to_owned()))
    }
}

fn accepts(media: &MediaType) -> bool {
    let fits = matches!(
        media.essence.as_str(),
        "*/*" | "application/*" | "application/fhir+json" | "application/json" | "text/json" | "json"
    );
    fits && media.is_r4()
}

struct MediaType {
    essence: String,
    parameters: Vec<(String, String)>,
}

impl MediaType {
    fn parse(text: &str) -> Self {
        let mut parts = text.split(';');
        // In a query string the `+` of `application/fhir+json` is often left unencoded, and arrives as a space.
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase().replace(' ', "+");
        let parameters = parts.filter_map(|part| part.split_once('=')).map(|(name, value)| {
            (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_ascii_lowercase())
        });
        Self { essence, parameters: parameters.collect() }
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    fn is_utf8(&self) -> bool {
        self.parameter("charset").is_none_or(|charset| matches!(charset, "utf-8" | "utf8"))
    }

    /// R4 `fhirVersion` parameter: absent, or this version.
    fn is_r4(&self) -> bool {
        self.parameter("fhirversion").is_none_or(|version| matches!(version, "4.0" | "4.0.1"))
    }

    fn is_wanted(&self) -> bool {
        self.parameter("q").and_then(|q| q.parse::<f32>().ok()).is_none_or(|q| q > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_this_version_is_taken_and_the_rest_refused() {
        for good in [
            "application/fhir+json",
            "application/json; charset=UTF-8",
            "application/fhir+json; fhirVersion=4.0",
        ] {
            assert!(check_content_type(Some(good)).is_ok(), "{good}");
        }
        for bad in [
            "application/fhir+xml",
            "text/plain",
            "application/json; charset=latin1",
            "application/fhir+json; fhirVersion=3.0",
        ] {
            assert!(check_content_type(Some(bad)).is_err(), "{bad}");
        }
        assert!(check_content_type(None).is_err());
    }

    #[test]
    fn format_wins_over_accept() {
        assert!(check_accept(None, None).is_ok());
        assert!(check_accept(None, Some("text/html, */*;q=0.1")).is_ok());
        assert!(check_accept(None, Some("application/fhir+xml")).is_err());
        assert!(check_accept(None, Some("application/json;q=0")).is_err());
        assert!(check_accept(Some("json"), Some("application/fhir+xml")).is_ok());
        assert!(check_accept(Some("application/fhir json"), None).is_ok());
        assert!(check_accept(Some("xml"), None).is_err());
    }
}
