//! References (R4 search, 3.1.1.5.6).

use fhir_model::Node;
use fhir_model::primitive::identifiers::is_id;
use fhir_model::reference::Reference;

use crate::escape;
use crate::population::Key;
use crate::refusal::Refusal;
use crate::select::Datum;
use crate::uri;

/// What a reference points to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A resource of this server, existing or not.
    Local(Key),
    /// Something elsewhere.
    Url(String),
}

/// A reference as a query gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wanted {
    /// A bare id, of any of these types.
    Id(String, Vec<String>),
    /// Exactly this.
    Target(Target),
    /// A canonical of this version, which may be told in part.
    Version(String),
}

/// Everything an element points to. Contained resources are no targets; a canonical also points to what it names without
/// its version.
pub(crate) fn read(datum: &Datum<'_>, bases: &[String]) -> Vec<Target> {
    let Some(node) = datum.node else { return Vec::new() };
    match datum.type_name {
        "Reference" => node.get_str("reference").and_then(|text| target(text, bases)).into_iter().collect(),
        "uri" | "canonical" => {
            let Some(text) = node.as_str() else { return Vec::new() };
            let unversioned = text.split_once('|').map(|(url, _)| Target::Url(url.to_owned()));
            target(text, bases).into_iter().chain(unversioned).collect()
        }
        "Resource" => match (node.resource_type(), node.get_str("id")) {
            (Some(kind), Some(id)) => vec![Target::Local((kind.to_owned(), id.to_owned()))],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What the text of a reference points to.
pub(crate) fn target(text: &str, bases: &[String]) -> Option<Target> {
    let local = |kind: &str, id: &str| Some(Target::Local((kind.to_owned(), id.to_owned())));
    match Reference::parse(text) {
        Reference::Relative { resource_type, id, .. } => local(resource_type, id),
        Reference::Absolute { base, resource_type, id, .. } if bases.iter().any(|own| own == base) => {
            local(resource_type, id)
        }
        Reference::Fragment(_) | Reference::Conditional { .. } => None,
        _ if text.is_empty() => None,
        _ => Some(Target::Url(text.to_owned())),
    }
}

/// The type of what a reference points to: by the literal, by the contained resource, or by `type`.
pub(crate) fn type_of<'a>(datum: &Datum<'a>, resource: Node<'a>) -> Option<&'a str> {
    let node = datum.node?;
    match datum.type_name {
        "Reference" => {
            let literal = node.get_str("reference").unwrap_or_default();
            let contained = || {
                let id = literal.strip_prefix('#')?;
                let mut contained = resource.get("contained").into_iter().flat_map(Node::each);
                contained.find(|inner| inner.get_str("id") == Some(id))?.resource_type()
            };
            let named = Reference::parse(literal).target().map(|(kind, _)| kind);
            named.or_else(contained).or_else(|| node.get_str("type"))
        }
        "Resource" => node.resource_type(),
        _ => None,
    }
}

impl Wanted {
    /// A value of a parameter that can point to `types`.
    pub(crate) fn parse(value: &str, types: &[Box<str>], bases: &[String]) -> Result<Self, Refusal> {
        let plain = escape::plain(value)?;
        if is_id(&plain) {
            return Ok(Self::Id(plain, types.iter().map(|kind| kind.to_string()).collect()));
        }
        match target(&plain, bases) {
            Some(Target::Local(key)) if types.iter().any(|kind| **kind == *key.0) => {
                Ok(Self::Target(Target::Local(key)))
            }
            Some(Target::Url(url)) if is_absolute(&url) => Ok(Self::Target(Target::Url(url))),
            _ => Refusal::invalid(format!("'{value}' is no reference that the parameter can have")),
        }
    }

    /// The type of the resource wanted, if it is one.
    pub(crate) fn kind(&self) -> Option<&String> {
        match self {
            Self::Target(Target::Local((kind, _))) => Some(kind),
            _ => None,
        }
    }

    /// Whether a target passes.
    pub(crate) fn fits(&self, target: &Target) -> bool {
        match (self, target) {
            (Self::Id(id, types), Target::Local((kind, found))) => found == id && types.contains(kind),
            (Self::Id(..), Target::Url(_)) => false,
            (Self::Target(wanted), found) => wanted == found,
            (Self::Version(wanted), Target::Url(url)) => uri::is_of_version(url, wanted),
            (Self::Version(_), Target::Local(_)) => false,
        }
    }
}

fn is_absolute(url: &str) -> bool {
    let Some((scheme, _)) = url.split_once(':') else { return false };
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
    scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && scheme.chars().all(letters)
        && !url.contains(char::is_whitespace)
}
