//! Which interaction a method and path mean (R4 HTTP 3.1.0.1).

use super::operations::{self, Operation, Target};
use super::request::{Request, Verb};
use super::{Context, Error};

/// An interaction with what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the variants are the interactions of the R4 HTTP page, the fields its parameters"
)]
pub enum Interaction {
    Capabilities,
    Read { kind: String, id: String },
    VersionRead { kind: String, id: String, version: u64 },
    Create { kind: String },
    Update { kind: String, id: String },
    ConditionalUpdate { kind: String },
    Patch { kind: String, id: String },
    ConditionalPatch { kind: String },
    Delete { kind: String, id: String },
    ConditionalDelete { kind: String },
    HistoryInstance { kind: String, id: String },
    HistoryType { kind: String },
    HistorySystem,
    SearchType { kind: String },
    SearchSystem,
    SearchCompartment { owner: String, id: String, member: Option<String> },
    Bundle,
    EraseHistory { kind: String, id: String },
    EraseVersion { kind: String, id: String, version: u64 },
    JobStatus { job: String },
    JobResult { job: String },
    JobCancel { job: String },
    Operation { operation: &'static Operation, target: Target },
}

impl Interaction {
    /// The interaction that a request means, or why it means none here.
    pub fn of(context: &Context, request: &Request) -> Result<Self, Error> {
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        let verb = if request.verb == Verb::Head { Verb::Get } else { request.verb };
        let interaction = match (path.as_slice(), verb) {
            ([], Verb::Post) => Self::Bundle,
            ([], Verb::Get) | (["_search"], Verb::Post) => Self::SearchSystem,
            (["metadata"], Verb::Get) => Self::Capabilities,
            (["_history"], Verb::Get) => Self::HistorySystem,
            (["_async", job], Verb::Get) => Self::JobStatus { job: checked_id(job)? },
            (["_async", job, "result"], Verb::Get) => Self::JobResult { job: checked_id(job)? },
            (["_async", job], Verb::Delete) => Self::JobCancel { job: checked_id(job)? },
            (["metadata" | "_history" | "_search"], _) => return Err(not_allowed(request)),
            ([.., last], _) if last.starts_with('$') => operation(context, request, &path)?,
            ([kind], Verb::Get) => Self::SearchType { kind: checked_type(context, kind)? },
            ([kind], Verb::Post) => Self::Create { kind: checked_type(context, kind)? },
            ([kind], Verb::Put) => Self::ConditionalUpdate { kind: checked_type(context, kind)? },
            ([kind], Verb::Patch) => Self::ConditionalPatch { kind: checked_type(context, kind)? },
            ([kind], Verb::Delete) => Self::ConditionalDelete { kind: checked_type(context, kind)? },
            ([kind, "_search"], Verb::Post) => Self::SearchType { kind: checked_type(context, kind)? },
            ([kind, "_history"], Verb::Get) => Self::HistoryType { kind: checked_type(context, kind)? },
            ([kind, id], _) if !is_special(id) => {
                let (kind, id) = (checked_type(context, kind)?, checked_id(id)?);
                match verb {
                    Verb::Get => Self::Read { kind, id },
                    Verb::Put => Self::Update { kind, id },
                    Verb::Patch => Self::Patch { kind, id },
                    Verb::Delete => Self::Delete { kind, id },
                    _ => return Err(not_allowed(request)),
                }
            }
            ([kind, id, "_history"], Verb::Get) => {
                Self::HistoryInstance { kind: checked_type(context, kind)?, id: checked_id(id)? }
            }
            ([kind, id, "_history", version], Verb::Get) => {
                let (kind, id) = (checked_type(context, kind)?, checked_id(id)?);
                let version = checked_version(&kind, &id, version)?;
                Self::VersionRead { kind, id, version }
            }
            ([kind, id, "_history"], Verb::Delete) => {
                Self::EraseHistory { kind: checked_type(context, kind)?, id: checked_id(id)? }
            }
            ([kind, id, "_history", version], Verb::Delete) => {
                let (kind, id) = (checked_type(context, kind)?, checked_id(id)?);
                let version = checked_version(&kind, &id, version)?;
                Self::EraseVersion { kind, id, version }
            }
            ([owner, id, member], Verb::Get) | ([owner, id, member, "_search"], Verb::Post)
                if !is_special(id) && !is_special(member) =>
            {
                compartment(context, owner, id, member)?
            }
            _ => return Err(refusal(context, request, &path)),
        };
        Ok(interaction)
    }

    /// The methods that a path takes.
    pub fn methods(context: &Context, path: &[String]) -> Vec<Verb> {
        let takes = |verb: &Verb| {
            let request = Request { verb: *verb, path: path.to_vec(), ..Request::bundle(Vec::new(), "") };
            let refused = Self::of(context, &request).err();
            refused.is_none_or(|error| {
                !matches!(error, Error::MethodNotAllowed { .. } | Error::OperationElsewhere { .. })
            })
        };
        Verb::ALL.into_iter().filter(takes).collect()
    }

    /// Whether it may take long, so that a client can wish to come back for the answer. What opens a job does so by itself.
    pub fn is_deferrable(&self) -> bool {
        match self {
            Self::Operation { operation, .. } => operation.returns.is_some(),
            Self::Bundle
            | Self::SearchType { .. }
            | Self::SearchSystem
            | Self::SearchCompartment { .. }
            | Self::HistoryInstance { .. }
            | Self::HistoryType { .. }
            | Self::HistorySystem => true,
            _ => false,
        }
    }

    /// Whether something of what can be deferred is different when it is performed twice.
    pub fn changes_data(&self) -> bool {
        match self {
            Self::Operation { operation, .. } => operation.changes_data,
            other => !other.is_deferrable() || matches!(other, Self::Bundle),
        }
    }

    /// Whether a Provenance may come with it: it makes new versions.
    pub fn is_recorded(&self) -> bool {
        matches!(
            self,
            Self::Create { .. }
                | Self::Update { .. }
                | Self::ConditionalUpdate { .. }
                | Self::Patch { .. }
                | Self::ConditionalPatch { .. }
                | Self::Bundle
        )
    }

    /// The shape of the route, for logs and metrics: it never carries an id.
    pub fn pattern(&self) -> String {
        match self {
            Self::Capabilities => "metadata".into(),
            Self::Read { kind, .. }
            | Self::Update { kind, .. }
            | Self::Patch { kind, .. }
            | Self::Delete { kind, .. } => {
                format!("{kind}/{{id}}")
            }
            Self::VersionRead { kind, .. } | Self::EraseVersion { kind, .. } => {
                format!("{kind}/{{id}}/_history/{{version}}")
            }
            Self::Create { kind }
            | Self::SearchType { kind }
            | Self::ConditionalUpdate { kind }
            | Self::ConditionalPatch { kind }
            | Self::ConditionalDelete { kind } => kind.clone(),
            Self::HistoryInstance { kind, .. } | Self::EraseHistory { kind, .. } => {
                format!("{kind}/{{id}}/_history")
            }
            Self::HistoryType { kind } => format!("{kind}/_history"),
            Self::HistorySystem => "_history".into(),
            Self::Bundle | Self::SearchSystem => "/".into(),
            Self::SearchCompartment { owner, member, .. } => {
                format!("{owner}/{{id}}/{}", member.as_deref().unwrap_or("*"))
            }
            Self::JobStatus { .. } | Self::JobCancel { .. } => "_async/{job}".into(),
            Self::JobResult { .. } => "_async/{job}/result".into(),
            Self::Operation { operation, target } => target.pattern(operation),
        }
    }
}

/// The operation at the end of a path, on the system, a type, a resource or a version.
fn operation(context: &Context, request: &Request, path: &[&str]) -> Result<Interaction, Error> {
    let (name, target) = path.split_last().ok_or_else(|| Error::NoSuchPath(String::new()))?;
    let target = match target {
        [] => Target::System,
        [kind] => Target::Type { kind: checked_type(context, kind)? },
        [kind, id] => Target::Instance { kind: checked_type(context, kind)?, id: checked_id(id)? },
        [kind, id, "_history", version] => {
            let (kind, id) = (checked_type(context, kind)?, checked_id(id)?);
            let version = checked_version(&kind, &id, version)?;
            Target::Version { kind, id, version }
        }
        _ => return Err(Error::NoSuchPath(path.join("/"))),
    };
    let operation = operations::find(name, &target)?;
    operation.check_verb(request)?;
    Ok(Interaction::Operation { operation, target })
}

/// The search of a compartment: `Patient/1/Observation`, `Patient/1/*`.
fn compartment(context: &Context, owner: &str, id: &str, member: &str) -> Result<Interaction, Error> {
    let (owner, id) = (checked_type(context, owner)?, checked_id(id)?);
    if context.registry.compartment(&owner).is_none() {
        let owners = context.registry.compartments().map(|compartment| &*compartment.code);
        return Err(Error::NoCompartment { owners: owners.collect::<Vec<_>>().join(", "), owner });
    }
    let member = (member != "*").then(|| checked_type(context, member)).transpose()?;
    Ok(Interaction::SearchCompartment { owner, id, member })
}

/// `$operation` and `_search`, `_history`: no ids.
fn is_special(segment: &str) -> bool {
    segment.starts_with(['$', '_'])
}

fn checked_type(context: &Context, kind: &str) -> Result<String, Error> {
    if context.is_resource_type(kind) {
        Ok(kind.to_owned())
    } else {
        Err(Error::UnknownType(kind.to_owned()))
    }
}

/// An id as R4 allows it: 1 to 64 letters, digits, `-` and `.`.
pub fn checked_id(id: &str) -> Result<String, Error> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '.');
    if (1..=64).contains(&id.len()) && id.chars().all(allowed) {
        Ok(id.to_owned())
    } else {
        Err(Error::BadId(id.to_owned()))
    }
}

/// A version as this server numbers them.
fn checked_version(kind: &str, id: &str, version: &str) -> Result<u64, Error> {
    version.parse().map_err(|_| Error::NoSuchVersion {
        kind: kind.to_owned(),
        id: id.to_owned(),
        version: version.to_owned(),
    })
}

fn not_allowed(request: &Request) -> Error {
    Error::MethodNotAllowed { verb: request.verb.name(), path: request.path.join("/") }
}

/// Why a path that fits no interaction is refused: an unknown type, an operation, or a method that does not fit.
fn refusal(context: &Context, request: &Request, path: &[&str]) -> Error {
    if let Some(operation) = path.iter().find(|segment| segment.starts_with('$')) {
        return Error::UnknownOperation((*operation).to_owned());
    }
    match path.first() {
        Some(kind) if !is_special(kind) && *kind != "metadata" && !context.is_resource_type(kind) => {
            Error::UnknownType((*kind).to_owned())
        }
        _ if path.len() > 4 => Error::NoSuchPath(request.path.join("/")),
        _ => not_allowed(request),
    }
}
