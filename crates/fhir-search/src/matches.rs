//! What a query means, said as plainly as possible: whether a resource fulfils a clause, given the keys of all
//! resources. The search engine of a database must agree with this on every query.

use std::collections::HashSet;

use crate::canonical;
use crate::keys::{CompositeKey, SearchKeys, StringKey, Target};
use crate::near;
use crate::parameters::ParameterId;
use crate::query::{
    Clause, Comparison, CompositeTest, DateTest, Direction, NearTest, QuantityTest, StringTest, Test,
    TextScope, UriTest,
};

/// The current version of one resource as a search sees it.
#[derive(Clone, Copy, Debug)]
pub struct Indexed<'a> {
    /// The resource type.
    pub kind: &'a str,
    /// The id.
    pub id: &'a str,
    /// Microseconds since 1970 UTC.
    pub last_updated: i64,
    /// Its keys.
    pub keys: &'a SearchKeys,
}

/// All current resources, so that chains can be followed.
pub trait Population {
    /// The resource of that type and id.
    fn find(&self, kind: &str, id: &str) -> Option<Indexed<'_>>;

    /// All resources of a type.
    fn of_type<'a>(&'a self, kind: &'a str) -> Box<dyn Iterator<Item = Indexed<'a>> + 'a>;
}

/// Whether a resource fulfils a clause.
pub fn matches(clause: &Clause, resource: Indexed<'_>, population: &impl Population) -> bool {
    match clause {
        Clause::Parameter { parameter, test: Test::Hierarchy { targets, along, direction } } => {
            let reached = hierarchy(targets, *along, *direction, population);
            let points = |target: &Target| reached.contains(target);
            resource.keys.references.iter().any(|key| key.parameter == *parameter && points(&key.target))
        }
        Clause::Parameter { parameter, test } => test.matches(*parameter, resource.keys),
        Clause::Id(ids) => ids.iter().any(|id| **id == *resource.id),
        Clause::Resource { kind, id } => **kind == *resource.kind && **id == *resource.id,
        Clause::LastUpdated(tests) => {
            let (low, high) = (resource.last_updated, resource.last_updated.saturating_add(1));
            tests.iter().any(|test| test.matches(low, high))
        }
        Clause::Chain { reference, target, clause } => {
            resource.keys.references.iter().any(|key| match &key.target {
                Target::Resource { kind, id } if key.parameter == *reference && kind == target => population
                    .find(kind, id)
                    .is_some_and(|pointed_to| matches(clause, pointed_to, population)),
                _ => false,
            })
        }
        Clause::Has { source, reference, clause } => population.of_type(source).any(|pointing| {
            let points_here = pointing.keys.references.iter().any(|key| {
                key.parameter == *reference
                    && matches!(&key.target, Target::Resource { kind, id }
                        if **kind == *resource.kind && **id == *resource.id)
            });
            points_here && matches(clause, pointing, population)
        }),
        Clause::Any(clauses) => clauses.iter().any(|clause| matches(clause, resource, population)),
        Clause::All(clauses) => clauses.iter().all(|clause| matches(clause, resource, population)),
        Clause::Of { types, clauses } => {
            types.iter().any(|kind| **kind == *resource.kind)
                && clauses.iter().all(|clause| matches(clause, resource, population))
        }
        Clause::Not(clause) => !matches(clause, resource, population),
        Clause::Present(parameter) => resource.keys.has(*parameter),
        Clause::Words { scope, words } => {
            let SearchKeys { narrative_words: narrative, content_words: content, .. } = resource.keys;
            let everywhere = *scope == TextScope::Content;
            words.iter().all(|word| narrative.contains(word) || everywhere && content.contains(word))
        }
    }
}

/// The targets and all that is above or below one of them, whether the last step exists or not.
fn hierarchy(
    targets: &[Target],
    along: ParameterId,
    direction: Direction,
    population: &impl Population,
) -> HashSet<Target> {
    let mut reached: HashSet<Target> = HashSet::new();
    let mut next: Vec<Target> = targets.to_vec();
    while let Some(target) = next.pop() {
        if !reached.insert(target.clone()) {
            continue;
        }
        let Target::Resource { kind, id } = &target else { continue };
        let parents = |resource: Indexed<'_>| {
            let keys = resource.keys.references.iter().filter(|key| key.parameter == along);
            keys.map(|key| key.target.clone()).collect::<Vec<_>>()
        };
        match direction {
            Direction::Above => next.extend(population.find(kind, id).map(parents).unwrap_or_default()),
            Direction::Below => next.extend(population.of_type(kind).filter_map(|resource| {
                let child = Target::Resource { kind: resource.kind.into(), id: resource.id.into() };
                parents(resource).contains(&target).then_some(child)
            })),
        }
    }
    reached
}

impl SearchKeys {
    /// Whether the parameter has any key here, and so selects something.
    pub fn has(&self, parameter: ParameterId) -> bool {
        self.tokens.iter().any(|key| key.parameter == parameter)
            || self.references.iter().any(|key| key.parameter == parameter)
            || self.dates.iter().any(|key| key.parameter == parameter)
            || self.quantities.iter().any(|key| key.parameter == parameter)
            || self.strings.iter().any(|key| key.parameter == parameter)
            || self.uris.iter().any(|key| key.parameter == parameter)
            || self.composites.iter().any(|key| key.parameter == parameter)
            || self.positions.iter().any(|key| key.parameter == parameter)
    }
}

impl Test {
    /// Whether some key of the parameter passes some of the values. A resource without keys of the parameter fits
    /// no value, and not `ne` either.
    pub fn matches(&self, parameter: ParameterId, keys: &SearchKeys) -> bool {
        match self {
            Self::Token(hashes) => {
                keys.tokens.iter().any(|key| key.parameter == parameter && hashes.contains(&key.hash))
            }
            // Follows references of other resources, which are not here: see `matches`.
            Self::Hierarchy { .. } => false,
            Self::Reference(targets) => {
                keys.references.iter().any(|key| key.parameter == parameter && targets.contains(&key.target))
            }
            Self::Versions(canonicals) => keys.references.iter().any(|key| {
                let passes = |url: &str| canonicals.iter().any(|given| canonical::is_of_version(url, given));
                key.parameter == parameter && matches!(&key.target, Target::Url(url) if passes(url))
            }),
            Self::Date(tests) => keys.dates.iter().any(|key| {
                key.parameter == parameter && tests.iter().any(|test| test.matches(key.low, key.high))
            }),
            Self::Quantity(tests) => keys.quantities.iter().any(|key| {
                let passes = |test: &QuantityTest| test.unit == key.unit && test.matches(key.low, key.high);
                key.parameter == parameter && tests.iter().any(passes)
            }),
            Self::String(tests) => keys
                .strings
                .iter()
                .any(|key| key.parameter == parameter && tests.iter().any(|test| test.matches(key))),
            Self::Uri(tests) => {
                let passes = |uri: &str| tests.iter().any(|test| test.matches(uri));
                keys.uris.iter().any(|key| key.parameter == parameter && passes(&key.value))
            }
            Self::Near(tests) => keys.positions.iter().any(|key| {
                let passes = |test: &NearTest| test.matches(key.latitude, key.longitude);
                key.parameter == parameter && tests.iter().any(passes)
            }),
            Self::Composite(tests) => tests.iter().any(|test| test.matches(parameter, keys)),
        }
    }
}

impl DateTest {
    /// Whether a period passes: `low` its first microsecond, `high` the first after it (R4 search, section 3.1.1.4.5).
    ///
    /// - `eq`: the period lies within that of the query; `ne`: it does not.
    /// - `gt`: it reaches beyond the end of the query's; `lt`: it begins before the query's.
    /// - `ge`, `le`: `gt` or `eq`, `lt` or `eq`.
    /// - `sa`: it begins after the query's has ended; `eb`: it ends before the query's begins.
    /// - `ap`: they overlap.
    pub fn matches(&self, low: i64, high: i64) -> bool {
        period_passes(self.comparison, (self.low, self.high), (low, high))
    }

    /// The same for the period of a [`CompositeKey`], whose ends were rounded to `f64`; so are those of the query.
    pub fn matches_rounded(&self, low: f64, high: f64) -> bool {
        period_passes(self.comparison, (self.low as f64, self.high as f64), (low, high))
    }
}

fn period_passes<T: PartialOrd>(comparison: Comparison, query: (T, T), period: (T, T)) -> bool {
    let within = || query.0 <= period.0 && period.1 <= query.1;
    let reaches_beyond = || period.1 > query.1;
    let begins_before = || period.0 < query.0;
    match comparison {
        Comparison::Equal => within(),
        Comparison::NotEqual => !within(),
        Comparison::Greater => reaches_beyond(),
        Comparison::Less => begins_before(),
        Comparison::GreaterOrEqual => reaches_beyond() || within(),
        Comparison::LessOrEqual => begins_before() || within(),
        Comparison::StartsAfter => period.0 >= query.1,
        Comparison::EndsBefore => period.1 <= query.0,
        Comparison::Approximately => period.0 < query.1 && period.1 > query.0,
    }
}

impl QuantityTest {
    /// Whether a value (`low` = `high`) or a range passes; units are compared elsewhere (R4 search, section 3.1.1.5.2).
    ///
    /// - `eq`: it lies within the range that the digits of the query imply, whose upper end is excluded; `ne`: it does not.
    /// - `gt`, `ge`: some of it is greater, or equal, than the exact value of the query; `lt`, `le`: less.
    /// - `sa`: all of it is greater; `eb`: all of it is less.
    /// - `ap`: it overlaps the range of the query.
    pub fn matches(&self, low: f64, high: f64) -> bool {
        let within = || self.low <= low && high < self.high;
        match self.comparison {
            Comparison::Equal => within(),
            Comparison::NotEqual => !within(),
            Comparison::Greater => high > self.value,
            Comparison::Less => low < self.value,
            Comparison::GreaterOrEqual => high >= self.value,
            Comparison::LessOrEqual => low <= self.value,
            Comparison::StartsAfter => low > self.value,
            Comparison::EndsBefore => high < self.value,
            Comparison::Approximately => low < self.high && high >= self.low,
        }
    }
}

impl UriTest {
    /// Whether a uri passes.
    pub fn matches(&self, uri: &str) -> bool {
        match self {
            Self::Equal(wanted) => *uri == **wanted,
            Self::Below(root) => match uri.strip_prefix(&**root) {
                Some(rest) => rest.is_empty() || root.ends_with('/') || rest.starts_with('/'),
                None => false,
            },
            Self::Version(given) => canonical::is_of_version(uri, given),
            Self::Other(given) => {
                let ((url, version), (other, other_version)) =
                    (canonical::parts(given), canonical::parts(uri));
                url != other || version.is_some() && other_version.is_some() && version != other_version
            }
        }
    }
}

impl NearTest {
    /// Whether a position is no further away than asked for.
    pub fn matches(&self, latitude: f64, longitude: f64) -> bool {
        near::distance((self.latitude, self.longitude), (latitude, longitude)) <= self.metres
    }
}

impl StringTest {
    /// Whether a string passes.
    pub fn matches(&self, key: &StringKey) -> bool {
        match self {
            Self::Contains(part) => key.folded.contains(&**part),
            Self::StartsWith(prefix) => key.folded.starts_with(&**prefix),
            Self::EndsWith(suffix) => key.folded.ends_with(&**suffix),
            Self::Equal(text) => key.folded == *text,
            Self::Between { from, to } => *from <= key.folded && key.folded < *to,
            Self::Exact { folded, exact } => key.folded == *folded && key.exact == *exact,
        }
    }
}

impl CompositeTest {
    /// Whether some key of the composite passes.
    pub fn matches(&self, parameter: ParameterId, keys: &SearchKeys) -> bool {
        let any = |hash: i64, passes: &dyn Fn(&CompositeKey) -> bool| {
            keys.composites.iter().any(|key| key.parameter == parameter && key.hash == hash && passes(key))
        };
        match self {
            Self::Equal { hash } => any(*hash, &|_| true),
            Self::Date { hash, test } => any(*hash, &|key| test.matches_rounded(key.low, key.high)),
            Self::Quantity { hash, test } => any(*hash, &|key| test.matches(key.low, key.high)),
            Self::String(test) => {
                keys.strings.iter().any(|key| key.parameter == parameter && test.matches(key))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{date, number};

    /// Periods that begin and end around the day of the query, and the prefixes that find each.
    #[test]
    fn periods_and_prefixes() {
        let micros = |text| date::parse(text, 0, 0).map(|test| (test.low, test.high)).unwrap();
        let (day, before, after) = (micros("2013-01-14"), micros("2013-01-10"), micros("2013-01-20"));
        let noon = micros("2013-01-14T12:00:00");
        for (period, found_by) in [
            (day, "eq ge le ap"),
            (noon, "eq ge le ap"),
            (before, "ne lt le eb"),
            (after, "ne gt ge sa"),
            ((before.0, after.1), "ne gt ge lt le ap"),
            ((noon.0, after.1), "ne gt ge ap"),
            ((before.0, noon.1), "ne lt le ap"),
            ((day.1, i64::MAX), "ne gt ge sa"),
            ((noon.0, i64::MAX), "ne gt ge ap"),
            ((i64::MIN, day.0), "ne lt le eb"),
            ((i64::MIN, i64::MAX), "ne gt ge lt le ap"),
        ] {
            for prefix in ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"] {
                let test = DateTest {
                    low: day.0,
                    high: day.1,
                    ..date::parse(&format!("{prefix}2013-01-14"), 0, 0).unwrap()
                };
                assert_eq!(
                    test.matches(period.0, period.1),
                    found_by.contains(prefix),
                    "{prefix} {period:?}"
                );
            }
        }
    }

    #[test]
    fn numbers_and_prefixes() {
        let infinity = f64::INFINITY;
        for (span, found_by) in [
            ((100.0, 100.0), "eq ge le ap"),
            ((100.4, 100.4), "eq gt ge sa ap"),
            ((99.5, 99.5), "eq lt le eb ap"),
            ((100.5, 100.5), "ne gt ge sa ap"),
            ((110.0, 110.0), "ne gt ge sa ap"),
            ((111.0, 111.0), "ne gt ge sa"),
            ((50.0, 50.0), "ne lt le eb"),
            ((50.0, 200.0), "ne gt ge lt le ap"),
            ((150.0, infinity), "ne gt ge sa"),
            ((-infinity, 100.0), "ne ge lt le ap"),
        ] {
            for prefix in ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"] {
                let test = number::parse(&format!("{prefix}100")).unwrap();
                assert_eq!(test.matches(span.0, span.1), found_by.contains(prefix), "{prefix} {span:?}");
            }
        }
    }
}
