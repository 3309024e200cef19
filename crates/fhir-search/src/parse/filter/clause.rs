//! From a filter to a condition.

use super::grammar::{self, Comparison, Filter, Step};
use super::operator::Operator;
use crate::escape;
use crate::parameters::{Parameter, ParameterKind};
use crate::parse::chain::Rest;
use crate::parse::clause::{Clauses, all, any, split};
use crate::parse::refusal::Refusal;
use crate::parse::special::{self, Special};
use crate::query::Clause;

/// Names that stand for code systems, for convenience.
const SYSTEMS: [(&str, &str); 4] = [
    ("loinc", "http://loinc.org"),
    ("snomed", "http://snomed.info/sct"),
    ("rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    ("ucum", "http://unitsofmeasure.org"),
];

/// The condition of a filter on resources of these types.
pub(crate) fn clause(clauses: &Clauses<'_>, types: &[Box<str>], text: &str) -> Result<Clause, Refusal> {
    let limits = &clauses.settings.limits;
    let filter = grammar::parse(text, limits.filter_levels, limits.clauses).map_err(|problem| {
        Refusal::Invalid(format!("'_filter', character {}: {}", problem.at, problem.text))
    })?;
    clauses.filter(types, &filter, limits.chain_links)
}

impl Clauses<'_> {
    /// A filter with at most `links` links of chains on each of its paths.
    fn filter(&self, types: &[Box<str>], filter: &Filter, links: usize) -> Result<Clause, Refusal> {
        let each = |filters: &[Filter]| {
            filters.iter().map(|filter| self.filter(types, filter, links)).collect::<Result<Vec<_>, _>>()
        };
        match filter {
            Filter::All(filters) => each(filters).map(all),
            Filter::Any(filters) => each(filters).map(any),
            Filter::Not(filter) => {
                self.filter(types, filter, links).map(|clause| Clause::Not(Box::new(clause)))
            }
            Filter::Test(test) => self.compared(types, test, links).map_err(|refusal| placed(refusal, test)),
        }
    }

    /// A test. What an operator denies it denies of all values that the path leads to.
    fn compared(&self, types: &[Box<str>], test: &Comparison, links: usize) -> Result<Clause, Refusal> {
        let Some((first, rest)) = test.path.split_first() else { return Ok(Clause::Any(Vec::new())) };
        let path = Path { name: &first.name, filter: first.filter.as_deref(), rest };
        let clause = self.path(types, path, test, links)?;
        Ok(if test.operator.negates(&test.value) { Clause::Not(Box::new(clause)) } else { clause })
    }

    fn path(
        &self,
        types: &[Box<str>],
        path: Path<'_>,
        test: &Comparison,
        links: usize,
    ) -> Result<Clause, Refusal> {
        if let Some(rest) = path.name.strip_prefix("_has:") {
            let (source, code, name) = special::has_parts(rest)?;
            let links = self.follow(links)?;
            let next = |types: &[Box<str>]| self.path(types, Path { name, ..path }, test, links);
            return self.has(types, source, code, Rest { text: name, next: &next });
        }
        let Some((following, rest)) = path.rest.split_first() else {
            return self.value(types, path.name, test);
        };
        if path.filter.is_some() {
            self.check_brackets(types, path.name)?;
        }
        let links = self.follow(links)?;
        let next = |types: &[Box<str>]| {
            let following = Path { name: &following.name, filter: following.filter.as_deref(), rest };
            let value = self.path(types, following, test, links)?;
            match path.filter {
                Some(filter) => Ok(Clause::All(vec![self.filter(types, filter, links)?, value])),
                None => Ok(value),
            }
        };
        self.chain(types, path.name, Rest { text: &following.name, next: &next })
    }

    /// Brackets stand behind references. The names with which the specification asks for values within one element, such as
    /// `characteristic` of Group, are no parameters that can lead anywhere.
    fn check_brackets(&self, types: &[Box<str>], name: &str) -> Result<(), Refusal> {
        let (code, _) = split(name);
        let found = types.iter().filter_map(|kind| self.parameters.get(kind, code));
        match found.into_iter().find(|parameter| parameter.value.kind != ParameterKind::Reference) {
            None => Ok(()),
            Some(parameter) => {
                let kind = parameter.value.kind.code();
                Err(Refusal::Unsupported(format!(
                    "'{code}' is a {kind} parameter, and only references can have a filter in brackets; for values that occur \
                     together use a composite parameter, such as characteristic-value eq code$value"
                )))
            }
        }
    }

    /// The test of the parameter at the end of a path.
    fn value(&self, types: &[Box<str>], code: &str, test: &Comparison) -> Result<Clause, Refusal> {
        let Comparison { operator, value, .. } = test;
        if *operator == Operator::Present && !matches!(value.as_str(), "true" | "false") {
            return Err(Refusal::Invalid(format!("'{code} pr' takes true or false")));
        }
        if let Some(special) = Special::of(code) {
            return self.special_value(special, code, test);
        }
        self.tested(types, code, &mut |parameter| {
            let kind = parameter.value.kind;
            let fitting = operator.on(kind);
            let (modifier, before) =
                fitting.map_err(|reason| Refusal::Unsupported(format!("'{code}': {reason}")))?;
            let value = format!("{before}{}", escape::whole(&full(kind, value)));
            let clause = self.values.clause(parameter, modifier, &value)?;
            match (operator, kind) {
                (Operator::NotEqual, ParameterKind::Token) => other_token(parameter, clause),
                _ => Ok(clause),
            }
        })
    }

    /// `_id` and `_lastUpdated`, which every resource has once.
    fn special_value(&self, special: Special, code: &str, test: &Comparison) -> Result<Clause, Refusal> {
        self.spend()?;
        let value = escape::whole(&test.value);
        match (special, test.operator) {
            (Special::Id | Special::LastUpdated, Operator::Present) => Ok(Clause::All(Vec::new())),
            (Special::Id, Operator::Equal) => self.values.ids(code, &value).map(Clause::Id),
            (Special::Id, Operator::NotEqual) => {
                self.values.ids(code, &value).map(|ids| Clause::Not(Box::new(Clause::Id(ids))))
            }
            (Special::LastUpdated, operator) => {
                let fitting = operator.on(ParameterKind::Date);
                let (modifier, before) =
                    fitting.map_err(|reason| Refusal::Unsupported(format!("'{code}': {reason}")))?;
                if modifier.is_some() {
                    return Err(Refusal::Unsupported(format!(
                        "'{code}' is a moment, which overlaps and contains no period; use eq"
                    )));
                }
                self.values.dates(code, &format!("{before}{value}")).map(Clause::LastUpdated)
            }
            (Special::Id, _) => {
                Err(Refusal::Unsupported(format!("'{code}' takes the operators eq, ne and pr in a filter")))
            }
            _ => Err(Refusal::Unsupported(format!(
                "'{code}' cannot stand in a filter; give it as a parameter of its own"
            ))),
        }
    }
}

/// That the value of a parameter is another than the one that `equal` finds. Tokens are indexed as hashes of all ways to write
/// them, which do not tell the values apart.
fn other_token(parameter: &Parameter, equal: Clause) -> Result<Clause, Refusal> {
    if parameter.repeats {
        let code = &parameter.code;
        return Err(Refusal::Unsupported(format!(
            "'{code}': the operator 'ne' asks for a value that is another, and a resource can have several here, which the index \
             does not tell apart; write not ({code} eq ...)"
        )));
    }
    Ok(Clause::All(vec![Clause::Present(parameter.id), Clause::Not(Box::new(equal))]))
}

/// What is left of a path.
#[derive(Clone, Copy)]
struct Path<'a> {
    name: &'a str,
    filter: Option<&'a Filter>,
    rest: &'a [Step],
}

/// A value with its system written in full.
fn full(kind: ParameterKind, value: &str) -> String {
    let system_first = match (kind, value.split_once('|')) {
        (ParameterKind::Token, Some((system, code))) => Some(("", system, code)),
        (ParameterKind::Quantity, Some((number, unit))) => {
            unit.split_once('|').map(|(system, code)| (number, system, code))
        }
        _ => None,
    };
    let known = system_first.and_then(|(number, system, code)| {
        let (_, url) = SYSTEMS.iter().find(|(name, _)| *name == system)?;
        let separator = if number.is_empty() { "" } else { "|" };
        Some(format!("{number}{separator}{url}|{code}"))
    });
    known.unwrap_or_else(|| value.to_owned())
}

/// A refusal that says where in the filter its test is; one of a test within brackets says so already.
fn placed(refusal: Refusal, test: &Comparison) -> Refusal {
    refusal.with(|text| {
        if text.starts_with("'_filter'") { text } else { format!("'_filter', character {}: {text}", test.at) }
    })
}
