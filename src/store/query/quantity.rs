//! Numbers and quantities: comparison of values and ranges.

use super::bounds::{Bounds, SCANNED, WITHIN};
use super::fragment::{Fragment, rounded};
use super::source::{Row, Source};
use crate::store::sql::dialect::{self, END_OF_PROBE};

/// One of the rectangles holds a key of the parameter with its unit.
#[derive(Clone, Debug)]
pub(in crate::store) struct Quantities {
    pub(super) parameter: i32,
    /// Unit and rectangle.
    pub(super) ranges: Vec<(i64, Bounds<f64>)>,
}

const TABLE: RangeTable = RangeTable {
    table: "ix_quantity",
    hash: "unit",
    wide: "ix_quantity_range",
    of_resource: "ix_quantity_of_resource",
};

impl Quantities {
    pub(super) fn sources(&self) -> Vec<Source> {
        TABLE.sources(self.parameter, &self.ranges)
    }

    pub(super) fn scan(&self) -> Option<Vec<Source>> {
        TABLE.scan(self.parameter, &self.ranges)
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        TABLE.probe(self.parameter, &self.ranges, row)
    }
}

/// So many hashes are scanned side by side.
const MOST_HASHES: usize = 8;

/// A table of values and ranges under a hash.
pub(super) struct RangeTable {
    pub(super) table: &'static str,
    /// The column of the hash.
    pub(super) hash: &'static str,
    /// The index of true ranges, not single values, by the upper end.
    pub(super) wide: &'static str,
    /// The index of all values by the resource.
    pub(super) of_resource: &'static str,
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
        let text = format!("s.parameter = ? AND s.{} = ? AND {WITHIN}", self.hash);
        let wide_text = format!("{text} AND s.low < s.high");
        // The primary key, which SQLite might not take where it likes the order of another index.
        let from = format!("{} AS s{}", self.table, dialect::by_primary_key(self.table));
        let wide_from = format!("{} AS s{}", self.table, dialect::by_index(self.wide));
        let source = |from: &str, text: &str, hash: i64, bounds: Bounds<f64>| Source {
            from: Fragment::text(from),
            condition: Fragment::new(
                text,
                [parameter.into(), hash.into()].into_iter().chain(bounds.values()),
            ),
            in_order: false,
        };
        let values = rounded(values).into_iter().map(|(hash, bounds)| source(&from, &text, hash, bounds));
        let wide =
            rounded(wide).into_iter().map(|(hash, bounds)| source(&wide_from, &wide_text, hash, bounds));
        values.chain(wide).collect()
    }

    /// All rows of each hash in the order of resources, those in a rectangle being picked out; none if the hashes are many.
    pub(super) fn scan(&self, parameter: i32, ranges: &[(i64, Bounds<f64>)]) -> Option<Vec<Source>> {
        let hashes = by_hash(ranges);
        let source = |(hash, bounds): (i64, Vec<Bounds<f64>>)| Source {
            from: Fragment::text(format!("{} AS s{}", self.table, dialect::by_index(self.of_resource))),
            condition: self.fits("s", SCANNED, parameter, hash, bounds),
            in_order: true,
        };
        (hashes.len() <= MOST_HASHES).then(|| rounded(hashes).into_iter().map(source).collect())
    }

    /// Whether the resource has a row in one of the rectangles. Of one resource and hash there are few rows.
    pub(super) fn probe(&self, parameter: i32, ranges: &[(i64, Bounds<f64>)], row: &Row) -> Fragment {
        let probe = |(hash, bounds): (i64, Vec<Bounds<f64>>)| {
            Fragment::text(format!(
                "EXISTS (SELECT 1 FROM {} AS p{} WHERE ",
                self.table,
                dialect::by_index(self.of_resource)
            ))
            .append(self.fits("p", &WITHIN.replace("s.", "p."), parameter, hash, bounds))
            .push(&format!(" AND p.rid = {}{END_OF_PROBE}", row.rid))
        };
        Fragment::any(rounded(by_hash(ranges)).into_iter().map(probe).collect())
    }

    /// That a row has the hash and lies in one of the rectangles.
    fn fits(
        &self,
        alias: &str,
        within: &str,
        parameter: i32,
        hash: i64,
        bounds: Vec<Bounds<f64>>,
    ) -> Fragment {
        let within = rounded(bounds).into_iter().map(|bounds| Fragment::new(within, bounds.values()));
        let text = format!("{alias}.parameter = ? AND {alias}.{} = ? AND ", self.hash);
        Fragment::new(text, [parameter.into(), hash.into()]).append(Fragment::any(within.collect()))
    }
}

/// The rectangles of each hash.
fn by_hash(ranges: &[(i64, Bounds<f64>)]) -> Vec<(i64, Vec<Bounds<f64>>)> {
    let mut hashes: Vec<(i64, Vec<Bounds<f64>>)> = Vec::new();
    for (hash, bounds) in ranges {
        match hashes.iter_mut().find(|(known, _)| known == hash) {
            Some((_, all)) => all.push(*bounds),
            None => hashes.push((*hash, vec![*bounds])),
        }
    }
    hashes
}
