//! Filters of value sets over listed concepts (FHIR R4, `ValueSet.compose.include.filter`).

use fhir_model::Node;
use foldhash::HashSet;
use regex::{Regex, RegexBuilder};

use super::{CodeSystem, Concept};
use crate::not_checked::NotChecked;

/// The largest compiled regular expression of a filter, in bytes.
const LARGEST_REGEX: usize = 1 << 20;

/// A filter as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) property: Box<str>,
    pub(crate) op: Box<str>,
    pub(crate) value: Box<str>,
}

impl Filter {
    /// Reads a filter; `None` if one of its three elements is missing.
    pub(crate) fn parse(node: Node<'_>) -> Option<Self> {
        Some(Self {
            property: node.get_str("property")?.into(),
            op: node.get_str("op")?.into(),
            value: node.get("value")?.primitive_text()?.into(),
        })
    }

    /// The reason to give where this filter cannot be evaluated.
    pub(crate) fn not_supported(&self) -> NotChecked {
        NotChecked::Filter(format!("{} {} {}", self.property, self.op, self.value).into())
    }
}

/// A predicate over the concepts of one system.
enum Test<'a> {
    /// The concept is one of these.
    OneOf(HashSet<usize>),
    /// The concept is none of these.
    NoneOf(HashSet<usize>),
    /// A value of the property is one of these.
    ValueIn(&'a str, Vec<&'a str>),
    /// No value of the property is one of these.
    ValueNotIn(&'a str, Vec<&'a str>),
    /// A value of the property matches as a whole.
    Matches(&'a str, Regex),
    /// The property has a value, or has none.
    Exists(&'a str, bool),
}

impl CodeSystem {
    /// The positions of the concepts that pass all filters.
    pub(crate) fn select(&self, filters: &[Filter]) -> Result<HashSet<usize>, NotChecked> {
        if let Some(reason @ NotChecked::Malformed(..)) = self.why_open() {
            return Err(reason);
        }
        let tests: Vec<Test<'_>> = filters
            .iter()
            .map(|filter| self.test(filter).ok_or_else(|| filter.not_supported()))
            .collect::<Result<_, _>>()?;
        let passes = |(position, concept): &(usize, &Concept)| {
            tests.iter().all(|test| self.passes(test, *position, concept))
        };
        Ok(self.concepts.iter().enumerate().filter(passes).map(|(position, _)| position).collect())
    }

    fn test<'a>(&self, filter: &'a Filter) -> Option<Test<'a>> {
        let (property, value) = (&*filter.property, &*filter.value);
        let is_concept = matches!(property, "concept" | "code");
        let known = is_concept
            || matches!(property, "display" | "parent" | "child")
            || self.properties.iter().any(|declared| **declared == *property);
        match &*filter.op {
            "is-a" if is_concept => Some(Test::OneOf(self.below(value))),
            "descendent-of" if is_concept => Some(Test::OneOf(self.strictly_below(value))),
            "is-not-a" if is_concept => Some(Test::NoneOf(self.below(value))),
            "generalizes" if is_concept => Some(Test::OneOf(self.above(value))),
            "=" if known => Some(Test::ValueIn(property, vec![value])),
            "in" if known => Some(Test::ValueIn(property, list(value))),
            "not-in" if known => Some(Test::ValueNotIn(property, list(value))),
            "regex" if known => Some(Test::Matches(property, whole_match(value)?)),
            "exists" if known => Some(Test::Exists(property, value.parse().ok()?)),
            _ => None,
        }
    }

    fn passes(&self, test: &Test<'_>, position: usize, concept: &Concept) -> bool {
        match test {
            Test::OneOf(positions) => positions.contains(&position),
            Test::NoneOf(positions) => !positions.contains(&position),
            Test::ValueIn(property, values) => {
                self.has_value(position, concept, property, |value| values.contains(&value))
            }
            Test::ValueNotIn(property, values) => {
                !self.has_value(position, concept, property, |value| values.contains(&value))
            }
            Test::Matches(property, regex) => {
                self.has_value(position, concept, property, |value| regex.is_match(value))
            }
            Test::Exists(property, wanted) => {
                self.has_value(position, concept, property, |_| true) == *wanted
            }
        }
    }

    /// Whether one of the values of a property of a concept is accepted. What every concept has counts as a property.
    fn has_value(
        &self,
        position: usize,
        concept: &Concept,
        property: &str,
        accept: impl Fn(&str) -> bool,
    ) -> bool {
        let any = |positions: &[usize]| {
            positions.iter().filter_map(|found| self.concepts.get(*found)).any(|found| accept(&found.code))
        };
        match property {
            "concept" | "code" => accept(&concept.code),
            "display" => concept.display.as_deref().is_some_and(accept),
            "parent" => any(self.hierarchy.parents(position)),
            "child" => any(self.hierarchy.children(position)),
            _ => concept.values(property).any(accept),
        }
    }

    fn below(&self, code: &str) -> HashSet<usize> {
        self.find(code).map(|concept| self.hierarchy.descendants_or_self(concept)).unwrap_or_default()
    }

    fn strictly_below(&self, code: &str) -> HashSet<usize> {
        let mut below = self.below(code);
        if let Some(concept) = self.find(code) {
            below.remove(&concept);
        }
        below
    }

    fn above(&self, code: &str) -> HashSet<usize> {
        self.find(code).map(|concept| self.hierarchy.ancestors_or_self(concept)).unwrap_or_default()
    }
}

fn list(value: &str) -> Vec<&str> {
    value.split(',').map(str::trim).collect()
}

/// A regular expression that must match the whole value.
fn whole_match(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(LARGEST_REGEX).build().ok()
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;

    const ANIMALS: &str = r#"{"content":"complete","caseSensitive":true,"property":[{"code":"legs","type":"integer"}],"concept":[
        {"code":"animal","concept":[
            {"code":"bird","property":[{"code":"legs","valueInteger":2}],"concept":[{"code":"owl"}]},
            {"code":"cat","display":"Cat","property":[{"code":"legs","valueInteger":4},{"code":"parent","valueCode":"pet"}]}]},
        {"code":"pet"}]}"#;

    fn select(property: &str, op: &str, value: &str) -> Option<String> {
        let document = Document::parse(ANIMALS).unwrap();
        let system = CodeSystem::parse("urn:animals", document.root());
        let filter = Filter { property: property.into(), op: op.into(), value: value.into() };
        let positions = system.select(&[filter]).ok()?;
        let mut codes: Vec<&str> =
            positions.iter().map(|position| &*system.concepts[*position].code).collect();
        codes.sort_unstable();
        Some(codes.join(" "))
    }

    #[test]
    fn every_operator_selects_what_the_specification_says() {
        for (property, op, value, expected) in [
            ("concept", "is-a", "bird", Some("bird owl")),
            ("concept", "is-a", "pet", Some("cat pet")),
            ("code", "descendent-of", "animal", Some("bird cat owl")),
            ("concept", "is-not-a", "animal", Some("pet")),
            ("concept", "generalizes", "cat", Some("animal cat pet")),
            ("concept", "is-a", "stone", Some("")),
            ("concept", "=", "cat", Some("cat")),
            ("concept", "in", "cat, owl", Some("cat owl")),
            ("legs", "=", "4", Some("cat")),
            ("legs", "in", "2,4", Some("bird cat")),
            ("legs", "not-in", "2", Some("animal cat owl pet")),
            ("legs", "exists", "true", Some("bird cat")),
            ("legs", "exists", "false", Some("animal owl pet")),
            ("legs", "exists", "maybe", None),
            ("code", "regex", "[a-c]at", Some("cat")),
            ("code", "regex", "a", Some("")),
            ("code", "regex", "(", None),
            ("display", "=", "Cat", Some("cat")),
            ("parent", "=", "pet", Some("cat")),
            ("child", "=", "owl", Some("bird")),
            ("colour", "=", "red", None),
            ("concept", "near", "cat", None),
        ] {
            assert_eq!(select(property, op, value).as_deref(), expected, "{property} {op} {value}");
        }
    }
}
