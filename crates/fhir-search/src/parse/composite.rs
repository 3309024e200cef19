//! The values of composites: `code$value` (R4 search, section 3.1.1.4.17).

use super::refusal::{Refusal, shown};
use super::value::Values;
use crate::escape;
use crate::parameters::{Parameter, ParameterKind, ValueRules};
use crate::params::composite::{self, Last};
use crate::params::{ValueError, number, quantity, reference, string, token, uri};
use crate::query::{CompositeTest, Test};

impl Values<'_> {
    /// The values of a composite parameter.
    pub(super) fn composites(&self, parameter: &Parameter, value: &str) -> Result<Test, Refusal> {
        let mut tests = Vec::new();
        for alternative in self.alternatives(&parameter.code, value)? {
            self.composite(parameter, alternative, &mut tests)?;
        }
        Ok(Test::Composite(tests))
    }

    /// One value of a composite. A component with several meanings (a bare id) gives several tests.
    fn composite(
        &self,
        parameter: &Parameter,
        value: &str,
        tests: &mut Vec<CompositeTest>,
    ) -> Result<(), Refusal> {
        let parts = escape::split(value, '$');
        let components = &parameter.components;
        let (Some((last, others)), Some((last_part, other_parts))) =
            (components.split_last(), parts.split_last())
        else {
            return Ok(());
        };
        if parts.len() != components.len() {
            let (code, count, value) = (&parameter.code, components.len(), shown(value));
            return Err(Refusal::Invalid(format!(
                "'{code}' takes {count} values joined by '$', not '{value}'"
            )));
        }
        let refused = |error: ValueError| Refusal::Invalid(format!("'{}': {error}", parameter.code));
        let mut heads: Vec<Vec<i64>> = vec![Vec::new()];
        for (rules, part) in others.iter().zip(other_parts) {
            let hashes = self.equal(rules, part).map_err(refused)?;
            heads = heads
                .iter()
                .flat_map(|head| hashes.iter().map(move |hash| [head.as_slice(), &[*hash]].concat()))
                .collect();
        }
        for last in self.last(last, last_part).map_err(refused)? {
            tests.extend(heads.iter().map(|head| composite::test(head, last.clone(), self.hasher)));
        }
        if tests.len() > self.settings.limits.values {
            return Err(self.too_many(&parameter.code));
        }
        Ok(())
    }

    /// The hashes of a component that is compared for equality.
    fn equal(&self, rules: &ValueRules, value: &str) -> Result<Vec<i64>, ValueError> {
        match rules.kind {
            ParameterKind::Reference => {
                let targets = reference::parse(value, &rules.targets, &self.settings.own_base_urls)?;
                Ok(targets.iter().map(|target| reference::hash(target, self.hasher)).collect())
            }
            ParameterKind::Uri => Ok(vec![self.hasher.uri(&uri::parse(value)?)]),
            _ => Ok(vec![token::parse_component(value, rules.case_sensitive, self.hasher)?]),
        }
    }

    /// What the last component of a composite tests.
    fn last(&self, rules: &ValueRules, value: &str) -> Result<Vec<Last>, ValueError> {
        Ok(match rules.kind {
            ParameterKind::Date => vec![Last::Date(self.date(value)?)],
            ParameterKind::Number => vec![Last::Number(number::parse(value)?)],
            ParameterKind::Quantity => vec![Last::Number(quantity::parse(value, self.hasher)?)],
            ParameterKind::String => vec![Last::Text(string::parse_prefix(value)?)],
            _ => self.equal(rules, value)?.into_iter().map(Last::Equal).collect(),
        })
    }
}
