//! The value of a parameter, alternatives and all, to a [`Clause`].

use std::cell::RefCell;

use fhir_model::primitive::identifiers::is_id;

use super::ParseSettings;
use super::clause::any;
use super::codes::Codes;
use super::modifier::Modifier;
use super::refusal::{Refusal, shown};
use crate::escape;
use crate::hash::KeyHasher;
use crate::keys::Target;
use crate::parameters::{Parameter, ParameterKind, Parameters};
use crate::params::{ValueError, date, near, number, quantity, reference, string, token, uri};
use crate::query::{BareId, Clause, Comparison, DateTest, Test, UriTest};

/// What the values of one query depend on.
pub(crate) struct Values<'a> {
    pub(super) parameters: &'a Parameters,
    pub(super) hasher: &'a KeyHasher,
    pub(super) settings: &'a ParseSettings,
    pub(super) codes: &'a dyn Codes,
    /// Microseconds since 1970.
    pub(super) now: i64,
    /// The references by id alone that were seen.
    pub(super) bare_ids: RefCell<Vec<BareId>>,
}

impl Values<'_> {
    /// `_id`
    pub(super) fn ids(&self, name: &str, value: &str) -> Result<Vec<Box<str>>, Refusal> {
        let ids = self.alternatives(name, value)?;
        let id = |id: &str| match is_id(id) {
            true => Ok(id.into()),
            false => Err(Refusal::Invalid(format!(
                "'{name}': '{}' is not an id, which has 1 to 64 of the characters A-Z, a-z, 0-9, '-' and '.'",
                shown(id)
            ))),
        };
        ids.into_iter().map(id).collect()
    }

    /// `_lastUpdated`
    pub(super) fn dates(&self, name: &str, value: &str) -> Result<Vec<DateTest>, Refusal> {
        self.each(name, value, |value| self.date(value))
    }

    /// The value of `:missing`.
    pub(super) fn flag(&self, name: &str, value: &str) -> Result<bool, Refusal> {
        match value {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Refusal::Invalid(format!(
                "'{name}:missing': expected true or false, not '{}'",
                shown(value)
            ))),
        }
    }

    /// Whether the resources wanted are those that do not fulfil the clause.
    pub(super) fn negates(
        &self,
        parameter: &Parameter,
        modifier: Option<Modifier<'_>>,
        value: &str,
    ) -> Result<bool, Refusal> {
        match modifier {
            Some(Modifier::Missing) => self.flag(&parameter.code, value),
            Some(Modifier::Not | Modifier::NotIn) => Ok(true),
            _ => Ok(false),
        }
    }

    /// The clause of a parameter, without the negation.
    pub(super) fn clause(
        &self,
        parameter: &Parameter,
        modifier: Option<Modifier<'_>>,
        value: &str,
    ) -> Result<Clause, Refusal> {
        let kind = parameter.value.kind;
        let test = match modifier {
            Some(Modifier::Missing) => return Ok(Clause::Present(parameter.id)),
            Some(modifier @ (Modifier::Above | Modifier::Below)) => match kind {
                ParameterKind::Reference => return self.hierarchy(parameter, modifier, value),
                ParameterKind::Uri => Test::Uri(self.urls(parameter, modifier, value)?),
                _ => self.subsumption(parameter, modifier, value)?,
            },
            Some(Modifier::In | Modifier::NotIn) => self.members(parameter, value)?,
            Some(Modifier::Text) => self.strings(parameter, string::Comparison::StartsWith, value)?,
            Some(Modifier::OfType) => Test::Token(
                self.each(&parameter.code, value, |value| token::parse_of_type(value, self.hasher))?,
            ),
            Some(Modifier::Identifier) => Test::Token(
                self.each(&parameter.code, value, |value| token::parse(value, true, self.hasher))?,
            ),
            None if &*parameter.code == "url" && value.contains('|') => {
                return self.canonicals(parameter, value);
            }
            _ => self.test(parameter, modifier, value)?,
        };
        Ok(Clause::Parameter { parameter: parameter.id, test })
    }

    /// The values of a parameter compared by the rules of its type.
    fn test(
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
                let mut targets = Vec::new();
                for alternative in self.alternatives(code, value)? {
                    targets.extend(self.targets(parameter, types, alternative)?);
                }
                Test::Reference(targets)
            }
            ParameterKind::Date if modifier == Some(Modifier::Overlap) => {
                Test::Date(self.each(code, value, |value| self.overlap(value))?)
            }
            ParameterKind::Date if modifier == Some(Modifier::Contain) => {
                Test::Date(self.each(code, value, |value| self.containing(value))?)
            }
            ParameterKind::Date => Test::Date(self.dates(code, value)?),
            ParameterKind::Number => Test::Quantity(self.each(code, value, number::parse)?),
            ParameterKind::Quantity => {
                Test::Quantity(self.each(code, value, |value| quantity::parse(value, hasher))?)
            }
            ParameterKind::String => match modifier {
                Some(Modifier::Other) => Test::String(self.each(code, value, string::parse_other)?.concat()),
                Some(Modifier::Initial(order)) => {
                    Test::String(self.each(code, value, |value| string::parse_initial(value, order))?)
                }
                _ => self.strings(parameter, comparison(modifier), value)?,
            },
            ParameterKind::Uri if modifier == Some(Modifier::Other) => {
                Test::Uri(self.each(code, value, |value| uri::parse(value).map(UriTest::Other))?)
            }
            ParameterKind::Uri => {
                Test::Uri(self.each(code, value, |value| uri::parse(value).map(UriTest::Equal))?)
            }
            ParameterKind::Composite => self.composites(parameter, value)?,
            ParameterKind::Special => Test::Near(self.each(code, value, near::parse)?),
        })
    }

    fn strings(
        &self,
        parameter: &Parameter,
        comparison: string::Comparison,
        value: &str,
    ) -> Result<Test, Refusal> {
        let tests =
            self.each(&parameter.code, value, |value| string::parse(value, comparison, self.hasher))?;
        Ok(Test::String(tests))
    }

    /// The urls of definitions, of which a part behind `|` is compared with the version (R4 search, section 3.1.1.4.9).
    fn canonicals(&self, parameter: &Parameter, value: &str) -> Result<Clause, Refusal> {
        let version = self.parameters.get(&parameter.resource_type, "version");
        let canonical = |alternative: &str| {
            let (url, version) = match (escape::split(alternative, '|').as_slice(), version) {
                ([url, text], Some(version)) => (*url, Some(self.clause(version, None, text)?)),
                _ => (alternative, None),
            };
            let test = Test::Uri(self.each(&parameter.code, url, |url| uri::parse(url).map(UriTest::Equal))?);
            let url = Clause::Parameter { parameter: parameter.id, test };
            Ok(version.map_or(url.clone(), |version| Clause::All(vec![url, version])))
        };
        let alternatives = self.alternatives(&parameter.code, value)?.into_iter();
        Ok(any(alternatives.map(canonical).collect::<Result<_, _>>()?))
    }

    /// `:above` and `:below` of uris, which only urls have.
    fn urls(
        &self,
        parameter: &Parameter,
        modifier: Modifier<'_>,
        value: &str,
    ) -> Result<Vec<UriTest>, Refusal> {
        let tests = self.each(&parameter.code, value, |value| match modifier {
            Modifier::Above => uri::parse_above(value),
            _ => uri::parse_below(value).map(|test| vec![test]),
        })?;
        let tests = tests.concat();
        let versioned = tests.iter().any(|test| matches!(test, UriTest::Version(_)));
        if versioned && &*parameter.code == "url" {
            return Err(Refusal::Unsupported(
                "'url:below': the version of a definition is a parameter of its own, 'version', which is compared as a whole; \
                 versions that go on from another are found in references to definitions"
                    .to_owned(),
            ));
        }
        Ok(tests)
    }

    /// What one value of a reference points to. An id alone is that of any of the types, if there are not too many.
    pub(super) fn targets(
        &self,
        parameter: &Parameter,
        types: &[Box<str>],
        value: &str,
    ) -> Result<Vec<Target>, Refusal> {
        let code = &parameter.code;
        let targets = reference::parse(value, types, &self.settings.own_base_urls)
            .map_err(|error| Refusal::Invalid(format!("'{code}': {error}")))?;
        if targets.len() > self.settings.limits.chain_targets {
            return Err(Refusal::Invalid(format!(
                "'{code}': '{value}' is ambiguous, as it can be the id of any of {} types; write Type/{value}",
                targets.len()
            )));
        }
        if let [Target::Resource { id, .. }, _, ..] = targets.as_slice() {
            let bare = BareId { name: code.clone(), id: id.clone(), types: types.to_vec() };
            self.bare_ids.borrow_mut().push(bare);
        }
        Ok(targets)
    }

    pub(super) fn date(&self, value: &str) -> Result<DateTest, ValueError> {
        date::parse(value, self.settings.default_offset_minutes, self.now)
    }

    /// A date without prefix whose period is contained: what overlaps its first and its last microsecond.
    fn containing(&self, value: &str) -> Result<DateTest, ValueError> {
        let DateTest { low, high, .. } = self.date(value)?;
        let (low, high) = (high.saturating_sub(1), low.saturating_add(1));
        Ok(DateTest { comparison: Comparison::Approximately, low, high })
    }

    /// A date without prefix whose period is overlapped.
    fn overlap(&self, value: &str) -> Result<DateTest, ValueError> {
        let test = self.date(value)?;
        Ok(DateTest { comparison: Comparison::Approximately, ..test })
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
    pub(super) fn alternatives<'v>(&self, code: &str, value: &'v str) -> Result<Vec<&'v str>, Refusal> {
        let alternatives = escape::split(value, ',');
        if alternatives.len() > self.settings.limits.values {
            return Err(self.too_many(code));
        }
        if alternatives.iter().any(|alternative| alternative.is_empty()) {
            return Err(Refusal::Invalid(format!("'{code}' has an empty value")));
        }
        Ok(alternatives)
    }

    pub(super) fn too_many(&self, code: &str) -> Refusal {
        let most = self.settings.limits.values;
        Refusal::TooCostly(format!("'{code}' may have {most} values"))
    }
}

/// How strings are compared.
fn comparison(modifier: Option<Modifier<'_>>) -> string::Comparison {
    match modifier {
        Some(Modifier::Exact) => string::Comparison::Exact,
        Some(Modifier::Contains) => string::Comparison::Contains,
        Some(Modifier::Ending) => string::Comparison::EndsWith,
        Some(Modifier::Whole) => string::Comparison::Whole,
        _ => string::Comparison::StartsWith,
    }
}
