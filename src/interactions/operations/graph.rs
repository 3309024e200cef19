//! What resources refer to: the step from one resource to the next that `$everything` and `$document` are made of.

use fhir_model::Document;
use fhir_model::reference::{LinkKind, references};

use crate::interactions::{Context, Error, prepare};
use crate::store::Version;

/// Type and id of a resource of this server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) kind: Box<str>,
    pub(super) id: Box<str>,
}

impl Key {
    pub(super) fn of(version: &Version) -> Self {
        Self { kind: version.kind.clone(), id: version.id.clone() }
    }
}

/// The resources of this server that a stored version refers to, in the order of the document: by References, and by urls such as
/// those of attachments, which lead to Binaries.
pub(super) fn referred_by(context: &Context, version: &Version) -> Result<Vec<Key>, Error> {
    let document = parsed(version)?;
    let links = references(document.root(), context.registry.types());
    let followed = links.filter(|link| matches!(link.kind, LinkKind::Reference | LinkKind::Url));
    let targets = followed.filter_map(|link| prepare::local_target(context, link.text));
    let keys = targets.map(|(kind, id)| Key { kind: kind.into(), id: id.into() });
    Ok(keys.filter(|key| context.is_resource_type(&key.kind)).collect())
}

/// The resource of a stored version.
pub(super) fn parsed(version: &Version) -> Result<Document, Error> {
    Document::parse_bytes(version.body.clone())
        .map_err(|error| Error::Internal(format!("{}/{}: {error}", version.kind, version.id)))
}

/// The resource, if it is here now.
pub(super) fn existing(context: &Context, key: &Key) -> Result<Option<Version>, Error> {
    Ok(context.store.read(&key.kind, &key.id)?.filter(|version| !version.is_deleted()))
}
