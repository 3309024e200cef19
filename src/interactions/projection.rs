//! `_summary` and `_elements`: answers that hold part of each resource (R4 search, 3.1.1.5.8 and 3.1.1.5.9).

use fhir_model::Document;
use fhir_model::projection::{ElementTree, Projection};
use fhir_model::types::TypeModel;
use fhir_search::contained;
use fhir_search::parse::Scope;
use fhir_search::query::{Query, Summary};

use super::{Context, Error, Request, search};
use crate::store::Version;

/// The parameters that ask for part of a resource.
const PARAMETERS: [&str; 2] = ["_summary", "_elements"];

/// Leaves of resources what a request asks for.
pub(super) struct Projector<'c> {
    types: &'c TypeModel,
    projection: Projection,
}

impl<'c> Projector<'c> {
    /// What a search asks for; `None` if it wants the whole resources.
    pub(super) fn of_search(context: &'c Context, query: &Query) -> Result<Option<Self>, Error> {
        let types: &TypeModel = context.registry.types();
        let projection = match query.summary {
            Summary::False if query.elements.is_empty() => return Ok(None),
            Summary::False => Projection::Elements(elements(types, query)?),
            Summary::True => Projection::Summary,
            Summary::Text => Projection::Text,
            Summary::Data => Projection::Data,
        };
        Ok(Some(Self { types, projection }))
    }

    /// What a read or a history of resources in `scope` asks for; `None` if it wants the whole resources.
    pub(super) fn of_request(
        context: &'c Context,
        request: &Request,
        scope: Scope<'_>,
    ) -> Result<Option<Self>, Error> {
        let wanted = request.query.iter().filter(|(name, _)| PARAMETERS.contains(&name.as_str()));
        let pairs: Vec<_> = wanted.cloned().collect();
        if pairs.is_empty() {
            return Ok(None);
        }
        let query = search::parse(context, scope, &pairs, request.prefer.lenient)?;
        if query.only_count {
            return Err(Error::bad_parameter("_summary", "count", "true, text, data or false"));
        }
        Self::of_search(context, &query)
    }

    /// Leaves of a stored version what is wanted. A deletion has nothing to leave.
    pub(super) fn project(&self, version: &mut Version) -> Result<(), Error> {
        if version.is_deleted() {
            return Ok(());
        }
        let whole = Document::parse_bytes(std::mem::take(&mut version.body))
            .map_err(|error| Error::Internal(format!("{}/{}: {error}", version.kind, version.id)))?;
        let mut part = Vec::with_capacity(whole.source().len() / 2);
        self.projection.write(self.types, whole.root(), &mut part);
        version.body = part;
        Ok(())
    }
}

fn elements(types: &TypeModel, query: &Query) -> Result<ElementTree, Error> {
    let kinds = query.types.iter().map(|kind| contained::resource_type(kind).unwrap_or(kind));
    let kinds: Vec<&str> = kinds.collect();
    let paths: Vec<&str> = query.elements.iter().map(|path| &**path).collect();
    ElementTree::parse(types, &kinds, &paths)
        .map_err(|error| Error::BadParameter(format!("'_elements': {error}")))
}
