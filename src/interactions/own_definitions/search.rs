//! Searches of a type of which the server has resources of its own: they come first, in the order of their ids, then the stored ones.
//! Each match is on one page, and a page has no more of them than was asked for; the last page of the server's own may be shorter.

use fhir_model::Document;
use fhir_search::keys::SearchKeys;
use fhir_search::matches::{Indexed, Population, matches};
use fhir_search::query::Query;

use super::{KIND, all};
use crate::interactions::{Context, Error};
use crate::store::{Cursor, SearchPage, Version};

/// Where a page begins.
enum Place {
    /// At that one of the matches among the server's own; behind them all: at the first stored match.
    Own(usize),
    /// In what is stored.
    Stored(Cursor),
}

impl Place {
    fn of(cursor: Option<&Cursor>) -> Result<Self, Error> {
        let refused = || Error::BadParameter("the page link is not one of this search".into());
        let Some(Cursor(bytes)) = cursor else { return Ok(Self::Own(0)) };
        match bytes.split_first() {
            Some((0, rest)) => {
                let bytes: [u8; 4] = rest.try_into().map_err(|_| refused())?;
                Ok(Self::Own(usize::try_from(u32::from_be_bytes(bytes)).map_err(|_| refused())?))
            }
            Some((1, rest)) => Ok(Self::Stored(Cursor(rest.to_vec()))),
            _ => Err(refused()),
        }
    }

    fn cursor(self) -> Cursor {
        match self {
            Self::Own(position) => {
                let position = u32::try_from(position).unwrap_or(u32::MAX).to_be_bytes();
                Cursor([&[0], position.as_slice()].concat())
            }
            Self::Stored(Cursor(bytes)) => Cursor([&[1], bytes.as_slice()].concat()),
        }
    }
}

/// Matches of a search of OperationDefinitions; its cursors are of this function.
pub(in crate::interactions) fn search(
    context: &Context,
    query: &Query,
    cursor: Option<&Cursor>,
) -> Result<SearchPage, Error> {
    let own = match query.types.iter().any(|kind| **kind == *KIND) {
        true => matching(context, query)?,
        // Only what others contain is searched, and these contain nothing.
        false => Vec::new(),
    };
    let page = query.count.max(1);
    let last_own = own.len().saturating_sub(1) / page * page;
    let place = Place::of(cursor)?;
    let stored = match &place {
        Place::Stored(cursor) => context.store.search(query, Some(cursor))?,
        Place::Own(_) => context.store.search(query, None)?,
    };
    let is_there = !stored.matches.is_empty();
    let last = match stored.last.clone() {
        Some(cursor) => Some(Place::Stored(cursor)),
        None if is_there => Some(Place::Own(own.len())),
        None => (!own.is_empty()).then_some(Place::Own(last_own)),
    };
    let total = stored.total.map(|total| total + own.len() as u64);
    let behind_own = |previous: Option<Cursor>| match previous {
        Some(cursor) => Some(Place::Stored(cursor)),
        None => (!own.is_empty()).then_some(Place::Own(last_own)),
    };
    let (previous, next, stored) = match place {
        Place::Own(position) if position < own.len() && !query.only_count => {
            let end = (position + page).min(own.len());
            let matches = own.get(position..end).unwrap_or_default().to_vec();
            let previous = (position > 0).then(|| Place::Own(position.saturating_sub(page)));
            let next = (end < own.len() || is_there).then_some(Place::Own(end));
            (previous, next, SearchPage { matches, ..SearchPage::default() })
        }
        _ => {
            let next = stored.next.clone().map(Place::Stored);
            (behind_own(stored.previous.clone()), next, stored)
        }
    };
    Ok(SearchPage {
        total,
        previous: previous.map(Place::cursor),
        next: next.map(Place::cursor),
        last: last.map(Place::cursor),
        ..stored
    })
}

/// The server's own definitions with their keys; chains among them can be followed.
struct Own<'a> {
    indexed: Vec<(&'a Version, SearchKeys)>,
}

impl Own<'_> {
    fn iter(&self) -> impl Iterator<Item = (&Version, Indexed<'_>)> {
        self.indexed.iter().map(|(version, keys)| {
            let Version { kind, id, last_updated, .. } = version;
            (*version, Indexed { kind, id, last_updated: *last_updated, keys })
        })
    }
}

impl Population for Own<'_> {
    fn find(&self, kind: &str, id: &str) -> Option<Indexed<'_>> {
        self.iter().map(|(_, indexed)| indexed).find(|indexed| indexed.kind == kind && indexed.id == id)
    }

    fn of_type<'a>(&'a self, kind: &'a str) -> Box<dyn Iterator<Item = Indexed<'a>> + 'a> {
        Box::new(self.iter().map(|(_, indexed)| indexed).filter(move |_| kind == KIND))
    }
}

fn matching(context: &Context, query: &Query) -> Result<Vec<Version>, Error> {
    let state = context.search_state();
    let keys = |version| -> Result<(&Version, SearchKeys), Error> {
        let document = Document::parse_bytes(Version::clone(version).body)?;
        Ok((version, state.extractor.extract(document.root())))
    };
    let indexed = all(context)?.versions.iter().map(keys).collect::<Result<_, _>>()?;
    let own = Own { indexed };
    let fulfils = |indexed| query.clauses.iter().all(|clause| matches(clause, indexed, &own));
    Ok(own.iter().filter(|(_, indexed)| fulfils(*indexed)).map(|(version, _)| version.clone()).collect())
}
