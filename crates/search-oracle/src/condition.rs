//! The conditions of a search, and whether a resource fulfils them.

use fhir_definitions::search_parameter::SearchParamType;

use crate::full_text;
use crate::modifier::Modifier;
use crate::oracle::Oracle;
use crate::parameter::Parameter;
use crate::population::{Key, Population, Stored};
use crate::reference::Target;
use crate::refusal::Refusal;
use crate::select::Datum;
use crate::{composite, date, near, number, quantity, reference, string, terminology, token, uri};

/// One condition on a resource.
#[derive(Clone, Debug)]
pub(crate) enum Condition<'o> {
    /// One of them holds.
    Any(Vec<Self>),
    /// All of them hold.
    All(Vec<Self>),
    Not(Box<Self>),
    /// The parameter selects something.
    Present(&'o Parameter),
    /// Something that the parameter selects passes.
    Value(&'o Parameter, Wanted),
    Id(String),
    /// The resource of that type and id.
    Is(Key),
    LastUpdated(date::Wanted),
    /// The parameter points to a resource of the target type for which the rest holds.
    Chain {
        reference: &'o Parameter,
        target: String,
        rest: Box<Self>,
    },
    /// A resource of the source type points here, and the rest holds for it.
    Has {
        source: String,
        reference: &'o Parameter,
        rest: Box<Self>,
    },
    /// The parameter points to one of what is wanted, or to what is above or below it along another parameter.
    Hierarchy {
        parameter: &'o Parameter,
        wanted: reference::Wanted,
        along: &'o Parameter,
        below: bool,
    },
    /// All words occur in the narrative, or anywhere.
    Words {
        anywhere: bool,
        words: Vec<String>,
    },
}

/// One value as a query gives it.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    Number(number::Wanted),
    Date(date::Wanted),
    String(string::Wanted),
    Token(token::Wanted),
    /// `:in`, `:not-in`, `:above` and `:below` of tokens.
    Coded(terminology::Wanted),
    /// `:text`
    Description(string::Wanted),
    Reference(reference::Wanted),
    /// `:identifier` of references.
    Identifier(token::Wanted),
    Quantity(quantity::Wanted),
    Uri(uri::Wanted),
    Near(near::Wanted),
    Composite(Vec<Self>),
}

impl Condition<'_> {
    /// Whether a resource fulfils the condition.
    pub(crate) fn holds(&self, oracle: &Oracle, population: &Population, resource: &Stored) -> bool {
        let select = |parameter: &'_ Parameter, test: &dyn Fn(&Datum<'_>) -> bool| {
            parameter.select(oracle.types(), resource).iter().any(test)
        };
        match self {
            Self::Any(conditions) => {
                conditions.iter().any(|condition| condition.holds(oracle, population, resource))
            }
            Self::All(conditions) => {
                conditions.iter().all(|condition| condition.holds(oracle, population, resource))
            }
            Self::Not(condition) => !condition.holds(oracle, population, resource),
            Self::Present(parameter) => select(parameter, &|_| true),
            Self::Value(parameter, wanted) => {
                select(parameter, &|datum| wanted.fits(oracle, parameter, resource, datum))
            }
            Self::Id(id) => resource.id() == id,
            Self::Is(key) => resource.key == *key,
            Self::LastUpdated(wanted) => {
                resource.last_updated().and_then(date::covered).is_some_and(|at| wanted.fits(at))
            }
            Self::Chain { reference, target, rest } => {
                oracle.targets(reference, resource).iter().any(|found| {
                    let Target::Local((kind, id)) = found else { return false };
                    let pointed_to = population.find(kind, id).filter(|_| kind == target);
                    pointed_to.is_some_and(|pointed_to| rest.holds(oracle, population, pointed_to))
                })
            }
            Self::Has { source, reference, rest } => population.of_type(source).any(|pointing| {
                oracle.targets(reference, pointing).contains(&Target::Local(resource.key.clone()))
                    && rest.holds(oracle, population, pointing)
            }),
            Self::Hierarchy { parameter, wanted, along, below } => {
                let targets = oracle.targets(parameter, resource);
                targets.iter().any(|target| oracle.is_along(population, target, wanted, along, *below))
            }
            Self::Words { anywhere, words } => {
                let found = full_text::words(oracle.types(), resource, *anywhere);
                words.iter().all(|word| found.contains(word))
            }
        }
    }
}

impl Oracle {
    /// What a reference parameter of a resource points to.
    pub(crate) fn targets(&self, reference: &Parameter, resource: &Stored) -> Vec<Target> {
        let data = reference.select(self.types(), resource);
        data.iter().flat_map(|datum| self.targets_of(reference, datum)).collect()
    }

    pub(crate) fn targets_of(&self, reference: &Parameter, datum: &Datum<'_>) -> Vec<Target> {
        let mut targets = reference::read(datum, &self.settings.base_urls);
        // `Bundle.entry[0].resource` selects compositions and message headers alike.
        if datum.type_name == "Resource" {
            targets.retain(|target| match target {
                Target::Local((kind, _)) => reference.targets.iter().any(|known| **known == **kind),
                Target::Url(_) => true,
            });
        }
        targets
    }

    /// Whether a target is wanted, or above or below what is wanted, by any number of steps.
    fn is_along(
        &self,
        population: &Population,
        target: &Target,
        wanted: &reference::Wanted,
        along: &Parameter,
        below: bool,
    ) -> bool {
        let parents = |target: &Target| match target {
            // A hierarchy is one of resources of the same type.
            Target::Local((kind, id)) if wanted.kind() == Some(kind) => {
                population.find(kind, id).map(|resource| self.targets(along, resource)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let reached_from = |start: &Target, goal: &dyn Fn(&Target) -> bool| {
            let (mut seen, mut next) = (Vec::new(), vec![start.clone()]);
            while let Some(at) = next.pop() {
                if goal(&at) {
                    return true;
                }
                if !seen.contains(&at) {
                    next.extend(parents(&at));
                    seen.push(at);
                }
            }
            false
        };
        if below {
            return reached_from(target, &|at| wanted.fits(at));
        }
        // Above: the target is reached from what is wanted.
        wanted.fits(target)
            || population.resources.iter().any(|resource| {
                let start = Target::Local(resource.key.clone());
                wanted.fits(&start) && reached_from(&start, &|at| at == target)
            })
    }
}

impl Wanted {
    /// One value of a parameter.
    pub(crate) fn parse(
        oracle: &Oracle,
        parameter: &Parameter,
        modifier: Option<&Modifier>,
        value: &str,
        now: i64,
    ) -> Result<Self, Refusal> {
        use SearchParamType as Kind;
        let bases = &oracle.settings.base_urls;
        Ok(match (parameter.kind, modifier) {
            (Kind::Token | Kind::Reference, Some(Modifier::Text)) => {
                Self::Description(string::Wanted::parse(value, string::How::StartsWith)?)
            }
            (Kind::Reference, Some(Modifier::Identifier)) => Self::Identifier(token::Wanted::parse(value)?),
            (Kind::Reference, Some(Modifier::Type(kind))) => {
                Self::Reference(reference::Wanted::parse(value, &[kind.as_str().into()], bases)?)
            }
            (Kind::Token, Some(Modifier::In | Modifier::NotIn)) => {
                Self::Coded(terminology::Wanted::value_set(oracle, value)?)
            }
            (Kind::Token, Some(modifier @ (Modifier::Above | Modifier::Below))) => {
                Self::Coded(terminology::Wanted::hierarchy(oracle, value, *modifier == Modifier::Below)?)
            }
            (Kind::Token, Some(Modifier::OfType)) => Self::Token(token::Wanted::of_type(value)?),
            (Kind::String, Some(Modifier::Exact)) => {
                Self::String(string::Wanted::parse(value, string::How::Exact)?)
            }
            (Kind::String, Some(Modifier::Contains)) => {
                Self::String(string::Wanted::parse(value, string::How::Contains)?)
            }
            (Kind::Uri, Some(Modifier::Above)) => Self::Uri(uri::Wanted::parse(value, uri::How::Above)?),
            (Kind::Uri, Some(Modifier::Below)) if &*parameter.code == "url" && value.contains('|') => {
                return Refusal::unsupported("part of a definition's own version");
            }
            (Kind::Uri, Some(Modifier::Below)) => Self::Uri(uri::Wanted::parse(value, uri::How::Below)?),
            (Kind::Number, _) => Self::Number(number::Wanted::parse(value)?),
            (Kind::Date, _) => Self::Date(date::Wanted::parse(value, now)?),
            (Kind::String, _) => Self::String(string::Wanted::parse(value, string::How::StartsWith)?),
            (Kind::Token, _) => Self::Token(token::Wanted::parse(value)?),
            (Kind::Reference, _) => {
                Self::Reference(reference::Wanted::parse(value, &parameter.targets, bases)?)
            }
            (Kind::Quantity, _) => Self::Quantity(quantity::Wanted::parse(value)?),
            (Kind::Uri, _) => Self::Uri(uri::Wanted::parse(value, uri::How::Equal)?),
            (Kind::Special, _) => Self::Near(near::Wanted::parse(value)?),
            (Kind::Composite, _) => Self::Composite(composite::parse(oracle, parameter, value, now)?),
        })
    }

    /// Whether a value that the parameter selects passes.
    pub(crate) fn fits(
        &self,
        oracle: &Oracle,
        parameter: &Parameter,
        resource: &Stored,
        datum: &Datum<'_>,
    ) -> bool {
        match self {
            Self::Number(wanted) => number::read(datum).is_some_and(|span| wanted.fits(span)),
            Self::Date(wanted) => date::read(datum).is_some_and(|period| wanted.fits(period)),
            Self::String(wanted) => string::read(datum).into_iter().any(|text| wanted.fits(text)),
            Self::Token(wanted) => wanted.fits(datum),
            Self::Coded(wanted) => wanted.fits(oracle, datum),
            Self::Description(wanted) => token::described(datum).into_iter().any(|text| wanted.fits(text)),
            Self::Reference(wanted) => {
                oracle.targets_of(parameter, datum).iter().any(|target| wanted.fits(target))
            }
            Self::Identifier(wanted) => wanted.fits_identifier_of(datum),
            Self::Quantity(wanted) => quantity::read(datum).is_some_and(|measured| wanted.fits(measured)),
            Self::Uri(wanted) => uri::read(datum).into_iter().any(|uri| wanted.fits(uri)),
            Self::Near(wanted) => near::read(datum).is_some_and(|place| wanted.fits(place)),
            Self::Composite(wanted) => composite::fits(oracle, parameter, wanted, resource, datum),
        }
    }
}
