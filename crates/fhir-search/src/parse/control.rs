//! The parameters that shape the result rather than select resources (R4 search, section 3.1.1.6).

use super::include;
use super::{ParseSettings, Refusal};
use crate::parameters::{ParameterKind, Parameters};
use crate::query::{Query, Sort, SortBy, Summary, Total};

/// Gathers the result parameters of one query.
pub(crate) struct Controls<'a> {
    parameters: &'a Parameters,
    settings: &'a ParseSettings,
    resource_type: &'a str,
    query: Query,
    /// Those given so far that may be given only once.
    seen: Vec<&'static str>,
}

/// The value as it is applied.
type Applied = Result<String, Refusal>;

impl<'a> Controls<'a> {
    pub(crate) fn new(
        parameters: &'a Parameters,
        settings: &'a ParseSettings,
        resource_type: &'a str,
    ) -> Self {
        let query = Query {
            types: vec![resource_type.into()],
            clauses: Vec::new(),
            sort: Vec::new(),
            count: settings.default_count.min(settings.max_count),
            total: Total::None,
            only_count: false,
            summary: Summary::False,
            elements: Vec::new(),
            includes: Vec::new(),
            rev_includes: Vec::new(),
            applied: Vec::new(),
            ignored: Vec::new(),
        };
        Self { parameters, settings, resource_type, query, seen: Vec::new() }
    }

    /// Applies a result parameter; `None` when the name is not one.
    pub(crate) fn apply(&mut self, name: &str, value: &str) -> Option<Applied> {
        let (code, modifier) = match name.split_once(':') {
            Some((code, modifier)) => (code, Some(modifier)),
            None => (name, None),
        };
        let applied = match (code, modifier) {
            ("_include", _) => self.include(modifier, value, false),
            ("_revinclude", _) => self.include(modifier, value, true),
            ("_count", None) => self.once("_count", value, Self::count),
            ("_sort", None) => self.once("_sort", value, Self::sort),
            ("_total", None) => self.once("_total", value, Self::total),
            ("_summary", None) => self.once("_summary", value, Self::summary),
            // How a response is written is not the search's business.
            ("_format" | "_pretty", None) => Ok(()),
            ("_count" | "_sort" | "_total" | "_summary" | "_format" | "_pretty", Some(modifier)) => {
                Err(Refusal::Unsupported(format!("'{code}' takes no modifier, and so not ':{modifier}'")))
            }
            _ => return None,
        };
        let count = self.query.count;
        Some(applied.map(|()| {
            // A count that was brought down is told as it is applied, so that the self link is true.
            let lowered = code == "_count" && !self.query.only_count && value.parse() != Ok(count);
            if lowered { count.to_string() } else { value.to_owned() }
        }))
    }

    /// The query, with everything but the clauses filled in.
    pub(crate) fn finish(self) -> Query {
        self.query
    }

    fn once(
        &mut self,
        code: &'static str,
        value: &str,
        apply: fn(&mut Self, &str) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        if self.seen.contains(&code) {
            return Err(Refusal::Invalid(format!("'{code}' may be given only once")));
        }
        self.seen.push(code);
        apply(self, value)
    }

    fn count(&mut self, value: &str) -> Result<(), Refusal> {
        let well_formed = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        if !well_formed {
            return Err(Refusal::Invalid(format!("'_count': expected a whole number, not '{value}'")));
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
            _ => {
                let text = format!("'_total': expected none, estimate or accurate, not '{value}'");
                return Err(Refusal::Invalid(text));
            }
        };
        Ok(())
    }

    fn summary(&mut self, value: &str) -> Result<(), Refusal> {
        match value {
            "count" => self.query.only_count = true,
            "false" => {}
            "true" | "text" | "data" => {
                let text = format!("'_summary={value}' is not supported; supported are count and false");
                return Err(Refusal::Unsupported(text));
            }
            _ => {
                let text = format!("'_summary': expected true, text, data, count or false, not '{value}'");
                return Err(Refusal::Invalid(text));
            }
        }
        Ok(())
    }

    fn sort(&mut self, value: &str) -> Result<(), Refusal> {
        if value.split(',').count() > self.settings.limits.parameters {
            return Err(Refusal::TooCostly("'_sort' has too many keys".to_owned()));
        }
        let sort: Result<Vec<Sort>, Refusal> = value.split(',').map(|key| self.sort_key(key)).collect();
        self.query.sort = sort?;
        Ok(())
    }

    fn sort_key(&self, key: &str) -> Result<Sort, Refusal> {
        let (code, descending) = match key.strip_prefix('-') {
            Some(code) => (code, true),
            None => (key, false),
        };
        let by = match code {
            "" => return Err(Refusal::Invalid("'_sort' has an empty key".to_owned())),
            "_id" => SortBy::Id,
            "_lastUpdated" => SortBy::LastUpdated,
            _ => self.sort_parameter(code)?,
        };
        Ok(Sort { by, descending })
    }

    fn sort_parameter(&self, code: &str) -> Result<SortBy, Refusal> {
        let Some(parameter) = self.parameters.get(self.resource_type, code) else {
            let sortable = |kind| !matches!(kind, ParameterKind::Composite | ParameterKind::Special);
            let parameters = self.parameters.of_type(self.resource_type).iter();
            let mut codes: Vec<&str> =
                parameters.filter(|p| sortable(p.value.kind)).map(|p| &*p.code).collect();
            codes.extend(["_id", "_lastUpdated"]);
            codes.sort_unstable();
            let kind = self.resource_type;
            let text = format!("'_sort': {kind} cannot be sorted by '{code}', only by {}", codes.join(", "));
            return Err(Refusal::Unsupported(text));
        };
        let id = parameter.id;
        Ok(match parameter.value.kind {
            ParameterKind::Date => SortBy::Date(id),
            ParameterKind::Number | ParameterKind::Quantity => SortBy::Quantity(id),
            ParameterKind::String => SortBy::String(id),
            ParameterKind::Uri => SortBy::Uri(id),
            ParameterKind::Token | ParameterKind::Reference => SortBy::Text(id),
            ParameterKind::Composite | ParameterKind::Special => {
                let kind = parameter.value.kind.code();
                let text = format!("'_sort': '{code}' is of the type {kind}, which has no order");
                return Err(Refusal::Unsupported(text));
            }
        })
    }

    fn include(&mut self, modifier: Option<&str>, value: &str, reverse: bool) -> Result<(), Refusal> {
        let iterate = match modifier {
            None => false,
            Some("iterate") => true,
            Some(other) => {
                let text = format!("the modifier ':{other}' of includes is not supported, only ':iterate'");
                return Err(Refusal::Unsupported(text));
            }
        };
        let include = include::parse(self.parameters, self.resource_type, value, iterate, reverse)?;
        if reverse {
            self.query.rev_includes.push(include)
        } else {
            self.query.includes.push(include)
        }
        Ok(())
    }
}
