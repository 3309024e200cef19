//! `_filter` (R4 search filter page): tests joined by `and`, `or` and `not`, read from left to right.

use std::cmp::Ordering;

use fhir_definitions::search_parameter::SearchParamType as Kind;
use fhir_model::Document;

use crate::condition::{Condition, Wanted};
use crate::modifier::Modifier;
use crate::parameter::Parameter;
use crate::parse::Reading;
use crate::refusal::Refusal;
use crate::{date, string, uri};

/// A filter as it is written.
#[derive(Clone, Debug)]
enum Filter {
    All(Box<Self>, Box<Self>),
    Any(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Test { path: Vec<Step>, operator: String, value: String },
}

/// A name of a path, with the filter in brackets behind it.
#[derive(Clone, Debug)]
struct Step {
    name: String,
    filter: Option<Filter>,
}

/// Names that stand for systems.
const SYSTEMS: [(&str, &str); 4] = [
    ("loinc|", "http://loinc.org|"),
    ("snomed|", "http://snomed.info/sct|"),
    ("rxnorm|", "http://www.nlm.nih.gov/research/umls/rxnorm|"),
    ("ucum|", "http://unitsofmeasure.org|"),
];

const PREFIXES: [&str; 8] = ["ne", "gt", "lt", "ge", "le", "ap", "sa", "eb"];

impl<'o> Reading<'o> {
    /// The condition of a filter on resources of a type.
    pub(crate) fn filter(&mut self, kind: &str, text: &str, links: usize) -> Result<Condition<'o>, Refusal> {
        let mut cursor = Cursor { rest: text };
        let filter = cursor.filter()?;
        match cursor.rest {
            "" => self.filtered(kind, &filter, links),
            rest => Refusal::invalid(format!("'_filter' goes on with '{rest}'")),
        }
    }

    fn filtered(&mut self, kind: &str, filter: &Filter, links: usize) -> Result<Condition<'o>, Refusal> {
        Ok(match filter {
            Filter::All(a, b) => {
                Condition::All(vec![self.filtered(kind, a, links)?, self.filtered(kind, b, links)?])
            }
            Filter::Any(a, b) => {
                Condition::Any(vec![self.filtered(kind, a, links)?, self.filtered(kind, b, links)?])
            }
            Filter::Not(filter) => Condition::Not(Box::new(self.filtered(kind, filter, links)?)),
            Filter::Test { path, operator, value } => {
                let condition = self.along(kind, path, operator, value, links)?;
                let denies = operator == "ni" || operator == "pr" && value == "false";
                if denies { Condition::Not(Box::new(condition)) } else { condition }
            }
        })
    }

    /// The test at the end of a path.
    fn along(
        &mut self,
        kind: &str,
        path: &[Step],
        operator: &str,
        value: &str,
        links: usize,
    ) -> Result<Condition<'o>, Refusal> {
        let Some((first, rest)) = path.split_first() else { return Refusal::invalid("an empty path") };
        if let Some(text) = first.name.strip_prefix("_has:") {
            let mut remaining = path.to_vec();
            return self.has_then(kind, text, links, &mut |reading, source, code, links| {
                if let Some(step) = remaining.first_mut() {
                    step.name = code.to_owned();
                }
                reading.along(source, &remaining, operator, value, links)
            });
        }
        let Some(next) = rest.first() else { return self.compared(kind, &first.name, operator, value) };
        self.chain_then(kind, &first.name, &next.name, links, &mut |reading, target, links| {
            let condition = reading.along(target, rest, operator, value, links)?;
            match &first.filter {
                Some(filter) => Ok(Condition::All(vec![reading.filtered(target, filter, links)?, condition])),
                None => Ok(condition),
            }
        })
    }

    fn compared(
        &mut self,
        kind: &str,
        code: &str,
        operator: &str,
        value: &str,
    ) -> Result<Condition<'o>, Refusal> {
        if operator == "pr" && !["true", "false"].contains(&value) {
            return Refusal::invalid("'pr' takes true or false");
        }
        match (code, operator) {
            ("_id" | "_lastUpdated", "pr") => return Ok(Condition::All(Vec::new())),
            ("_id", "eq") => return self.special(code, None, value),
            ("_id", "ne") => return self.special(code, Some("not"), value),
            ("_lastUpdated", "eq") => return self.special(code, None, &format!("eq{value}")),
            ("_lastUpdated", prefix) if PREFIXES.contains(&prefix) => {
                return self.special(code, None, &format!("{prefix}{value}"));
            }
            ("_id" | "_lastUpdated" | "_text" | "_content" | "_list" | "_filter" | "_query", _) => {
                return Refusal::unsupported(format!("'{code}' with '{operator}'"));
            }
            _ => {}
        }
        let parameter = self.parameter(kind, code)?;
        self.tested(parameter, operator, value)
    }

    fn tested(
        &mut self,
        parameter: &'o Parameter,
        operator: &str,
        value: &str,
    ) -> Result<Condition<'o>, Refusal> {
        let string = |how| string::Wanted::new(value, how).map(Wanted::String);
        let kind = parameter.kind;
        let ordered = matches!(kind, Kind::Number | Kind::Date | Kind::Quantity);
        let (modifier, text) = match (operator, kind) {
            ("pr", kind) if !matches!(kind, Kind::Composite | Kind::Special) => {
                return Ok(Condition::Present(parameter));
            }
            ("eq", Kind::String) => return Ok(Condition::Value(parameter, string(string::How::Whole)?)),
            ("co", Kind::String) => return Ok(Condition::Value(parameter, string(string::How::Contains)?)),
            ("sw", Kind::String) => return Ok(Condition::Value(parameter, string(string::How::StartsWith)?)),
            ("ew", Kind::String) => return Ok(Condition::Value(parameter, string(string::How::EndsWith)?)),
            ("ne", Kind::String) => return Ok(Condition::Value(parameter, string(string::How::Other)?)),
            ("gt" | "lt" | "ge" | "le", Kind::String) => {
                return Ok(Condition::Value(parameter, string(string::How::Initial(orders(operator)))?));
            }
            ("ne", Kind::Uri) => {
                let wanted = uri::Wanted::parse(&value.replace('\\', "\\\\"), uri::How::Other)?;
                return Ok(Condition::Value(parameter, Wanted::Uri(wanted)));
            }
            ("ne", Kind::Token) if parameter.repeats => {
                return Refusal::unsupported(format!("'ne' at '{}', which can repeat", parameter.code));
            }
            ("ne", Kind::Token) => {
                let equal = self.tested(parameter, "eq", value)?;
                return Ok(Condition::All(vec![
                    Condition::Present(parameter),
                    Condition::Not(Box::new(equal)),
                ]));
            }
            ("co", Kind::Date) => {
                return Ok(Condition::Value(parameter, Wanted::Date(date::Wanted::contained(value)?)));
            }
            ("po", Kind::Date) => {
                return Ok(Condition::Value(parameter, Wanted::Date(date::Wanted::overlapping(value)?)));
            }
            ("eq", _) if ordered => (None, format!("eq{value}")),
            (prefix, _) if ordered && PREFIXES.contains(&prefix) => (None, format!("{prefix}{value}")),
            ("eq", Kind::Token | Kind::Uri | Kind::Composite) | ("re", Kind::Reference) => {
                (None, value.to_owned())
            }
            ("ss", Kind::Token) => (Some(Modifier::Below), value.to_owned()),
            ("sb", Kind::Token) => (Some(Modifier::Above), value.to_owned()),
            ("in" | "ni", Kind::Token) => (Some(Modifier::In), value.to_owned()),
            _ => return Refusal::unsupported(format!("'{operator}' at '{}'", parameter.code)),
        };
        // A backslash is nothing special in a filter.
        self.value(parameter, modifier.as_ref(), &with_system(kind, &text).replace('\\', "\\\\"))
    }
}

/// How a value must stand to that of the query.
fn orders(operator: &str) -> &'static [Ordering] {
    match operator {
        "gt" => &[Ordering::Greater],
        "lt" => &[Ordering::Less],
        "ge" => &[Ordering::Greater, Ordering::Equal],
        _ => &[Ordering::Less, Ordering::Equal],
    }
}

/// A value with its system in full.
fn with_system(kind: Kind, value: &str) -> String {
    let (before, rest) = match (kind, value.split_once('|')) {
        (Kind::Quantity, Some((number, unit))) => (format!("{number}|"), unit),
        _ => (String::new(), value),
    };
    let known = SYSTEMS.iter().find_map(|(name, url)| Some((url, rest.strip_prefix(name)?)));
    match known.filter(|_| matches!(kind, Kind::Token | Kind::Quantity)) {
        Some((url, code)) => format!("{before}{url}{code}"),
        None => value.to_owned(),
    }
}

/// What is left of a filter.
struct Cursor<'t> {
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    fn filter(&mut self) -> Result<Filter, Refusal> {
        let mut filter = self.term()?;
        loop {
            self.rest = self.rest.trim_start();
            if self.word("and") {
                filter = Filter::All(Box::new(filter), Box::new(self.term()?));
            } else if self.word("or") {
                filter = Filter::Any(Box::new(filter), Box::new(self.term()?));
            } else {
                return Ok(filter);
            }
        }
    }

    fn term(&mut self) -> Result<Filter, Refusal> {
        self.rest = self.rest.trim_start();
        if self.character('(') {
            let filter = self.filter()?;
            return if self.character(')') { Ok(filter) } else { Refusal::invalid("a ')' is missing") };
        }
        if self.word("not") {
            return Ok(Filter::Not(Box::new(self.term()?)));
        }
        let path = self.path()?;
        let operator = self.until(|letter| letter.is_whitespace()).to_owned();
        let known =
            PREFIXES.iter().chain(&["eq", "co", "sw", "ew", "pr", "po", "ss", "sb", "in", "ni", "re"]);
        if !known.into_iter().any(|known| *known == operator) {
            return Refusal::invalid(format!("'{operator}' is no operator"));
        }
        self.rest = self.rest.trim_start();
        Ok(Filter::Test { path, operator, value: self.value()? })
    }

    fn path(&mut self) -> Result<Vec<Step>, Refusal> {
        let mut path = Vec::new();
        loop {
            let name =
                self.until(|letter| !letter.is_ascii_alphanumeric() && !"_-:".contains(letter)).to_owned();
            let filter = match self.character('[') {
                true => Some(self.filter()?),
                false => None,
            };
            if name.is_empty() || filter.is_some() && !self.rest.starts_with("].") {
                return Refusal::invalid("a name is missing");
            }
            self.rest = self.rest.strip_prefix(']').unwrap_or(self.rest);
            path.push(Step { name, filter });
            if !self.character('.') {
                break;
            }
        }
        match self.rest.trim_start() {
            rest if rest.len() < self.rest.len() => {
                self.rest = rest;
                Ok(path)
            }
            _ => Refusal::invalid("a space is missing"),
        }
    }

    /// A JSON string, or all up to white space or the end of what encloses it.
    fn value(&mut self) -> Result<String, Refusal> {
        if !self.rest.starts_with('"') {
            let value = self.until(|letter| letter.is_whitespace() || ")]".contains(letter));
            return if value.is_empty() {
                Refusal::invalid("a value is missing")
            } else {
                Ok(value.to_owned())
            };
        }
        for (end, _) in self.rest.match_indices('"').skip(1) {
            let (literal, rest) = self.rest.split_at_checked(end + 1).unwrap_or((self.rest, ""));
            let text = Document::parse(literal).ok().and_then(|text| text.root().as_str().map(str::to_owned));
            if let Some(text) = text {
                self.rest = rest;
                return Ok(text);
            }
        }
        Refusal::invalid("a text has no end")
    }

    fn character(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self, wanted: &str) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with([' ', '(', ')', '[', ']']));
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn until(&mut self, ends: impl Fn(char) -> bool) -> &'t str {
        let at = self.rest.find(ends).unwrap_or(self.rest.len());
        let (found, rest) = self.rest.split_at_checked(at).unwrap_or((self.rest, ""));
        self.rest = rest;
        found
    }
}
