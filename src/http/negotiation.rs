//! Media types (R4 HTTP 3.1.0.1.9): what a client sends and what it wants back.

use crate::interactions::Error;
use crate::interactions::request::Media;

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// FHIR JSON.
    #[default]
    Json,
    /// FHIR XML.
    Xml,
    /// The resources of a Bundle, each on a line of JSON; any other resource on one line.
    NdJson,
}

impl Format {
    /// The value of `Content-Type`.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json; charset=utf-8",
            Self::Xml => "application/fhir+xml; charset=utf-8",
            Self::NdJson => "application/fhir+ndjson",
        }
    }

    /// The format that a media type, or a short name as `_format` allows it, stands for.
    pub(super) fn named(essence: &str) -> Option<Self> {
        match essence {
            "*/*" | "application/*" | "application/fhir+json" | "application/json" | "text/json" | "json" => {
                Some(Self::Json)
            }
            // What clients of GraphQL ask for; its answers are JSON in any case.
            "application/graphql-response+json" => Some(Self::Json),
            "application/fhir+xml" | "application/xml" | "text/xml" | "text/*" | "xml" => Some(Self::Xml),
            "application/fhir+ndjson" | "application/ndjson" | "application/x-ndjson" | "ndjson" => {
                Some(Self::NdJson)
            }
            _ => None,
        }
    }
}

/// What the body of a request is, by its `Content-Type`.
pub(super) fn sent(content_type: Option<&str>) -> Result<Media, Error> {
    let given = content_type.unwrap_or("(none)");
    let media = MediaType::parse(given);
    let known = match media.essence.as_str() {
        "application/fhir+json" | "application/json" | "text/json" => Some(Media::Json),
        "application/fhir+xml" | "application/xml" | "text/xml" => Some(Media::Xml),
        "application/json-patch+json" => Some(Media::JsonPatch),
        "application/xml-patch+xml" => Some(Media::XmlPatch),
        "application/graphql" => Some(Media::GraphQl),
        _ => None,
    };
    let known = known.filter(|_| media.is_utf8() && media.is_r4());
    known.ok_or_else(|| Error::UnsupportedMediaType(given.to_owned()))
}

/// Whether the body of a search is a form, by its `Content-Type`; a search without a body needs none.
pub(super) fn check_form(content_type: Option<&str>, is_empty: bool) -> Result<(), Error> {
    let is_form = content_type.map_or(is_empty, |given| {
        let media = MediaType::parse(given);
        media.essence == "application/x-www-form-urlencoded" && media.is_utf8()
    });
    if is_form { Ok(()) } else { Err(Error::NotAForm(content_type.unwrap_or("(none)").to_owned())) }
}

/// What the client wants: `_format` decides, else the media type of `Accept` with the greatest weight, among several the first.
pub(super) fn wanted(format: Option<&str>, accept: Option<&str>) -> Result<Format, Error> {
    if let Some(format) = format {
        let media = MediaType::parse(format);
        let known = Format::named(&media.essence).filter(|_| media.is_r4() && !media.essence.ends_with('*'));
        return known.ok_or_else(|| Error::NotAcceptable(format.to_owned()));
    }
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else { return Ok(Format::Json) };
    let mut best: Option<(f32, Format)> = None;
    for media in accept.split(',').map(MediaType::parse).filter(MediaType::is_r4) {
        let (weight, format) = (media.weight(), Format::named(&media.essence));
        if let Some(format) = format
            && weight > best.map_or(0.0, |(weight, _)| weight)
        {
            best = Some((weight, format));
        }
    }
    best.map(|(_, format)| format).ok_or_else(|| Error::NotAcceptable(accept.to_owned()))
}

/// A media type with its parameters.
pub(super) struct MediaType {
    /// `application/fhir+json`, in lower case.
    pub(super) essence: String,
    parameters: Vec<(String, String)>,
}

impl MediaType {
    /// Never fails: what is no media type is one that nobody knows.
    pub(super) fn parse(text: &str) -> Self {
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
    pub(super) fn is_r4(&self) -> bool {
        self.parameter("fhirversion").is_none_or(|version| matches!(version, "4.0" | "4.0.1"))
    }

    /// `q`, between 0 (not wanted) and 1.
    pub(super) fn weight(&self) -> f32 {
        self.parameter("q").and_then(|q| q.parse::<f32>().ok()).map_or(1.0, |q| q.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_this_version_are_taken_and_the_rest_refused() {
        for (good, media) in [
            ("application/fhir+json", Media::Json),
            ("application/json; charset=UTF-8", Media::Json),
            ("application/fhir+json; fhirVersion=4.0", Media::Json),
            ("application/fhir+xml;charset=utf-8", Media::Xml),
            ("text/xml", Media::Xml),
            ("application/json-patch+json", Media::JsonPatch),
            ("application/xml-patch+xml", Media::XmlPatch),
        ] {
            assert_eq!(sent(Some(good)).unwrap(), media, "{good}");
        }
        for bad in [
            "text/plain",
            "application/json; charset=latin1",
            "application/fhir+json; fhirVersion=3.0",
            "application/fhir+turtle",
        ] {
            assert!(sent(Some(bad)).is_err(), "{bad}");
        }
        assert!(sent(None).is_err());
    }

    #[test]
    fn format_wins_over_accept_and_weights_decide() {
        for (format, accept, expected) in [
            (None, None, Some(Format::Json)),
            (None, Some("text/html, */*;q=0.1"), Some(Format::Json)),
            (None, Some("application/fhir+xml"), Some(Format::Xml)),
            (None, Some("application/fhir+json;q=0.5, application/fhir+xml"), Some(Format::Xml)),
            (None, Some("application/fhir+json, application/fhir+xml"), Some(Format::Json)),
            (None, Some("application/fhir+xml;q=0.9, */*"), Some(Format::Json)),
            (None, Some("application/fhir+ndjson"), Some(Format::NdJson)),
            (None, Some("application/json;q=0"), None),
            (None, Some("application/fhir+json; fhirVersion=5.0"), None),
            (None, Some("text/turtle"), None),
            (Some("json"), Some("application/fhir+xml"), Some(Format::Json)),
            (Some("xml"), Some("application/fhir+json"), Some(Format::Xml)),
            (Some("application/fhir json"), None, Some(Format::Json)),
            (Some("html"), None, None),
            (Some("*/*"), None, None),
        ] {
            assert_eq!(wanted(format, accept).ok(), expected, "{format:?} {accept:?}");
        }
    }

    #[test]
    fn searches_are_posted_as_forms() {
        assert!(check_form(None, true).is_ok());
        assert!(check_form(Some("application/x-www-form-urlencoded; charset=UTF-8"), false).is_ok());
        assert!(check_form(None, false).is_err());
        assert!(check_form(Some("application/fhir+json"), true).is_err());
    }
}
