//! `$document`: a Composition with everything it refers to, as a document (R4 Composition operation document; R4 documents).
//!
//! What the Composition refers to itself must be here, or there is no document. What that refers to in turn is in the document as far
//! as it is here. Documents that the Composition relates to are no part of it. The entries follow the references breadth first, so
//! the same resources make the same order.

use std::collections::{HashSet, VecDeque};

use fhir_model::primitive::instant_text;
use fhir_model::reference::{LinkKind, Reference, references};
use fhir_model::write::Replacements;
use fhir_model::{Document, Issue, IssueType, Node};

use super::definition::{Call, Level, Operation, Parameter, Target};
use super::graph::{Key, existing, parsed, referred_by};
use crate::interactions::context::now_micros;
use crate::interactions::create::new_id;
use crate::interactions::request::Returns;
use crate::interactions::search_bundle::resource_members;
use crate::interactions::{Error, Response, prepare, read};
use crate::store::{Change, Expected, Method, Version, Write, WriteSet};

pub(super) static DOCUMENT: Operation = Operation {
    name: "document",
    definition: "http://hl7.org/fhir/OperationDefinition/Composition-document",
    levels: &[Level::Type, Level::Instance],
    types: &["Composition"],
    by_get: true,
    changes_data: true,
    parameters: &[Parameter::once("id", "uri"), Parameter::once("persist", "boolean")],
    takes_search: false,
    returns: Some("Bundle"),
    perform: document,
};

/// Resources in a document at most: references may lead far.
const MOST: usize = 5000;

fn document(call: &Call<'_>) -> Result<Response, Error> {
    let persist = call.inputs.flag("persist")?;
    let composition = read::current(call.context, "Composition", composition_id(call)?)?;
    let resources = assembled(call, composition)?;
    let bundle = bundle(&call.request.base, &resources);
    if persist { store(call, bundle) } else { Ok(Response::resource(bundle)) }
}

/// The id of the Composition: in the address, or in the parameter `id` as an id or as the address of a Composition here.
fn composition_id<'a>(call: &'a Call<'_>) -> Result<&'a str, Error> {
    match (call.target, call.inputs.text("id")?) {
        (Target::Instance { id, .. }, None) => Ok(id),
        (Target::Instance { .. }, Some(_)) => {
            Err(Error::BadParameter("id is not for the document of a Composition in the address".into()))
        }
        (_, None) => Err(Error::BadParameter("$document needs the parameter id".into())),
        (_, Some(id)) if !id.contains('/') => Ok(id),
        (_, Some(id)) => match prepare::local_target(call.context, id) {
            Some(("Composition", id)) => Ok(id),
            _ => Err(Error::bad_parameter("id", id, "the id or address of a Composition of this server")),
        },
    }
}

/// The Composition and all that it refers to.
fn assembled(call: &Call<'_>, composition: Version) -> Result<Vec<Version>, Error> {
    let first = parsed(&composition)?;
    let mut seen = HashSet::from([Key::of(&composition)]);
    let mut resources = vec![composition];
    let mut open = VecDeque::new();
    let mut missing = Vec::new();
    for (target, link, expression) in own_references(call, first.root()) {
        match target {
            Some(key) if seen.contains(&key) => {}
            Some(key) => match existing(call.context, &key)? {
                Some(version) => {
                    seen.insert(key);
                    open.push_back(version);
                }
                None => missing.push((link, expression)),
            },
            None => missing.push((link, expression)),
        }
    }
    if !missing.is_empty() {
        let issue = |(link, expression): (&str, String)| {
            let text = format!("the document needs {link}, which is not on this server");
            Issue::error(IssueType::NotFound, text).at(expression)
        };
        return Err(Error::Unprocessable(missing.into_iter().map(issue).collect()));
    }
    while let Some(version) = open.pop_front() {
        for key in referred_by(call.context, &version)? {
            if !seen.contains(&key)
                && let Some(further) = existing(call.context, &key)?
            {
                seen.insert(key);
                open.push_back(further);
            }
        }
        resources.push(version);
        if resources.len() + open.len() > MOST {
            let text = format!("the document would have more than {MOST} resources");
            return Err(Error::Unprocessable(vec![Issue::error(IssueType::TooCostly, text)]));
        }
    }
    Ok(resources)
}

/// The references of the Composition: the resource here that each is to, if it is to one here, the reference, and where it stands.
fn own_references<'a>(call: &Call<'_>, composition: Node<'a>) -> Vec<(Option<Key>, &'a str, String)> {
    let links = references(composition, call.context.registry.types());
    let links = links.filter(|link| {
        link.kind == LinkKind::Reference && !matches!(Reference::parse(link.text), Reference::Fragment(_))
    });
    let described = links.map(|link| {
        let target = prepare::local_target(call.context, link.text);
        let target = target.map(|(kind, id)| Key { kind: kind.into(), id: id.into() });
        (target, link.text, link.path())
    });
    described.filter(|(.., path)| !path.starts_with("Composition.relatesTo")).collect()
}

fn bundle(base: &str, resources: &[Version]) -> Vec<u8> {
    let head = format!(
        "{{\"resourceType\":\"Bundle\",\"identifier\":{{\"system\":\"urn:ietf:rfc:3986\",\"value\":\"urn:uuid:{}\"}},\"type\":\"document\",\"timestamp\":\"{}\",\"entry\":[",
        new_id(),
        instant_text(now_micros()),
    );
    let mut out = head.into_bytes();
    for (position, version) in resources.iter().enumerate() {
        out.extend_from_slice(if position == 0 { b"{" } else { b",{" });
        resource_members(base, version, &mut out);
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
    out
}

/// Stores the document as a Bundle.
fn store(call: &Call<'_>, bundle: Vec<u8>) -> Result<Response, Error> {
    let context = call.context;
    let document = Document::parse_bytes(bundle)?;
    let remarks = context.validation.check(document.root())?;
    let id = new_id();
    let prepared = prepare::prepare(context, document.root(), &id, Method::Post, &Replacements::new())?;
    let write = Write {
        kind: "Bundle".into(),
        id: id.into(),
        expected: Expected::New,
        change: Change::Put(Box::new(prepared)),
    };
    let set = WriteSet { writes: vec![write], enforce_integrity: context.enforces(), ..WriteSet::default() };
    let written = context.write_one(set)?;
    let (version, effect) = (written.version, written.effect);
    Ok(Response::written(version, effect, call.request.prefer, Returns::Representation, &remarks))
}
