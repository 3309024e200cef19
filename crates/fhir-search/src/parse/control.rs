//! The parameters that shape the result rather than select resources (R4 search, section 3.1.1.5).

use super::ParseSettings;
use fhir_model::projection::ElementTree;

use super::clause::split;
use super::contained::{ContainedSearch, Returned, Searched};
use super::include;
use super::refusal::{Refusal, shown};
use super::sort;
use crate::parameters::Parameters;
use crate::query::{Query, Summary, Total};

/// A result parameter as it is written, with its values for the documentation.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    apply: Apply,
    pub(crate) values: &'static str,
}

/// How a value is applied.
type Apply = fn(&mut Controls<'_>, &str) -> Result<(), Refusal>;

/// The result parameters that may be given once and take no modifier.
pub(crate) const RESULT: &[Row] = &[
    Row {
        name: "_count",
        apply: |controls, value| controls.count(value),
        values: "matches on a page; a number greater than the maximum is lowered to it, and the `self` link says so. `0` only counts",
    },
    Row {
        name: "_sort",
        apply: |controls, value| controls.sort(value),
        values: "parameters, `_id` and `_lastUpdated`, joined by commas, with `-` for descending. Resources without a value come last \
                 both ways; of several values the first in the order asked for counts. Composites have no order. A search of several \
                 types is sorted by parameters that all of them have and whose values compare",
    },
    Row {
        name: "_total",
        apply: |controls, value| controls.total(value),
        values: "`none`, `estimate`, `accurate`; an estimate is exact too",
    },
    Row {
        name: "_summary",
        apply: |controls, value| controls.summary(value),
        values: "`true`, `text`, `data`, `count`, `false`; not with `_elements`, and `text` not with includes",
    },
    Row {
        name: "_elements",
        apply: |controls, value| controls.elements(value),
        values: "names of elements, or paths into them, joined by commas: `birthDate`, `name.given`; a choice of types is `value` or `valueQuantity`",
    },
    Row {
        name: "_contained",
        apply: |controls, value| controls.contained(value),
        values: "`false`, `true` (contained resources only), `both`; see [Contained resources](#contained-resources)",
    },
    Row {
        name: "_containedType",
        apply: |controls, value| controls.contained_type(value),
        values: "`container` (what contains the matches, each once) or `contained` (the contained resources themselves)",
    },
    Row { name: "_format", apply: |_, _| Ok(()), values: "how the response is written" },
    Row { name: "_pretty", apply: |_, _| Ok(()), values: "whether the response is indented" },
];

/// The parameters that say how a result is given, each with its values: `_count`, `_sort`.
pub fn result_parameters() -> impl Iterator<Item = (&'static str, &'static str)> {
    RESULT.iter().map(|row| (row.name, row.values))
}

/// Gathers the result parameters of one query.
pub(crate) struct Controls<'a> {
    parameters: &'a Parameters,
    settings: &'a ParseSettings,
    query: Query,
    contained: ContainedSearch,
    /// Those given so far.
    seen: Vec<&'static str>,
}

impl<'a> Controls<'a> {
    pub(crate) fn new(parameters: &'a Parameters, settings: &'a ParseSettings, types: Vec<Box<str>>) -> Self {
        let query = Query::matching(types, Vec::new(), settings.default_count.min(settings.max_count));
        Self { parameters, settings, query, contained: ContainedSearch::default(), seen: Vec::new() }
    }

    /// Applies a result parameter and gives its value as it is applied; `None` when the name is not one.
    pub(crate) fn apply(&mut self, name: &str, value: &str) -> Option<Result<String, Refusal>> {
        let (code, modifier) = split(name);
        let applied = match RESULT.iter().find(|row| row.name == code) {
            Some(row) => self.once(row, modifier, value),
            None if code == "_include" => self.include(modifier, value, false),
            None if code == "_revinclude" => self.include(modifier, value, true),
            None => return None,
        };
        let count = self.query.count;
        Some(applied.map(|()| {
            // A count that was brought down is told as it is applied, so that the self link is true.
            let lowered = code == "_count" && !self.query.only_count && value.parse() != Ok(count);
            if lowered { count.to_string() } else { value.to_owned() }
        }))
    }

    /// What is said of contained resources.
    pub(crate) fn contained_search(&self) -> ContainedSearch {
        self.contained
    }

    /// The query, with everything but the clauses filled in; or why its parameters contradict each other.
    pub(crate) fn finish(self) -> Result<Query, Refusal> {
        let query = self.query;
        let includes = !query.includes.is_empty() || !query.rev_includes.is_empty();
        match query.summary {
            Summary::False => Ok(query),
            _ if !query.elements.is_empty() => Err(Refusal::Invalid(
                "'_summary' and '_elements' both say which elements are wanted; give one of them".to_owned(),
            )),
            Summary::Text if includes => Err(Refusal::Invalid(
                "'_summary=text' cannot be given together with '_include' or '_revinclude'".to_owned(),
            )),
            _ => Ok(query),
        }
    }

    fn once(&mut self, row: &'static Row, modifier: Option<&str>, value: &str) -> Result<(), Refusal> {
        let code = row.name;
        if let Some(modifier) = modifier {
            let text = format!("'{code}' takes no modifier, and so not ':{}'", shown(modifier));
            return Err(Refusal::Unsupported(text));
        }
        if self.seen.contains(&code) {
            return Err(Refusal::Invalid(format!("'{code}' may be given only once")));
        }
        self.seen.push(code);
        (row.apply)(self, value)
    }

    fn count(&mut self, value: &str) -> Result<(), Refusal> {
        let well_formed = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        if !well_formed {
            return Err(Refusal::Invalid(format!(
                "'_count': expected a whole number, not '{}'",
                shown(value)
            )));
        }
        match value.parse::<usize>() {
            Ok(0) => self.query.only_count = true,
            // A number that is too large for a machine is too large for a page.
            count => self.query.count = count.unwrap_or(usize::MAX).min(self.settings.max_count),
        }
        Ok(())
    }

    fn total(&mut self, value: &str) -> Result<(), Refusal> {
        self.query.total = match value {
            "none" => Total::None,
            // An estimate may be exact.
            "accurate" | "estimate" => Total::Accurate,
            _ => return Err(expected("_total", "none, estimate or accurate", value)),
        };
        Ok(())
    }

    fn summary(&mut self, value: &str) -> Result<(), Refusal> {
        match value {
            "count" => self.query.only_count = true,
            "false" => {}
            "true" => self.query.summary = Summary::True,
            "text" => self.query.summary = Summary::Text,
            "data" => self.query.summary = Summary::Data,
            _ => return Err(expected("_summary", "true, text, data, count or false", value)),
        }
        Ok(())
    }

    fn elements(&mut self, value: &str) -> Result<(), Refusal> {
        if value.split(',').count() > self.settings.limits.values {
            return Err(Refusal::TooCostly("'_elements' has too many names".to_owned()));
        }
        let kinds: Vec<&str> = self.query.types.iter().map(|kind| &**kind).collect();
        let paths: Vec<&str> = value.split(',').collect();
        ElementTree::parse(self.parameters.types(), &kinds, &paths)
            .map_err(|error| Refusal::Invalid(format!("'_elements': {error}")))?;
        self.query.elements = paths.into_iter().map(Into::into).collect();
        Ok(())
    }

    fn contained(&mut self, value: &str) -> Result<(), Refusal> {
        self.contained.searched = match value {
            "false" => Searched::Uncontained,
            "true" => Searched::Contained,
            "both" => Searched::Both,
            _ => return Err(expected("_contained", "false, true or both", value)),
        };
        Ok(())
    }

    fn contained_type(&mut self, value: &str) -> Result<(), Refusal> {
        self.contained.returned = match value {
            "container" => Returned::Containers,
            "contained" => Returned::Contained,
            _ => return Err(expected("_containedType", "container or contained", value)),
        };
        Ok(())
    }

    fn sort(&mut self, value: &str) -> Result<(), Refusal> {
        if value.split(',').count() > self.settings.limits.parameters {
            return Err(Refusal::TooCostly("'_sort' has too many keys".to_owned()));
        }
        let keys = value.split(',').map(|key| sort::key(self.parameters, &self.query.types, key));
        self.query.sort = keys.collect::<Result<_, _>>()?;
        Ok(())
    }

    fn include(&mut self, modifier: Option<&str>, value: &str, reverse: bool) -> Result<(), Refusal> {
        let iterate = match modifier {
            None => false,
            // The name of `iterate` before R4.
            Some("iterate" | "recurse") => true,
            Some(other) => {
                let other = shown(other);
                let text = format!("the modifier ':{other}' of includes is not supported, only ':iterate'");
                return Err(Refusal::Unsupported(text));
            }
        };
        let types = &self.query.types;
        let includes = include::parse(self.parameters, types, value, iterate, reverse)?;
        let known = if reverse { &mut self.query.rev_includes } else { &mut self.query.includes };
        for include in includes {
            if !known.contains(&include) {
                known.push(include);
            }
        }
        Ok(())
    }
}

fn expected(name: &str, values: &str, value: &str) -> Refusal {
    Refusal::Invalid(format!("'{name}': expected {values}, not '{}'", shown(value)))
}
