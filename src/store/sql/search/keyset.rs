//! ORDER BY, and the rows behind a position in that order.

use super::order::Column;
use crate::store::query::{Bound, Fragment};

/// Which way a page is read, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// What follows the position.
    After,
    /// What precedes the position, nearest first.
    Before,
    /// The same, with the position itself.
    UpTo,
    /// The last matches, the very last first; there is no position.
    End,
}

impl Direction {
    pub(super) fn is_reverse(self) -> bool {
        self != Self::After
    }
}

/// What stands behind ORDER BY.
pub(super) fn order_by(columns: &[Column], reverse: bool) -> Fragment {
    let part = |column: &Column| {
        let direction = if column.descending != reverse { " DESC" } else { "" };
        let nulls = match (column.nullable, reverse) {
            (false, _) => "",
            (true, false) => " NULLS LAST",
            (true, true) => " NULLS FIRST",
        };
        column.expression.clone().push(direction).push(nulls)
    };
    Fragment::join(columns.iter().map(part), ", ")
}

/// That a row comes behind [`Column::start`].
///
/// Where all columns have a value and one direction it is a comparison of rows, for which SQLite seeks in an index. Otherwise
/// the leading columns for which that is so are compared like that, and the rest column by column.
pub(super) fn behind(columns: &[Column], direction: Direction) -> Fragment {
    let reverse = direction.is_reverse();
    let first = columns.first().map(|column| column.descending);
    let leading = columns.iter().take_while(|column| !column.nullable && Some(column.descending) == first);
    let leading: Vec<&Column> = leading.collect();
    let greater = first == Some(reverse);
    let inclusive = direction == Direction::UpTo;
    if leading.len() == columns.len() {
        return compare_rows(&leading, greater, inclusive);
    }
    let mut ways: Vec<Fragment> = (0..columns.len())
        .filter_map(|index| {
            let (equal, rest) = columns.split_at_checked(index)?;
            let mut parts: Vec<Fragment> = equal.iter().map(equals).collect();
            parts.push(passes(rest.first()?, reverse)?);
            Some(Fragment::all(parts))
        })
        .collect();
    if inclusive {
        ways.push(Fragment::all(columns.iter().map(equals).collect()));
    }
    let ways = Fragment::any(ways);
    if leading.is_empty() { ways } else { compare_rows(&leading, greater, true).push(" AND ").append(ways) }
}

fn compare_rows(columns: &[&Column], greater: bool, inclusive: bool) -> Fragment {
    let expressions = Fragment::join(columns.iter().map(|column| column.expression.clone()), ", ");
    let values = Fragment::join(columns.iter().map(|column| value(column)), ", ");
    let operator = match (greater, inclusive) {
        (true, true) => " >= ",
        (true, false) => " > ",
        (false, true) => " <= ",
        (false, false) => " < ",
    };
    if columns.len() == 1 {
        return expressions.push(operator).append(values);
    }
    Fragment::text("(").append(expressions).push(")").push(operator).push("(").append(values).push(")")
}

fn value(column: &Column) -> Fragment {
    match &column.start {
        Some(value) => Fragment::new("?", [Bound::clone(value)]),
        None => Fragment::text("NULL"),
    }
}

fn equals(column: &Column) -> Fragment {
    match column.start {
        Some(_) => column.expression.clone().push(" = ").append(value(column)),
        None => column.expression.clone().push(" IS NULL"),
    }
}

/// That this column alone puts a row behind the position; `None` if no row can be.
fn passes(column: &Column, reverse: bool) -> Option<Fragment> {
    let expression = || column.expression.clone();
    if column.start.is_none() {
        return reverse.then(|| expression().push(" IS NOT NULL"));
    }
    let operator = if column.descending == reverse { " > " } else { " < " };
    let beyond = expression().push(operator).append(value(column));
    if column.nullable && !reverse {
        return Some(Fragment::any(vec![beyond, expression().push(" IS NULL")]));
    }
    Some(beyond)
}
