//! What an operation is: the one place that routing, the CapabilityStatement and the reading of parameters take it from.

use std::fmt;

use super::inputs::Inputs;
use crate::interactions::request::Verb;
use crate::interactions::{Context, Error, Request, Response};

/// An operation (R4 operations, 3.2.0).
pub struct Operation {
    /// The name, without `$`.
    pub name: &'static str,
    /// The canonical url of its definition.
    pub definition: &'static str,
    /// Where it can be invoked.
    pub levels: &'static [Level],
    /// The resource types that it is for; empty for all.
    pub types: &'static [&'static str],
    /// Whether it can be invoked by GET: it changes nothing unless asked to, and needs no parameter but primitives.
    pub by_get: bool,
    /// Whether it changes what is stored.
    pub changes_data: bool,
    /// What goes in.
    pub parameters: &'static [Parameter],
    /// Whether the search parameters of the type go in, too.
    pub takes_search: bool,
    /// The type of the resource that comes out; `Resource` for any, none where a job is opened.
    pub returns: Option<&'static str>,
    /// What performs it.
    pub(super) perform: fn(&Call<'_>) -> Result<Response, Error>,
}

/// A parameter that goes into an operation.
pub struct Parameter {
    /// The name.
    pub name: &'static str,
    /// The type of its values: a primitive, a data type or `Resource`.
    pub kind: &'static str,
    /// Whether it may be given more than once.
    pub repeats: bool,
}

impl Parameter {
    /// A parameter given at most once.
    pub(super) const fn once(name: &'static str, kind: &'static str) -> Self {
        Self { name, kind, repeats: false }
    }

    /// A parameter given as often as the client likes.
    pub(super) const fn many(name: &'static str, kind: &'static str) -> Self {
        Self { name, kind, repeats: true }
    }

    /// Whether its values are primitives, and so can stand in a query.
    pub fn is_primitive(&self) -> bool {
        self.kind.starts_with(|first: char| first.is_ascii_lowercase())
    }
}

/// Where an operation can be invoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// `[base]/$name`
    System,
    /// `[base]/Patient/$name`
    Type,
    /// `[base]/Patient/1/$name`
    Instance,
    /// `[base]/Patient/1/_history/2/$name`
    Version,
}

/// What an operation is invoked on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of a reference")]
pub enum Target {
    /// All that there is.
    System,
    /// All resources of a type.
    Type { kind: String },
    /// One resource.
    Instance { kind: String, id: String },
    /// One version of a resource.
    Version { kind: String, id: String, version: u64 },
}

impl Target {
    /// Its level.
    pub fn level(&self) -> Level {
        match self {
            Self::System => Level::System,
            Self::Type { .. } => Level::Type,
            Self::Instance { .. } => Level::Instance,
            Self::Version { .. } => Level::Version,
        }
    }

    /// The resource type.
    pub fn kind(&self) -> Option<&str> {
        match self {
            Self::System => None,
            Self::Type { kind } | Self::Instance { kind, .. } | Self::Version { kind, .. } => Some(kind),
        }
    }

    /// The address of an operation on it, without ids.
    pub fn pattern(&self, operation: &Operation) -> String {
        self.level().address(self.kind().unwrap_or_default(), operation.name)
    }
}

impl Level {
    /// The address of an operation at this level, with placeholders for ids.
    pub fn address(self, kind: &str, name: &str) -> String {
        match self {
            Self::System => format!("${name}"),
            Self::Type => format!("{kind}/${name}"),
            Self::Instance => format!("{kind}/{{id}}/${name}"),
            Self::Version => format!("{kind}/{{id}}/_history/{{version}}/${name}"),
        }
    }
}

/// One invocation of an operation.
pub(super) struct Call<'a> {
    pub(super) context: &'a Context,
    pub(super) request: &'a Request,
    pub(super) operation: &'a Operation,
    pub(super) target: &'a Target,
    pub(super) inputs: &'a Inputs,
}

impl Call<'_> {
    /// Type and id of the resource that an operation at instance level is invoked on.
    pub(super) fn instance(&self) -> Result<(&str, &str), Error> {
        match self.target {
            Target::Instance { kind, id } => Ok((kind, id)),
            _ => Err(Error::Internal("an operation was invoked at a level that it does not have".to_owned())),
        }
    }
}

impl Operation {
    /// Whether it is for resources of a type.
    pub fn is_for(&self, kind: &str) -> bool {
        self.types.is_empty() || self.types.contains(&kind)
    }

    /// Whether it can be invoked on the target.
    pub(super) fn fits(&self, target: &Target) -> bool {
        self.levels.contains(&target.level()) && target.kind().is_none_or(|kind| self.is_for(kind))
    }

    /// Refuses a method by which the operation cannot be invoked.
    pub(in crate::interactions) fn check_verb(&self, request: &Request) -> Result<(), Error> {
        match request.verb {
            Verb::Post => Ok(()),
            Verb::Get | Verb::Head if self.by_get => Ok(()),
            verb => Err(Error::MethodNotAllowed { verb: verb.name(), path: request.path.join("/") }),
        }
    }

    /// The addresses at which it can be invoked: `Patient/$everything, Patient/{id}/$everything`.
    pub(super) fn addresses(&self) -> Vec<String> {
        let kinds = if self.types.is_empty() { &["{type}"][..] } else { self.types };
        let of_level = |level: &Level| {
            let level = *level;
            kinds.iter().map(move |kind| level.address(kind, self.name))
        };
        let mut addresses: Vec<String> = self.levels.iter().flat_map(of_level).collect();
        addresses.dedup();
        addresses
    }

    /// The parameter of that name.
    pub(super) fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${} ({})", self.name, self.definition)
    }
}

/// Operations are the same if they have the same definition.
impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.definition == other.definition
    }
}

impl Eq for Operation {}
