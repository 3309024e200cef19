//! References between resources (R4, section 2.3): the forms of a literal reference, and a walk over all links of a resource.

mod narrative;
mod walk;

pub use walk::{Link, LinkKind, Links, references};

use crate::primitive::identifiers::{is_id, is_type_name};

/// A literal reference taken apart. The form alone is looked at, not whether type or target exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reference<'a> {
    /// `Patient/1` or `Patient/1/_history/2`
    Relative {
        /// The resource type.
        resource_type: &'a str,
        /// The logical id.
        id: &'a str,
        /// The version, when the reference is to one.
        version: Option<&'a str>,
    },
    /// `https://example.org/fhir/Patient/1`
    Absolute {
        /// The base of the server, without a slash at the end.
        base: &'a str,
        /// The resource type.
        resource_type: &'a str,
        /// The logical id.
        id: &'a str,
        /// The version, when the reference is to one.
        version: Option<&'a str>,
    },
    /// The whole `urn:uuid:...` or `urn:oid:...`
    Urn(&'a str),
    /// The id after `#`; empty for the resource itself.
    Fragment(&'a str),
    /// `Patient?identifier=x`, as transactions may write it.
    Conditional {
        /// The resource type.
        resource_type: &'a str,
        /// The search after `?`.
        query: &'a str,
    },
    /// Anything else.
    Other(&'a str),
}

impl<'a> Reference<'a> {
    /// Takes a reference apart. Never fails: what has no known form is [`Reference::Other`].
    pub fn parse(text: &'a str) -> Self {
        if let Some(fragment) = text.strip_prefix('#') {
            return Self::Fragment(fragment);
        }
        if text.starts_with("urn:uuid:") || text.starts_with("urn:oid:") {
            return Self::Urn(text);
        }
        if let Some((resource_type, query)) = text.split_once('?') {
            let conditional = is_type_name(resource_type) && !query.is_empty();
            return if conditional { Self::Conditional { resource_type, query } } else { Self::Other(text) };
        }
        let Some(Target { base, resource_type, id, version }) = Target::parse(text) else {
            return Self::Other(text);
        };
        match base {
            None => Self::Relative { resource_type, id, version },
            Some(base) if is_http(base) => Self::Absolute { base, resource_type, id, version },
            Some(_) => Self::Other(text),
        }
    }

    /// Type and id of a relative or absolute reference.
    pub fn target(&self) -> Option<(&'a str, &'a str)> {
        match *self {
            Self::Relative { resource_type, id, .. } | Self::Absolute { resource_type, id, .. } => {
                Some((resource_type, id))
            }
            _ => None,
        }
    }
}

/// `[base/]type/id[/_history/version]`
struct Target<'a> {
    base: Option<&'a str>,
    resource_type: &'a str,
    id: &'a str,
    version: Option<&'a str>,
}

impl<'a> Target<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (path, version) = match text.rsplit_once("/_history/") {
            Some((path, version)) => (path, Some(version)),
            None => (text, None),
        };
        let (rest, id) = path.rsplit_once('/')?;
        let (base, resource_type) = match rest.rsplit_once('/') {
            Some((base, resource_type)) => (Some(base), resource_type),
            None => (None, rest),
        };
        let well_formed = is_type_name(resource_type) && is_id(id) && version.is_none_or(is_id);
        well_formed.then_some(Self { base, resource_type, id, version })
    }
}

fn is_http(base: &str) -> bool {
    let host = base.strip_prefix("http://").or_else(|| base.strip_prefix("https://"));
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart() {
        use Reference::{Absolute, Conditional, Fragment, Other, Relative, Urn};
        let cases = [
            ("Patient/1", Relative { resource_type: "Patient", id: "1", version: None }),
            (
                "Patient/a.b-C/_history/2",
                Relative { resource_type: "Patient", id: "a.b-C", version: Some("2") },
            ),
            (
                "https://example.org/fhir/Patient/1/_history/2",
                Absolute {
                    base: "https://example.org/fhir",
                    resource_type: "Patient",
                    id: "1",
                    version: Some("2"),
                },
            ),
            (
                "http://x/Patient/1",
                Absolute { base: "http://x", resource_type: "Patient", id: "1", version: None },
            ),
            ("urn:uuid:0c1a", Urn("urn:uuid:0c1a")),
            ("urn:oid:1.2", Urn("urn:oid:1.2")),
            ("#a", Fragment("a")),
            ("#", Fragment("")),
            ("Patient?identifier=a|b/c", Conditional { resource_type: "Patient", query: "identifier=a|b/c" }),
        ];
        for (text, expected) in cases {
            assert_eq!(Reference::parse(text), expected);
        }
        let others = [
            "",
            "Patient",
            "Patient/",
            "/Patient/1",
            "patient/1",
            "Patient/a_b",
            "Patient/1/2",
            "ftp://x/Patient/1",
            "http:///Patient/1",
            "Patient?",
            "?a=b",
            "Patient/1/_history/",
            "http://x/Patient/1#a",
            "urn:isbn:1",
        ];
        for text in others {
            assert_eq!(Reference::parse(text), Other(text));
        }
        assert_eq!(Reference::parse("http://x/Patient/1").target(), Some(("Patient", "1")));
    }
}
