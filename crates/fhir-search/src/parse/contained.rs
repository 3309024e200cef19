//! `_contained` and `_containedType` (R4 search, section 3.1.1.5.5): a search of contained resources is the same search by the
//! parameters of contained resources, which are of types of their own.

use super::refusal::Refusal;
use super::settings::Limits;
use super::sort;
use crate::contained;
use crate::hash::KeyHasher;
use crate::parameters::{ContainedParameters, ParameterId, Parameters};
use crate::query::{Clause, Include, Query, SharedOrder, Sort, SortBy, Test};

/// Which resources are searched (`_contained`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Searched {
    #[default]
    Uncontained,
    Contained,
    Both,
}

/// What is returned for a contained resource that matches (`_containedType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Returned {
    #[default]
    Containers,
    Contained,
}

/// What a search says of contained resources.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ContainedSearch {
    pub(crate) searched: Searched,
    pub(crate) returned: Returned,
}

impl ContainedSearch {
    /// The search of contained resources that a search of others becomes.
    pub(crate) fn of(
        self,
        parameters: &Parameters,
        hasher: &KeyHasher,
        limits: &Limits,
        query: Query,
    ) -> Result<Query, Refusal> {
        let both = match self.searched {
            Searched::Uncontained => return Ok(query),
            Searched::Contained => false,
            Searched::Both => true,
        };
        match self.returned {
            Returned::Containers => containers(parameters, hasher, limits, both, query),
            Returned::Contained => {
                let rewriting =
                    Rewriting { numbers: parameters.contained(), hasher, types: &query.types, both };
                Ok(rewriting.query(&query))
            }
        }
    }
}

/// The search for what contains the matches: whatever its type, for it is linked to them.
fn containers(
    parameters: &Parameters,
    hasher: &KeyHasher,
    limits: &Limits,
    both: bool,
    query: Query,
) -> Result<Query, Refusal> {
    if query.types.len() > limits.chain_targets {
        return Err(Refusal::TooCostly(format!(
            "'_contained': what contains resources of {} types can be searched; name them with '_type', or ask for the contained \
             resources with '_containedType=contained'",
            limits.chain_targets
        )));
    }
    if query.sort.iter().any(|key| !matches!(key.by, SortBy::Id | SortBy::LastUpdated)) {
        return Err(Refusal::Unsupported(
            "'_sort': containers can be sorted by _id and _lastUpdated; by parameters of what they contain the contained resources \
             can, with '_containedType=contained'"
                .to_owned(),
        ));
    }
    let numbers = parameters.contained();
    let rewriting = Rewriting { numbers, hasher, types: &query.types, both: false };
    let inside = rewriting.clauses(&query.clauses);
    let own = both.then(|| Clause::Of { types: query.types.clone(), clauses: query.clauses.clone() });
    let linked = query.types.iter().map(|resource_type| {
        let kind = contained::kind(resource_type);
        let clause = Box::new(Clause::Of { types: vec![kind.clone()], clauses: inside.clone() });
        Clause::Chain { reference: numbers.link(), target: kind, clause }
    });
    let clauses = vec![any(own.into_iter().chain(linked).collect())];
    let types = parameters.resource_types().map(Into::into).collect();
    Ok(Query { types, clauses, contained: true, ..query })
}

/// Puts the parameters of contained resources in the place of those of their types, or beside them.
struct Rewriting<'a> {
    numbers: &'a ContainedParameters,
    hasher: &'a KeyHasher,
    /// The types searched.
    types: &'a [Box<str>],
    /// Beside them.
    both: bool,
}

impl Rewriting<'_> {
    /// The search for the contained resources themselves.
    fn query(&self, query: &Query) -> Query {
        let own = self.types.iter().filter(|_| self.both).cloned();
        let types = own.chain(self.types.iter().map(|resource_type| contained::kind(resource_type)));
        let contained = query.includes.iter().map(|include| self.include(include));
        Query {
            types: types.collect(),
            clauses: self.clauses(&query.clauses),
            sort: query.sort.iter().map(|key| self.sort(key)).collect(),
            includes: query.includes.iter().cloned().chain(contained).collect(),
            contained: true,
            ..query.clone()
        }
    }

    fn clauses(&self, clauses: &[Clause]) -> Vec<Clause> {
        clauses.iter().map(|clause| self.clause(clause)).collect()
    }

    fn clause(&self, clause: &Clause) -> Clause {
        match clause {
            Clause::Parameter { parameter, test } => {
                self.by(clause, *parameter, |parameter| Clause::Parameter { parameter, test: test.clone() })
            }
            Clause::Present(parameter) => self.by(clause, *parameter, Clause::Present),
            Clause::Chain { reference, target, clause: far } => self.by(clause, *reference, |reference| {
                Clause::Chain { reference, target: target.clone(), clause: far.clone() }
            }),
            Clause::Id(ids) => {
                let hashes: Vec<i64> = ids.iter().map(|id| self.hasher.code(id)).collect();
                let parameters = self.types.iter().filter_map(|resource_type| self.numbers.id(resource_type));
                let by = |parameter| Clause::Parameter { parameter, test: Test::Token(hashes.clone()) };
                self.beside(clause, parameters.map(by).collect())
            }
            // Nothing outside of its container refers to a contained resource, and none has a compartment.
            Clause::Resource { .. } | Clause::Has { .. } => self.beside(clause, Vec::new()),
            Clause::Any(clauses) => Clause::Any(self.clauses(clauses)),
            Clause::All(clauses) => Clause::All(self.clauses(clauses)),
            Clause::Not(clause) => Clause::Not(Box::new(self.clause(clause))),
            Clause::Of { .. } | Clause::LastUpdated(_) | Clause::Words { .. } => clause.clone(),
        }
    }

    /// The clause by the parameter of contained resources.
    fn by(&self, own: &Clause, parameter: ParameterId, clause: impl FnOnce(ParameterId) -> Clause) -> Clause {
        self.beside(own, self.numbers.number(parameter).map(clause).into_iter().collect())
    }

    fn beside(&self, own: &Clause, contained: Vec<Clause>) -> Clause {
        any(self.both.then(|| own.clone()).into_iter().chain(contained).collect())
    }

    fn sort(&self, key: &Sort) -> Sort {
        let by = match &key.by {
            SortBy::Id | SortBy::LastUpdated => key.by.clone(),
            SortBy::Date(own) => self.order(SharedOrder::Date, &[*own]),
            SortBy::Quantity(own) => self.order(SharedOrder::Quantity, &[*own]),
            SortBy::String(own) => self.order(SharedOrder::String, &[*own]),
            SortBy::Uri(own) => self.order(SharedOrder::Uri, &[*own]),
            SortBy::Text(own) => self.order(SharedOrder::Text, &[*own]),
            SortBy::Shared { by, parameters } => self.order(*by, parameters),
        };
        Sort { by, ..key.clone() }
    }

    fn order(&self, by: SharedOrder, own: &[ParameterId]) -> SortBy {
        let beside = own.iter().copied().filter(|_| self.both);
        sort::by(by, beside.chain(own.iter().filter_map(|own| self.numbers.number(*own))).collect())
    }

    /// What contained resources refer to.
    fn include(&self, include: &Include) -> Include {
        let parameters = include.parameters.iter().filter_map(|own| self.numbers.number(*own));
        Include {
            source: contained::kind(&include.source),
            parameters: parameters.collect(),
            ..include.clone()
        }
    }
}

fn any(mut clauses: Vec<Clause>) -> Clause {
    match clauses.pop() {
        Some(only) if clauses.is_empty() => only,
        last => Clause::Any(clauses.into_iter().chain(last).collect()),
    }
}
