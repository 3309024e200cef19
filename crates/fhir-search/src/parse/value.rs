//! The value of a parameter, alternatives and all, to a [`Test`].

use fhir_model::primitive::identifiers::is_id;

use super::modifier::Modifier;
use super::{ParseSettings, Refusal};
use crate::escape;
use crate::hash::KeyHasher;
use crate::parameters::{Parameter, ParameterKind, ValueRules};
use crate::params::composite::{self, Last};
use crate::params::{ValueError, date, number, quantity, reference, string, token, uri};
use crate::query::{CompositeTest, DateTest, Test, UriTest};

/// What the values of one query depend on.
pub(crate) struct Values<'a> {
    pub(crate) hasher: &'a KeyHasher,
    pub(crate) settings: &'a ParseSettings,
    pub(crate) now: i64,
}

impl Values<'_> {
    /// `_id`
    pub(crate) fn ids(&self, value: &str) -> Result<Vec<Box<str>>, Refusal> {
        let ids = self.alternatives("_id", value)?;
        let id = |id: &str| match is_id(id) {
            true => Ok(id.into()),
            false => Err(Refusal::Invalid(
                "'_id': an id has 1 to 64 of the characters A-Z, a-z, 0-9, '-' and '.'".into(),
            )),
        };
        ids.into_iter().map(id).collect()
    }

    /// `_lastUpdated`
    pub(crate) fn dates(&self, name: &str, value: &str) -> Result<Vec<DateTest>, Refusal> {
        self.each(name, value, |value| self.date(value))
    }

    /// The values of a parameter.
    pub(crate) fn test(
        &self,
        parameter: &Parameter,
        modifier: Option<Modifier<'_>>,
        value: &str,
    ) -> Result<Test, Refusal> {
        let (code, rules, hasher) = (&*parameter.code, &parameter.value, self.hasher);
        Ok(match rules.kind {
            ParameterKind::Token => Test::Token(
                self.each(code, value, |value| token::parse(value, rules.case_sensitive, hasher))?,
            ),
            ParameterKind::Reference => {
                let named = match modifier {
                    Some(Modifier::Type(kind)) => Some([kind.into()]),
                    _ => None,
                };
                let types = named.as_ref().map_or(rules.targets.as_slice(), |named| named);
                let own = &self.settings.own_base_urls;
                let targets = self.each(code, value, |value| reference::parse(value, types, own))?;
                Test::Reference(targets.into_iter().flatten().collect())
            }
            ParameterKind::Date => Test::Date(self.dates(code, value)?),
            ParameterKind::Number => Test::Quantity(self.each(code, value, number::parse)?),
            ParameterKind::Quantity => {
                Test::Quantity(self.each(code, value, |value| quantity::parse(value, hasher))?)
            }
            ParameterKind::String => {
                let comparison = match modifier {
                    Some(Modifier::Exact) => string::Comparison::Exact,
                    Some(Modifier::Contains) => string::Comparison::Contains,
                    _ => string::Comparison::StartsWith,
                };
                Test::String(self.each(code, value, |value| string::parse(value, comparison, hasher))?)
            }
            ParameterKind::Uri => {
                Test::Uri(self.each(code, value, |value| uri::parse(value).map(UriTest::Equal))?)
            }
            ParameterKind::Composite => {
                let mut tests = Vec::new();
                for alternative in self.alternatives(code, value)? {
                    self.composite(parameter, alternative, &mut tests)?;
                }
                Test::Composite(tests)
            }
            ParameterKind::Special => {
                return Err(Refusal::Unsupported(format!("'{code}' is not searched by yet")));
            }
        })
    }

    /// One value of a composite: `code$value`. A component with several meanings (a bare id) gives several tests.
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
            let (code, count) = (&parameter.code, components.len());
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

    fn date(&self, value: &str) -> Result<DateTest, ValueError> {
        date::parse(value, self.settings.default_offset_minutes, self.now)
    }

    /// Parses each alternative.
    fn each<T>(
        &self,
        code: &str,
        value: &str,
        parse: impl Fn(&str) -> Result<T, ValueError>,
    ) -> Result<Vec<T>, Refusal> {
        let refused = |error: ValueError| Refusal::Invalid(format!("'{code}': {error}"));
        self.alternatives(code, value)?.into_iter().map(|value| parse(value).map_err(refused)).collect()
    }

    /// The values joined by commas.
    fn alternatives<'v>(&self, code: &str, value: &'v str) -> Result<Vec<&'v str>, Refusal> {
        let alternatives = escape::split(value, ',');
        if alternatives.len() > self.settings.limits.values {
            return Err(self.too_many(code));
        }
        if alternatives.iter().any(|alternative| alternative.is_empty()) {
            return Err(Refusal::Invalid(format!("'{code}' has an empty value")));
        }
        Ok(alternatives)
    }

    fn too_many(&self, code: &str) -> Refusal {
        let most = self.settings.limits.values;
        Refusal::TooCostly(format!("'{code}' may have {most} values"))
    }
}
