//! Composite parameters (R4 search, section 3.1.1.5.8): values that occur together in one element.
//!
//! All components but the last are compared for equality and become one hash. The last one may be of any type: an
//! ordered one keeps its span beside the hash, a string stands behind the hash in the string index.

use crate::hash::KeyHasher;
use crate::keys::{CompositeKey, StringKey};
use crate::parameters::{ParameterId, ParameterKind, ValueRules};
use crate::query::{CompositeTest, DateTest, QuantityTest, StringTest};

/// The most keys that one element contributes to a composite: hundreds of codings in every component multiply.
const MOST_KEYS: usize = 4096;

/// What one component of an element contributes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    /// A value compared for equality.
    Equal(i64),
    /// A period in microseconds.
    Date(i64, i64),
    /// A number, or a quantity in one variant of its unit.
    Number { unit: i64, low: f64, high: f64 },
    /// A folded text, and the hash of the text as written.
    Text { folded: String, exact: i64 },
}

/// One key of a composite.
pub(crate) enum Key {
    Composite(CompositeKey),
    String(StringKey),
}

/// Why components of these kinds cannot be combined; `None` if they can.
pub(crate) fn unsupported_shape(components: &[ValueRules]) -> Option<&'static str> {
    let Some((last, others)) = components.split_last() else { return Some("it has no components") };
    let equality = |rules: &ValueRules| {
        matches!(rules.kind, ParameterKind::Token | ParameterKind::Reference | ParameterKind::Uri)
    };
    if !others.iter().all(equality) {
        return Some("only its last component may be a number, date, quantity or string");
    }
    (last.kind == ParameterKind::Composite).then_some("its last component is itself a composite")
}

/// Calls `each` with the keys of one element, given the parts of each component.
pub(crate) fn keys(
    parameter: ParameterId,
    components: &[Vec<Part>],
    hasher: &KeyHasher,
    each: &mut impl FnMut(Key),
) {
    let Some((last, others)) = components.split_last() else { return };
    let mut heads: Vec<Vec<i64>> = vec![Vec::new()];
    for component in others {
        heads =
            heads.iter().flat_map(|head| component.iter().filter_map(|part| extended(head, part))).collect();
        heads.truncate(MOST_KEYS);
    }
    let pairs = heads.iter().flat_map(|head| last.iter().map(move |part| (head, part)));
    for (head, part) in pairs.take(MOST_KEYS) {
        each(key(parameter, head, part, hasher));
    }
}

fn extended(head: &[i64], part: &Part) -> Option<Vec<i64>> {
    let Part::Equal(hash) = part else { return None };
    Some([head, &[*hash]].concat())
}

fn key(parameter: ParameterId, head: &[i64], last: &Part, hasher: &KeyHasher) -> Key {
    let (hash, low, high) = match last {
        Part::Equal(hash) => (with(head, *hash, hasher), 0.0, 0.0),
        Part::Date(low, high) => (hasher.composite(head), *low as f64, *high as f64),
        Part::Number { unit, low, high } => (with(head, *unit, hasher), *low, *high),
        Part::Text { folded, exact } => {
            let folded = text(hasher.composite(head), folded);
            return Key::String(StringKey { parameter, folded, exact: *exact });
        }
    };
    Key::Composite(CompositeKey { parameter, hash, low, high })
}

fn with(head: &[i64], last: i64, hasher: &KeyHasher) -> i64 {
    hasher.composite(&[head, &[last]].concat())
}

/// A text behind the hash of the components before it, as the string index holds it.
fn text(hash: i64, folded: &str) -> Box<str> {
    format!("{:016x}{folded}", hash.cast_unsigned()).into_boxed_str()
}

/// What the last component of a query value tests.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Last {
    Equal(i64),
    Date(DateTest),
    Number(QuantityTest),
    /// Starts with this folded text.
    Text(Box<str>),
}

/// The test of one combination of values.
pub(crate) fn test(head: &[i64], last: Last, hasher: &KeyHasher) -> CompositeTest {
    match last {
        Last::Equal(hash) => CompositeTest::Equal { hash: with(head, hash, hasher) },
        Last::Date(test) => CompositeTest::Date { hash: hasher.composite(head), test },
        Last::Number(test) => CompositeTest::Quantity { hash: with(head, test.unit, hasher), test },
        Last::Text(folded) => {
            CompositeTest::String(StringTest::StartsWith(text(hasher.composite(head), &folded)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Comparison;

    fn rules(kind: ParameterKind) -> ValueRules {
        ValueRules { kind, targets: Vec::new(), case_sensitive: false }
    }

    #[test]
    fn ordered_components_stand_last() {
        use ParameterKind::{Composite, Date, Number, Quantity, String, Token};
        let shape = |kinds: &[ParameterKind]| {
            unsupported_shape(&kinds.iter().map(|kind| rules(*kind)).collect::<Vec<_>>())
        };
        assert_eq!(shape(&[Token, Token, Quantity]), None);
        assert_eq!(shape(&[Token, Date]), None);
        assert_eq!(shape(&[Token, String]), None);
        assert!(shape(&[Token, Number, Number]).is_some());
        assert!(shape(&[Token, Composite]).is_some());
        assert!(shape(&[]).is_some());
    }

    #[test]
    fn keys_and_tests_meet() {
        let hasher = KeyHasher::new([1, 2]);
        let components = [
            vec![Part::Equal(10), Part::Equal(11)],
            vec![
                Part::Number { unit: 0, low: 5.0, high: 5.0 },
                Part::Number { unit: 7, low: 5.0, high: 5.0 },
            ],
        ];
        let mut hashes = Vec::new();
        keys(ParameterId(1), &components, &hasher, &mut |key| match key {
            Key::Composite(key) => hashes.push(key.hash),
            Key::String(key) => panic!("{key:?}"),
        });
        assert_eq!(hashes.len(), 4);
        let number = QuantityTest { comparison: Comparison::Equal, unit: 7, value: 5.0, low: 4.5, high: 5.5 };
        match test(&[11], Last::Number(number), &hasher) {
            CompositeTest::Quantity { hash, .. } => assert!(hashes.contains(&hash)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn texts_stand_behind_the_hash() {
        let hasher = KeyHasher::new([1, 2]);
        let components = [vec![Part::Equal(10)], vec![Part::Text { folded: "abc".to_owned(), exact: 3 }]];
        keys(ParameterId(1), &components, &hasher, &mut |key| {
            let Key::String(key) = key else { panic!("a string was expected") };
            match test(&[10], Last::Text("ab".into()), &hasher) {
                CompositeTest::String(StringTest::StartsWith(prefix)) => {
                    assert!(key.folded.starts_with(&*prefix))
                }
                other => panic!("{other:?}"),
            }
        });
    }

    #[test]
    fn keys_of_one_element_are_limited() {
        let many: Vec<Part> = (0..1000).map(Part::Equal).collect();
        let mut count = 0;
        keys(ParameterId(1), &[many.clone(), many], &KeyHasher::new([1, 2]), &mut |_| count += 1);
        assert_eq!(count, MOST_KEYS);
    }
}
