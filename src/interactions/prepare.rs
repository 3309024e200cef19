//! From the bytes of a client to a version ready to be stored: parse, check, rewrite, extract. All of it happens before the
//! store is asked, on as many threads as there are.

use fhir_model::reference::{LinkKind, Reference, references};
use fhir_model::write::{Replacements, write};
use fhir_model::xml::{self, XmlProblem};
use fhir_model::{Body, Document, Issue, IssueType, Node};

use super::request::Media;
use super::{Context, Error, Request};
use crate::config::Integrity;
use crate::store::{LocalReference, Method, Prepared, relational};

/// The resource in the body of a request, in JSON or XML.
pub(super) fn parse_any(context: &Context, request: &Request) -> Result<Document, Error> {
    match request.media {
        Media::Json => Ok(Document::parse_bytes(request.body.clone())?),
        Media::Xml => {
            let text =
                std::str::from_utf8(&request.body).map_err(|error| Error::NotUtf8(error.valid_up_to()))?;
            let read = xml::to_document(text, context.registry.types(), xml::Limits::default())?;
            if read.problems.is_empty() {
                return Ok(read.document);
            }
            Err(Error::Invalid(read.problems.iter().map(XmlProblem::issue).collect()))
        }
        patch => Err(Error::UnsupportedMediaType(patch.name().to_owned())),
    }
}

/// The resource in the body of a request, which must be of the type in the address.
pub(super) fn parse(context: &Context, request: &Request, kind: &str) -> Result<Document, Error> {
    if request.body.is_empty() {
        return Err(Error::NoBody(kind.to_owned()));
    }
    let document = parse_any(context, request)?;
    match document.root().resource_type() {
        Some(found) if found == kind => Ok(document),
        Some(found) => Err(Error::WrongType { expected: kind.to_owned(), found: found.to_owned() }),
        None => {
            Err(Error::WrongType { expected: kind.to_owned(), found: "value without resourceType".into() })
        }
    }
}

/// Makes a checked resource ready to be stored as `kind/id`.
///
/// With `replacements` the resource is written and parsed once more, so that keys, references and rows are taken from what
/// will be stored.
pub(super) fn prepare(
    context: &Context,
    resource: Node<'_>,
    id: &str,
    method: Method,
    replacements: &Replacements,
) -> Result<Prepared, Error> {
    if replacements.is_empty() {
        return prepare_final(context, resource, id, method);
    }
    let mut rewritten = Vec::with_capacity(1024);
    write(resource, Some(replacements), &mut rewritten);
    prepare_final(context, Document::parse_bytes(rewritten)?.root(), id, method)
}

fn prepare_final(context: &Context, resource: Node<'_>, id: &str, method: Method) -> Result<Prepared, Error> {
    let search = context.search_state();
    Ok(Prepared {
        method,
        body: Body::new(resource, id, None),
        keys: search.extractor.extract(resource),
        generation: search.generation,
        references: local_references(context, resource),
        rows: relational::rows(resource, &context.limits.base_urls),
    })
}

/// The references that lead nowhere, as the setting `integrity` judges them.
pub(super) fn dangling(context: &Context, resource: Node<'_>) -> Result<Vec<Issue>, Error> {
    if context.limits.integrity == Integrity::Off {
        return Ok(Vec::new());
    }
    let mut issues = Vec::new();
    for LocalReference { kind, id, expression } in local_references(context, resource) {
        if context.store.read(&kind, &id)?.is_none_or(|version| version.is_deleted()) {
            let text = format!("the reference {kind}/{id} points to a resource that is not on this server");
            let issue = match context.enforces() {
                true => Issue::error(IssueType::NotFound, text),
                false => Issue::warning(IssueType::NotFound, text),
            };
            issues.push(issue.at(expression));
        }
    }
    Ok(issues)
}

/// The literal references to resources of this server; each target once.
fn local_references(context: &Context, resource: Node<'_>) -> Vec<LocalReference> {
    let mut found: Vec<LocalReference> = Vec::new();
    for link in references(resource, context.registry.types()) {
        if link.kind != LinkKind::Reference {
            continue;
        }
        let Some((kind, id)) = local_target(context, link.text) else { continue };
        if !found.iter().any(|other| &*other.kind == kind && &*other.id == id) {
            let expression = link.path();
            found.push(LocalReference { kind: kind.into(), id: id.into(), expression });
        }
    }
    found
}

/// Type and id of the resource of this server that a literal reference is to, whether it exists or not.
pub(super) fn local_target<'a>(context: &Context, reference: &'a str) -> Option<(&'a str, &'a str)> {
    match Reference::parse(reference) {
        Reference::Relative { resource_type, id, .. } => Some((resource_type, id)),
        Reference::Absolute { base, resource_type, id, .. } if is_own(context, base) => {
            Some((resource_type, id))
        }
        _ => None,
    }
}

fn is_own(context: &Context, base: &str) -> bool {
    let base = base.trim_end_matches('/');
    context.limits.base_urls.iter().any(|own| own.trim_end_matches('/') == base)
}
