//! The statistics of R4 (CodeSystem observation-statistics), over numbers.

/// A statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statistic {
    Average,
    Maximum,
    Minimum,
    Count,
    TotalCount,
    Median,
    StandardDeviation,
    Sum,
    Variance,
    /// The value below which lies so much of a hundred.
    Percentile(u8),
    /// Half of what lies between the quartiles.
    QuartileDeviation,
    Skew,
    Kurtosis,
}

/// The codes, those of the code system first; `max` and `min` are what the definition of the operation calls two of them.
const CODES: [(&str, Statistic); 22] = [
    ("average", Statistic::Average),
    ("maximum", Statistic::Maximum),
    ("minimum", Statistic::Minimum),
    ("count", Statistic::Count),
    ("total-count", Statistic::TotalCount),
    ("median", Statistic::Median),
    ("std-dev", Statistic::StandardDeviation),
    ("sum", Statistic::Sum),
    ("variance", Statistic::Variance),
    ("20-percent", Statistic::Percentile(20)),
    ("80-percent", Statistic::Percentile(80)),
    ("4-lower", Statistic::Percentile(25)),
    ("4-upper", Statistic::Percentile(75)),
    ("4-dev", Statistic::QuartileDeviation),
    ("5-1", Statistic::Percentile(20)),
    ("5-2", Statistic::Percentile(40)),
    ("5-3", Statistic::Percentile(60)),
    ("5-4", Statistic::Percentile(80)),
    ("skew", Statistic::Skew),
    ("kurtosis", Statistic::Kurtosis),
    ("max", Statistic::Maximum),
    ("min", Statistic::Minimum),
];

/// What a statistic is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// The unit of the values.
    Same,
    /// Its square.
    Square,
    /// None.
    Number,
}

impl Statistic {
    /// The statistic of a code, with the code of the code system.
    pub(super) fn of(code: &str) -> Option<(&'static str, Self)> {
        let (_, wanted) = CODES.into_iter().find(|(known, _)| *known == code)?;
        CODES.into_iter().find(|(known, statistic)| {
            *statistic == wanted && (*known == code || matches!(code, "max" | "min"))
        })
    }

    /// All codes.
    pub(super) fn codes() -> impl Iterator<Item = &'static str> {
        CODES.into_iter().map(|(code, _)| code)
    }

    /// What it is measured in.
    pub(super) fn unit(self) -> Unit {
        match self {
            Self::Count | Self::TotalCount | Self::Skew | Self::Kurtosis => Unit::Number,
            Self::Variance => Unit::Square,
            _ => Unit::Same,
        }
    }

    /// The statistic of some values, sorted; `total` counts those too that could not be used. `None` where it is not defined: of
    /// too few values, or of equal ones.
    pub(super) fn of_values(self, sorted: &[f64], total: usize) -> Option<f64> {
        let count = sorted.len() as f64;
        let some = !sorted.is_empty();
        let average = || some.then(|| sorted.iter().sum::<f64>() / count);
        match self {
            Self::Count => Some(count),
            Self::TotalCount => Some(total as f64),
            Self::Average => average(),
            Self::Sum => Some(sorted.iter().sum()),
            Self::Maximum => sorted.last().copied(),
            Self::Minimum => sorted.first().copied(),
            Self::Median => percentile(sorted, 50),
            Self::Percentile(percent) => percentile(sorted, percent),
            Self::QuartileDeviation => Some((percentile(sorted, 75)? - percentile(sorted, 25)?) / 2.0),
            Self::Variance => (count > 1.0).then(|| moment(sorted, 2) * count / (count - 1.0)),
            Self::StandardDeviation => Self::Variance.of_values(sorted, total).map(f64::sqrt),
            Self::Skew => standardized(sorted, 3),
            Self::Kurtosis => standardized(sorted, 4),
        }
    }
}

/// The value below which lies so much of a hundred, between two values in proportion (the method that R calls 7).
fn percentile(sorted: &[f64], percent: u8) -> Option<f64> {
    let steps = sorted.len().checked_sub(1)?;
    let hundredths = steps * usize::from(percent);
    let low = *sorted.get(hundredths / 100)?;
    let high = sorted.get(hundredths / 100 + 1).copied().unwrap_or(low);
    Some(low + (high - low) * (hundredths % 100) as f64 / 100.0)
}

/// The central moment of the values as a population.
fn moment(values: &[f64], power: i32) -> f64 {
    let count = values.len() as f64;
    let average = values.iter().sum::<f64>() / count;
    values.iter().map(|value| (value - average).powi(power)).sum::<f64>() / count
}

/// The central moment divided by that power of the standard deviation, both of the population.
fn standardized(values: &[f64], power: i32) -> Option<f64> {
    let deviation = moment(values, 2).sqrt();
    (deviation > 0.0).then(|| moment(values, power) / deviation.powi(power))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_the_textbook() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        let expected = [
            ("average", 5.0),
            ("maximum", 9.0),
            ("min", 2.0),
            ("count", 8.0),
            ("total-count", 10.0),
            ("median", 4.5),
            ("std-dev", 2.138_089_935),
            ("sum", 40.0),
            ("variance", 4.571_428_571),
            ("20-percent", 4.0),
            ("80-percent", 6.2),
            ("4-lower", 4.0),
            ("4-upper", 5.5),
            ("4-dev", 0.75),
            ("5-2", 4.0),
            ("5-3", 5.0),
            ("skew", 0.656_25),
            ("kurtosis", 2.781_25),
        ];
        for (code, expected) in expected {
            let (_, statistic) = Statistic::of(code).unwrap();
            let found = statistic.of_values(&values, 10).unwrap();
            assert!((found - expected).abs() < 1e-6, "{code}: {found}");
        }
    }

    #[test]
    fn what_is_not_defined_is_none() {
        let of = |code: &str, values: &[f64]| Statistic::of(code).unwrap().1.of_values(values, 0);
        assert_eq!((of("average", &[]), of("median", &[]), of("count", &[])), (None, None, Some(0.0)));
        assert_eq!(
            (of("std-dev", &[1.0]), of("skew", &[1.0, 1.0]), of("median", &[1.0])),
            (None, None, Some(1.0))
        );
        assert_eq!(Statistic::of("max").unwrap().0, "maximum");
        assert_eq!(Statistic::of("5-1").unwrap().0, "5-1");
        assert!(Statistic::of("regression").is_none());
    }
}
