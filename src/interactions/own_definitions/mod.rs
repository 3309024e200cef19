//! The OperationDefinitions of what this server offers: resources that nobody stored and nobody can change, beside those that clients
//! store. Made from the table of [operations](super::operations), so that they say what the server does.

mod definition;
mod search;

use std::collections::HashMap;

use fhir_definitions::Registry;
use fhir_model::primitive::instant_text;
use fhir_model::{Body, Document};

pub(super) use self::search::search;
use super::context::now_micros;
use super::operations::ALL;
use super::{Context, Error};
use crate::store::{Method, Version, WriteSet};

/// The type of all of them.
pub(super) const KIND: &str = "OperationDefinition";

/// All definitions of the server's, sorted by id.
pub(super) struct OwnDefinitions {
    versions: Vec<Version>,
}

impl OwnDefinitions {
    /// For each operation what this server takes, and the definition of R4 that it rests on.
    fn new(registry: &Registry) -> Result<Self, Error> {
        let since = now_micros();
        let mut documents = HashMap::new();
        for operation in ALL {
            let official = registry.operation_definition(operation.definition);
            if let Some(official) = official {
                documents.insert(last_segment(operation.definition).to_owned(), official.source().to_owned());
            }
            let own = definition::of(operation, official.map(|official| official.root()));
            documents.insert(definition::id(operation), own);
        }
        let version = |(id, text): (String, String)| Ok(version(&id, Document::parse(text)?, since));
        let mut versions: Vec<Version> = documents.into_iter().map(version).collect::<Result<_, Error>>()?;
        versions.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(Self { versions })
    }

    /// The definition of that id.
    fn of_id(&self, id: &str) -> Option<&Version> {
        let position = self.versions.binary_search_by(|version| (*version.id).cmp(id)).ok()?;
        self.versions.get(position)
    }
}

/// The server's own resource of that type and id, if there is one.
pub(super) fn find(context: &Context, kind: &str, id: &str) -> Result<Option<Version>, Error> {
    if kind == KIND { Ok(all(context)?.of_id(id).cloned()) } else { Ok(None) }
}

/// Refuses to write what is the server's own.
pub(super) fn refuse_writes(context: &Context, set: &WriteSet) -> Result<(), Error> {
    for write in set.writes.iter().filter(|write| &*write.kind == KIND) {
        if all(context)?.of_id(&write.id).is_some() {
            return Err(Error::ReadOnly { kind: write.kind.clone(), id: write.id.clone() });
        }
    }
    Ok(())
}

/// They are made when first asked for: a server starts without them.
fn all(context: &Context) -> Result<&OwnDefinitions, Error> {
    if let Some(made) = context.own_definitions.get() {
        return Ok(made);
    }
    let made = OwnDefinitions::new(&context.registry)?;
    Ok(context.own_definitions.get_or_init(|| made))
}

fn last_segment(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

/// The number of its version is a checksum, for it must be another one when another release of the server says something else.
fn version(id: &str, document: Document, since: i64) -> Version {
    let version = checksum(document.source().as_bytes());
    let body = Body::new(document.root(), id, None).stamp(version, &instant_text(since));
    Version { kind: KIND.into(), id: id.into(), version, last_updated: since, method: Method::Put, body }
}

/// FNV-1a with 32 bits: the same on every machine and in every release.
fn checksum(bytes: &[u8]) -> u64 {
    let sum =
        bytes.iter().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    u64::from(sum)
}
