//! Codes that only a terminology knows: the members of value sets, and what subsumes what (R4 search, section 3.1.1.4.10).

use super::modifier::Modifier;
use super::refusal::{Refusal, shown};
use super::value::Values;
use crate::escape;
use crate::parameters::Parameter;
use crate::params::token;
use crate::query::Test;

/// A terminology as searches need it. The errors are the rest of a sentence: why the codes cannot be listed.
pub trait Codes: Send + Sync {
    /// System and code of all members of a value set, by its canonical url; never an incomplete list.
    ///
    /// # Errors
    /// Where the value set is not known, cannot be listed, or has more than `most` members.
    fn expand(&self, value_set: &str, most: usize) -> Result<Vec<(String, String)>, String>;

    /// The codes that a code subsumes, itself included.
    ///
    /// # Errors
    /// Where the code or the hierarchy of its system is not known, or there are more than `most` codes.
    fn descendants(&self, system: &str, code: &str, most: usize) -> Result<Vec<String>, String>;

    /// The codes that subsume a code, itself included.
    ///
    /// # Errors
    /// As for [`descendants`](Codes::descendants).
    fn ancestors(&self, system: &str, code: &str, most: usize) -> Result<Vec<String>, String>;
}

/// A terminology that knows nothing.
pub(super) struct NoCodes;

impl Codes for NoCodes {
    fn expand(&self, _: &str, _: usize) -> Result<Vec<(String, String)>, String> {
        Err("there is no terminology here".to_owned())
    }

    fn descendants(&self, _: &str, _: &str, _: usize) -> Result<Vec<String>, String> {
        Err("there is no terminology here".to_owned())
    }

    fn ancestors(&self, _: &str, _: &str, _: usize) -> Result<Vec<String>, String> {
        Err("there is no terminology here".to_owned())
    }
}

impl Values<'_> {
    /// `:in` and `:not-in`: the members of value sets.
    pub(super) fn members(&self, parameter: &Parameter, value: &str) -> Result<Test, Refusal> {
        let most = self.settings.limits.codes;
        let mut hashes = Vec::new();
        for value_set in self.alternatives(&parameter.code, value)? {
            let url = escape::unescape(value_set).unwrap_or_default();
            let codes = self.codes.expand(&url, most).map_err(|reason| {
                let (code, url) = (&parameter.code, shown(value_set));
                Refusal::Unsupported(format!(
                    "'{code}': the value set '{url}' cannot be searched by: {reason}"
                ))
            })?;
            hashes.extend(codes.iter().flat_map(|(system, code)| self.hashes(parameter, system, code)));
        }
        self.listed(parameter, hashes)
    }

    /// `:above` and `:below` of tokens: what subsumes a concept, or is subsumed by it.
    pub(super) fn subsumption(
        &self,
        parameter: &Parameter,
        modifier: Modifier<'_>,
        value: &str,
    ) -> Result<Test, Refusal> {
        let most = self.settings.limits.codes;
        let mut hashes = Vec::new();
        for concept in self.alternatives(&parameter.code, value)? {
            let refused = || {
                Refusal::Invalid(format!(
                    "'{}': expected a concept as system|code, not '{}'",
                    parameter.code,
                    shown(concept)
                ))
            };
            let (system, code) = match escape::split(concept, '|').as_slice() {
                [system, code] if !system.is_empty() && !code.is_empty() => (
                    escape::unescape(system).ok_or_else(refused)?,
                    escape::unescape(code).ok_or_else(refused)?,
                ),
                _ => return Err(refused()),
            };
            let codes = match modifier {
                Modifier::Above => self.codes.ancestors(&system, &code, most),
                _ => self.codes.descendants(&system, &code, most),
            };
            let codes = codes.map_err(|reason| {
                let (parameter, concept) = (&parameter.code, shown(concept));
                Refusal::Unsupported(format!("'{parameter}': '{concept}' has no known hierarchy: {reason}"))
            })?;
            hashes.extend(codes.iter().flat_map(|code| self.hashes(parameter, &system, code)));
        }
        self.listed(parameter, hashes)
    }

    /// The forms in which a code is indexed.
    fn hashes(&self, parameter: &Parameter, system: &str, code: &str) -> [i64; 2] {
        token::coded(system, code, parameter.value.case_sensitive, self.hasher)
    }

    fn listed(&self, parameter: &Parameter, mut hashes: Vec<i64>) -> Result<Test, Refusal> {
        hashes.sort_unstable();
        hashes.dedup();
        let most = self.settings.limits.codes;
        if hashes.len() > most.saturating_mul(2) {
            let code = &parameter.code;
            return Err(Refusal::TooCostly(format!(
                "'{code}' would be compared with more than {most} codes"
            )));
        }
        Ok(Test::Token(hashes))
    }
}
