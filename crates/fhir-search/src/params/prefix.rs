//! The prefixes of ordered values (R4 search, section 3.1.1.4.5): `ge2013`, `lt5.4`.

use crate::query::Comparison;

/// A prefix as it is written, with what it finds for the documentation.
pub(crate) struct Row {
    pub(crate) text: &'static str,
    comparison: Comparison,
    /// A date is found if its period ...
    pub(crate) dates: &'static str,
    /// A number is found if it ...
    pub(crate) numbers: &'static str,
}

/// All prefixes.
pub(crate) const PREFIXES: &[Row] = &[
    Row {
        text: "eq",
        comparison: Comparison::Equal,
        dates: "lies within the period of the query; so without a prefix",
        numbers: "lies within the range of the query",
    },
    Row {
        text: "ne",
        comparison: Comparison::NotEqual,
        dates: "does not lie within it",
        numbers: "does not lie within it",
    },
    Row {
        text: "gt",
        comparison: Comparison::Greater,
        dates: "reaches beyond its end",
        numbers: "is greater than the value given",
    },
    Row { text: "lt", comparison: Comparison::Less, dates: "begins before it", numbers: "is less" },
    Row {
        text: "ge",
        comparison: Comparison::GreaterOrEqual,
        dates: "fulfils `gt` or `eq`",
        numbers: "is greater or equal",
    },
    Row {
        text: "le",
        comparison: Comparison::LessOrEqual,
        dates: "fulfils `lt` or `eq`",
        numbers: "is less or equal",
    },
    Row {
        text: "sa",
        comparison: Comparison::StartsAfter,
        dates: "begins after it has ended",
        numbers: "(a range) is greater as a whole",
    },
    Row {
        text: "eb",
        comparison: Comparison::EndsBefore,
        dates: "ends before it begins",
        numbers: "(a range) is less as a whole",
    },
    Row {
        text: "ap",
        comparison: Comparison::Approximately,
        dates: "overlaps it, each end widened by a tenth of its distance from now",
        numbers: "overlaps the value plus and minus a tenth",
    },
];

/// Takes the prefix off a value; without one the comparison is equality.
pub(crate) fn split(value: &str) -> (Comparison, &str) {
    let Some((prefix, rest)) = value.split_at_checked(2) else { return (Comparison::Equal, value) };
    match PREFIXES.iter().find(|row| row.text == prefix) {
        Some(row) => (row.comparison, rest),
        None => (Comparison::Equal, value),
    }
}
