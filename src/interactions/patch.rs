//! patch, of a resource or of the one that a search finds (R4 HTTP 3.1.0.6): JSON Patch, XML Patch and FHIRPath Patch.

use fhir_model::write::Replacements;
use fhir_model::{Document, Node};
use fhir_patch::{Limits, Patch, PatchFormat};

use super::conditional::{self, retry_while_changing};
use super::provenance::write_one_with;
use super::request::{Media, Returns};
use super::update::expected;
use super::{Context, Error, Request, Response, prepare, read};
use crate::store::{Change, Expected, Method, StoreError, Write, WriteSet, Written};

/// Patches the resource under the id in the address.
pub(super) fn patch(context: &Context, request: &Request, kind: &str, id: &str) -> Result<Response, Error> {
    let patch = parse(context, request)?;
    retry_while_changing(|| attempt(context, request, &patch, (kind, id), WriteSet::default()))
}

/// Patches the one resource that the search in the address finds; none is 404, several are 412.
pub(super) fn conditional_patch(context: &Context, request: &Request, kind: &str) -> Result<Response, Error> {
    let patch = parse(context, request)?;
    retry_while_changing(|| {
        let resolved = conditional::resolve_pairs(context, kind, &request.query)?;
        let id = resolved.existing.ok_or_else(|| Error::NoMatch {
            kind: kind.to_owned(),
            condition: conditional::condition_text(&request.query),
        })?;
        let set = WriteSet { checks: vec![resolved.check], ..WriteSet::default() };
        attempt(context, request, &patch, (kind, &id), set)
    })
}

fn attempt(
    context: &Context,
    request: &Request,
    patch: &Patch,
    (kind, id): (&str, &str),
    mut set: WriteSet,
) -> Result<Response, Error> {
    let wanted = expected(&request.conditions)?;
    let (document, version) = patched(context, patch, kind, id, wanted)?;
    let remarks = context.validation.check(document.root())?;
    set.writes.push(write(context, document.root(), kind, id, version, &Replacements::new())?);
    set.enforce_integrity = context.enforces();
    let written = write_over(context, request, set, wanted)?;
    Ok(Response::written(written.version, written.effect, request.prefer, Returns::Representation, &remarks))
}

/// Writes a change of one resource over the version that was changed; `wanted` is what the client expects of that version.
pub(super) fn write_over(
    context: &Context,
    request: &Request,
    set: WriteSet,
    wanted: Expected,
) -> Result<Written, Error> {
    match write_one_with(context, request, set) {
        // Somebody else was faster. Who does not say which version is meant gets the change applied to the newest.
        Err(Error::VersionConflict { .. }) if wanted == Expected::Any => {
            Err(StoreError::ConditionChanged.into())
        }
        written => written,
    }
}

/// The current version of a resource with the patch applied, and the number of that version.
pub(super) fn patched(
    context: &Context,
    patch: &Patch,
    kind: &str,
    id: &str,
    wanted: Expected,
) -> Result<(Document, u64), Error> {
    let current = read::current_if(context, kind, id, wanted)?;
    let document = Document::parse_bytes(current.body)?;
    let result = patch.apply(document.root(), context.registry.types(), Limits::default())?;
    Ok((result, current.version))
}

/// The write of a patched resource over the version that was patched.
pub(super) fn write(
    context: &Context,
    resource: Node<'_>,
    kind: &str,
    id: &str,
    version: u64,
    replacements: &Replacements,
) -> Result<Write, Error> {
    let prepared = prepare::prepare(context, resource, id, Method::Patch, replacements)?;
    let change = Change::Put(Box::new(prepared));
    Ok(Write { kind: kind.into(), id: id.into(), expected: Expected::Version(version), change })
}

/// The patch in the body of a request.
pub(super) fn parse(context: &Context, request: &Request) -> Result<Patch, Error> {
    let format = match request.media {
        Media::JsonPatch => PatchFormat::JsonPatch,
        Media::XmlPatch => PatchFormat::XmlPatch,
        Media::Json => PatchFormat::FhirPathJson,
        Media::Xml => PatchFormat::FhirPathXml,
        Media::GraphQl => return Err(Error::UnsupportedMediaType(request.media.name().to_owned())),
    };
    let text = std::str::from_utf8(&request.body).map_err(|error| Error::NotUtf8(error.valid_up_to()))?;
    Ok(Patch::parse(format, text, context.registry.types(), Limits::default())?)
}
