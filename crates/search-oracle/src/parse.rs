//! Names and values of a query to conditions (R4 search, 3.1.1.4).

use fhir_definitions::search_parameter::SearchParamType as Kind;
use fhir_model::primitive::identifiers::is_id;

use crate::condition::{Condition, Wanted};
use crate::date;
use crate::escape;
use crate::oracle::Oracle;
use crate::parameter::Parameter;
use crate::refusal::Refusal;
use crate::text;

/// What stands behind the colon of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Modifier {
    Missing,
    Exact,
    Contains,
    Text,
    Not,
    In,
    NotIn,
    Above,
    Below,
    OfType,
    Identifier,
    /// A resource type.
    Type(String),
}

impl Modifier {
    fn parse(text: &str, parameter: &Parameter) -> Result<Self, Refusal> {
        let modifier = match text {
            "missing" => Self::Missing,
            "exact" => Self::Exact,
            "contains" => Self::Contains,
            "text" => Self::Text,
            "not" => Self::Not,
            "in" => Self::In,
            "not-in" => Self::NotIn,
            "above" => Self::Above,
            "below" => Self::Below,
            "of-type" => Self::OfType,
            "identifier" => Self::Identifier,
            kind => Self::Type(kind.to_owned()),
        };
        let fits = match (&modifier, parameter.kind) {
            (Self::Missing, _) => true,
            (Self::Exact | Self::Contains, kind) => kind == Kind::String,
            (Self::Not | Self::In | Self::NotIn | Self::OfType, kind) => kind == Kind::Token,
            (Self::Text, kind) => matches!(kind, Kind::Token | Kind::Reference),
            (Self::Above | Self::Below, kind) => matches!(kind, Kind::Token | Kind::Reference | Kind::Uri),
            (Self::Identifier, kind) => kind == Kind::Reference,
            (Self::Type(name), _) => parameter.targets.iter().any(|target| **target == **name),
        };
        match fits {
            true => Ok(modifier),
            false => Refusal::unsupported(format!("':{text}' does not fit '{}'", parameter.code)),
        }
    }
}

impl Oracle {
    /// The condition on resources of a type.
    pub(crate) fn condition(
        &self,
        kind: &str,
        name: &str,
        value: &str,
        now: i64,
    ) -> Result<Condition<'_>, Refusal> {
        Reading { oracle: self, now }.linked(kind, name, value, self.settings.chain_links)
    }
}

/// The reading of one parameter of a query.
#[derive(Clone, Copy)]
struct Reading<'o> {
    oracle: &'o Oracle,
    now: i64,
}

impl<'o> Reading<'o> {
    fn linked(self, kind: &str, name: &str, value: &str, links: usize) -> Result<Condition<'o>, Refusal> {
        let follow = || links.checked_sub(1).ok_or_else(|| Refusal::TooCostly("too many links".to_owned()));
        if let Some(rest) = name.strip_prefix("_has:") {
            return self.has(kind, rest, value, follow()?);
        }
        match name.split_once('.') {
            Some((link, rest)) => self.chain(kind, link, rest, value, follow()?),
            None => self.direct(kind, name, value),
        }
    }

    fn direct(self, kind: &str, name: &str, value: &str) -> Result<Condition<'o>, Refusal> {
        match name {
            "_id" => {
                return each(value, |id| match is_id(id) {
                    true => Ok(Condition::Id(id.to_owned())),
                    false => Refusal::invalid(format!("'{id}' is not an id")),
                });
            }
            "_lastUpdated" => {
                return each(value, |value| date::Wanted::parse(value, self.now).map(Condition::LastUpdated));
            }
            "_text" | "_content" => return words(name, value),
            "_list" => return self.list(kind, value),
            _ => {}
        }
        let (code, modifier) = split_modifier(name);
        if let (Some(modifier), "_id" | "_lastUpdated" | "_text" | "_content" | "_list") = (modifier, code) {
            return Refusal::unsupported(format!("'{code}' takes no ':{modifier}'"));
        }
        let parameter = self.oracle.parameter(kind, code)?;
        let modifier = modifier.map(|text| Modifier::parse(text, parameter)).transpose()?;
        self.values(kind, parameter, modifier, value)
    }

    fn values(
        self,
        kind: &str,
        parameter: &'o Parameter,
        modifier: Option<Modifier>,
        value: &str,
    ) -> Result<Condition<'o>, Refusal> {
        let plain = |value: &str| {
            let wanted = Wanted::parse(self.oracle, parameter, modifier.as_ref(), value, self.now)?;
            Ok(Condition::Value(parameter, wanted))
        };
        match (&modifier, parameter.kind) {
            (Some(Modifier::Missing), _) => match value {
                "true" => Ok(Condition::Not(Box::new(Condition::Present(parameter)))),
                "false" => Ok(Condition::Present(parameter)),
                _ => Refusal::invalid("':missing' is true or false"),
            },
            (Some(Modifier::Not), _) => Ok(Condition::Not(Box::new(each(value, plain)?))),
            (Some(modifier @ (Modifier::Above | Modifier::Below)), Kind::Reference) => {
                let along = self.along(kind, parameter)?;
                each(value, |value| self.hierarchy(parameter, along, *modifier == Modifier::Below, value))
            }
            (Some(Modifier::In | Modifier::NotIn | Modifier::Above | Modifier::Below), Kind::Token) => {
                Refusal::unsupported("terminology")
            }
            _ => each(value, plain),
        }
    }

    /// The parameter by which the targets of a reference form a hierarchy: `partof` of Location.
    fn along(self, _kind: &str, parameter: &Parameter) -> Result<&'o Parameter, Refusal> {
        match parameter.targets.as_slice() {
            [only] => ["partof", "part-of"]
                .iter()
                .find_map(|code| self.oracle.parameter(only, code).ok())
                .ok_or_else(|| Refusal::Unsupported(format!("{only} has no hierarchy"))),
            _ => Refusal::unsupported("a hierarchy of several types"),
        }
    }

    fn hierarchy(
        self,
        parameter: &'o Parameter,
        along: &'o Parameter,
        below: bool,
        value: &str,
    ) -> Result<Condition<'o>, Refusal> {
        let wanted = Wanted::parse(self.oracle, parameter, None, value, self.now)?;
        match wanted {
            Wanted::Reference(wanted) => Ok(Condition::Hierarchy { parameter, wanted, along, below }),
            _ => Refusal::invalid("not a reference"),
        }
    }

    /// `_list`: a List has the resource as an item.
    fn list(self, kind: &str, value: &str) -> Result<Condition<'o>, Refusal> {
        let reference = self.oracle.parameter("List", "item")?;
        let _ = kind;
        each(value, |id| match is_id(id) {
            true => {
                let rest = Box::new(Condition::Id(id.to_owned()));
                Ok(Condition::Has { source: "List".to_owned(), reference, rest })
            }
            false => Refusal::invalid(format!("'{id}' is not the id of a List")),
        })
    }

    /// `subject.name`, `subject:Patient.name`
    fn chain(
        self,
        kind: &str,
        link: &str,
        rest: &str,
        value: &str,
        links: usize,
    ) -> Result<Condition<'o>, Refusal> {
        let (code, modifier) = split_modifier(link);
        let reference = self.oracle.parameter(kind, code)?;
        if reference.kind != Kind::Reference {
            return Refusal::unsupported(format!("'{code}' is not a reference"));
        }
        let targets = match modifier.map(|text| Modifier::parse(text, reference)).transpose()? {
            None => reference.targets.iter().map(|target| target.to_string()).collect(),
            Some(Modifier::Type(target)) => vec![target],
            Some(_) => return Refusal::unsupported("a modifier that is no type, within a chain"),
        };
        let candidates: Vec<String> = targets
            .iter()
            .filter(|target| targets.len() == 1 || self.begins(target, rest))
            .cloned()
            .collect();
        if candidates.len() > self.oracle.settings.chain_targets {
            return Err(Refusal::TooCostly(format!("'{code}' can lead to too many types")));
        }
        let mut alternatives = Vec::new();
        for target in candidates {
            match self.linked(&target, rest, value, links) {
                Ok(rest) => alternatives.push(Condition::Chain { reference, target, rest: Box::new(rest) }),
                Err(Refusal::Unsupported(_)) if targets.len() > 1 => {}
                Err(refusal) => return Err(refusal),
            }
        }
        match alternatives.is_empty() {
            true => Refusal::unsupported(format!("no target of '{code}' has '{rest}'")),
            false => Ok(Condition::Any(alternatives)),
        }
    }

    /// Whether a type has the first parameter of the rest of a chain.
    fn begins(self, kind: &str, rest: &str) -> bool {
        let code = rest.split(['.', ':']).next().unwrap_or_default();
        ["_id", "_lastUpdated", "_has"].contains(&code) || self.oracle.parameter(kind, code).is_ok()
    }

    /// `Observation:patient:code`
    fn has(self, kind: &str, text: &str, value: &str, links: usize) -> Result<Condition<'o>, Refusal> {
        let parts: Vec<&str> = text.splitn(3, ':').collect();
        let [source, code, rest] = parts.as_slice() else {
            return Refusal::invalid("not of the form _has:Type:reference:parameter");
        };
        let reference = self.oracle.parameter(source, code)?;
        if reference.kind != Kind::Reference || !reference.targets.iter().any(|target| **target == *kind) {
            return Refusal::unsupported(format!("'{code}' of {source} cannot point to {kind}"));
        }
        let rest = Box::new(self.linked(source, rest, value, links)?);
        Ok(Condition::Has { source: (*source).to_owned(), reference, rest })
    }
}

/// `code:modifier`
pub(crate) fn split_modifier(name: &str) -> (&str, Option<&str>) {
    name.split_once(':').map_or((name, None), |(code, modifier)| (code, Some(modifier)))
}

/// One of the values joined by commas.
fn each<'o>(
    value: &str,
    mut parse: impl FnMut(&str) -> Result<Condition<'o>, Refusal>,
) -> Result<Condition<'o>, Refusal> {
    let alternatives = escape::split(value, ',');
    if alternatives.iter().any(String::is_empty) {
        return Refusal::invalid("an empty value");
    }
    alternatives.iter().map(|value| parse(value)).collect::<Result<_, _>>().map(Condition::Any)
}

fn words<'o>(name: &str, value: &str) -> Result<Condition<'o>, Refusal> {
    each(value, |value| {
        let words = text::words(&escape::plain(value)?);
        match words.is_empty() {
            true => Refusal::invalid(format!("'{name}' has no word")),
            false => Ok(Condition::Words { anywhere: name == "_content", words }),
        }
    })
}
