//! What tokens with `:in`, `:not-in`, `:above` and `:below` mean.

use std::collections::BTreeMap;

use fhir_model::Node;
use fhir_terminology::Membership;

use crate::escape;
use crate::oracle::Oracle;
use crate::refusal::Refusal;
use crate::select::Datum;
use crate::token::{self, System};

/// What a coding must be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wanted {
    /// In this value set.
    In(String),
    /// Of this system, with one of these codes.
    OneOf(String, Vec<String>),
}

impl Wanted {
    /// The value of `:in` and `:not-in`.
    pub(crate) fn value_set(oracle: &Oracle, value: &str) -> Result<Self, Refusal> {
        /// A set with more codes is refused.
        const MOST: usize = 10_000;
        let url = escape::plain(value)?;
        match oracle.terminology.codes(&url, MOST) {
            Some(_) => Ok(Self::In(url)),
            None => Refusal::unsupported(format!("the codes of {url} cannot be listed")),
        }
    }

    /// The value of `:above` and `:below`: a concept, and what subsumes it or is subsumed by it.
    pub(crate) fn hierarchy(oracle: &Oracle, value: &str, below: bool) -> Result<Self, Refusal> {
        let parts = escape::split(value, '|');
        let [system, code] = parts.as_slice() else {
            return Refusal::invalid(format!("'{value}' is no concept"));
        };
        let (system, code) = (escape::plain(system)?, escape::plain(code)?);
        if system.is_empty() || code.is_empty() {
            return Refusal::invalid(format!("'{value}' is not system|code"));
        }
        let document = oracle.registry.code_system(&system);
        let document = document.ok_or_else(|| Refusal::Unsupported(format!("{system} is not known")))?;
        let parents = parents(document.root());
        if !parents.contains_key(&code) {
            return Refusal::unsupported(format!("{system} has no code {code}"));
        }
        let codes = match below {
            true => parents.keys().filter(|known| above(&parents, known).contains(&code)).cloned().collect(),
            false => above(&parents, &code),
        };
        Ok(Self::OneOf(system, codes))
    }

    /// Whether a coding passes.
    pub(crate) fn fits(&self, oracle: &Oracle, datum: &Datum<'_>) -> bool {
        token::read(datum).into_iter().any(|token| {
            let (System::Known(system), Some(code)) = (token.system, token.code) else { return false };
            match self {
                Self::In(url) => {
                    let mut listed =
                        oracle.terminology.codes(url, usize::MAX).unwrap_or_default().into_iter();
                    let is_member =
                        oracle.terminology.membership(url, Some(system), code) == Membership::Member;
                    // Codes are compared without case, whatever the value set says.
                    is_member || listed.any(|known| known.system == system && same(known.code, code))
                }
                Self::OneOf(wanted, codes) => wanted == system && codes.iter().any(|known| same(known, code)),
            }
        })
    }
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// The code and all that stand above it.
fn above(parents: &BTreeMap<String, Vec<String>>, code: &str) -> Vec<String> {
    let (mut found, mut next) = (Vec::new(), vec![code.to_owned()]);
    while let Some(code) = next.pop() {
        if !found.contains(&code) {
            next.extend(parents.get(&code).into_iter().flatten().cloned());
            found.push(code);
        }
    }
    found
}

/// The codes of a code system, each with those right above it: by nesting, or by the properties that say so.
fn parents(code_system: Node<'_>) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    collect(code_system, None, &mut found);
    found
}

fn collect(node: Node<'_>, parent: Option<&str>, found: &mut BTreeMap<String, Vec<String>>) {
    for concept in node.get("concept").into_iter().flat_map(Node::each) {
        let Some(code) = concept.get_str("code") else { continue };
        let properties = concept.get("property").into_iter().flat_map(Node::each);
        let named = properties.filter_map(|property| match property.get_str("code")? {
            "subsumedBy" | "parent" => property.get_str("valueCode"),
            _ => None,
        });
        let above = parent.into_iter().chain(named).map(str::to_owned);
        found.entry(code.to_owned()).or_default().extend(above);
        collect(concept, Some(code), found);
    }
}
