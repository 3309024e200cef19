//! The expansion that a value set ships with: its members as its publisher computed them.

use fhir_model::Node;
use foldhash::HashMap;

use super::DisplayByCode;

/// An expansion, for look-ups by system and code.
#[derive(Debug, Default)]
pub(crate) struct Expansion {
    pub(crate) codes: HashMap<Box<str>, DisplayByCode>,
    /// Whether all members are listed, so that what is not listed is none.
    pub(crate) is_closed: bool,
}

impl Expansion {
    /// Reads `ValueSet.expansion`. It is taken as closed only if it counts as many entries as its total and nothing in it
    /// tells of more: a page of a longer list, an expansion that was too costly, one of an unclosed set.
    pub(crate) fn parse(node: Node<'_>) -> Self {
        let mut expansion = Self::default();
        let entries = expansion.add(node.get("contains"), 0);
        let total = node.get("total").and_then(Node::as_number).and_then(|total| total.parse::<usize>().ok());
        let each = |member: &str| node.get(member).into_iter().flat_map(Node::each);
        let is_partial = each("parameter").any(tells_of_more) || each("extension").any(tells_of_more);
        expansion.is_closed = entries.is_some() && total == entries && !is_partial;
        expansion
    }

    /// Whether the expansion lists a code; without a system, of any system.
    pub(crate) fn contains(&self, system: Option<&str>, code: &str) -> bool {
        match system {
            Some(system) => self.codes.get(system).is_some_and(|codes| codes.contains_key(code)),
            None => self.codes.values().any(|codes| codes.contains_key(code)),
        }
    }

    /// Adds entries and those under them, and counts those with a code; `None` if they cannot be read. An entry that
    /// only groups others (`abstract`, or without a code) is no member.
    fn add(&mut self, contains: Option<Node<'_>>, level: usize) -> Option<usize> {
        const MOST_LEVELS: usize = 64;
        if level > MOST_LEVELS {
            return None;
        }
        let mut entries = 0;
        for node in contains.into_iter().flat_map(Node::each) {
            if let Some(code) = node.get_str("code") {
                entries += 1;
                if node.get("abstract").and_then(Node::as_bool) != Some(true) {
                    let codes = self.codes.entry(node.get_str("system")?.into()).or_default();
                    codes.insert(code.into(), node.get_str("display").map(Into::into));
                }
            }
            entries += self.add(node.get("contains"), level + 1)?;
        }
        Some(entries)
    }
}

/// Whether a parameter or extension of an expansion tells that there are more members than are listed.
fn tells_of_more(node: Node<'_>) -> bool {
    let name = node.get_str("name").or_else(|| node.get_str("url")).unwrap_or_default();
    let is_true = || node.get("valueBoolean").and_then(Node::as_bool) == Some(true);
    match name.rsplit('/').next().unwrap_or_default() {
        "offset" => node.get("valueInteger").and_then(Node::as_number).is_some_and(|offset| offset != "0"),
        "incomplete" | "limitedExpansion" | "valueset-unclosed" | "valueset-toocostly" => is_true(),
        _ => false,
    }
}
