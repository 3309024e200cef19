//! Tokens: equality of a hash.

use super::fragment::{Fragment, json_list, rounded};
use super::source::{Row, Source};

/// So many hashes are looked up one by one, which keeps the rows of each in the order of resources.
const SEPARATE: usize = 8;

/// One of the hashes is a key of the parameter.
#[derive(Clone, Debug)]
pub(in crate::store) struct Tokens {
    pub(super) parameter: i32,
    pub(super) hashes: Vec<i64>,
}

impl Tokens {
    pub(super) fn sources(&self) -> Vec<Source> {
        equal("ix_token", "hash", self.parameter, &self.hashes)
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        probe_equal("ix_token", "hash", self.parameter, &self.hashes, row)
    }
}

/// The rows of a table whose integer `column` is one of the values.
pub(super) fn equal(table: &str, column: &str, parameter: i32, values: &[i64]) -> Vec<Source> {
    let from = Fragment::text(format!("{table} AS s"));
    if values.len() > SEPARATE {
        let text = format!("s.parameter = ? AND s.{column} IN (SELECT value FROM json_each(?))");
        let values = [parameter.into(), json_list(values.iter().copied())];
        return vec![Source { from, condition: Fragment::new(text, values), in_order: false }];
    }
    let source = |value: i64| Source {
        from: from.clone(),
        condition: Fragment::new(format!("s.parameter = ? AND s.{column} = ?"), [parameter.into(), value.into()]),
        in_order: true,
    };
    rounded(values.to_vec()).into_iter().map(source).collect()
}

/// Whether there is a row of the resource whose integer `column` is one of the values.
pub(super) fn probe_equal(table: &str, column: &str, parameter: i32, values: &[i64], row: &Row) -> Fragment {
    let rid = &row.rid;
    let start = format!("EXISTS (SELECT 1 FROM {table} AS p WHERE p.parameter = ? AND p.{column}");
    match values {
        [value] => Fragment::new(format!("{start} = ? AND p.rid = {rid})"), [parameter.into(), (*value).into()]),
        _ => Fragment::new(
            format!("{start} IN (SELECT value FROM json_each(?)) AND p.rid = {rid})"),
            [parameter.into(), json_list(values.iter().copied())],
        ),
    }
}
