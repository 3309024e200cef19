//! References by id alone, as in `subject=123`: if more than one resource can be meant, the search is refused (R4 search, 3.1.1.4.12).

use std::collections::BTreeMap;

use fhir_model::{Issue, IssueType};
use fhir_search::query::{Clause, Query, Total};

use super::{Context, Error};

/// The most resources looked at to see which of them have one of the ids.
const LOOKED_AT: usize = 1000;

/// Refuses a search in which an id alone could mean resources of several types.
pub(super) fn check(context: &Context, query: &Query) -> Result<(), Error> {
    let mut by_types: BTreeMap<&[Box<str>], Vec<Box<str>>> = BTreeMap::new();
    for bare in &query.bare_ids {
        by_types.entry(&bare.types).or_default().push(bare.id.clone());
    }
    let mut meant: BTreeMap<(&[Box<str>], Box<str>), Vec<String>> = BTreeMap::new();
    for (types, ids) in by_types {
        let page = context.store.search(&having_id(query, types, ids), None)?;
        for version in page.matches {
            let address = format!("{}/{}", version.kind, version.id);
            let addresses = meant.entry((types, version.id)).or_default();
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    let ambiguous = query.bare_ids.iter().filter_map(|bare| {
        let addresses = meant
            .get(&(bare.types.as_slice(), bare.id.clone()))
            .filter(|addresses| addresses.len() > 1)?
            .join(", ");
        let text = format!("'{}={}': the id alone can mean {addresses}; name the type", bare.name, bare.id);
        Some(Issue::error(IssueType::MultipleMatches, text))
    });
    let issues: Vec<Issue> = ambiguous.collect();
    if issues.is_empty() { Ok(()) } else { Err(Error::BadRequest(issues)) }
}

/// The search for the resources of some types that have one of the ids.
fn having_id(query: &Query, types: &[Box<str>], ids: Vec<Box<str>>) -> Query {
    Query {
        types: types.to_vec(),
        clauses: vec![Clause::Id(ids)],
        count: LOOKED_AT,
        sort: Vec::new(),
        total: Total::None,
        only_count: false,
        includes: Vec::new(),
        rev_includes: Vec::new(),
        bare_ids: Vec::new(),
        ..query.clone()
    }
}
