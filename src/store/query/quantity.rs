//! Numbers and quantities: comparison of values and ranges.

use super::bounds::Bounds;
use super::fragment::{Bound, Fragment, rounded};
use super::source::{Row, Source};

/// One of the rectangles holds a key of the parameter with its unit.
#[derive(Clone, Debug)]
pub(in crate::store) struct Quantities {
    pub(super) parameter: i32,
    /// Unit and rectangle.
    pub(super) ranges: Vec<(i64, Bounds<f64>)>,
}

impl Quantities {
    pub(super) fn sources(&self) -> Vec<Source> {
        ranged(&RangeTable { table: "ix_quantity", hash: "unit", wide: "ix_quantity_range" }, self.parameter, &self.ranges)
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        probe_ranged("has_quantity", self.parameter, &self.ranges, row)
    }
}

/// A table of ranges under a hash.
pub(super) struct RangeTable {
    pub(super) table: &'static str,
    /// The column of the hash.
    pub(super) hash: &'static str,
    /// The index of what is a range, not a single value, by the upper end.
    pub(super) wide: &'static str,
}

/// The rows that lie in the rectangles.
pub(super) fn ranged(table: &RangeTable, parameter: i32, ranges: &[(i64, Bounds<f64>)]) -> Vec<Source> {
    let RangeTable { table, hash, wide } = table;
    let (mut values, mut wide_ranges) = (Vec::new(), Vec::new());
    for (unit, bounds) in ranges {
        // Single values end where they begin; only true ranges begin below what their upper end must reach.
        let (near, far) = bounds.split(bounds.high.0);
        values.extend(near.map(|bounds| (*unit, bounds)));
        wide_ranges.extend(far.map(|bounds| (*unit, bounds)));
    }
    let text = format!("s.parameter = ? AND s.{hash} = ? AND s.low BETWEEN ? AND ? AND s.high BETWEEN ? AND ?");
    let source = |from: String, text: String, (unit, bounds): (i64, Bounds<f64>)| Source {
        from: Fragment::text(from),
        condition: Fragment::new(text, bind(parameter, unit, &bounds)),
        in_order: false,
    };
    let near = rounded(values).into_iter().map(|range| source(format!("{table} AS s"), text.clone(), range));
    let far = rounded(wide_ranges).into_iter().map(|range| {
        source(format!("{table} AS s INDEXED BY {wide}"), format!("{text} AND s.low < s.high"), range)
    });
    near.chain(far).collect()
}

/// Whether `function` finds a key of the resource in one of the rectangles.
pub(super) fn probe_ranged(function: &str, parameter: i32, ranges: &[(i64, Bounds<f64>)], row: &Row) -> Fragment {
    let text = format!("{function}({}.keys, ?, ?, ?, ?, ?, ?)", row.current);
    let probe = |(unit, bounds): (i64, Bounds<f64>)| Fragment::new(text.clone(), bind(parameter, unit, &bounds));
    Fragment::any(rounded(ranges.to_vec()).into_iter().map(probe).collect())
}

fn bind(parameter: i32, unit: i64, bounds: &Bounds<f64>) -> impl Iterator<Item = Bound> {
    [parameter.into(), unit.into()].into_iter().chain(bounds.values())
}
