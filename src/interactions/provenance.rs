//! `X-Provenance` (R4 Provenance, 6.3.4.4): a Provenance that comes with a write, and is stored in the same transaction.
//!
//! The server fills in `target`: the versions that the write makes. Their numbers are known only if nobody else writes meanwhile, so each
//! write is bound to the version that was there, and is tried again if that has changed.

use std::collections::HashSet;

use fhir_model::write::{Replacements, write, write_string};
use fhir_model::{Document, Node};

use super::create::new_id;
use super::{Context, Error, Request, prepare};
use crate::store::{Change, Expected, Method, StoreError, Write, WriteSet, Written};

const PROVENANCE: &str = "Provenance";

/// Writes to the store, with the Provenance of the request if there is one. The results are those of the set.
pub(super) fn write_with(
    context: &Context,
    request: &Request,
    mut set: WriteSet,
) -> Result<Vec<Written>, Error> {
    let Some(text) = &request.provenance else { return context.write(set) };
    let bound = bind(context, &mut set)?;
    if bound.targets.is_empty() {
        return context.write(set);
    }
    let provenance = provenance(context, text, &bound.targets);
    set.writes.push(provenance.map_err(|error| Error::Provenance(Box::new(error)))?);
    match context.write(set) {
        Err(Error::VersionConflict { kind, id, .. }) if bound.by_us.contains(&(kind.clone(), id.clone())) => {
            Err(StoreError::ConditionChanged.into())
        }
        Err(error) => Err(error),
        Ok(mut written) => {
            written.pop();
            Ok(written)
        }
    }
}

/// Writes one resource, as [`write_with`].
pub(super) fn write_one_with(context: &Context, request: &Request, set: WriteSet) -> Result<Written, Error> {
    let written = write_with(context, request, set)?.into_iter().next();
    written.ok_or_else(|| Error::Internal("a write without result".to_owned()))
}

/// What a set of writes will make.
#[derive(Default)]
struct Bound {
    /// References to the versions.
    targets: Vec<String>,
    /// The resources whose versions the client left open.
    by_us: HashSet<(Box<str>, Box<str>)>,
}

/// Binds each new version of a set to the one that is there now.
fn bind(context: &Context, set: &mut WriteSet) -> Result<Bound, Error> {
    let mut bound = Bound::default();
    for Write { kind, id, expected, change } in &mut set.writes {
        if !matches!(change, Change::Put(_)) {
            continue;
        }
        let current = match *expected {
            Expected::New => 0,
            Expected::Version(number) => number,
            Expected::Any | Expected::Absent => {
                let found = context.store.read(kind, id)?;
                let number = found.as_ref().map_or(0, |version| version.version);
                // One that is there though it must not be is refused by the store.
                if *expected == Expected::Any || found.is_none_or(|version| version.is_deleted()) {
                    *expected = if number == 0 { Expected::New } else { Expected::Version(number) };
                    bound.by_us.insert((kind.clone(), id.clone()));
                }
                number
            }
        };
        bound.targets.push(format!("{kind}/{id}/_history/{}", current + 1));
    }
    Ok(bound)
}

/// The write of the Provenance in a header.
fn provenance(context: &Context, text: &[u8], targets: &[String]) -> Result<Write, Error> {
    let given = Document::parse_bytes(text.to_vec())?;
    match given.root().resource_type() {
        Some(PROVENANCE) => {}
        found => {
            let found = found.unwrap_or("value without resourceType").to_owned();
            return Err(Error::WrongType { expected: PROVENANCE.to_owned(), found });
        }
    }
    if given.root().get("target").is_some() {
        let text = "target is filled in by the server: it must not be there";
        return Err(Error::BadParameter(text.to_owned()));
    }
    let whole = Document::parse_bytes(with_targets(given.root(), targets))?;
    context.validation.check(whole.root())?;
    let id = new_id();
    let prepared = prepare::prepare(context, whole.root(), &id, Method::Post, &Replacements::new())?;
    let (kind, id) = (PROVENANCE.into(), id.into());
    Ok(Write { kind, id, expected: Expected::New, change: Change::Put(Box::new(prepared)) })
}

fn with_targets(given: Node<'_>, targets: &[String]) -> Vec<u8> {
    let mut out = b"{\"resourceType\":\"Provenance\",\"target\":".to_vec();
    let mut separator = b'[';
    for target in targets {
        out.push(separator);
        separator = b',';
        out.extend_from_slice(b"{\"reference\":");
        write_string(target, &mut out);
        out.push(b'}');
    }
    out.push(b']');
    for (name, member) in given.members().filter(|(name, _)| *name != "resourceType") {
        out.push(b',');
        write_string(name, &mut out);
        out.push(b':');
        write(member, None, &mut out);
    }
    out.push(b'}');
    out
}
