//! From clauses to conditions: names of types, ids and targets of references become numbers.

use diesel::sql_types::{BigInt, Integer};
use fhir_search::canonical;
use fhir_search::keys::Target;
use fhir_search::query::{Clause, CompositeTest, StringTest, Test};

use super::all::All;
use super::bounds;
use super::chain::Chain;
use super::composite::Composites;
use super::condition::Condition;
use super::date::Dates;
use super::fragment::{Bound, Fragment, integers, texts};
use super::has::Has;
use super::hierarchy::Hierarchy;
use super::identity::Ids;
use super::keys::Keys;
use super::last_updated::LastUpdated;
use super::of_types::OfTypes;
use super::position::Positions;
use super::present::Present;
use super::quantity::Quantities;
use super::reference::References;
use super::string::Strings;
use super::token::Tokens;
use super::uri::Uris;
use super::words::Words;
use crate::store::StoreError;
use crate::store::sql::connection::Conn;
use crate::store::sql::dialect::{self, IS_IN_LIST, JOIN};
use crate::store::sql::dictionary::Dictionary;
use crate::store::sql::identity::URL;

/// Codes of the resource types searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Types(Vec<i32>);

impl Types {
    /// The codes of the types that have resources.
    pub(in crate::store) fn new<'a>(dictionary: &Dictionary, names: impl Iterator<Item = &'a str>) -> Self {
        Self(names.filter_map(|name| dictionary.find_type(name)).collect())
    }

    pub(in crate::store) fn one(code: i32) -> Self {
        Self(vec![code])
    }

    /// Those that are among others too.
    fn within(mut self, others: &Self) -> Self {
        self.0.retain(|code| others.0.contains(code));
        self
    }

    pub(in crate::store) fn codes(&self) -> &[i32] {
        &self.0
    }

    /// That a row of `current` is of a live resource of these types.
    pub(in crate::store) fn live(&self, alias: &str) -> Fragment {
        self.condition(alias).push(&format!(" AND {alias}.deleted = 0"))
    }

    /// That a row with a column `type` is of these types.
    pub(in crate::store) fn condition(&self, alias: &str) -> Fragment {
        match self.0.as_slice() {
            [code] => Fragment::new(format!("{alias}.type = ?"), [(*code).into()]),
            codes => Fragment::new(
                format!("{alias}.type {IS_IN_LIST}"),
                [integers(codes.iter().map(|code| i64::from(*code)))],
            ),
        }
    }
}

/// Looks names up.
pub(in crate::store) struct Resolver<'a, 'c> {
    pub(in crate::store) conn: &'a mut Conn<'c>,
    pub(in crate::store) dictionary: &'a Dictionary,
}

impl Resolver<'_, '_> {
    /// The condition of a clause on resources of these types.
    pub(in crate::store) fn condition(
        &mut self,
        types: &Types,
        clause: &Clause,
    ) -> Result<Condition, StoreError> {
        Ok(match clause {
            Clause::Parameter { parameter, test } => self.keys(parameter.0, test)?,
            Clause::Id(ids) => Condition::Ids(Ids { rids: self.rids(types, ids)? }),
            Clause::Resource { kind, id } => {
                let own = Types::new(self.dictionary, [&**kind].into_iter());
                let is_searched = own.codes().iter().all(|code| types.codes().contains(code));
                let ids = if is_searched { std::slice::from_ref(id) } else { &[] };
                Condition::Ids(Ids { rids: self.rids(&own, ids)? })
            }
            Clause::LastUpdated(tests) => {
                let periods = tests.iter().flat_map(bounds::of_date).collect();
                Condition::LastUpdated(LastUpdated::new(types.clone(), periods))
            }
            Clause::Chain { reference, target, clause } => {
                let target = Types::new(self.dictionary, [&**target].into_iter());
                let condition = Box::new(self.condition(&target, clause)?);
                let single = self.is_single(reference.0)?;
                Condition::Chain(Chain { reference: reference.0, target, condition, single })
            }
            Clause::Has { source, reference, clause } => {
                let source = Types::new(self.dictionary, [&**source].into_iter());
                let condition = Box::new(self.condition(&source, clause)?);
                Condition::Has(Has { types: types.clone(), source, reference: reference.0, condition })
            }
            Clause::Any(clauses) => {
                let conditions = clauses.iter().map(|clause| self.condition(types, clause));
                Condition::Any(conditions.collect::<Result<_, _>>()?)
            }
            Clause::All(clauses) => Condition::All(All::new(self.conditions(types, clauses)?)),
            Clause::Of { types: names, clauses } => {
                let own = Types::new(self.dictionary, names.iter().map(|name| &**name));
                let types = own.within(types);
                if types.codes().is_empty() {
                    return Ok(Condition::never());
                }
                let mut conditions = self.conditions(&types, clauses)?;
                conditions.push(Condition::OfTypes(OfTypes { types }));
                Condition::All(All::new(conditions))
            }
            Clause::Not(clause) => self.condition(types, clause)?.negated(),
            Clause::Present(parameter) => Condition::Present(Present { parameter: parameter.0 }),
            Clause::Words { words, .. } if words.is_empty() => Condition::All(All::new(Vec::new())),
            Clause::Words { .. } if types.codes().is_empty() => Condition::never(),
            Clause::Words { scope, words } => Condition::Words(Words::new(types, *scope, words)),
        })
    }

    /// The conditions of clauses that must all hold.
    pub(in crate::store) fn conditions(
        &mut self,
        types: &Types,
        clauses: &[Clause],
    ) -> Result<Vec<Condition>, StoreError> {
        let mut conditions = Vec::with_capacity(clauses.len());
        for clause in clauses {
            let condition = self.condition(types, clause)?;
            // Two bounds of a date are one range.
            let joined = conditions.iter_mut().find_map(|known: &mut Condition| {
                let both = known.dates()?.and(condition.dates()?)?;
                Some((known, both))
            });
            match joined {
                Some((known, both)) => *known = Condition::Keys(Keys::Dates(both)),
                None => conditions.push(condition),
            }
        }
        Ok(conditions)
    }

    /// Whether no resource has several keys of this date or reference parameter.
    pub(in crate::store) fn is_single(&mut self, parameter: i32) -> Result<bool, StoreError> {
        let text = "SELECT parameter FROM several_keys WHERE parameter = ?";
        let found = Fragment::new(text, [parameter.into()]).statement::<Integer>().load::<i32>(self.conn)?;
        Ok(found.is_empty())
    }

    fn keys(&mut self, parameter: i32, test: &Test) -> Result<Condition, StoreError> {
        Ok(Condition::Keys(match test {
            Test::Token(hashes) if hashes.is_empty() => return Ok(Condition::never()),
            Test::Token(hashes) => Keys::Tokens(Tokens { parameter, hashes: hashes.clone() }),
            Test::Reference(targets) => {
                let targets = self.targets(targets)?;
                if targets.is_empty() {
                    return Ok(Condition::never());
                }
                Keys::References(References { parameter, targets })
            }
            Test::Versions(canonicals) => {
                let mut targets =
                    self.targets(&canonicals.iter().cloned().map(Target::Url).collect::<Vec<_>>())?;
                for given in canonicals {
                    targets.extend(self.longer_versions(given)?);
                }
                if targets.is_empty() {
                    return Ok(Condition::never());
                }
                Keys::References(References { parameter, targets })
            }
            Test::Date(tests) => {
                let periods = tests.iter().flat_map(bounds::of_date).collect();
                Keys::Dates(Dates::new(parameter, periods, self.is_single(parameter)?))
            }
            Test::Quantity(tests) => {
                let ranges = tests
                    .iter()
                    .flat_map(|test| bounds::of_quantity(test).into_iter().map(|bounds| (test.unit, bounds)));
                Keys::Quantities(Quantities { parameter, ranges: ranges.collect() })
            }
            Test::String(tests) => Keys::Strings(Strings { parameter, tests: tests.clone() }),
            Test::Uri(tests) => Keys::Uris(Uris::new(parameter, tests)),
            Test::Hierarchy { targets, along, direction } => Keys::Hierarchy(Hierarchy {
                parameter,
                targets: self.targets(targets)?,
                along: along.0,
                direction: *direction,
            }),
            Test::Near(tests) => Keys::Positions(Positions { parameter, tests: tests.clone() }),
            Test::Composite(tests) => composites(parameter, tests),
        }))
    }

    fn targets(&mut self, targets: &[Target]) -> Result<Vec<i64>, StoreError> {
        let mut rids = Vec::with_capacity(targets.len());
        for target in targets {
            rids.extend(match target {
                Target::Url(url) => self.rid(URL, url)?,
                Target::Resource { kind, id } => match self.dictionary.find_type(kind) {
                    Some(code) => self.rid(code, id)?,
                    None => None,
                },
            });
        }
        Ok(rids)
    }

    /// The numbers of the canonicals referred to that go on from a version.
    fn longer_versions(&mut self, given: &str) -> Result<Vec<i64>, StoreError> {
        let (from, to) = canonical::longer_versions(given);
        let text = "SELECT rid FROM resource_id WHERE type = ? AND fhir_id >= ? AND fhir_id < ?";
        Ok(Fragment::new(text, [URL.into(), from.into(), to.into()]).statement::<BigInt>().load(self.conn)?)
    }

    fn rids(&mut self, types: &Types, ids: &[Box<str>]) -> Result<Vec<i64>, StoreError> {
        let (codes_list, ids_list) = (dialect::list("t"), dialect::list("d"));
        let text = format!(
            "SELECT i.rid FROM {codes_list} CROSS JOIN {ids_list}{JOIN}resource_id AS i \
             ON i.type = t.value AND i.fhir_id = d.value"
        );
        let codes = integers(types.codes().iter().map(|code| i64::from(*code)));
        let ids = texts(ids.iter().map(|id| id.to_string()));
        Ok(Fragment::new(text, [codes, ids]).statement::<BigInt>().load(self.conn)?)
    }

    fn rid(&mut self, kind: i32, id: &str) -> Result<Option<i64>, StoreError> {
        let text = "SELECT rid FROM resource_id WHERE type = ? AND fhir_id = ?";
        let found = Fragment::new(text, [kind.into(), Bound::Key(id.to_owned())])
            .statement::<BigInt>()
            .load::<i64>(self.conn)?;
        Ok(found.first().copied())
    }
}

/// The tests of one composite; those that end in a string stand among the strings.
fn composites(parameter: i32, tests: &[CompositeTest]) -> Keys {
    let mut keys = Composites { parameter, equal: Vec::new(), ranges: Vec::new() };
    let mut strings: Vec<StringTest> = Vec::new();
    for test in tests {
        match test {
            CompositeTest::Equal { hash } => keys.equal.push(*hash),
            CompositeTest::Date { hash, test } => {
                keys.ranges.extend(bounds::of_rounded_date(test).into_iter().map(|bounds| (*hash, bounds)));
            }
            CompositeTest::Quantity { hash, test } => {
                keys.ranges.extend(bounds::of_quantity(test).into_iter().map(|bounds| (*hash, bounds)));
            }
            CompositeTest::String(test) => strings.push(test.clone()),
        }
    }
    if strings.is_empty() {
        Keys::Composites(keys)
    } else {
        Keys::Strings(Strings { parameter, tests: strings })
    }
}
