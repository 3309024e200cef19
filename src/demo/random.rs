//! A small random number generator whose sequence never changes with a platform or a dependency's version.

/// SplitMix64 (Steele, Lea and Flood, 2014): one 64-bit word of state, enough for a demonstration.
pub(super) struct Random {
    state: u64,
}

const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

impl Random {
    /// A stream of its own for each pair, so that a patient stays the same however many others there are.
    pub(super) fn new(seed: u64, stream: usize) -> Self {
        let mut random = Self { state: seed ^ (stream as u64).wrapping_mul(GOLDEN_GAMMA).rotate_left(17) };
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// A number from 0 up to but not including `bound`; 0 when `bound` is 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        // The upper half of a 64-bit product is smaller than `bound`, so it always fits.
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u32
    }

    /// A number of days, minutes or the like from `low` to `high`, both included; `low` when the range is empty.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = high.saturating_sub(low).max(0).unsigned_abs();
        low.saturating_add_unsigned(self.below(width.saturating_add(1)))
    }

    /// True in `percent` of a hundred cases.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One row of a table, each equally likely.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, table: &[T; N]) -> T {
        const { assert!(N > 0, "an empty table has no row to pick") };
        let row = self.below(N as u32) as usize;
        #[expect(clippy::indexing_slicing, reason = "the row is below N, and N is checked to be above 0")]
        let value = table[row];
        value
    }

    /// One row of a table of weights and values, each as likely as its share of the weights.
    pub(super) fn weighted<T: Copy, const N: usize>(&mut self, table: &[(u32, T); N]) -> T {
        const { assert!(N > 0, "an empty table has no row to pick") };
        let mut ticket = self.below(table.iter().map(|(weight, _)| weight).sum());
        for (weight, value) in table {
            if ticket < *weight {
                return *value;
            }
            ticket -= weight;
        }
        self.pick(table).1
    }
}
