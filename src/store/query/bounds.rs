//! Comparisons of ranges as rectangles in the plane of (low, high), which is how the index tables are ordered.

use fhir_search::query::{Comparison, DateTest, QuantityTest};

use super::fragment::Bound;

/// That a row `s` lies in a rectangle.
pub(super) const WITHIN: &str = "s.low BETWEEN ? AND ? AND s.high BETWEEN ? AND ?";

/// The same for rows that are read in another order, of which those in the rectangle are picked out. What is computed keeps PostgreSQL from
/// reading the whole rectangle instead and sorting it: the values of a prepared statement do not tell it how large that is.
pub(super) const SCANNED: &str = "{s.low|s.low + 0} BETWEEN ? AND ? AND {s.high|s.high + 0} BETWEEN ? AND ?";

/// Ranges whose ends lie within limits, all limits included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds<T> {
    /// Limits of the lower end.
    pub(super) low: (T, T),
    /// Limits of the upper end.
    pub(super) high: (T, T),
}

/// The type of the ends of a range.
pub(super) trait End: Copy + PartialOrd + Into<Bound> {
    const LEAST: Self;
    const GREATEST: Self;
    /// The next smaller value.
    fn before(self) -> Self;
    /// The next greater value.
    fn after(self) -> Self;
}

impl End for i64 {
    const LEAST: Self = Self::MIN;
    const GREATEST: Self = Self::MAX;
    fn before(self) -> Self {
        self.saturating_sub(1)
    }
    fn after(self) -> Self {
        self.saturating_add(1)
    }
}

impl End for f64 {
    const LEAST: Self = Self::NEG_INFINITY;
    const GREATEST: Self = Self::INFINITY;
    fn before(self) -> Self {
        self.next_down()
    }
    fn after(self) -> Self {
        self.next_up()
    }
}

impl<T: End> Bounds<T> {
    fn any() -> Self {
        Self { low: (T::LEAST, T::GREATEST), high: (T::LEAST, T::GREATEST) }
    }

    fn low_from(self, least: T) -> Self {
        Self { low: (least, self.low.1), ..self }
    }

    fn low_to(self, greatest: T) -> Self {
        Self { low: (self.low.0, greatest), ..self }
    }

    fn high_from(self, least: T) -> Self {
        Self { high: (least, self.high.1), ..self }
    }

    fn high_to(self, greatest: T) -> Self {
        Self { high: (self.high.0, greatest), ..self }
    }

    /// What lies in both rectangles.
    pub(super) fn intersection(&self, other: &Self) -> Option<Self> {
        let greater = |a: T, b: T| if a > b { a } else { b };
        let smaller = |a: T, b: T| if a < b { a } else { b };
        let both = Self {
            low: (greater(self.low.0, other.low.0), smaller(self.low.1, other.low.1)),
            high: (greater(self.high.0, other.high.0), smaller(self.high.1, other.high.1)),
        };
        (!both.is_empty()).then_some(both)
    }

    fn is_empty(&self) -> bool {
        self.low.0 > self.low.1 || self.high.0 > self.high.1
    }

    #[cfg(test)]
    fn contains(&self, low: T, high: T) -> bool {
        self.low.0 <= low && low <= self.low.1 && self.high.0 <= high && high <= self.high.1
    }

    /// The four limits, as they are bound.
    pub(super) fn values(&self) -> [Bound; 4] {
        [self.low.0.into(), self.low.1.into(), self.high.0.into(), self.high.1.into()]
    }

    /// The part that a scan in the order of the lower end finds without passing over much else, and the part it would not:
    /// ranges that begin before `pivot`, but reach [`Bounds::high`]. The latter are looked up by their upper end.
    pub(super) fn split(self, pivot: T) -> (Option<Self>, Option<Self>) {
        let some = |part: Self| (!part.is_empty()).then_some(part);
        if self.high.0 == T::LEAST || self.low.0 >= pivot {
            return (some(self), None);
        }
        let earlier = self.low_to(if self.low.1 < pivot { self.low.1 } else { pivot.before() });
        (some(self.low_from(pivot)), some(earlier))
    }
}

/// The periods that pass a test, as rectangles that have nothing in common; see `DateTest::matches`.
pub(super) fn of_date(test: &DateTest) -> Vec<Bounds<i64>> {
    periods(test.comparison, test.low, test.high)
}

/// The same for the rounded periods of composites; see `DateTest::matches_rounded`.
pub(super) fn of_rounded_date(test: &DateTest) -> Vec<Bounds<f64>> {
    periods(test.comparison, test.low as f64, test.high as f64)
}

fn periods<T: End>(comparison: Comparison, low: T, high: T) -> Vec<Bounds<T>> {
    let any = Bounds::<T>::any();
    let within = any.low_from(low).low_to(high).high_to(high);
    let begins_before = any.low_to(low.before());
    match comparison {
        Comparison::Equal => vec![within],
        Comparison::NotEqual => vec![begins_before, any.low_from(low).high_from(high.after())],
        Comparison::Greater => vec![any.high_from(high.after())],
        Comparison::Less => vec![begins_before],
        Comparison::GreaterOrEqual => vec![any.low_from(low), begins_before.high_from(high.after())],
        Comparison::LessOrEqual => vec![begins_before, within],
        Comparison::StartsAfter => vec![any.low_from(high)],
        Comparison::EndsBefore => vec![any.high_to(low).low_to(low)],
        Comparison::Approximately => vec![any.low_to(high.before()).high_from(low.after())],
    }
}

/// The values and ranges that pass a test, as rectangles that have nothing in common; see `QuantityTest::matches`.
pub(super) fn of_quantity(test: &QuantityTest) -> Vec<Bounds<f64>> {
    let any = Bounds::<f64>::any();
    let (value, low, high) = (test.value, test.low, test.high);
    match test.comparison {
        Comparison::Equal => vec![any.low_from(low).low_to(high.before()).high_to(high.before())],
        Comparison::NotEqual => vec![any.low_to(low.before()), any.low_from(low).high_from(high)],
        Comparison::Greater => vec![any.high_from(value.after())],
        Comparison::Less => vec![any.low_to(value.before())],
        Comparison::GreaterOrEqual => vec![any.high_from(value)],
        Comparison::LessOrEqual => vec![any.low_to(value)],
        Comparison::StartsAfter => vec![any.low_from(value.after())],
        Comparison::EndsBefore => vec![any.low_to(value.before()).high_to(value.before())],
        Comparison::Approximately => vec![any.low_to(high.before()).high_from(low)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPARISONS: [Comparison; 9] = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Greater,
        Comparison::Less,
        Comparison::GreaterOrEqual,
        Comparison::LessOrEqual,
        Comparison::StartsAfter,
        Comparison::EndsBefore,
        Comparison::Approximately,
    ];

    /// Ranges with ends around those of the query, open ones among them.
    fn ranges<T: End>(ends: impl Iterator<Item = T> + Clone) -> Vec<(T, T)> {
        let ends = ends.chain([T::LEAST, T::GREATEST]);
        ends.clone().flat_map(|low| ends.clone().map(move |high| (low, high))).collect()
    }

    #[test]
    fn rectangles_mean_what_the_comparison_means_and_are_disjoint() {
        for comparison in COMPARISONS {
            let test = DateTest { comparison, low: 10, high: 13 };
            for (low, high) in ranges(7..17).into_iter().filter(|(low, high)| low < high) {
                let holding =
                    |bounds: Vec<Bounds<i64>>| bounds.iter().filter(|b| b.contains(low, high)).count();
                assert_eq!(
                    holding(of_date(&test)),
                    usize::from(test.matches(low, high)),
                    "{comparison:?} {low} {high}"
                );
                for pivot in 5..17 {
                    let parts = of_date(&test).into_iter().flat_map(|bounds| {
                        let (near, wide) = bounds.split(pivot);
                        [near, wide].into_iter().flatten()
                    });
                    assert_eq!(holding(parts.collect()), usize::from(test.matches(low, high)));
                }
            }
            let test = QuantityTest { comparison, unit: 0, value: 1.0, low: 0.5, high: 1.5 };
            let quarters = (0..9).map(|quarter| f64::from(quarter) / 4.0);
            for (low, high) in ranges(quarters).into_iter().filter(|(low, high)| low <= high) {
                let holding = of_quantity(&test).iter().filter(|b| b.contains(low, high)).count();
                assert_eq!(holding, usize::from(test.matches(low, high)), "{comparison:?} {low} {high}");
            }
        }
    }
}
