//! Links between the entries of a transaction: whatever names an entry by its `fullUrl` gets the address that the entry will
//! have (R4 HTTP 3.1.0.11.2), and conditional references get the address of their one match.

use std::collections::HashMap;
use std::ops::Range;

use fhir_model::Node;
use fhir_model::reference::{LinkKind, Reference, references};
use fhir_model::write::Replacements;
use fhir_search::parse::Scope;

use super::identity::Identities;
use crate::interactions::request::parse_query;
use crate::interactions::{Context, Error, search};

/// A range of a text, and what comes in its place.
type Edit = (Range<usize>, String);

/// Rewrites the links of one transaction; remembers the conditional references that it has resolved.
pub(super) struct Rewriter<'a> {
    context: &'a Context,
    identities: &'a Identities,
    resolved: HashMap<String, String>,
}

impl<'a> Rewriter<'a> {
    pub(super) fn new(context: &'a Context, identities: &'a Identities) -> Self {
        Self { context, identities, resolved: HashMap::new() }
    }

    /// The strings of a resource that change, with their new text. `full_url` is that of the resource's entry.
    pub(super) fn replacements(
        &mut self,
        resource: Node<'_>,
        full_url: Option<&str>,
    ) -> Result<Replacements, Error> {
        let mut changed = Replacements::new();
        let base = full_url.and_then(base_of);
        // Links of one narrative stand in one string: the edits are gathered, in order, and made together.
        let mut narratives: Vec<(Node<'_>, Vec<Edit>)> = Vec::new();
        for link in references(resource, self.context.registry.types()) {
            let address = match link.kind {
                LinkKind::Reference => self.reference(link.text, base)?,
                _ => self.identities.addresses.get(link.text).cloned(),
            };
            let Some(address) = address else { continue };
            let LinkKind::Narrative { start, end } = link.kind else {
                changed.insert(link.node.index(), address);
                continue;
            };
            match narratives.last_mut() {
                Some((node, edits)) if node.index() == link.node.index() => edits.push((start..end, address)),
                _ => narratives.push((link.node, vec![(start..end, address)])),
            }
        }
        for (node, edits) in narratives {
            changed.insert(node.index(), spliced(node.as_str().unwrap_or_default(), &edits));
        }
        Ok(changed)
    }

    fn reference(&mut self, text: &str, base: Option<&str>) -> Result<Option<String>, Error> {
        if let Some(address) = self.identities.addresses.get(text) {
            return Ok(Some(address.clone()));
        }
        match Reference::parse(text) {
            Reference::Conditional { resource_type, query } => {
                self.conditional(text, resource_type, query).map(Some)
            }
            // A relative reference means the entry whose fullUrl is made of the same base (R4 Bundle 2.36.4).
            Reference::Relative { .. } => {
                Ok(base.and_then(|base| self.identities.addresses.get(&format!("{base}/{text}"))).cloned())
            }
            _ => Ok(None),
        }
    }

    fn conditional(&mut self, text: &str, kind: &str, query: &str) -> Result<String, Error> {
        if let Some(address) = self.resolved.get(text) {
            return Ok(address.clone());
        }
        let pairs = parse_query(query.as_bytes())?;
        let mut query = search::parse(self.context, Scope::Type(kind), &pairs, false)?;
        query.count = 2;
        let page = self.context.store.search(&query, None)?;
        let failed = |matches| Error::ConditionalReference { reference: text.to_owned(), matches };
        match page.matches.as_slice() {
            [] => Err(failed("no")),
            [only] => {
                let address = format!("{}/{}", only.kind, only.id);
                self.resolved.insert(text.to_owned(), address.clone());
                Ok(address)
            }
            _ => Err(failed("several")),
        }
    }
}

/// The base of a fullUrl `[base]/Type/id`; none for urns.
fn base_of(full_url: &str) -> Option<&str> {
    match Reference::parse(full_url) {
        Reference::Absolute { base, .. } => Some(base.trim_end_matches('/')),
        _ => None,
    }
}

/// The text with some of its ranges changed; the edits are in the order of the text.
fn spliced(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len() + edits.len() * 16);
    let mut at = 0;
    for (range, address) in edits {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(address);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_of_a_narrative_do_not_disturb_each_other() {
        let edits = [(0..1, "xyz".to_owned()), (2..3, String::new())];
        assert_eq!(spliced("abcd", &edits), "xyzbd");
    }

    #[test]
    fn only_restful_full_urls_have_a_base() {
        assert_eq!(base_of("http://example.org/fhir/Patient/1"), Some("http://example.org/fhir"));
        assert_eq!(base_of("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"), None);
    }
}
