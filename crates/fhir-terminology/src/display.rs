//! Comparing the display of a coding with that of its code system.

/// How a display compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayCheck<'a> {
    /// It is the display of the code system, but for case and white space.
    Agrees,
    /// The code system displays the code as this.
    Differs(&'a str),
    /// The code system gives no display, or is not here.
    NotKnown,
}

/// Whether two displays are the same but for case and white space.
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    let words = |text: &'_ str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    left == right || words(left) == words(right)
}
