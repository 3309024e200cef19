//! The prefixes of ordered values (R4 search, section 3.1.1.4.5): `ge2013`, `lt5.4`.

use crate::query::Comparison;

/// Takes the prefix off a value; without one the comparison is equality.
pub(crate) fn split(value: &str) -> (Comparison, &str) {
    let Some((prefix, rest)) = value.split_at_checked(2) else { return (Comparison::Equal, value) };
    let comparison = match prefix {
        "eq" => Comparison::Equal,
        "ne" => Comparison::NotEqual,
        "gt" => Comparison::Greater,
        "lt" => Comparison::Less,
        "ge" => Comparison::GreaterOrEqual,
        "le" => Comparison::LessOrEqual,
        "sa" => Comparison::StartsAfter,
        "eb" => Comparison::EndsBefore,
        "ap" => Comparison::Approximately,
        _ => return (Comparison::Equal, value),
    };
    (comparison, rest)
}
