//! Names and values of a query to conditions (R4 search, 3.1.1.4).

use fhir_definitions::search_parameter::SearchParamType as Kind;
use fhir_model::primitive::identifiers::is_id;

use crate::condition::{Condition, Wanted};
use crate::date;
use crate::escape;
use crate::modifier::{self, Modifier};
use crate::oracle::Oracle;
use crate::parameter::Parameter;
use crate::population::Population;
use crate::reference::{self, Target};
use crate::refusal::Refusal;
use crate::words;

/// The types whose resources are parts of others, and the parameter that points to the whole (`docs/search.md`).
const HIERARCHIES: [(&str, &str); 11] = [
    ("CarePlan", "part-of"),
    ("Communication", "part-of"),
    ("DeviceDefinition", "parent"),
    ("Encounter", "part-of"),
    ("Location", "partof"),
    ("MedicationStatement", "part-of"),
    ("Organization", "partof"),
    ("Procedure", "part-of"),
    ("ResearchStudy", "partof"),
    ("Specimen", "parent"),
    ("Task", "part-of"),
];

/// Parameters of all resources that have rules of their own.
const SPECIAL: [&str; 7] = ["_id", "_lastUpdated", "_text", "_content", "_list", "_query", "_filter"];

/// What is read of a query, or why it is refused.
type Read<'o> = Result<Condition<'o>, Refusal>;

/// The reading of a query.
pub(crate) struct Reading<'o> {
    oracle: &'o Oracle,
    now: i64,
    /// Ids without a type, each with the types that it may be of.
    bare_ids: Vec<(String, Vec<String>)>,
}

impl<'o> Reading<'o> {
    /// `now`: microseconds since 1970.
    pub(crate) fn new(oracle: &'o Oracle, now: i64) -> Self {
        Self { oracle, now, bare_ids: Vec::new() }
    }

    /// The condition on resources of a type.
    pub(crate) fn condition(&mut self, kind: &str, name: &str, value: &str) -> Read<'o> {
        self.linked(kind, name, value, self.oracle.settings.chain_links)
    }

    /// R4 asks to refuse an id without a type that more than one resource has.
    pub(crate) fn refuse_ambiguous(&self, population: &Population) -> Result<(), Refusal> {
        let several = |(id, types): &&(String, Vec<String>)| {
            types.iter().filter(|kind| population.find(kind, id).is_some()).count() > 1
        };
        match self.bare_ids.iter().find(several) {
            Some((id, _)) => Refusal::invalid(format!("'{id}' is the id of several resources")),
            None => Ok(()),
        }
    }

    fn linked(&mut self, kind: &str, name: &str, value: &str, links: usize) -> Read<'o> {
        if let Some(text) = name.strip_prefix("_has:") {
            return self.has_then(kind, text, links, &mut |reading, source, rest, links| {
                reading.linked(source, rest, value, links)
            });
        }
        match name.split_once('.') {
            Some((link, rest)) => self.chain_then(kind, link, rest, links, &mut |reading, target, links| {
                reading.linked(target, rest, value, links)
            }),
            None if name == "_filter" => self.filter(kind, value, links),
            None => self.direct(kind, name, value),
        }
    }

    pub(crate) fn parameter(&self, kind: &str, code: &str) -> Result<&'o Parameter, Refusal> {
        self.oracle.parameter(kind, code)
    }

    fn direct(&mut self, kind: &str, name: &str, value: &str) -> Read<'o> {
        let (code, modifier) = modifier::split(name);
        if SPECIAL.contains(&code) {
            return self.special(code, modifier, value);
        }
        let parameter = self.oracle.parameter(kind, code)?;
        let modifier = modifier.map(|text| Modifier::parse(text, parameter)).transpose()?;
        self.values(parameter, modifier, value)
    }

    pub(crate) fn special(&self, code: &str, modifier: Option<&str>, value: &str) -> Read<'o> {
        match (code, modifier) {
            // Every resource has an id and a time.
            ("_id" | "_lastUpdated", Some("missing")) => match value {
                "true" => Ok(Condition::Any(Vec::new())),
                "false" => Ok(Condition::All(Vec::new())),
                _ => Refusal::invalid("':missing' is true or false"),
            },
            ("_id", None) => ids(value),
            ("_id", Some("not")) => Ok(Condition::Not(Box::new(ids(value)?))),
            ("_lastUpdated", None) => {
                each(value, |value| date::Wanted::parse(value, self.now).map(Condition::LastUpdated))
            }
            ("_text" | "_content", None) => each(value, |value| words::condition(value, code == "_content")),
            ("_list", None) => {
                let plain: Vec<&str> =
                    value.split(',').map(|id| id.strip_prefix("List/").unwrap_or(id)).collect();
                let rest = Box::new(ids(&plain.join(","))?);
                let reference = self.oracle.parameter("List", "item")?;
                Ok(Condition::Has { source: "List".to_owned(), reference, rest })
            }
            _ => Refusal::unsupported(format!("'{code}' with that modifier, or at all")),
        }
    }

    fn values(&mut self, parameter: &'o Parameter, modifier: Option<Modifier>, value: &str) -> Read<'o> {
        match (&modifier, parameter.kind) {
            (Some(Modifier::Missing), _) => match value {
                "true" => Ok(Condition::Not(Box::new(Condition::Present(parameter)))),
                "false" => Ok(Condition::Present(parameter)),
                _ => Refusal::invalid("':missing' is true or false"),
            },
            (Some(Modifier::Not | Modifier::NotIn), _) => {
                let any = each(value, |value| self.value(parameter, modifier.as_ref(), value))?;
                Ok(Condition::Not(Box::new(any)))
            }
            (Some(modifier @ (Modifier::Above | Modifier::Below)), Kind::Reference) => {
                let below = *modifier == Modifier::Below;
                each(value, |value| self.hierarchy(parameter, below, value))
            }
            _ => each(value, |value| self.value(parameter, modifier.as_ref(), value)),
        }
    }

    /// One value, compared by the rules of the parameter's type and the modifier.
    pub(crate) fn value(
        &mut self,
        parameter: &'o Parameter,
        modifier: Option<&Modifier>,
        value: &str,
    ) -> Read<'o> {
        let wanted = Wanted::parse(self.oracle, parameter, modifier, value, self.now)?;
        if let Wanted::Reference(wanted) = &wanted {
            self.note_bare_id(wanted)?;
        }
        Ok(Condition::Value(parameter, wanted))
    }

    /// `:above` and `:below` of references.
    fn hierarchy(&mut self, parameter: &'o Parameter, below: bool, value: &str) -> Read<'o> {
        let along = |kind: &str| HIERARCHIES.iter().find(|(known, _)| *known == kind).map(|(_, code)| *code);
        let kinds: Vec<Box<str>> =
            parameter.targets.iter().filter(|kind| along(kind).is_some()).cloned().collect();
        let wanted = reference::Wanted::parse(value, &kinds, &self.oracle.settings.base_urls)?;
        self.note_bare_id(&wanted)?;
        let keys = match &wanted {
            reference::Wanted::Target(Target::Url(url)) if below && !url.contains('|') => {
                // A canonical without version stands above all its versions.
                return Ok(Condition::Value(parameter, Wanted::Reference(wanted)));
            }
            reference::Wanted::Target(Target::Url(url)) if below && !url.ends_with('|') => {
                let wanted = Wanted::Reference(reference::Wanted::Version(url.clone()));
                return Ok(Condition::Value(parameter, wanted));
            }
            reference::Wanted::Target(Target::Url(_)) | reference::Wanted::Version(_) => {
                return Refusal::unsupported(
                    "a canonical above another, or without a version behind the '|'",
                );
            }
            reference::Wanted::Target(Target::Local(key)) => vec![key.clone()],
            reference::Wanted::Id(id, kinds) => kinds.iter().map(|kind| (kind.clone(), id.clone())).collect(),
        };
        if keys.is_empty() {
            return Refusal::unsupported(format!("'{}' leads to no hierarchy", parameter.code));
        }
        let alternatives = keys.into_iter().map(|key| {
            let along = self.oracle.parameter(&key.0, along(&key.0).unwrap_or_default())?;
            let wanted = reference::Wanted::Target(Target::Local(key));
            Ok(Condition::Hierarchy { parameter, wanted, along, below })
        });
        alternatives.collect::<Result<_, _>>().map(Condition::Any)
    }

    /// Remembers an id without a type that may be of several.
    fn note_bare_id(&mut self, wanted: &reference::Wanted) -> Result<(), Refusal> {
        if let reference::Wanted::Id(id, types) = wanted {
            if types.len() > self.oracle.settings.chain_targets {
                return Refusal::invalid(format!("'{id}' can be of too many types"));
            }
            self.bare_ids.push((id.clone(), types.clone()));
        }
        Ok(())
    }

    /// A chain along `link` to the types whose resources `then` gives a condition for; `next` is the name that follows.
    pub(crate) fn chain_then(
        &mut self,
        kind: &str,
        link: &str,
        next: &str,
        links: usize,
        then: &mut dyn FnMut(&mut Self, &str, usize) -> Read<'o>,
    ) -> Read<'o> {
        let links = one_less(links)?;
        let (code, modifier) = modifier::split(link);
        let reference = self.oracle.parameter(kind, code)?;
        if reference.kind != Kind::Reference {
            return Refusal::unsupported(format!("'{code}' is not a reference"));
        }
        let targets: Vec<String> = match modifier.map(|text| Modifier::parse(text, reference)).transpose()? {
            None => reference.targets.iter().map(|target| target.to_string()).collect(),
            Some(Modifier::Type(target)) => vec![target],
            Some(_) => return Refusal::unsupported("a modifier that is no type, within a chain"),
        };
        let several = targets.len() > 1;
        let candidates: Vec<String> =
            targets.into_iter().filter(|target| !several || self.begins(target, next)).collect();
        if candidates.len() > self.oracle.settings.chain_targets {
            return Err(Refusal::TooCostly(format!("'{code}' can lead to too many types")));
        }
        let mut alternatives = Vec::new();
        for target in candidates {
            match then(self, &target, links) {
                Ok(rest) => alternatives.push(Condition::Chain { reference, target, rest: Box::new(rest) }),
                // Another type may have what this one has not.
                Err(Refusal::Unsupported(_)) if several => {}
                Err(refusal) => return Err(refusal),
            }
        }
        match alternatives.is_empty() {
            true => Refusal::unsupported(format!("no target of '{code}' has '{next}'")),
            false => Ok(Condition::Any(alternatives)),
        }
    }

    /// Whether a type has the first parameter of the rest of a chain.
    fn begins(&self, kind: &str, rest: &str) -> bool {
        let code = rest.split(['.', ':']).next().unwrap_or_default();
        code == "_has" || SPECIAL.contains(&code) || self.oracle.parameter(kind, code).is_ok()
    }

    /// A reverse chain, `Observation:patient:code`; `then` gives the condition on what points here.
    pub(crate) fn has_then(
        &mut self,
        kind: &str,
        text: &str,
        links: usize,
        then: &mut dyn FnMut(&mut Self, &str, &str, usize) -> Read<'o>,
    ) -> Read<'o> {
        let parts: Vec<&str> = text.splitn(3, ':').collect();
        let [source, code, rest] = parts.as_slice() else {
            return Refusal::invalid("not of the form _has:Type:reference:parameter");
        };
        let links = one_less(links)?;
        let reference = self.oracle.parameter(source, code)?;
        if reference.kind != Kind::Reference || !reference.targets.iter().any(|target| **target == *kind) {
            return Refusal::unsupported(format!("'{code}' of {source} cannot point to {kind}"));
        }
        let rest = Box::new(then(self, source, rest, links)?);
        Ok(Condition::Has { source: (*source).to_owned(), reference, rest })
    }
}

fn one_less(links: usize) -> Result<usize, Refusal> {
    links.checked_sub(1).ok_or_else(|| Refusal::TooCostly("too many links".to_owned()))
}

/// One of the values joined by commas.
fn each<'o>(value: &str, mut parse: impl FnMut(&str) -> Result<Condition<'o>, Refusal>) -> Read<'o> {
    let alternatives = escape::split(value, ',');
    if alternatives.iter().any(String::is_empty) {
        return Refusal::invalid("an empty value");
    }
    alternatives.iter().map(|value| parse(value)).collect::<Result<_, _>>().map(Condition::Any)
}

fn ids<'o>(value: &str) -> Read<'o> {
    each(value, |id| match is_id(id) {
        true => Ok(Condition::Id(id.to_owned())),
        false => Refusal::invalid(format!("'{id}' is not an id")),
    })
}
