//! Numbers and quantities: comparison of values and ranges.

use super::bounds::Bounds;
use super::fragment::{Bound, Fragment, rounded};
use super::source::{Row, Source};
use crate::store::sql::dialect;

/// One of the rectangles holds a key of the parameter with its unit.
#[derive(Clone, Debug)]
pub(in crate::store) struct Quantities {
    pub(super) parameter: i32,
    /// Unit and rectangle.
    pub(super) ranges: Vec<(i64, Bounds<f64>)>,
}

const TABLE: RangeTable = RangeTable { table: "ix_quantity", hash: "unit", wide: "ix_quantity_range" };

impl Quantities {
    pub(super) fn sources(&self) -> Vec<Source> {
        TABLE.sources(self.parameter, &self.ranges)
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        probe_ranges("has_quantity", self.parameter, &self.ranges, row)
    }
}

/// A table of values and ranges under a hash.
pub(super) struct RangeTable {
    pub(super) table: &'static str,
    /// The column of the hash.
    pub(super) hash: &'static str,
    /// The index of true ranges, not single values, by the upper end.
    pub(super) wide: &'static str,
}

impl RangeTable {
    /// The rows that lie in the rectangles.
    pub(super) fn sources(&self, parameter: i32, ranges: &[(i64, Bounds<f64>)]) -> Vec<Source> {
        let (mut values, mut wide) = (Vec::new(), Vec::new());
        for (hash, bounds) in ranges {
            // Single values end where they begin; only true ranges begin below what their upper end must reach.
            let (near, far) = bounds.split(bounds.high.0);
            values.extend(near.map(|bounds| (*hash, bounds)));
            wide.extend(far.map(|bounds| (*hash, bounds)));
        }
        let text = format!(
            "s.parameter = ? AND s.{} = ? AND s.low BETWEEN ? AND ? AND s.high BETWEEN ? AND ?",
            self.hash
        );
        let wide_text = format!("{text} AND s.low < s.high");
        let (from, wide_from) =
            (format!("{} AS s", self.table), format!("{} AS s{}", self.table, dialect::by_index(self.wide)));
        let source = |from: &str, text: &str, hash, bounds: Bounds<f64>| Source {
            from: Fragment::text(from),
            condition: Fragment::new(text, bind(parameter, hash, &bounds)),
            in_order: false,
        };
        let values = rounded(values).into_iter().map(|(hash, bounds)| source(&from, &text, hash, bounds));
        let wide =
            rounded(wide).into_iter().map(|(hash, bounds)| source(&wide_from, &wide_text, hash, bounds));
        values.chain(wide).collect()
    }
}

/// Whether `function` finds a key of the resource in one of the rectangles.
pub(super) fn probe_ranges(
    function: &str,
    parameter: i32,
    ranges: &[(i64, Bounds<f64>)],
    row: &Row,
) -> Fragment {
    let text = format!("{function}({}, ?, ?, ?, ?, ?, ?)", dialect::keys(&row.current));
    let probe = |(hash, bounds)| Fragment::new(text.clone(), bind(parameter, hash, &bounds));
    Fragment::any(rounded(ranges.to_vec()).into_iter().map(probe).collect())
}

fn bind(parameter: i32, hash: i64, bounds: &Bounds<f64>) -> impl Iterator<Item = Bound> {
    [parameter.into(), hash.into()].into_iter().chain(bounds.values())
}
