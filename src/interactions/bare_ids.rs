//! References by id alone, as in `subject=123`: if more than one resource can be meant, the search is refused (R4 search, 3.1.1.4.12).

use std::collections::BTreeMap;

use fhir_model::{Issue, IssueType};
use fhir_search::query::{Clause, Query};

use super::{Context, Error};

/// The most resources looked at to see which of them have one of the ids.
const LOOKED_AT: usize = 1000;

/// Refuses a search in which an id alone could mean resources of several types.
pub(super) fn check(context: &Context, query: &Query) -> Result<(), Error> {
    let mut by_types: BTreeMap<&[Box<str>], Vec<Box<str>>> = BTreeMap::new();
    for bare in &query.bare_ids {
        by_types.entry(&bare.types).or_default().push(bare.id.clone());
    }
    let mut issues = Vec::new();
    for (types, ids) in by_types {
        let page =
            context.store.search(&Query::matching(types.to_vec(), vec![Clause::Id(ids)], LOOKED_AT), None)?;
        for bare in query.bare_ids.iter().filter(|bare| bare.types == types) {
            let meant = page.matches.iter().filter(|version| version.id == bare.id);
            let addresses: Vec<String> =
                meant.map(|version| format!("{}/{}", version.kind, version.id)).collect();
            if addresses.len() > 1 {
                let (name, id, addresses) = (&bare.name, &bare.id, addresses.join(", "));
                let text = format!("'{name}={id}': the id alone can mean {addresses}; name the type");
                issues.push(Issue::error(IssueType::MultipleMatches, text));
            }
        }
    }
    if issues.is_empty() { Ok(()) } else { Err(Error::BadRequest(issues)) }
}
