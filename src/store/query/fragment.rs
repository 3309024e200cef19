//! A piece of SQL with the values of its `?`.

use crate::store::sql::dialect::Dialect;
use crate::store::sql::statement::{Statement, Value};

/// SQL text and the values bound to it, as a [`Statement`] has them. The text is made of literals of this program and of names it generates; whatever
/// comes from outside is a value, so that statements are prepared once and a query cannot change their meaning.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Fragment {
    text: String,
    values: Vec<Bound>,
}

/// Selects in one list, well below the limit of SQLite, which is 500.
const MOST_SELECTS: usize = 128;

/// Alternatives in one list; an expression may be 1000 deep.
const MOST_ALTERNATIVES: usize = 32;

/// A bound value.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::store) enum Bound {
    Integer(i64),
    Real(f64),
    Text(String),
    /// A text of any length that is a key of an index.
    Key(String),
    Blob(Vec<u8>),
    Integers(Vec<i64>),
    Texts(Vec<String>),
    /// A value of one of the databases only.
    Only(Dialect, Box<Bound>),
}

impl Bound {
    /// The value of a place for SQLite.
    pub(super) fn for_sqlite(self) -> Self {
        Self::Only(Dialect::Sqlite, Box::new(self))
    }

    /// The value of a place for PostgreSQL.
    pub(in crate::store) fn for_postgres(self) -> Self {
        Self::Only(Dialect::Postgres, Box::new(self))
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Integer(value) => Value::Integer(*value),
            Self::Real(value) => Value::Real(value),
            Self::Text(value) => Value::text(value),
            Self::Key(value) => Value::key(value),
            Self::Blob(value) => Value::Blob(value),
            Self::Integers(values) => Value::integers(values.iter().copied()),
            Self::Texts(values) => Value::texts(values.iter().map(String::as_str)),
            Self::Only(dialect, value) => Value::Only(*dialect, Box::new(value.value())),
        }
    }
}

impl From<i64> for Bound {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<i32> for Bound {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<bool> for Bound {
    fn from(value: bool) -> Self {
        Self::Integer(value.into())
    }
}

impl From<f64> for Bound {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<&str> for Bound {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Bound {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl Fragment {
    /// SQL with a `?` for each value.
    pub(in crate::store) fn new(text: impl Into<String>, values: impl IntoIterator<Item = Bound>) -> Self {
        Self { text: text.into(), values: values.into_iter().collect() }
    }

    /// SQL without values.
    pub(in crate::store) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Vec::new() }
    }

    pub(in crate::store) fn push(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    pub(in crate::store) fn append(mut self, other: Self) -> Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values);
        self
    }

    /// The fragments with `separator` between them.
    pub(in crate::store) fn join(parts: impl IntoIterator<Item = Self>, separator: &str) -> Self {
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or_default();
        parts.fold(first, |all, part| all.push(separator).append(part))
    }

    /// Selects one behind the other. SQLite takes so many in one list only, so that more are nested.
    pub(in crate::store) fn union_all(mut selects: Vec<Self>) -> Self {
        while selects.len() > MOST_SELECTS {
            let nested = selects.chunks(MOST_SELECTS).map(|part| {
                let part = Self::join(part.iter().cloned(), " UNION ALL ");
                Self::text("SELECT * FROM (").append(part).push(") AS u")
            });
            selects = nested.collect();
        }
        Self::join(selects, " UNION ALL ")
    }

    /// All conditions hold; true if there are none.
    pub(in crate::store) fn all(parts: Vec<Self>) -> Self {
        if parts.is_empty() { Self::text("TRUE") } else { Self::join(parts, " AND ") }
    }

    /// One of the conditions holds, in parentheses; false if there are none.
    pub(in crate::store) fn any(parts: Vec<Self>) -> Self {
        if parts.len() > MOST_ALTERNATIVES {
            // SQLite takes expressions of a limited depth, and a list is as deep as it is long.
            let nested = parts.chunks(MOST_ALTERNATIVES).map(|part| Self::any(part.to_vec()));
            return Self::any(nested.collect());
        }
        match parts.len() {
            0 => Self::text("FALSE"),
            _ => Self::text("(").append(Self::join(parts, " OR ")).push(")"),
        }
    }

    /// The statement; `Row` is the SQL type of its result rows.
    pub(in crate::store) fn statement<Row>(&self) -> Statement<'_, Row> {
        Statement::new(&self.text, self.values.iter().map(Bound::value).collect())
    }

    #[cfg(test)]
    pub(in crate::store) fn explain(self) -> Self {
        Self::text("EXPLAIN QUERY PLAN ").append(self)
    }
}

/// A list of integers: one bound value whatever their number.
pub(in crate::store) fn integers(values: impl IntoIterator<Item = i64>) -> Bound {
    Bound::Integers(values.into_iter().collect())
}

/// A list of texts.
pub(super) fn texts(values: impl IntoIterator<Item = String>) -> Bound {
    Bound::Texts(values.into_iter().collect())
}

/// The list with its last value repeated until the length is a power of two, so that lists of many lengths share few texts.
pub(super) fn rounded<T: Clone>(mut values: Vec<T>) -> Vec<T> {
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}
