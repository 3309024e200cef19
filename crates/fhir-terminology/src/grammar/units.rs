//! Units of measure: UCUM, as the crate `octofhir-ucum` reads it.

use std::sync::{PoisonError, RwLock};

use foldhash::HashMap;

/// How many units are remembered: more than anyone uses, few enough that made-up ones do not fill the memory.
const MOST_REMEMBERED: usize = 4096;

/// Longer units are not looked at.
const LONGEST: usize = 256;

/// Units that were asked for, since to parse one takes microseconds.
#[derive(Debug, Default)]
pub(crate) struct Units {
    known: RwLock<HashMap<Box<str>, bool>>,
}

impl Units {
    /// Whether a code is a unit: right by the syntax of UCUM and made of its atoms and prefixes.
    pub(crate) fn is_unit(&self, code: &str) -> bool {
        if code.len() > LONGEST {
            return false;
        }
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(code) {
            return *known;
        }
        let is_unit = octofhir_ucum::validate(code).is_ok();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST_REMEMBERED {
            known.insert(code.into(), is_unit);
        }
        is_unit
    }

    /// Whether a unit measures the same as another: the filter `canonical = m` of value sets.
    pub(crate) fn is_comparable(&self, code: &str, other: &str) -> bool {
        self.is_unit(code)
            && self.is_unit(other)
            && octofhir_ucum::is_comparable(code, other).unwrap_or(false)
    }
}
