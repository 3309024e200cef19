//! transaction: all entries or none (R4 HTTP 3.1.0.11.2).
//!
//! Writes are given to the store in the order of the specification (DELETE, POST, PUT), as one set; reads are performed after
//! it, and see what was written.

use fhir_model::write::Replacements;
use fhir_patch::{Limits, Patch};

use super::identity::{Action, Identities, Identity};
use super::rewrite::Rewriter;
use super::{Entry, response_bundle};
use crate::interactions::conditional::retry_while_changing;
use crate::interactions::delete::deleted;
use crate::interactions::patch;
use crate::interactions::prepare::prepare;
use crate::interactions::provenance::write_with;
use crate::interactions::request::Returns;
use crate::interactions::update::taken;
use crate::interactions::{Context, Error, Interaction, Request, Response, dispatch};
use crate::store::{Change, Effect, Expected, Method, StoreError, Write, WriteSet, Written};

/// Performs a checked transaction Bundle.
pub(super) fn transaction(
    context: &Context,
    request: &Request,
    entries: &[Entry<'_>],
) -> Result<Response, Error> {
    let responses = retry_while_changing(|| attempt(context, request, entries))?;
    Ok(response_bundle("transaction-response", &request.base, responses.into_iter().map(Ok).collect()))
}

fn attempt(context: &Context, request: &Request, entries: &[Entry<'_>]) -> Result<Vec<Response>, Error> {
    let identities = Identities::resolve(context, entries)?;
    let mut rewriter = Rewriter::new(context, &identities);
    let mut writes = Vec::with_capacity(entries.len());
    for (entry, identity) in entries.iter().zip(&identities.of_entries) {
        if let Some(write) =
            write_of(context, request, entry, identity, &mut rewriter).map_err(|error| entry.error(error))?
        {
            writes.push((entry.index, write));
        }
    }
    writes.sort_by_key(|(_, write)| order(&write.change));
    let (places, writes): (Vec<usize>, Vec<Write>) = writes.into_iter().unzip();
    let set = WriteSet { checks: identities.checks.clone(), writes, enforce_integrity: context.enforces() };
    let written =
        write_with(context, request, set).map_err(|error| named(error, &places, entries, &identities))?;

    let mut results: Vec<Option<Written>> = entries.iter().map(|_| None).collect();
    for (place, result) in places.into_iter().zip(written) {
        if let Some(slot) = results.get_mut(place) {
            *slot = Some(result);
        }
    }
    let each = entries.iter().zip(&identities.of_entries).zip(results);
    each.map(|((entry, identity), result)| {
        response(context, request, entry, identity, result).map_err(|error| entry.error(error))
    })
    .collect()
}

fn write_of(
    context: &Context,
    outer: &Request,
    entry: &Entry<'_>,
    identity: &Identity,
    rewriter: &mut Rewriter<'_>,
) -> Result<Option<Write>, Error> {
    let (method, expected) = match identity.action {
        Action::Read | Action::Found | Action::Nothing => return Ok(None),
        Action::Patch(expected) => {
            return patch_of(context, outer, entry, identity, expected, rewriter).map(Some);
        }
        Action::Create => (Method::Post, Expected::New),
        Action::Update(expected) => (Method::Put, expected),
        Action::Delete(expected) => (Method::Delete, expected),
    };
    let change = match entry.resource {
        Some(resource) if method != Method::Delete => {
            let replacements: Replacements = rewriter.replacements(resource, entry.full_url)?;
            Change::Put(Box::new(prepare(context, resource, &identity.id, method, &replacements)?))
        }
        _ => Change::Delete,
    };
    let (kind, id) = (identity.kind.as_str().into(), identity.id.as_str().into());
    Ok(Some(Write { kind, id, expected, change }))
}

fn patch_of(
    context: &Context,
    outer: &Request,
    entry: &Entry<'_>,
    identity: &Identity,
    expected: Expected,
    rewriter: &mut Rewriter<'_>,
) -> Result<Write, Error> {
    let patch = match entry.resource {
        Some(resource) if resource.resource_type() == Some("Parameters") => {
            Patch::from_parameters(resource, context.registry.types(), Limits::default())?
        }
        _ => patch::parse(context, &entry.to_request(outer)?)?,
    };
    let (kind, id) = (&identity.kind, &identity.id);
    let (document, version) = patch::patched(context, &patch, kind, id, expected)?;
    context.validation.check(document.root())?;
    let replacements = rewriter.replacements(document.root(), entry.full_url)?;
    patch::write(context, document.root(), kind, id, version, &replacements)
}

/// DELETE before POST before PUT and PATCH.
fn order(change: &Change) -> u8 {
    match change {
        Change::Delete => 0,
        Change::Put(prepared) if prepared.method == Method::Post => 1,
        Change::Put(_) => 2,
    }
}

/// An error of the write with the entry that it is about.
fn named(error: Error, places: &[usize], entries: &[Entry<'_>], identities: &Identities) -> Error {
    let place = match &error {
        Error::Store(StoreError::DanglingReference { write, .. } | StoreError::Referenced { write, .. })
        | Error::BadDefinition { write, .. } => places.get(*write).copied(),
        Error::VersionConflict { kind, id, .. } | Error::ReadOnly { kind, id } => {
            places.iter().copied().find(|place| {
                let identity = identities.of_entries.get(*place);
                identity.is_some_and(|identity| *identity.kind == **kind && *identity.id == **id)
            })
        }
        _ => None,
    };
    match place.and_then(|place| Some((entries.get(place)?, identities.of_entries.get(place)?))) {
        Some((entry, identity)) => entry.error(match identity.action {
            Action::Update(expected) if entry.path.len() == 1 => taken(error, expected),
            _ => error,
        }),
        None => error,
    }
}

fn response(
    context: &Context,
    request: &Request,
    entry: &Entry<'_>,
    identity: &Identity,
    result: Option<Written>,
) -> Result<Response, Error> {
    match (identity.action, result) {
        (Action::Read, _) => {
            let request = entry.to_request(request)?;
            dispatch(context, &request, Interaction::of(context, &request)?)
        }
        (Action::Found, _) => {
            let version = context.store.read(&identity.kind, &identity.id)?.ok_or(Error::Contention)?;
            Ok(Response::written(version, Effect::Unchanged, request.prefer, Returns::Minimal, &[]))
        }
        (Action::Nothing, _) => Ok(deleted(0, Effect::Unchanged, request.prefer.returns)),
        (Action::Delete(_), Some(written)) => {
            Ok(deleted(written.version.version, written.effect, request.prefer.returns))
        }
        (_, Some(written)) => {
            Ok(Response::written(written.version, written.effect, request.prefer, Returns::Minimal, &[]))
        }
        (_, None) => Err(Error::Internal("a write without result".into())),
    }
}
