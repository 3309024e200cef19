//! Tokens: equality of a hash.

use super::fragment::{Fragment, integers, rounded};
use super::source::{Row, Source};
use crate::store::sql::dialect::{END_OF_PROBE, IS_IN_LIST};

/// So many hashes are looked up one by one, which keeps the rows of each in the order of resources.
const SEPARATE: usize = 8;

/// One of the hashes is a key of the parameter.
#[derive(Clone, Debug)]
pub(in crate::store) struct Tokens {
    pub(super) parameter: i32,
    pub(super) hashes: Vec<i64>,
}

const TABLE: EqualTable = EqualTable { table: "ix_token", column: "hash", zero: &[] };

impl Tokens {
    pub(super) fn sources(&self) -> Vec<Source> {
        TABLE.sources(self.parameter, &self.hashes)
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        TABLE.probe(self.parameter, &self.hashes, row)
    }
}

/// A table in which an integer is compared for equality.
pub(super) struct EqualTable {
    pub(super) table: &'static str,
    /// The column compared.
    pub(super) column: &'static str,
    /// Columns that are 0 in the rows concerned: only when that is said, the resource is the one column that is left.
    pub(super) zero: &'static [&'static str],
}

impl EqualTable {
    /// The rows with one of the values.
    pub(super) fn sources(&self, parameter: i32, values: &[i64]) -> Vec<Source> {
        let from = Fragment::text(format!("{} AS s", self.table));
        if values.len() > SEPARATE {
            let text = self.condition("s", IS_IN_LIST);
            let values = [parameter.into(), integers(values.iter().copied())];
            return vec![Source { from, condition: Fragment::new(text, values), in_order: false }];
        }
        let source = |value: i64| Source {
            from: from.clone(),
            condition: Fragment::new(self.condition("s", "= ?"), [parameter.into(), value.into()]),
            in_order: true,
        };
        rounded(values.to_vec()).into_iter().map(source).collect()
    }

    /// Whether the resource has a row with one of the values.
    pub(super) fn probe(&self, parameter: i32, values: &[i64], row: &Row) -> Fragment {
        let (comparison, value) = match values {
            [value] => ("= ?", (*value).into()),
            _ => (IS_IN_LIST, integers(values.iter().copied())),
        };
        let (table, condition, rid) = (self.table, self.condition("p", comparison), &row.rid);
        Fragment::new(
            format!("EXISTS (SELECT 1 FROM {table} AS p WHERE {condition} AND p.rid = {rid}{END_OF_PROBE}"),
            [parameter.into(), value],
        )
    }

    fn condition(&self, alias: &str, comparison: &str) -> String {
        let mut text = format!("{alias}.parameter = ? AND {alias}.{} {comparison}", self.column);
        for column in self.zero {
            text.push_str(&format!(" AND {alias}.{column} = 0"));
        }
        text
    }
}
