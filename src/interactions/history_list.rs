//! `_list` of a history: the versions that Lists name (R4 HTTP 3.1.0.12).

use fhir_model::reference::Reference;
use fhir_model::{Document, Node};

use super::{Context, Error};
use crate::store::Listed;

/// More items make a history too costly.
const MOST_ITEMS: usize = 10_000;

/// What the Lists named in `value`, by their ids, have as items. An item that names a version stands for that; one that does not,
/// for all versions of the resource. Items elsewhere have no history here.
pub(super) fn items(context: &Context, value: &str) -> Result<Vec<Listed>, Error> {
    let mut items = Vec::new();
    for id in value.split(',') {
        if id.starts_with('$') {
            let text =
                format!("_list={id}: lists by function are not kept by this server; name a List by its id");
            return Err(Error::BadParameter(text));
        }
        let id = id.strip_prefix("List/").unwrap_or(id);
        let list = context.store.read("List", id)?.filter(|list| !list.is_deleted());
        let list =
            list.ok_or_else(|| Error::bad_parameter("_list", id, "the id of a List of this server"))?;
        let document = Document::parse_bytes(list.body)?;
        let entries = document.root().get("entry").into_iter().flat_map(Node::each);
        let references = entries.filter_map(|entry| entry.get("item")?.get_str("reference"));
        items.extend(references.filter_map(|reference| item(reference, &context.limits.base_urls)));
        if items.len() > MOST_ITEMS {
            let text = format!("_list={value}: the Lists have more than {MOST_ITEMS} items");
            return Err(Error::BadParameter(text));
        }
    }
    Ok(items)
}

fn item(reference: &str, own_bases: &[String]) -> Option<Listed> {
    let (kind, id, version) = match Reference::parse(reference) {
        Reference::Relative { resource_type, id, version } => (resource_type, id, version),
        Reference::Absolute { base, resource_type, id, version }
            if own_bases.iter().any(|own| own == base) =>
        {
            (resource_type, id, version)
        }
        _ => return None,
    };
    let version = version.map(str::parse).transpose().ok()?;
    Some(Listed { kind: kind.into(), id: id.into(), version })
}
